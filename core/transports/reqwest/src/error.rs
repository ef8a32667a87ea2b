//! The error of a transport that cannot be created.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

/// The reason why a transport could not be created. Its source is the error of `reqwest`.
#[derive(Debug)]
pub struct BuildError(pub(crate) reqwest::Error);

impl Display for BuildError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "the HTTP client cannot be set up: check the root certificates of this machine and the settings of the client",
        )
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
