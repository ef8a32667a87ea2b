//! `cargo xtask bench`: measures speed as ratios to alternatives, and the growth of cost with the input.

use std::process::ExitCode;

use crate::check_error::{self, CheckError};
use crate::command::{cargo, succeed};
use crate::{conformance, kotlin, loopback, npm, python, swift};

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
    let bench = match host {
        Host::Rust => rust,
        Host::Npm => npm::bench,
        Host::Python => python::bench,
        Host::Kotlin => kotlin::bench,
        Host::Swift => swift::bench,
        Host::Scaling => return conformance::scaling(arguments),
    };
    check_error::exit_code(loopback::start().map_err(CheckError::from).and_then(|url| bench(arguments, &url)))
}

/// Measures in Rust. `url` is the base URL of the loopback server.
fn rust(arguments: &[String], url: &str) -> Result<(), CheckError> {
    let mut command = cargo(["bench", "--package", "hudhud-bench", "--"]);
    Ok(succeed(command.args(arguments).env(loopback::VARIABLE, url))?)
}
