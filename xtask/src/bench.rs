//! `cargo xtask bench`: measures speed as ratios to alternatives, and the growth of cost with the input.

use std::process::ExitCode;

use crate::command::{cargo, exit_code_of};
use crate::tools;
use crate::{conformance, kotlin, npm, python, swift};

/// The host to measure, and the arguments of its benchmark.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The host, or `scaling`. `scaling` takes a host (default `rust`) and then words. It measures the growth of cost
    /// with the input, for the entries whose names contain the words. Growth that is faster than linear fails.
    #[arg(default_value = "rust")]
    host: Host,
    /// Arguments that are passed to the benchmark.
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
    tools::exit_code(match host {
        Host::Rust => {
            let mut command = cargo(["bench", "--package", "hudhud-bench", "--"]);
            command.args(arguments);
            return exit_code_of(command);
        }
        Host::Scaling => return conformance::scaling(arguments),
        Host::Npm => npm::bench(arguments),
        Host::Python => python::bench(arguments),
        Host::Kotlin => kotlin::bench(arguments),
        Host::Swift => swift::bench(arguments),
    })
}
