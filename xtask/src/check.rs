//! One thing that `cargo xtask test` checks.

use std::process::Command;

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

/// Runs a command that must succeed.
pub(crate) fn succeed(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(error.to_string()),
    }
}
