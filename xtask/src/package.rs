//! `cargo xtask package …`: what users install, made from core.

use std::process::ExitCode;

use crate::npm;
use crate::tools;

/// Which package.
#[derive(clap::Subcommand)]
pub(crate) enum Package {
    /// The npm package `hudhud`, into target/npm.
    Npm,
}

pub(crate) fn run(package: &Package) -> ExitCode {
    let made = match package {
        Package::Npm => npm::package(),
    };
    tools::end(made.map(|path| println!("{}", path.display())))
}
