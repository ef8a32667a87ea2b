//! The hosts, each with one small driver that turns a case into what came out.
//!
//! What a driver gives back has the shape of a vector's `expect`: a request as `method`, `url`, `headers` in lower
//! case and `body_base64`; an error with its local `fields`; an exchange as `steps` with exact waits.

mod process;
mod rust;

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use serde_json::Value;
use serde_json::value::RawValue;

/// A host that is ready to run cases.
pub(crate) trait Host {
    /// What comes out of one case, or why the host cannot go on.
    fn run(&mut self, suite: &str, case: &Value) -> Result<Value, String>;

    /// The shortest of the times for which the processor worked on one case, which is run again and again within a
    /// budget. Other programs on a busy machine have little part in it.
    fn time(&mut self, suite: &str, case: &Value, budget: Duration) -> Result<Duration, String>;
}

/// Every host the library is for.
pub(crate) const HOSTS: [&str; 6] = ["rust", "node", "workerd", "python", "kotlin", "swift"];

/// Starts a host: `rust` is this process; every other one is the command that drives it.
pub(crate) fn start(name: &str, drivers: &[Driver]) -> Result<Option<Box<dyn Host>>, String> {
    if !HOSTS.contains(&name) {
        return Err(format!("{name}: no such host; there are {}", HOSTS.join(", ")));
    }
    if name == "rust" {
        return Ok(Some(Box::new(rust::Rust)));
    }
    let Some(driver) = drivers.iter().find(|driver| driver.host == name) else { return Ok(None) };
    let process = process::Process::start(driver).map_err(|fault| format!("{name}: {fault}"))?;
    Ok(Some(Box::new(process)))
}

/// What a host gave, of which a part may be nested deeper than `serde_json` reads: that part is its text.
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

/// How a host is driven: `node=["node","driver.mjs"]`.
#[derive(Clone)]
pub(crate) struct Driver {
    pub(crate) host: String,
    pub(crate) command: Vec<String>,
}

impl FromStr for Driver {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, command) = text.split_once('=').ok_or("a driver is HOST=[\"command\", …]")?;
        let command: Vec<String> = serde_json::from_str(command).map_err(|error| error.to_string())?;
        if command.is_empty() {
            Err("the command is empty".into())
        } else {
            Ok(Self { host: host.into(), command })
        }
    }
}
