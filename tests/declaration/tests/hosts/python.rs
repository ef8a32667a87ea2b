//! Tests of PyO3: Python checks the module.

use std::process::Command;

/// Returns a command that runs the checks of `check.py`, or another of its tasks.
pub(crate) fn python(task: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg("-B").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hosts/check.py"));
    command.arg(crate::library()).arg(task);
    command
}

#[test]
fn every_type_is_a_python_class() {
    if let Some(text) = crate::run(&mut python("check")) {
        print!("{text}");
    }
}
