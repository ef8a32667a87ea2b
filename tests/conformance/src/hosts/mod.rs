//! The hosts, each with a small driver that runs a case and returns its result.
//!
//! The result of a driver has the format of a vector's `expect`. A request has `method`, `url`, `headers` with
//! lower-case names, and `body_base64`. An error has its local `fields`. An exchange has `steps` with exact waits.

mod process;
mod rust;

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use serde_json::Value;
use serde_json::value::RawValue;

/// A host that can run cases.
pub(crate) trait Host {
    /// Runs one case. Returns its result, or the reason why the host cannot continue.
    fn run(&mut self, suite: &str, case: &Value) -> Result<Value, String>;

    /// Runs one case repeatedly within a budget and returns the shortest CPU time. Other programs on a busy machine
    /// hardly affect it.
    fn time(&mut self, suite: &str, case: &Value, budget: Duration) -> Result<Duration, String>;
}

/// The hosts that the library supports.
pub(crate) const HOSTS: [&str; 6] = ["rust", "node", "workerd", "python", "kotlin", "swift"];

/// Starts a host. `rust` is this process; every other host needs a driver command.
pub(crate) fn start(name: &str, drivers: &[Driver]) -> Result<Option<Box<dyn Host>>, String> {
    if !HOSTS.contains(&name) {
        return Err(format!("{name}: unknown host; expected one of {}", HOSTS.join(", ")));
    }
    if name == "rust" {
        return Ok(Some(Box::new(rust::Rust)));
    }
    let Some(driver) = drivers.iter().find(|driver| driver.host == name) else { return Ok(None) };
    let process = process::Process::start(driver).map_err(|fault| format!("{name}: {fault}"))?;
    Ok(Some(Box::new(process)))
}

/// Parses a host's output. A part that is nested deeper than `serde_json` supports is kept as text.
fn shallow(text: &str) -> Value {
    fn part(text: &str, depth: u8) -> Value {
        if let Ok(value) = serde_json::from_str(text) {
            return value;
        }
        match serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
            Ok(members) if depth > 0 => {
                members.into_iter().map(|(name, value)| (name, part(value.get(), depth - 1))).collect()
            }
            _ => text.into(),
        }
    }
    part(text, 8)
}

/// The command of a host's driver: `node=["node","driver.mjs"]`.
#[derive(Clone)]
pub(crate) struct Driver {
    pub(crate) host: String,
    pub(crate) command: Vec<String>,
}

impl FromStr for Driver {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, command) = text.split_once('=').ok_or("driver: expected HOST=[\"command\", …]")?;
        let command: Vec<String> = serde_json::from_str(command).map_err(|error| error.to_string())?;
        if command.is_empty() {
            Err("driver: the command is empty".into())
        } else {
            Ok(Self { host: host.into(), command })
        }
    }
}
