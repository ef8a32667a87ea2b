//! `cargo xtask package …`: what users of other languages install.

use std::process::ExitCode;

use crate::tools::Trouble;
use crate::{kotlin, swift};

/// Which package.
#[derive(clap::Subcommand)]
pub(crate) enum Package {
    /// The Maven artifacts `dev.hudhud:…`, with the native library for this platform, sources and documentation.
    Kotlin,
    /// The Swift package `Hudhud`, with the native library for this platform.
    Swift,
}

impl Package {
    pub(crate) fn run(&self) -> ExitCode {
        let built = match self {
            Self::Kotlin => kotlin::package(),
            Self::Swift => swift::package(),
        };
        match built {
            Ok(()) => ExitCode::SUCCESS,
            Err(Trouble::Failed(reason) | Trouble::Lacking(reason)) => {
                eprintln!("{reason}");
                ExitCode::FAILURE
            }
        }
    }
}
