//! `cargo xtask transports`: the transports of a host against the hostile vendor of tests/transports.

use std::process::{Command, ExitCode};

use serde_json::json;

use crate::check::Check;
use crate::check_error::{self, CheckError};
use crate::command::{cargo, root, succeed, words};
use crate::{kotlin, manifests, npm, python, swift};

/// Builds what a host needs, and says with which command it is driven.
type Driver = fn() -> Result<Vec<String>, CheckError>;

/// How each host is driven.
const DRIVERS: [(&str, Driver); 9] = [
    ("rust", rust),
    ("python", python::transports_driver),
    ("node", || npm::transports_driver("node")),
    ("deno", || npm::transports_driver("deno")),
    ("bun", || npm::transports_driver("bun")),
    ("workerd", || npm::transports_driver("workerd")),
    ("chromium", || npm::transports_driver("chromium")),
    ("kotlin", kotlin::transports_driver),
    ("swift", swift::transports_driver),
];

/// The code with which the runner says that this machine cannot run it.
const EXIT_MISSING_REQUIREMENT: i32 = 3;

/// The host, and how much of it to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The host.
    #[arg(long, value_parser = DRIVERS.map(|(host, _)| host))]
    host: String,
    /// Only behaviours whose names hold this text.
    #[arg(long)]
    only: Option<String>,
    /// Only transports whose names hold this text.
    #[arg(long)]
    transport: Option<String>,
    /// Writes what was measured into docs/transports.md.
    #[arg(long)]
    write: bool,
    /// Shows every case, with all that a user could see of its error.
    #[arg(long)]
    verbose: bool,
}

/// Returns a check that compiles the drivers whose compilers are slow. It runs with the other checks, so that those of
/// the transports, which run alone, find them compiled.
pub(crate) fn compile() -> Check {
    Check::new("drivers for the tests of transports: Rust, Kotlin, Swift", || {
        rust()?;
        kotlin::transports_driver()?;
        swift::transports_driver().map(drop)
    })
}

/// A check for each host: no breach, and docs/transports.md says what is measured.
pub(crate) fn checks() -> impl Iterator<Item = Check> {
    DRIVERS.into_iter().map(|(host, driver)| {
        Check::new(format!("transports: {host}"), move || end(measure(host, driver)?.status()))
    })
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let measured = DRIVERS.iter().filter(|(host, _)| *host == options.host).try_for_each(|(host, driver)| {
        let mut command = measure(host, *driver)?;
        for (name, text) in [("--only", &options.only), ("--transport", &options.transport)] {
            command.args(text.iter().flat_map(|text| [name, text.as_str()]));
        }
        for (name, is_set) in [("--write", options.write), ("--verbose", options.verbose)] {
            command.args(is_set.then_some(name));
        }
        end(command.status())
    });
    check_error::exit_code(measured)
}

/// The runner with the driver of a host.
fn measure(host: &str, driver: Driver) -> Result<Command, CheckError> {
    let package = "hudhud-transport-tests";
    let mut command = cargo(["run", "--quiet", "--locked", "--package", package, "--bin", package, "--"]);
    command.args(["--host", host, "--driver", &json!(driver()?).to_string()]).current_dir(root());
    Ok(command)
}

fn end(status: std::io::Result<std::process::ExitStatus>) -> Result<(), CheckError> {
    let status = status.map_err(|error| error.to_string())?;
    match status.code() {
        Some(0) => Ok(()),
        Some(EXIT_MISSING_REQUIREMENT) => {
            Err(check_error::missing_requirement("this machine gives the tests no separate names".into()))
        }
        _ => Err(CheckError::Failed(format!("a breach, or a page that says something else: {status}"))),
    }
}

/// The driver of `rust`, which is a program of the tests' own.
fn rust() -> Result<Vec<String>, CheckError> {
    succeed(&mut words("build --quiet --locked --package hudhud-transport-tests --bins"))?;
    Ok(vec![manifests::target()?.join("debug/hudhud-transport-driver").display().to_string()])
}
