//! `cargo xtask bench`: speed in ratios, and how cost grows with the input.

use std::process::ExitCode;

use crate::cargo::{cargo, end_as};
use crate::tools;
use crate::{conformance, kotlin, npm, python, swift};

/// In which host, and what is handed to its benchmark.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The host; or `scaling` and then a host and words: the growth of cost with the input, in the host `rust` if none
    /// is given, of the entries whose names contain the words. Growth that is faster than linear fails.
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
    Scaling,
}

pub(crate) fn run(Options { host, arguments }: &Options) -> ExitCode {
    tools::end(match host {
        Host::Rust => {
            let mut command = cargo(["bench", "--package", "hudhud-bench", "--"]);
            command.args(arguments);
            return end_as(command);
        }
        Host::Scaling => return conformance::scaling(arguments),
        Host::Npm => npm::bench(arguments),
        Host::Python => python::bench(arguments),
        Host::Kotlin => kotlin::bench(arguments),
        Host::Swift => swift::bench(arguments),
    })
}
