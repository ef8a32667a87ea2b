//! `cargo xtask demo`: runs the main job from end to end.

use std::process::ExitCode;

use crate::command::{cargo, exit_code_of};

pub(crate) fn run() -> ExitCode {
    exit_code_of(cargo(["run", "--quiet", "--package", "hudhud-demo"]))
}
