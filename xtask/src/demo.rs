//! `cargo xtask demo`: runs the main job from end to end.

use std::process::ExitCode;

use crate::command::{cargo, end_as};

pub(crate) fn run() -> ExitCode {
    end_as(cargo(["run", "--quiet", "--package", "hudhud-demo"]))
}
