//! `cargo xtask test`: runs all checks, each in its own process, and times them.
//!
//! Two lanes of checks run at the same time: those of Kotlin and Swift, whose compilers leave a processor idle for much of
//! the time, and all others. The first lane ends earlier, and then takes the last checks of the other one. After both
//! lanes, the checks that put load on the machine run one after another, without any other check. The checks of transports
//! run last, two at a time. They mostly wait, but they measure time, so nothing compiles while they run.
//!
//! A failed check does not keep the others from running. The output ends with a table, the last lines of each failed
//! check, and a line with the numbers of passed and failed checks.

use std::collections::VecDeque;
use std::process::{Command, ExitCode};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, iter, thread};

use cargo_metadata::Metadata;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, Table};

use crate::check::Check;
use crate::check_error::CheckError;
use crate::command::{succeed, words};
use crate::output::run_and_keep;
use crate::{
    browser, conformance, crates, errors, fleet, kill, kotlin, layers, lengths, manifests, native, notices,
    npm, oldest, once, openapi, outbox, python, setup, swift, times, transports, workflows,
};

/// The exit code of a check that this machine cannot run.
const EXIT_MISSING_REQUIREMENT: u8 = 3;

/// The number of lines that are shown again of a failed check.
const SHOWN_AGAIN: usize = 15;

/// The number of checks that are named again as the slowest.
const SLOWEST: usize = 12;

/// The checks to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only the checks whose names contain this text.
    only: Option<String>,
    /// Runs the check of exactly this name, in this process.
    #[arg(long, hide = true)]
    exactly: Option<String>,
}

/// The end of a check.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// A check that has ended.
#[derive(Clone)]
struct Ended {
    name: String,
    outcome: Outcome,
    time: Duration,
    last_lines: Vec<String>,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let result = match &options.exactly {
        Some(name) => run_here(name),
        None => setup::install().and_then(|()| run_each(options.only.as_deref().unwrap_or_default())),
    };
    result.unwrap_or_else(|reason| {
        eprintln!("{reason}");
        ExitCode::FAILURE
    })
}

/// Runs one check in this process.
fn run_here(name: &str) -> Result<ExitCode, String> {
    let checks = checks()?;
    let check = checks.iter().find(|check| check.name == name);
    Ok(match (check.ok_or_else(|| format!("{name}: unknown check"))?.run)() {
        Ok(()) => ExitCode::SUCCESS,
        Err(CheckError::Failed(reason)) => {
            println!("FAILED: {reason}");
            ExitCode::FAILURE
        }
        Err(CheckError::MissingTool(reason)) => {
            println!("SKIPPED: {reason}");
            ExitCode::from(EXIT_MISSING_REQUIREMENT)
        }
    })
}

/// Runs the checks whose names contain `only`.
fn run_each(only: &str) -> Result<ExitCode, String> {
    let begun = Instant::now();
    let kind = times::Run::of_now()?;
    let names: Vec<_> =
        checks()?.into_iter().map(|check| check.name).filter(|name| name.contains(only)).collect();
    let in_lane = |lane: Lane| names.iter().filter(move |name| Lane::of(name) == lane).map(String::as_str);
    // With a single lane at work, output comes at once.
    let is_alone = [Lane::Native, Lane::Other].into_iter().any(|lane| in_lane(lane).next().is_none());
    let queue = |lane| in_lane(lane).collect::<VecDeque<_>>();
    let mut ended = run_two_lanes(queue(Lane::Native), queue(Lane::Other), is_alone)?;
    ended.extend(run_lane(in_lane(Lane::Alone), true)?);
    let transports = queue(Lane::Transports);
    let is_alone = transports.len() < 2;
    ended.extend(run_two_lanes(VecDeque::new(), transports, is_alone)?);
    ended.sort_by_key(|check| names.iter().position(|name| *name == check.name));
    if only.is_empty() {
        let mut times: Vec<_> = ended.iter().map(|check| (check.name.as_str(), check.time)).collect();
        times.push(("all", begun.elapsed()));
        times::keep(kind, &times)?;
    }
    Ok(report(&ended, begun.elapsed()))
}

/// A set of checks that run one after another.
#[derive(Clone, Copy, PartialEq)]
enum Lane {
    /// Kotlin and Swift.
    Native,
    /// Checks that put load on the machine, which run when no other check does.
    Alone,
    Transports,
    Other,
}

impl Lane {
    fn of(name: &str) -> Self {
        if name.starts_with("transports: ") {
            Self::Transports
        } else if name.contains("under load") {
            Self::Alone
        } else if ["Kotlin", "kotlin", "Swift", "swift"].iter().any(|host| name.contains(host)) {
            Self::Native
        } else {
            Self::Other
        }
    }
}

