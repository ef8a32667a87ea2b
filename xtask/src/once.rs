//! Runs a task once in a run of all checks, although each check runs in its own process.
//!
//! Several checks need the same package. The first of them builds it and writes the run's name into a file. The others
//! find the name there. A check in the other lane that needs the package at the same time waits for the file's lock. So do
//! two checks that install the same tools.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;
use std::{env, process};

use crate::check_error::CheckError;
use crate::manifests;

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
    let path = file_of(name)?;
    let fault = |error: io::Error| format!("{}: {error}", path.display());
    let mut file = lock(&path).map_err(fault)?;
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

/// Runs the task while no other process runs a task of this name.
pub(crate) fn alone<T>(name: &str, task: impl FnOnce() -> Result<T, CheckError>) -> Result<T, CheckError> {
    let path = file_of(name)?;
    let _locked = lock(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    task()
}

fn file_of(name: &str) -> Result<PathBuf, String> {
    Ok(manifests::target()?.join("xtask").join(name.replace('/', "-")))
}

/// Opens a file, and waits until no other process has its lock.
fn lock(path: &Path) -> io::Result<File> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
    file.lock()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;
    use std::time::Duration;

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
        fs::remove_file(file_of(&name).unwrap()).unwrap();
    }

    #[test]
    fn one_process_at_a_time_runs_a_task() {
        let name = format!("alone/{}", run().1);
        let running = AtomicU32::new(0);
        let task = || {
            assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0, "two run at once");
            thread::sleep(Duration::from_millis(5));
            running.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        };
        thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|_| scope.spawn(|| alone(&name, task).is_ok())).collect();
            assert!(all.into_iter().all(|one| one.join().unwrap()));
        });
        fs::remove_file(file_of(&name).unwrap()).unwrap();
    }
}
