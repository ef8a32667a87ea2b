//! `cargo xtask conformance`: runs the shared vectors in one host or in all hosts.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use serde_json::json;

use crate::check::Check;
use crate::check_error::CheckError;
use crate::command::{cargo, succeed};
use crate::{kotlin, npm, python, swift};

/// Builds a host's driver and returns the command that runs it.
type Driver = fn() -> Result<Vec<String>, CheckError>;

/// The drivers of the hosts. `rust` has no driver: the runner itself is that host.
const DRIVERS: [(&str, Driver); 5] = [
    ("node", npm::drive_node),
    ("workerd", npm::drive_workerd),
    ("python", python::driver),
    ("kotlin", kotlin::driver),
    ("swift", swift::driver),
];

/// The vectors to run, and the host to run them in.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The host to run in; all hosts if not given.
    #[arg(long, default_value = "all")]
    host: String,
    /// The folder with the vectors; the repository's if not given.
    #[arg(long)]
    vectors: Option<PathBuf>,
}

impl Options {
    fn command(&self, arguments: &[&str]) -> Result<Command, CheckError> {
        let mut command = cargo(["run", "--quiet", "--package", "hudhud-conformance"]);
        command.args(arguments).args(["--", "--host", &self.host]);
        if let Some(vectors) = &self.vectors {
            command.arg("--vectors").arg(vectors);
        }
        for (host, driver) in DRIVERS {
            if self.host == host || self.host == "all" {
                command.arg("--driver").arg(format!("{host}={}", json!(driver()?)));
            }
        }
        Ok(command)
    }
}

/// Returns the check that runs all vectors in one host.
pub(crate) fn check(host: &'static str) -> Check {
    Check::new(format!("vectors in the host {host}"), move || {
        let options = Options { host: host.into(), vectors: None };
        succeed(&mut options.command(&[])?).map_err(CheckError::from)
    })
}

pub(crate) fn run(options: &Options) -> ExitCode {
    end(options.command(&[]))
}

/// Measures the growth of cost with the input. The first argument names the host; the others select entries.
pub(crate) fn scaling(arguments: &[String]) -> ExitCode {
    let (host, words) =
        arguments.split_first().map_or(("rust", arguments), |(host, words)| (host.as_str(), words));
    let options = Options { host: host.into(), vectors: None };
    end(options.command(&["--release"]).map(|mut command| {
        command.arg("--scaling").args(words);
        // These settings let the program keep freed memory. By default glibc requests large blocks from the system
        // each time, which takes longer per byte than small blocks do.
        let stays =
            ["mmap_threshold", "trim_threshold"].map(|name| format!("glibc.malloc.{name}=1073741824"));
        command.env("GLIBC_TUNABLES", stays.join(":"));
        command
    }))
}

fn end(command: Result<Command, CheckError>) -> ExitCode {
    let status = match command {
        Ok(mut command) => command.status(),
        Err(CheckError::Failed(reason) | CheckError::MissingTool(reason)) => {
            eprintln!("{reason}");
            return ExitCode::from(2);
        }
    };
    match status.ok().and_then(|status| status.code()) {
        Some(0) => ExitCode::SUCCESS,
        Some(1) => ExitCode::FAILURE,
        // 2 is the runner's own code. Any other code is cargo's, for a runner that does not build.
        _ => ExitCode::from(2),
    }
}