/// Runs two lanes at the same time. The first lane then takes the last checks of the other one, unless `is_alone` states that
/// one of them is empty.
fn run_two_lanes(first: VecDeque<&str>, other: VecDeque<&str>, is_alone: bool) -> Result<Vec<Ended>, String> {
    let other = Mutex::new(other);
    let rest = || other.lock().unwrap_or_else(PoisonError::into_inner);
    let last = || if is_alone { None } else { rest().pop_back() };
    thread::scope(|scope| {
        let first = scope.spawn(|| run_lane(first.into_iter().chain(iter::from_fn(last)), is_alone));
        let other = run_lane(iter::from_fn(|| rest().pop_front()), is_alone);
        let first = first.join().map_err(|_| "a lane panicked".to_owned())?;
        other.and_then(|other| Ok([other, first?].concat()))
    })
}

/// Runs checks one after another. Prints the output of each as it comes or, if another lane prints too, at its end.
fn run_lane<'a>(names: impl Iterator<Item = &'a str>, is_alone: bool) -> Result<Vec<Ended>, String> {
    let this = env::current_exe().map_err(|error| error.to_string())?;
    let mut ended = Vec::new();
    for name in names {
        let begun = Instant::now();
        let title = format!("\n=== {name}\n");
        let mut command = Command::new(&this);
        let (variable, run) = once::run();
        command.args(["test", "--exactly", name]).env(variable, run);
        let (status, last_lines) = run_and_keep(&mut command, &title, is_alone, SHOWN_AGAIN)
            .map_err(|error| format!("{name}: cannot be started: {error}"))?;
        let outcome = match status.code() {
            Some(0) => Outcome::Passed,
            Some(code) if code == i32::from(EXIT_MISSING_REQUIREMENT) => Outcome::Skipped,
            _ => Outcome::Failed,
        };
        ended.push(Ended { name: name.into(), outcome, time: begun.elapsed(), last_lines });
    }
    Ok(ended)
}

