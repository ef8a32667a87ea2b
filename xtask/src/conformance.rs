//! `cargo xtask conformance`: the shared vectors in one host or all.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use serde_json::json;

use crate::cargo::cargo;
use crate::check::{Check, succeed};
use crate::tools::Trouble;
use crate::{kotlin, npm, python, swift};

/// Builds what a host needs, and says with which command it is driven.
type Driver = fn() -> Result<Vec<String>, Trouble>;

/// How each host is driven, but for `rust`, which the runner is itself.
const DRIVERS: [(&str, Driver); 5] = [
    ("node", npm::drive_node),
    ("workerd", npm::drive_workerd),
    ("python", python::driver),
    ("kotlin", kotlin::driver),
    ("swift", swift::driver),
];

/// Which vectors, in which host.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The host to run in; all of them if not given.
    #[arg(long, default_value = "all")]
    host: String,
    /// The folder with the vectors, if not the repository's.
    #[arg(long)]
    vectors: Option<PathBuf>,
}

impl Options {
    fn command(&self, arguments: &[&str]) -> Result<Command, Trouble> {
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

/// The vectors in one host.
pub(crate) fn check(host: &'static str) -> Check {
    Check::new(format!("vectors in the host {host}"), move || {
        let options = Options { host: host.into(), vectors: None };
        succeed(&mut options.command(&[])?).map_err(Trouble::from)
    })
}

pub(crate) fn run(options: &Options) -> ExitCode {
    end(options.command(&[]))
}

/// The growth of cost with the input, in the host that is the first of the arguments.
pub(crate) fn scaling(arguments: &[String]) -> ExitCode {
    let (host, words) =
        arguments.split_first().map_or(("rust", arguments), |(host, words)| (host.as_str(), words));
    let options = Options { host: host.into(), vectors: None };
    end(options.command(&["--release"]).map(|mut command| {
        command.arg("--scaling").args(words);
        // Memory that was used stays with the program. Otherwise large blocks come from the system each time, which
        // takes longer for each byte than small ones do.
        let stays =
            ["mmap_threshold", "trim_threshold"].map(|name| format!("glibc.malloc.{name}=1073741824"));
        command.env("GLIBC_TUNABLES", stays.join(":"));
        command
    }))
}

fn end(command: Result<Command, Trouble>) -> ExitCode {
    let status = match command {
        Ok(mut command) => command.status(),
        Err(Trouble::Failed(reason) | Trouble::Lacking(reason)) => {
            eprintln!("{reason}");
            return ExitCode::from(2);
        }
    };
    match status.ok().and_then(|status| status.code()) {
        Some(0) => ExitCode::SUCCESS,
        Some(1) => ExitCode::FAILURE,
        // 2 is the runner's own; anything else is cargo's, for a runner that does not build.
        _ => ExitCode::from(2),
    }
}
