//! The first program of the README of a transport, run against the sandbox. It is a test of each transport's crate, whose
//! example of the same name as the crate holds the program.

use std::path::PathBuf;
use std::process::Command;

use hudhud_sandbox::{Config, Sandbox};

/// The name of the example.
const EXAMPLE: &str = env!("CARGO_PKG_NAME");

#[test]
fn the_example_is_the_program_in_the_readme() {
    let readme = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    let (_, rest) = readme.split_once("```rust,no_run\n").unwrap();
    let (program, _) = rest.split_once("```").unwrap();
    let example =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/", env!("CARGO_PKG_NAME"), ".rs"));
    let (_, example) = example.split_once("\n\n").unwrap();
    assert_eq!(program, example);
}

#[test]
fn the_program_runs_with_variables_alone() {
    let sandbox = Sandbox::start(Config::default()).unwrap();
    // Cargo builds the examples next to the tests.
    let test = std::env::current_exe().unwrap();
    let examples: PathBuf = test.ancestors().nth(2).unwrap().join("examples");
    let mut program = Command::new(examples.join(EXAMPLE));
    program
        .env("ZAGELY_PUBLIC_KEY", &sandbox.key_pair().public)
        .env("ZAGELY_SECRET_KEY", &sandbox.key_pair().secret)
        .env("ZAGELY_BASE_URL", sandbox.zagely_base_url());
    let output = program.output().expect("run `cargo test` without --test, which builds the examples");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && stderr.contains("session_id"), "without a session: {stderr}");

    let output = program.env("ZAGELY_SESSION_ID", sandbox.session_id()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && String::from_utf8_lossy(&output.stdout).starts_with("Some("),
        "{stderr}"
    );
}
