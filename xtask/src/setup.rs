//! `cargo xtask setup`: installs the tools that the other tasks need. It installs only missing tools, and prints each
//! step.

use std::process::{Command, ExitCode, Stdio};

use crate::check_error::CheckError;
use crate::command::{cargo, root};
use crate::{browser, databases, kotlin, npm, openapi, python, swift};

/// Components of the Rust toolchain that may be missing, each with its cargo subcommand.
const COMPONENTS: [(&str, &str); 2] = [("rustfmt", "fmt"), ("clippy", "clippy")];

/// Installs some tools unless they are installed already.
type Install = fn() -> Result<(), CheckError>;

/// The tools that only some tests need.
const TOOLS: [(&str, Install); 7] = [
    ("tools that test the OpenAPI documents", openapi::install),
    ("a browser and its driver", browser::install),
    ("tools that build and test the npm package", npm::install),
    ("tools that build and test the Python package", python::install),
    ("PostgreSQL and Redis", databases::install),
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
            Ok(()) => println!("{what}: installed"),
            Err(CheckError::MissingTool(reason)) => {
                println!("{reason}: the tests that need it will be skipped")
            }
            Err(CheckError::Failed(reason)) => {
                eprintln!("{reason}");
                failed = true;
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Installs the missing tools that every test needs.
pub(crate) fn install() -> Result<(), String> {
    for (component, subcommand) in COMPONENTS {
        if is_there(subcommand) {
            println!("{component}: installed");
            continue;
        }
        println!("{component}: missing; running rustup component add {component}");
        let added = Command::new("rustup").args(["component", "add", component]).current_dir(root()).status();
        if !added.is_ok_and(|status| status.success()) || !is_there(subcommand) {
            return Err(format!(
                "{component} cannot be installed: install it in the way that Rust was installed on this machine"
            ));
        }
    }
    println!("crates: fetching those of Cargo.lock");
    let fetched = cargo(["fetch", "--locked"]).current_dir(root()).status();
    if fetched.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err("the crates of Cargo.lock cannot be fetched: check the network, and whether Cargo.lock is up to date"
        .into())
}

fn is_there(subcommand: &str) -> bool {
    let version = cargo([subcommand, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}
