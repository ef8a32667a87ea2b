//! `cargo xtask setup`: what the other tasks need. It looks first, then installs, and says what it does.

use std::process::{Command, ExitCode, Stdio};

use crate::cargo::{cargo, root};
use crate::openapi;
use crate::tools::Trouble;

/// Parts of the toolchain that cargo does not bring along everywhere, with the subcommand each brings.
const COMPONENTS: [(&str, &str); 2] = [("rustfmt", "fmt"), ("clippy", "clippy")];

pub(crate) fn run() -> ExitCode {
    match install().map_err(Trouble::from).and_then(|()| openapi::install()) {
        Ok(()) => {
            println!("tools of tests/openapi: there");
            ExitCode::SUCCESS
        }
        Err(Trouble::Lacking(reason)) => {
            println!("{reason}: the tests that need it will be skipped");
            ExitCode::SUCCESS
        }
        Err(Trouble::Failed(reason)) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// Installs what every test needs and is missing.
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
