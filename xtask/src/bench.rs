//! `cargo xtask bench`: what is measured, in ratios.

use std::process::ExitCode;

use crate::cargo::{cargo, end_as};
use crate::tools;
use crate::{kotlin, npm, python, swift};

/// In which host, and what is handed to its benchmark.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The host.
    #[arg(default_value = "rust")]
    host: Host,
    /// Arguments of its benchmark.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

#[derive(Clone, clap::ValueEnum)]
enum Host {
    Rust,
    Npm,
    Python,
    Kotlin,
    Swift,
}

pub(crate) fn run(Options { host, arguments }: &Options) -> ExitCode {
    tools::end(match host {
        Host::Rust => {
            let mut command = cargo(["bench", "--package", "hudhud-bench", "--"]);
            command.args(arguments);
            return end_as(command);
        }
        Host::Npm => npm::bench(arguments),
        Host::Python => python::bench(arguments),
        Host::Kotlin => kotlin::bench(arguments),
        Host::Swift => swift::bench(arguments),
    })
}
