//! Names that only the driver knows: it runs where `/etc/hosts` is another file, in a mount namespace that nobody
//! else sees and that ends with it. No name server is asked for anything.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

/// The vendor on 127.0.0.1.
pub(crate) const VENDOR: &str = "vendor.hudhud.test";
/// 127.0.0.1 and then 127.0.0.2, in the order in which every resolver gives them.
pub(crate) const TWO: &str = "two.hudhud.test";
/// No address.
pub(crate) const UNKNOWN: &str = "nowhere.invalid";

/// Mounts this run's files over the machine's, and becomes the command that follows.
const ENTER: &str = r#"mount --bind "$0/hosts" /etc/hosts && mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf && exec "$@""#;

/// Writes the files into a folder.
pub(crate) fn write(folder: &Path) -> std::io::Result<()> {
    let hosts = format!("127.0.0.1 localhost\n127.0.0.1 {VENDOR}\n127.0.0.1 {TWO}\n127.0.0.2 {TWO}\n");
    std::fs::write(folder.join("hosts"), hosts)?;
    std::fs::write(folder.join("nsswitch.conf"), "hosts: files\n")
}

/// A command that runs this one where those names are known.
pub(crate) fn command(folder: &Path, words: &[String]) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", ENTER]).arg(folder).args(words);
    command
}

/// Why this machine allows no such namespace, if it does not.
pub(crate) async fn check(folder: &Path) -> Result<(), String> {
    let words = ["getent", "ahosts", TWO].map(String::from);
    let output = command(folder, &words).stdin(Stdio::null()).output().await;
    let output = output.map_err(|error| format!("unshare: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if said.contains("127.0.0.1") && said.contains("127.0.0.2") {
        return Ok(());
    }
    let error = String::from_utf8_lossy(&output.stderr);
    Err(format!("no mount namespace can be made here, which the names of the tests need: {}", error.trim()))
}
