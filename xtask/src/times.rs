//! `cargo xtask times`: writes the times of checks and builds into CONTRIBUTING.md.
//!
//! Each run of all checks keeps its times. The first run in an empty target folder is the cold one. This command adds the
//! times of builds after a change in core, which it measures itself.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Map, Value};

use crate::check_error::{self, CheckError};
use crate::command::{root, succeed, words};
use crate::manifests;
use crate::{kotlin, npm, python, swift};

const FILE: &str = "CONTRIBUTING.md";
const BEGIN: &str = "<!-- begin times -->";
const END: &str = "<!-- end times -->";

/// The file that is changed before a build is measured.
const CHANGED: &str = "core/src/lib.rs";

/// The shortest time of a check that has its own row, in seconds.
const SHORT: f64 = 10.0;

/// A run of all checks.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// A run that began with an empty target folder.
    Cold,
    /// A run after another one, without a change.
    Again,
}

impl Run {
    /// Returns the kind of the run that begins now.
    pub(crate) fn of_now() -> Result<Self, String> {
        // Only checks create this folder.
        Ok(if manifests::target()?.join("native").exists() { Self::Again } else { Self::Cold })
    }

    fn file(self) -> Result<PathBuf, String> {
        let name = match self {
            Self::Cold => "times-cold.json",
            Self::Again => "times-again.json",
        };
        Ok(manifests::target()?.join("xtask").join(name))
    }
}

/// Keeps the times of a run, with the check's names.
pub(crate) fn keep(run: Run, times: &[(&str, Duration)]) -> Result<(), String> {
    let path = run.file()?;
    let times: Map<String, Value> =
        times.iter().map(|(name, time)| ((*name).to_owned(), time.as_secs_f64().into())).collect();
    fs::write(&path, Value::from(times).to_string()).map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn run() -> ExitCode {
    check_error::exit_code(write())
}

fn write() -> Result<(), CheckError> {
    let (cold, again) = (recorded(Run::Cold)?, recorded(Run::Again)?);
    let mut builds = Vec::new();
    for (command, build) in BUILDS {
        change_core()?;
        let begun = Instant::now();
        build()?;
        builds.push((command, begun.elapsed().as_secs_f64()));
    }
    let path = root().join(FILE);
    let old = fs::read_to_string(&path).map_err(|error| format!("{FILE}: {error}"))?;
    let (before, rest) = old.split_once(BEGIN).ok_or_else(|| format!("{FILE}: has no line {BEGIN}"))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| format!("{FILE}: has no line {END}"))?;
    let processors = available_parallelism().map_or(1, usize::from);
    let section = section(processors, &cold, &again, &builds);
    fs::write(&path, format!("{before}{BEGIN}\n{section}{END}{after}"))
        .map_err(|error| format!("{FILE}: {error}"))?;
    println!("{FILE}: written");
    Ok(())
}

/// A command of a contributor, and its function.
type Build = (&'static str, fn() -> Result<(), CheckError>);

/// The builds that are measured after a change in core.
const BUILDS: [Build; 7] = [
    ("cargo check", || Ok(succeed(&mut words("check --quiet --locked"))?)),
    ("cargo check --workspace --all-targets", || {
        Ok(succeed(&mut words("check --quiet --locked --workspace --all-targets"))?)
    }),
    ("cargo test --package hudhud", || Ok(succeed(&mut words("test --quiet --locked --package hudhud"))?)),
    ("cargo xtask package npm", || npm::pack().map(drop)),
    ("cargo xtask package python", || python::package().map(drop)),
    ("cargo xtask package kotlin", kotlin::package),
    ("cargo xtask package swift", swift::package),
];

/// Marks a file of core as changed.
fn change_core() -> Result<(), String> {
    let file = fs::File::options().append(true).open(root().join(CHANGED));
    file.and_then(|file| file.set_modified(SystemTime::now())).map_err(|error| format!("{CHANGED}: {error}"))
}

fn recorded(run: Run) -> Result<Map<String, Value>, String> {
    let path = run.file()?;
    let text = fs::read_to_string(&path).map_err(|error| {
        format!(
            "{}: {error}; run `cargo xtask test` twice, the first time in an empty target folder",
            path.display()
        )
    })?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Returns the section of the document.
fn section(
    processors: usize,
    cold: &Map<String, Value>,
    again: &Map<String, Value>,
    builds: &[(&str, f64)],
) -> String {
    let seconds = |run: &Map<String, Value>, name: &str| run.get(name).and_then(Value::as_f64);
    let mut text = format!(
        "## Times\n\nMeasured on {processors} processors by `cargo xtask times`, in seconds.\n\n\
         | Build after a change in core | Time |\n|---|---|\n"
    );
    for (command, time) in builds {
        let _ = writeln!(text, "| `{command}` | {time:.0} |");
    }
    text.push_str("\n| Check | In an empty folder | Again, without a change |\n|---|---|---|\n");
    let mut rows: Vec<(&str, f64)> =
        cold.keys().filter_map(|name| Some((name.as_str(), seconds(cold, name)?))).collect();
    rows.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let (long, short): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, time)| *time >= SHORT);
    let mut row = |name: &str, one: f64, other: Option<f64>| {
        let other = other.map_or_else(|| "–".to_owned(), |time| format!("{time:.0}"));
        let _ = writeln!(text, "| {name} | {one:.0} | {other} |");
    };
    for (name, time) in &long {
        row(name, *time, seconds(again, name));
    }
    let of_short = short.iter().filter_map(|(name, _)| seconds(again, name)).sum();
    let name = format!("{} checks of less than {SHORT} seconds", short.len());
    row(&name, short.iter().map(|(_, time)| time).sum(), Some(of_short));
    text
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::section;

    #[test]
    fn the_slowest_check_comes_first_and_short_ones_share_a_row() {
        let run = |times: Value| -> Map<String, Value> { serde_json::from_value(times).unwrap() };
        let cold = run(json!({"all": 100.0, "format": 1.0, "tests": 60.4, "layers": 3.0}));
        let again = run(json!({"all": 20.0, "format": 1.0, "layers": 2.0}));
        let text = section(2, &cold, &again, &[("cargo check", 3.2)]);
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
        assert_eq!(
            rows,
            [
                "| Build after a change in core | Time |",
                "| `cargo check` | 3 |",
                "| Check | In an empty folder | Again, without a change |",
                "| all | 100 | 20 |",
                "| tests | 60 | – |",
                "| 2 checks of less than 10 seconds | 4 | 3 |",
            ]
        );
    }
}
