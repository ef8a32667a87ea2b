//! `cargo xtask bench`: what is measured, in ratios.

use std::process::ExitCode;

use crate::cargo::{cargo, end_as};
use crate::tools::Trouble;
use crate::{kotlin, swift};

/// Of which host, and what is handed to the benchmark.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The host: `rust`, `kotlin` or `swift`.
    #[arg(default_value = "rust")]
    host: String,
    /// Arguments of the benchmark.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let of_host = match options.host.as_str() {
        "kotlin" => Some(kotlin::bench()),
        "swift" => Some(swift::bench()),
        _ => None,
    };
    match of_host {
        Some(Ok(())) => return ExitCode::SUCCESS,
        Some(Err(Trouble::Failed(reason) | Trouble::Lacking(reason))) => {
            eprintln!("{reason}");
            return ExitCode::FAILURE;
        }
        None => {}
    }
    let mut command = cargo(["bench", "--package", "hudhud-bench", "--"]);
    command.args(&options.arguments);
    end_as(command)
}
