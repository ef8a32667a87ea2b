//! `cargo xtask setup`: what the other tasks need. It looks first, then installs, and says what it does.

use std::process::{Command, ExitCode, Stdio};

use crate::cargo::{cargo, root};
use crate::tools::Trouble;
use crate::{browser, kotlin, npm, openapi, python, swift};

/// Parts of the toolchain that cargo does not bring along everywhere, with the subcommand each brings.
const COMPONENTS: [(&str, &str); 2] = [("rustfmt", "fmt"), ("clippy", "clippy")];

/// Brings some tools, or finds them there.
type Install = fn() -> Result<(), Trouble>;

/// What single tests need, and how it comes.
const TOOLS: [(&str, Install); 6] = [
    ("tools of the OpenAPI documents' tests", openapi::install),
    ("a browser and what drives it", browser::install),
    ("what the npm package is made and tested with", npm::install),
    ("what builds and tests the Python package", python::install),
    ("Maven, Gradle and two JDKs", kotlin::install),
    ("Swift", swift::install),
];

pub(crate) fn run() -> ExitCode {
    if let Err(reason) = install() {
        eprintln!("{reason}");
        return ExitCode::FAILURE;
    }
    let mut failed = false;
    for (what, install) in TOOLS {
        match install() {
            Ok(()) => println!("{what}: there"),
            Err(Trouble::Lacking(reason)) => println!("{reason}: the tests that need it will be skipped"),
            Err(Trouble::Failed(reason)) => {
                eprintln!("{reason}");
                failed = true;
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
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
