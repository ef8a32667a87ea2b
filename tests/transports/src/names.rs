//! Host names for the driver only. The driver runs in a mount namespace with its own `/etc/hosts`, which ends with
//! the driver. No name server is queried.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

/// The vendor's name, with the address 127.0.0.1.
pub(crate) const VENDOR: &str = "vendor.hudhud.test";
/// A name with the addresses 127.0.0.1 and then 127.0.0.2, in the order in which every resolver returns them.
pub(crate) const TWO: &str = "two.hudhud.test";
/// A name without an address.
pub(crate) const UNKNOWN: &str = "nowhere.invalid";

/// Mounts this run's files over the machine's, and over those of the root that `chroot` will use. There it also
/// mounts the folder with the certificates. Then it runs the command that follows.
const ENTER: &str = r#"
cover() { mount --bind "$files/hosts" "$1/etc/hosts" && mount --bind "$files/nsswitch.conf" "$1/etc/nsswitch.conf"; }
files=$0
cover "" || exit 1
if [ "$1" = chroot ]; then cover "$2" && mount --bind "${files%/*}" "$2${files%/*}" || exit 1; fi
exec "$@"
"#;

/// Writes the files to a folder.
pub(crate) fn write(folder: &Path) -> std::io::Result<()> {
    let hosts = format!("127.0.0.1 localhost\n127.0.0.1 {VENDOR}\n127.0.0.1 {TWO}\n127.0.0.2 {TWO}\n");
    std::fs::write(folder.join("hosts"), hosts)?;
    std::fs::write(folder.join("nsswitch.conf"), "hosts: files\n")
}

/// Returns a command that runs the given one with these host names.
pub(crate) fn command(folder: &Path, words: &[String]) -> Command {
    let mut command = Command::new("unshare");
    command.arg("--mount");
    // Only root may mount. In a new user namespace, every user is root.
    if !std::fs::metadata("/proc/self").is_ok_and(|of_this_process| of_this_process.uid() == 0) {
        command.arg("--map-root-user");
    }
    command.args(["sh", "-c", ENTER]).arg(folder).args(words);
    command
}

/// Fails if this machine does not allow such a namespace.
pub(crate) async fn check(folder: &Path) -> Result<(), String> {
    let words = ["getent", "ahosts", TWO].map(String::from);
    let output = command(folder, &words).stdin(Stdio::null()).output().await;
    let output = output.map_err(|error| format!("unshare: {error}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    if stdout.contains("127.0.0.1") && stdout.contains("127.0.0.2") {
        return Ok(());
    }
    let error = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "cannot create a mount namespace, which the tests need for their host names: {}",
        error.trim()
    ))
}
