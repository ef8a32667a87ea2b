//! A host in a process of its own: it reads a case a line, and writes what came out, a line each.
//!
//! A line to the driver is `{"suite": "…", "case": {…}}`; a line from it has the shape that `hosts` describes. With a
//! `budget_ms` the case is run again and again until that time is over, and the line from it is `{"nanos": …}`: the
//! shortest time for which the processor worked on it. What the driver prints elsewhere (standard error) reaches the terminal.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Driver, Host, shallow};

/// How long a driver may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Process {
    process: Child,
    cases: Option<ChildStdin>,
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
        Ok(Self { process, cases: Some(cases), outcomes: BufReader::new(outcomes) })
    }
}

impl Process {
    fn ask(&mut self, asked: &Value) -> Result<Value, String> {
        let cases = self.cases.as_mut().ok_or("the driver was told that there are no more cases")?;
        writeln!(cases, "{asked}").map_err(|error| format!("the driver takes no more cases: {error}"))?;
        let mut line = String::new();
        self.outcomes.read_line(&mut line).map_err(|error| error.to_string())?;
        match shallow(&line) {
            came @ Value::Object(_) => Ok(came),
            _ => Err(format!("the driver's answer cannot be read: {line:.200}")),
        }
    }
}

impl Host for Process {
    fn run(&mut self, suite: &str, case: &Value) -> Result<Value, String> {
        self.ask(&json!({ "suite": suite, "case": case }))
    }

    fn time(&mut self, suite: &str, case: &Value, budget: Duration) -> Result<Duration, String> {
        let asked = json!({ "suite": suite, "case": case, "budget_ms": budget.as_millis() as u64 });
        let nanos = self.ask(&asked)?["nanos"].as_u64();
        nanos.map(Duration::from_nanos).ok_or_else(|| "the driver does not measure".into())
    }
}

impl Drop for Process {
    /// Hears that there are no more cases, and ends; what it started itself then ends with it.
    fn drop(&mut self) {
        self.cases = None;
        let until = Instant::now() + PATIENCE;
        while self.process.try_wait().is_ok_and(|ended| ended.is_none()) && Instant::now() < until {
            sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