/// Prints the table and all that must be seen again.
fn report(ended: &[Ended], whole: Duration) -> ExitCode {
    println!("\n{}", table(ended, whole));
    println!("{}", slowest(ended));
    let of = |wanted| ended.iter().filter(move |check| check.outcome == wanted);
    for check in of(Outcome::Skipped) {
        println!("skipped: {}", check.name);
    }
    for check in of(Outcome::Failed) {
        println!("\nfailed: {}\n  {}", check.name, check.last_lines.join("\n  "));
    }
    let (passed, failed) = (of(Outcome::Passed).count(), of(Outcome::Failed).count());
    println!("{passed} passed, {failed} failed");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Returns all checks in their order: the quickest to find a fault come first.
fn checks() -> Result<Vec<Check>, String> {
    let workspace = manifests::read()?;
    let features = manifests::features_of_core(&workspace)?;
    let mut checks = vec![
        Check::cargo("format", "fmt --all --check"),
        of_workspace("licences and oldest Rust", &workspace, manifests::check_fields),
        Check::new("licences of third parties, and notices up to date", notices::check),
        Check::new("errors document up to date", errors::check),
        Check::new("workflows: schema, permissions and pins", workflows::check),
        of_workspace("dependencies of core", &workspace, manifests::check_dependencies),
        of_workspace("layers of core, circles of imports", &workspace, layers::check),
        Check::new("oldest versions in the READMEs", oldest::check),
        Check::new("lengths of source files", lengths::check),
        of_workspace("crates for crates.io: manifests and contents", &workspace, crates::check),
        // With the features of the generators and of Python's module, which are empty without them.
        Check::cargo(
            "lints",
            "clippy --locked --workspace --all-targets --features hudhud-uniffi-generate/generate \
             --features hudhud-wasm-generate/glue --features hudhud-python/module -- -D warnings",
        ),
        Check::cargo("tests", "test --locked --workspace --exclude hudhud --no-fail-fast"),
        // Alone, core has only the features it asked for itself, as in a user's build.
        Check::cargo("tests of core alone", "test --locked --package hudhud"),
        Check::cargo(
            "conversions to the types of http",
            "test --locked --package hudhud --features http --test http_types",
        ),
        conformance::check("rust"),
        conformance::check("node"),
        conformance::check("workerd"),
        Check::new("the npm package", npm::test),
        conformance::check("python"),
        Check::cargo(
            "Python: stubs up to date",
            "run --quiet --locked --package hudhud-python-stubs -- --check",
        ),
        Check::new("Python: wheel and sources in a Python that has nothing else", python::install_fresh),
        Check::new("Python: types", python::check_types),
        Check::new("Python: the package", python::test),
        Check::new("Python: engines", python::test_engines),
        Check::new("the outbox: killed in one host, continued in another", outbox::check),
        Check::cargo(
            "OpenAPI documents up to date",
            "run --quiet --locked --package hudhud-openapi -- --check",
        ),
        Check::new("OpenAPI documents: style", openapi::lint),
        Check::new("OpenAPI documents: the sandbox", openapi::ask_sandbox),
        Check::cargo(
            "the sandbox under load",
            "test --quiet --locked --package hudhud-sandbox --bench load -- --bench --calls 20000 --keep 2000",
        ),
        Check::new("one rate limiter of three languages, under load", fleet::short),
        Check::new("the sandbox's page in Chromium", browser::test_page),
        Check::cargo("core without std", "build --locked --package hudhud-no-std --profile no-std"),
        Check::new("core without std: the proof can fail", the_proof_can_fail),
    ];
    checks.extend(python::checks_in_others());
    checks.extend(kotlin::checks());
    checks.push(Check::cargo(
        "Kotlin and Swift: tests of the native library",
        "test --locked --package hudhud-uniffi --features jni",
    ));
    checks.push(Check::new("Kotlin and Swift: the declared types", native::test_declared_types));
    checks.push(conformance::check("kotlin"));
    checks.extend(swift::checks());
    checks.push(conformance::check("swift"));
    // After the artifacts of Kotlin, which are otherwise built twice: without documentation for this check, then with it.
    checks.push(Check::new("receivers of Kotlin and Swift that are killed", kill::short));
    checks.push(transports::compile());
    checks.extend(transports::checks());
    // Apart from the other lints, because it asks core for the feature `exhaustive`.
    checks.push(Check::cargo(
        "lints of the native library",
        "clippy --locked --all-targets --package hudhud-uniffi --features jni -- -D warnings",
    ));
    // The modules that Workers load, each with its own features. The lints of the workspace see the full module.
    for (module, feature) in [("verifier", None), ("inbox", Some("inbox")), ("outbox", Some("outbox"))] {
        checks.push(Check::new(format!("lints of the wasm module of the {module}"), move || {
            let mut command = words("clippy --locked --package hudhud-wasm --no-default-features");
            command.args(feature.map(|feature| format!("--features={feature}")));
            succeed(command.args(["--", "-D", "warnings"]))
        }));
    }
    for (transport, features) in [
        ("hudhud-reqwest", "native-tls,http2"),
        ("hudhud-reqwest", "rustls-no-provider,system-proxy"),
        ("hudhud-ureq", "native-tls"),
        ("hudhud-ureq", "platform-verifier"),
    ] {
        checks.push(Check::new(format!("{transport} with {features}"), move || {
            let mut command = words("clippy --locked --no-default-features --package");
            succeed(command.args([transport, "--features", features, "--", "-D", "warnings"]))
        }));
    }
    checks.push(lints_of_core("no feature", vec!["--no-default-features".into()]));
    for feature in features {
        let arguments = vec!["--no-default-features".into(), "--features".into(), feature.clone()];
        checks.push(lints_of_core(&feature, arguments));
    }
    checks.push(lints_of_core("all features", vec!["--all-features".into()]));
    checks.push(documentation("documentation", "doc --locked --workspace --no-deps"));
    checks.push(documentation(
        "documentation of core with all features",
        "doc --locked --package hudhud --all-features --no-deps",
    ));
    Ok(checks)
}

/// Compiles and lints core alone with these features. Clippy finds all that the compiler finds, and more.
fn lints_of_core(features: &str, arguments: Vec<String>) -> Check {
    Check::new(format!("core with {features}"), move || {
        let mut command = words("clippy --locked --package hudhud --lib");
        succeed(command.args(&arguments).args(["--", "-D", "warnings"]))
    })
}

fn documentation(name: &str, arguments: &'static str) -> Check {
    Check::new(name, move || succeed(words(arguments).env("RUSTDOCFLAGS", "-D warnings")))
}

fn of_workspace(name: &str, workspace: &Metadata, check: fn(&Metadata) -> Result<(), String>) -> Check {
    let workspace = workspace.clone();
    Check::new(name, move || check(&workspace))
}

/// Builds the proof that core needs no std with a std, which must fail: a proof that cannot fail proves nothing.
fn the_proof_can_fail() -> Result<(), String> {
    let mut command = words("build --locked --package hudhud-no-std --profile no-std --features hudhud/std");
    let output = command.output().map_err(|error| error.to_string())?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() && stderr.contains("E0152") && stderr.contains("panic_impl") {
        return Ok(());
    }
    println!("{stderr}");
    Err("with std, the build must fail with E0152 (two panic handlers), and it did not".into())
}

/// Names the checks that took the most time: a log may be cut before its table.
fn slowest(ended: &[Ended]) -> String {
    let mut times: Vec<_> = ended.iter().map(|check| (check.time, check.name.as_str())).collect();
    times.sort_unstable_by(|one, other| other.cmp(one));
    let named = times.iter().take(SLOWEST).map(|(time, name)| format!("{name} {:.0} s", time.as_secs_f64()));
    format!("slowest: {}", named.collect::<Vec<_>>().join(", "))
}

fn table(ended: &[Ended], whole: Duration) -> Table {
    let seconds = |time: Duration| {
        Cell::new(format!("{:.1} s", time.as_secs_f64())).set_alignment(CellAlignment::Right)
    };
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(["", "Check", "Time"]);
    for Ended { name, outcome, time, .. } in ended {
        let mark = match outcome {
            Outcome::Passed => "✓",
            Outcome::Failed => "✗",
            Outcome::Skipped => "–",
        };
        table.add_row([Cell::new(mark), Cell::new(name), seconds(*time)]);
    }
    table.add_row([Cell::new(""), Cell::new("all"), seconds(whole)]);
    table
}
