//! `cargo xtask package …`: builds a package that users install, in a folder of `target/packages`.

use std::process::ExitCode;

use crate::check_error;
use crate::{kotlin, npm, python, swift};

/// The package to build.
#[derive(clap::Subcommand)]
pub(crate) enum Package {
    /// The npm package `hudhud`, as one file.
    Npm,
    /// The Python package: a wheel for every CPython from 3.10 on, and the source distribution.
    Python,
    /// The Maven artifacts `dev.hudhud:…`, with the native library for this platform, sources and documentation.
    Kotlin,
    /// The Swift package `Hudhud`, with the native library for this platform.
    Swift,
}

pub(crate) fn run(package: &Package) -> ExitCode {
    check_error::exit_code(match package {
        Package::Npm => npm::pack().map(|made| println!("{}", made.display())),
        Package::Python => {
            python::package().map(|made| println!("{}\n{}", made.wheel.display(), made.sources.display()))
        }
        Package::Kotlin => kotlin::package(),
        Package::Swift => swift::package(),
    })
}
