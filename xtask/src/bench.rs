//! `cargo xtask bench`: what is measured, in ratios.

use std::process::ExitCode;

use crate::cargo::{cargo, end_as};
use crate::python;
use crate::tools::Trouble;

/// Which benchmark, and what is handed to it.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The host, such as `python`, if not Rust; then arguments of its benchmark.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    if let Some(("python", arguments)) =
        options.arguments.split_first().map(|(host, rest)| (host.as_str(), rest))
    {
        return match python::bench(arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(Trouble::Failed(reason) | Trouble::Lacking(reason)) => {
                eprintln!("{reason}");
                ExitCode::FAILURE
            }
        };
    }
    let mut command = cargo(["bench", "--package", "hudhud-bench", "--"]);
    command.args(&options.arguments);
    end_as(command)
}
