//! `cargo xtask setup`: what the other tasks need. It looks first, then installs, and says what it does.

use std::process::{Command, ExitCode, Stdio};

use crate::cargo::{cargo, root};

/// Parts of the toolchain that cargo does not bring along everywhere, with the subcommand each brings.
const COMPONENTS: [(&str, &str); 2] = [("rustfmt", "fmt"), ("clippy", "clippy")];

pub(crate) fn run() -> ExitCode {
    match install() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// Installs what is missing.
pub(crate) fn install() -> Result<(), String> {
    for (component, subcommand) in COMPONENTS {
        if is_there(subcommand) {
            println!("{component}: there");
            continue;
        }
        println!("{component}: missing, so: rustup component add {component}");
        let added = Command::new("rustup").args(["component", "add", component]).current_dir(root()).status();
        if !added.is_ok_and(|status| status.success()) || !is_there(subcommand) {
            return Err(format!(
                "{component} is not to be had: install it as this machine's Rust was installed"
            ));
        }
    }
    println!("crates: those of Cargo.lock");
    let fetched = cargo(["fetch", "--locked"]).current_dir(root()).status();
    if fetched.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err("the crates of Cargo.lock cannot be fetched: is there a network, and does Cargo.lock fit?".into())
}

fn is_there(subcommand: &str) -> bool {
    let version = cargo([subcommand, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}
