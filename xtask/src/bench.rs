//! `cargo xtask bench`: what is measured, in ratios.

use std::process::ExitCode;

use crate::cargo::{cargo, end_as};

/// What is handed to the benchmark.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The host, if it is not Rust: `npm`. Else arguments of the benchmark.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    if options.arguments.first().is_some_and(|host| host == "npm") {
        return crate::npm::bench();
    }
    let mut command = cargo(["bench", "--package", "hudhud-bench", "--"]);
    command.args(&options.arguments);
    end_as(command)
}
