//! The hosts, each with a small driver that runs a case and returns its result.
//!
//! The result of a driver has the format of a vector's `expect`. A request has `method`, `url`, `headers` with
//! lower-case names, and `body_base64`. An error has its local `fields`. An exchange has `steps` with exact waits.

mod driver;
mod host;
mod output;
mod process;
mod rust;

pub(crate) use self::driver::Driver;
pub(crate) use self::host::Host;
use self::process::Process;
use self::rust::Rust;

/// The hosts that the library supports.
pub(crate) const HOSTS: [&str; 6] = ["rust", "node", "workerd", "python", "kotlin", "swift"];

/// Starts a host. `rust` is this process; every other host needs a driver command.
pub(crate) fn start(name: &str, drivers: &[Driver]) -> Result<Option<Box<dyn Host>>, String> {
    if !HOSTS.contains(&name) {
        return Err(format!("{name}: unknown host; expected one of {}", HOSTS.join(", ")));
    }
    if name == "rust" {
        return Ok(Some(Box::new(Rust)));
    }
    let Some(driver) = drivers.iter().find(|driver| driver.host == name) else { return Ok(None) };
    let process = Process::start(driver).map_err(|fault| format!("{name}: {fault}"))?;
    Ok(Some(Box::new(process)))
}
