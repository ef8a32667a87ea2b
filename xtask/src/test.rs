//! `cargo xtask test`: every check there is, each named and timed. A failed one does not keep the others from
//! running: at the end stands a table, and alone on the last line how many passed and failed.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use cargo_metadata::Metadata;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, Table};

use crate::check::{Check, succeed, words};
use crate::tools::Trouble;
use crate::{
    browser, conformance, kotlin, manifests, notices, npm, openapi, python, setup, swift, transports,
    workflows,
};

/// Which checks.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only the checks whose names hold this text.
    only: Option<String>,
}

/// How a check ended.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Passed,
    Failed,
    Skipped,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let checks = match checks() {
        Ok(checks) => checks,
        Err(reason) => {
            eprintln!("{reason}");
            return ExitCode::FAILURE;
        }
    };
    let is_meant =
        |check: &&Check| options.only.as_ref().is_none_or(|text| check.name.contains(text.as_str()));
    let mut outcomes = Vec::new();
    for check in checks.iter().filter(is_meant) {
        println!("\n=== {}", check.name);
        let begun = Instant::now();
        let result = (check.run)();
        let outcome = match &result {
            Ok(()) => Outcome::Passed,
            Err(Trouble::Failed(reason)) => {
                println!("FAILED: {reason}");
                Outcome::Failed
            }
            Err(Trouble::Lacking(reason)) => {
                println!("SKIPPED: {reason}");
                Outcome::Skipped
            }
        };
        outcomes.push((check.name.as_str(), outcome, begun.elapsed()));
    }
    println!("\n{}", table(&outcomes));
    let count = |of| outcomes.iter().filter(|(_, outcome, _)| *outcome == of).count();
    let (passed, failed) = (count(Outcome::Passed), count(Outcome::Failed));
    for (name, _, _) in outcomes.iter().filter(|(_, outcome, _)| *outcome == Outcome::Skipped) {
        println!("skipped: {name}");
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every check there is; what has the most to say in the least time comes first.
fn checks() -> Result<Vec<Check>, String> {
    setup::install()?;
    let workspace = manifests::read()?;
    let features = manifests::features_of_core(&workspace)?;
    let mut checks = vec![
        Check::cargo("format", "fmt --all --check"),
        of_workspace("licences and oldest Rust", &workspace, manifests::check_fields),
        Check::new("licences of third parties, and notices up to date", notices::check),
        Check::new("workflows: schema, permissions and pins", workflows::check),
        of_workspace("dependencies of core", &workspace, manifests::check_dependencies),
        Check::cargo("lints", "clippy --locked --workspace --all-targets -- -D warnings"),
        Check::cargo("tests", "test --locked --workspace --no-fail-fast"),
        // Alone, core has only the features it asked for itself.
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
        Check::cargo(
            "Python: lints of its native part",
            "clippy --locked --package hudhud-python --features module -- -D warnings",
        ),
        Check::new("Python: wheel and sources in a Python that has nothing else", python::install_fresh),
        Check::new("Python: types", python::check_types),
        Check::new("Python: the package", python::test),
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
        Check::new("the sandbox's page in Chromium", browser::test_page),
        Check::cargo("core without std", "build --locked --package hudhud-no-std --profile no-std"),
        Check::new("core without std: the proof can fail", the_proof_can_fail),
    ];
    checks.extend(python::checks_in_others());
    checks.extend(kotlin::checks());
    checks.push(conformance::check("kotlin"));
    checks.extend(swift::checks());
    checks.push(conformance::check("swift"));
    checks.extend(transports::checks());
    checks.push(Check::cargo(
        "lints of the native library and of its generator",
        "clippy --locked --package hudhud-uniffi --features jni --package hudhud-uniffi-generate \
         --features hudhud-uniffi-generate/generate -- -D warnings",
    ));
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

/// Core alone, compiled and linted with these features: clippy finds whatever the compiler finds, and more.
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

/// Given a std, the proof that core needs none must not build: else it would prove nothing.
fn the_proof_can_fail() -> Result<(), String> {
    let mut command = words("build --locked --package hudhud-no-std --profile no-std --features hudhud/std");
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() && said.contains("E0152") && said.contains("panic_impl") {
        return Ok(());
    }
    println!("{said}");
    Err("with std below it, it should have found two answers to a panic (E0152)".into())
}

fn table(outcomes: &[(&str, Outcome, Duration)]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(["", "Check", "Time"]);
    for (name, outcome, time) in outcomes {
        let mark = match outcome {
            Outcome::Passed => "✓",
            Outcome::Failed => "✗",
            Outcome::Skipped => "–",
        };
        let time = Cell::new(format!("{:.1} s", time.as_secs_f64())).set_alignment(CellAlignment::Right);
        table.add_row([Cell::new(mark), Cell::new(name), time]);
    }
    let whole: Duration = outcomes.iter().map(|(_, _, time)| *time).sum();
    let whole = Cell::new(format!("{:.1} s", whole.as_secs_f64())).set_alignment(CellAlignment::Right);
    table.add_row([Cell::new(""), Cell::new(""), whole]);
    table
}
