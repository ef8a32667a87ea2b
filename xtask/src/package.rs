//! `cargo xtask package …`: what users install, made ready in `target`.

use std::process::ExitCode;

use crate::python;
use crate::tools::Trouble;

/// What to package.
#[derive(clap::Subcommand)]
pub(crate) enum Package {
    /// The Python package: a wheel for every CPython from 3.10 on, and the source distribution.
    Python,
}

pub(crate) fn run(package: &Package) -> ExitCode {
    let packaged = match package {
        Package::Python => python::package().map(|package| vec![package.wheel, package.sources]),
    };
    match packaged {
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
