//! One thing that `cargo xtask test` checks.

use std::process::{Command, Stdio};

use crate::cargo::{cargo, root};
use crate::tools::Trouble;

/// Something to be checked, which says on the terminal what it finds.
pub(crate) struct Check {
    pub(crate) name: String,
    pub(crate) run: Box<dyn Fn() -> Result<(), Trouble>>,
}

impl Check {
    pub(crate) fn new<E: Into<Trouble>>(
        name: impl Into<String>,
        run: impl Fn() -> Result<(), E> + 'static,
    ) -> Self {
        Self { name: name.into(), run: Box::new(move || run().map_err(Into::into)) }
    }

    /// A check that passes if cargo does.
    pub(crate) fn cargo(name: impl Into<String>, arguments: &'static str) -> Self {
        Self::new(name, move || succeed(&mut words(arguments)))
    }
}

/// A cargo command in words that hold no space, run at the top of the repository.
pub(crate) fn words(arguments: &str) -> Command {
    let mut command = cargo(arguments.split(' '));
    command.current_dir(root());
    command
}

/// Runs a command that asks nothing and must succeed.
pub(crate) fn succeed(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name}: {status}")),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
