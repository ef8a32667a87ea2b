//! `cargo xtask conformance`: the shared vectors in one host or all.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::cargo::cargo;

/// Which vectors, in which host.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The host to run in; all of them if not given.
    #[arg(long)]
    host: Option<String>,
    /// The folder with the vectors, if not the repository's.
    #[arg(long)]
    vectors: Option<PathBuf>,
}

impl Options {
    pub(crate) fn of_host(host: &str) -> Self {
        Self { host: Some(host.into()), vectors: None }
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = cargo(["run", "--quiet", "--package", "hudhud-conformance", "--"]);
        if let Some(host) = &self.host {
            command.args(["--host", host]);
        }
        if let Some(vectors) = &self.vectors {
            command.arg("--vectors").arg(vectors);
        }
        command
    }
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let status = options.command().status();
    match status.ok().and_then(|status| status.code()) {
        Some(0) => ExitCode::SUCCESS,
        Some(1) => ExitCode::FAILURE,
        // 2 is the runner's own; anything else is cargo's, for a runner that does not build.
        _ => ExitCode::from(2),
    }
}
