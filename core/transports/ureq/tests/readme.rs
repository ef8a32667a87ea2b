//! The first program of the README, run against the sandbox.

use std::path::PathBuf;
use std::process::Command;

use hudhud_sandbox::{Config, Sandbox};

#[test]
fn the_example_is_the_program_in_the_readme() {
    let readme = include_str!("../README.md");
    let (_, rest) = readme.split_once("```rust,no_run\n").unwrap();
    let (program, _) = rest.split_once("```").unwrap();
    let (_, example) = include_str!("../examples/ureq_quick_start.rs").split_once("\n\n").unwrap();
    assert_eq!(program, example);
}

#[test]
fn the_program_runs_with_variables_alone() {
    let sandbox = Sandbox::start(Config::default()).unwrap();
    // Cargo builds the examples next to the tests.
    let test = std::env::current_exe().unwrap();
    let examples: PathBuf = test.ancestors().nth(2).unwrap().join("examples");
    let mut program = Command::new(examples.join("ureq_quick_start"));
    program
        .env("ZAGELY_PUBLIC_KEY", &sandbox.key_pair().public)
        .env("ZAGELY_SECRET_KEY", &sandbox.key_pair().secret)
        .env("ZAGELY_BASE_URL", sandbox.zagely_base_url());
    let output = program.output().expect("run `cargo test` without --test, which builds the examples");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && told.contains("session_id"), "without a session: {told}");

    let output = program.env("ZAGELY_SESSION_ID", sandbox.session_id()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && String::from_utf8_lossy(&output.stdout).starts_with("Some("),
        "{told}"
    );
}
