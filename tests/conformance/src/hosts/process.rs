//! A host in a process of its own: it reads a case a line, and writes what came out, a line each.
//!
//! A line to the driver is `{"suite": "…", "case": {…}}`; a line from it has the shape that `hosts` describes. What
//! the driver prints elsewhere (standard error) reaches the terminal.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::{Driver, Host};

pub(crate) struct Process {
    process: Child,
    cases: ChildStdin,
    outcomes: BufReader<ChildStdout>,
}

impl Process {
    pub(crate) fn start(driver: &Driver) -> Result<Self, String> {
        let [program, arguments @ ..] = driver.command.as_slice() else { return Err("no command".into()) };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| format!("{program}: {error}"))?;
        let (Some(cases), Some(outcomes)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("the driver has no pipes".into());
        };
        Ok(Self { process, cases, outcomes: BufReader::new(outcomes) })
    }
}

impl Host for Process {
    fn run(&mut self, suite: &str, case: &Value) -> Result<Value, String> {
        let asked = json!({ "suite": suite, "case": case });
        writeln!(self.cases, "{asked}")
            .map_err(|error| format!("the driver takes no more cases: {error}"))?;
        let mut line = String::new();
        self.outcomes.read_line(&mut line).map_err(|error| error.to_string())?;
        serde_json::from_str(&line)
            .map_err(|error| format!("the driver's answer cannot be read: {error}: {line:.200}"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
