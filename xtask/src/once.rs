//! Runs a task once in a run of all checks, although each check runs in its own process.
//!
//! Several checks need the same package. The first of them builds it and writes the run's name into a file. The others
//! find the name there. A check in the other lane that needs the package at the same time waits for the file's lock.

use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::sync::OnceLock;
use std::time::SystemTime;
use std::{env, process};

use crate::manifests;
use crate::tools::CheckError;

/// The environment variable that passes the run's name on to the checks.
const VARIABLE: &str = "HUDHUD_RUN";

/// Returns the variable and the name of this run, for the environment of a check.
pub(crate) fn run() -> (&'static str, &'static str) {
    static NAME: OnceLock<String> = OnceLock::new();
    let name = NAME.get_or_init(|| {
        env::var(VARIABLE).unwrap_or_else(|_| {
            // A later process can have the same number.
            let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            format!("{}-{}", process::id(), time.as_nanos())
        })
    });
    (VARIABLE, name)
}

/// Runs the task unless this run has done it. A task that fails is tried again by the next check that needs it.
pub(crate) fn once(name: &str, task: impl FnOnce() -> Result<(), CheckError>) -> Result<(), CheckError> {
    let folder = manifests::target()?.join("xtask");
    let path = folder.join(name);
    let fault = |error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(&folder).map_err(fault)?;
    let mut file =
        File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(fault)?;
    file.lock().map_err(fault)?;
    let mut done = String::new();
    file.read_to_string(&mut done).map_err(fault)?;
    let (_, run) = run();
    if done == run {
        return Ok(());
    }
    task()?;
    file.set_len(0).map_err(fault)?;
    file.rewind().map_err(fault)?;
    Ok(file.write_all(run.as_bytes()).map_err(fault)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_runs_until_it_succeeds_and_then_no_more() {
        let name = format!("test-{}", run().1);
        let mut count = 0;
        let mut attempt = |result: Result<(), CheckError>| {
            once(&name, || {
                count += 1;
                result
            })
        };
        assert!(attempt(Err("no".to_owned().into())).is_err());
        assert!(attempt(Ok(())).is_ok());
        assert!(attempt(Err("no".to_owned().into())).is_ok());
        assert_eq!(count, 2);
        fs::remove_file(manifests::target().unwrap().join("xtask").join(name)).unwrap();
    }
}
