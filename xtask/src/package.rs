//! `cargo xtask package …`: what users install, made from core.

use std::process::ExitCode;

use crate::tools::Trouble;
use crate::{npm, python};

/// Which package.
#[derive(clap::Subcommand)]
pub(crate) enum Package {
    /// The npm package `hudhud`, into target/npm.
    Npm,
    /// The Python package: a wheel for every CPython from 3.10 on, and the source distribution it was built from.
    Python,
}

pub(crate) fn run(package: &Package) -> ExitCode {
    let made = match package {
        Package::Npm => npm::package().map(|folder| vec![folder]),
        Package::Python => python::package().map(|package| vec![package.wheel, package.sources]),
    };
    match made {
        Ok(paths) => {
            for path in paths {
                println!("{}", path.display());
            }
            ExitCode::SUCCESS
        }
        Err(Trouble::Failed(reason) | Trouble::Lacking(reason)) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
