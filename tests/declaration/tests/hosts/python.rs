//! PyO3: Python itself looks at the module.

use std::process::Command;

/// A command that runs the checks of `check.py`, or one of its other tasks.
pub(crate) fn python(task: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg("-B").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hosts/check.py"));
    command.arg(crate::library()).arg(task);
    command
}

#[test]
fn every_type_is_a_class_as_python_wants_it() {
    if let Some(text) = crate::run(&mut python("check")) {
        print!("{text}");
    }
}
