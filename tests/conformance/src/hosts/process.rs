//! A host in a separate process. It reads one case per line and writes one result per line.
//!
//! A line to the driver is `{"suite": "…", "case": {…}}`. A line from it has the format that `hosts` describes. With
//! `budget_ms`, the driver runs the case repeatedly until that time is over and responds with `{"nanos": …}`: the
//! shortest CPU time. `{"unsupported": "reason"}` means that the host's language cannot represent the case. The driver's
//! standard error goes to the terminal.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::driver::Driver;
use super::host::Host;
use super::output::shallow;

/// The time that a driver has to end.
const TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) struct Process {
    process: Child,
    cases: Option<ChildStdin>,
    outcomes: BufReader<ChildStdout>,
}

impl Process {
    pub(crate) fn start(driver: &Driver) -> Result<Self, String> {
        let [program, arguments @ ..] = driver.command.as_slice() else {
            return Err("the driver's command is empty".into());
        };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| format!("{program}: {error}"))?;
        let (Some(cases), Some(outcomes)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("the driver has no pipes".into());
        };
        Ok(Self { process, cases: Some(cases), outcomes: BufReader::new(outcomes) })
    }
}

impl Process {
    fn send(&mut self, message: &Value) -> Result<Value, String> {
        let cases = self.cases.as_mut().ok_or("the driver's input is closed")?;
        writeln!(cases, "{message}").map_err(|error| format!("cannot write to the driver: {error}"))?;
        let mut line = String::new();
        self.outcomes.read_line(&mut line).map_err(|error| error.to_string())?;
        match shallow(&line) {
            came @ Value::Object(_) => Ok(came),
            _ => Err(format!("the driver's output is not a JSON object: {line:.200}")),
        }
    }
}

impl Host for Process {
    fn run(&mut self, suite: &str, case: &Value) -> Result<Value, String> {
        self.send(&json!({ "suite": suite, "case": case }))
    }

    fn time(&mut self, suite: &str, case: &Value, budget: Duration) -> Result<Option<Duration>, String> {
        let message = json!({ "suite": suite, "case": case, "budget_ms": budget.as_millis() as u64 });
        let outcome = self.send(&message)?;
        if outcome["unsupported"].is_string() {
            return Ok(None);
        }
        let nanos = outcome["nanos"].as_u64();
        nanos
            .map(|nanos| Some(Duration::from_nanos(nanos)))
            .ok_or_else(|| "the driver's output has no `nanos`".into())
    }
}

impl Drop for Process {
    /// Closes the driver's input, so that it ends with the processes that it started.
    fn drop(&mut self) {
        self.cases = None;
        let until = Instant::now() + TIMEOUT;
        while self.process.try_wait().is_ok_and(|ended| ended.is_none()) && Instant::now() < until {
            sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
