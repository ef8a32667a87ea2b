//! Starts the sandbox for tests that are written in other languages.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::command::{cargo, root};
use crate::manifests;

/// The seed. It makes ids and responses the same in each run.
pub(crate) const SEED: &str = "20";

/// The number of sends at once and the limit per minute of a long test of a rate limiter. It takes about 200 seconds.
pub(crate) const MANY_SENDS: [(&str, &str); 2] = [("HUDHUD_SENDS", "10000"), ("HUDHUD_LIMIT", "3000")];

/// Returns the command that starts a sandbox, for tests that start their own.
pub(crate) fn command() -> Result<String, String> {
    // Builds the sandbox now, so that no test waits for the build.
    drop(Sandbox::start()?);
    let program = manifests::target()?.join("debug/hudhud-sandbox");
    Ok(format!("{} --quiet --seed {SEED}", program.display()))
}

/// A sandbox without rate limits on a free port. It runs until it is dropped.
pub(crate) struct Sandbox {
    process: Child,
    introduction: Value,
}

impl Sandbox {
    pub(crate) fn start() -> Result<Self, String> {
        Self::with_limit(0)
    }

    /// Starts a sandbox whose keys have a limit per minute.
    pub(crate) fn with_limit(per_minute: u64) -> Result<Self, String> {
        let mut command = cargo(["run", "--quiet", "--locked", "--package", "hudhud-sandbox", "--"]);
        command.args(["--quiet", "--seed", SEED, "--daily", "0", "--monthly", "0"]);
        command.args(["--per-minute", &per_minute.to_string()]);
        command.current_dir(root()).stdin(Stdio::null()).stdout(Stdio::piped());
        // Cargo replaces its process with the program's, so killing the child ends the sandbox.
        let mut process = command.spawn().map_err(|error| error.to_string())?;
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            let _ = BufReader::new(output).read_line(&mut line);
        }
        let introduction = serde_json::from_str(&line).unwrap_or_default();
        Ok(Self { process, introduction })
    }

    /// Returns the first line of the sandbox's output, as JSON.
    pub(crate) fn introduction(&self) -> String {
        self.introduction.to_string()
    }

    /// Returns a field of the first line of the sandbox's output.
    pub(crate) fn ready_text(&self, name: &str) -> Result<&str, String> {
        self.introduction[name]
            .as_str()
            .ok_or_else(|| format!("the sandbox's first line has no field `{name}`"))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
