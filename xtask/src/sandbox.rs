//! The sandbox, for tests written in other languages.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::cargo::{cargo, root};

/// The same ids and the same answers each time.
pub(crate) const SEED: &str = "20";

/// A sandbox without limits, on a free port, until it is dropped.
pub(crate) struct Sandbox {
    process: Child,
    introduction: Value,
}

impl Sandbox {
    pub(crate) fn start() -> Result<Self, String> {
        let mut command = cargo(["run", "--quiet", "--locked", "--package", "hudhud-sandbox", "--"]);
        command.args(["--quiet", "--seed", SEED, "--per-minute", "0", "--daily", "0", "--monthly", "0"]);
        command.current_dir(root()).stdin(Stdio::null()).stdout(Stdio::piped());
        // Cargo becomes what it runs.
        let mut process = command.spawn().map_err(|error| error.to_string())?;
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            let _ = BufReader::new(output).read_line(&mut line);
        }
        let introduction = serde_json::from_str(&line).unwrap_or_default();
        Ok(Self { process, introduction })
    }

    /// Its first line, whole, for a test in another language.
    pub(crate) fn introduction(&self) -> String {
        self.introduction.to_string()
    }

    /// What it says of itself in its first line.
    pub(crate) fn says(&self, name: &str) -> Result<&str, String> {
        self.introduction[name].as_str().ok_or_else(|| format!("the sandbox told no {name}"))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
