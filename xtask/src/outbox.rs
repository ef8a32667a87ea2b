//! Kills programs with an outbox at random, each time continues their journal in another host, and counts the messages at the
//! sandbox.

use std::process::Command;

use serde_json::json;

use crate::check_error::CheckError;
use crate::command::{root, succeed, words};
use crate::manifests;
use crate::{kotlin, npm, python, sandbox, swift};

/// The folder of the kill run and of the programs.
const FOLDER: &str = "tests/outbox";

/// The messages and the kills of the short form, for each vendor. It takes about 20 seconds.
const SHORT: (u64, u64) = (400, 8);

/// A host that has an outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Host {
    /// The Python package.
    Python,
    /// The npm package, in Node.
    Node,
    /// The crate `hudhud-outbox`.
    Rust,
    /// The Maven artifact.
    Kotlin,
    /// The Swift package.
    Swift,
}

impl Host {
    /// All hosts, in the order of their turns.
    pub(crate) const ALL: [Self; 5] = [Self::Python, Self::Node, Self::Rust, Self::Kotlin, Self::Swift];

    /// Returns the command of the host's program.
    fn program(self) -> Result<Vec<String>, CheckError> {
        match self {
            Self::Python => python::outbox_program(),
            Self::Node => npm::outbox_program(),
            Self::Rust => rust_program(),
            Self::Kotlin => kotlin::outbox_program(),
            Self::Swift => swift::outbox_program(),
        }
    }
}

/// Builds the program in Rust, and returns its command. It cannot add messages, so other hosts must take turns with it.
fn rust_program() -> Result<Vec<String>, CheckError> {
    succeed(&mut words("build --quiet --locked --package hudhud-outbox --example outbox_program"))?;
    Ok(vec![manifests::target()?.join("debug/examples/outbox_program").display().to_string()])
}

/// Kills the programs of these hosts this many times, for each vendor.
pub(crate) fn kill(hosts: &[Host], messages: u64, kills: u64) -> Result<(), CheckError> {
    if !hosts.iter().any(|host| matches!(host, Host::Python | Host::Node)) {
        let why =
            "--hosts: expected python or node among the hosts, because the others only continue a journal";
        return Err(why.to_owned().into());
    }
    let mut command = Command::new("python3");
    command.arg("-B").arg(root().join(FOLDER).join("kill.py")).args(["--sandbox", &sandbox::command()?]);
    command.args(["--messages", &messages.to_string(), "--kills", &kills.to_string()]);
    for host in hosts {
        command.args(["--host", &format!("{host:?}={}", json!(host.program()?))]);
    }
    Ok(succeed(&mut command)?)
}

/// Does the same with few messages and kills, in the hosts that start quickly.
pub(crate) fn check() -> Result<(), CheckError> {
    kill(&[Host::Python, Host::Node], SHORT.0, SHORT.1)
}
