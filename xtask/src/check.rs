//! One thing that `cargo xtask test` checks.

use crate::check_error::CheckError;
use crate::command::{succeed, words};

/// Something to be checked, which says on the terminal what it finds.
pub(crate) struct Check {
    pub(crate) name: String,
    pub(crate) run: Box<dyn Fn() -> Result<(), CheckError>>,
}

impl Check {
    pub(crate) fn new<E: Into<CheckError>>(
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
