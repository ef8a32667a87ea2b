//! The hosts, each with one small driver that turns a case into what came out.
//!
//! What a driver gives back has the shape of a vector's `expect`: a request as `method`, `url`, `headers` in lower
//! case and `body_base64`; an error with its local `fields`; an exchange as `steps` with exact waits.

mod rust;

use std::fmt;

use serde_json::Value;

/// A host that is ready to run cases.
pub(crate) trait Host {
    /// What comes out of one case.
    fn run(&mut self, suite: &str, case: &Value) -> Value;
}

/// Every host the library is for.
pub(crate) const HOSTS: [&str; 6] = ["rust", "node", "workerd", "python", "kotlin", "swift"];

/// Why a host cannot be started.
pub(crate) enum CannotStart {
    /// Its package is not there yet.
    Future,
    /// There is no such host.
    Unknown(String),
}

impl CannotStart {
    pub(crate) fn is_future(&self) -> bool {
        matches!(self, Self::Future)
    }
}

impl fmt::Display for CannotStart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Future => formatter.write_str("NOT RUN, the package for this host is not there yet"),
            Self::Unknown(name) => write!(formatter, "{name}: no such host; there are {}", HOSTS.join(", ")),
        }
    }
}

pub(crate) fn start(name: &str) -> Result<Box<dyn Host>, CannotStart> {
    match name {
        "rust" => Ok(Box::new(rust::Rust)),
        name if HOSTS.contains(&name) => Err(CannotStart::Future),
        name => Err(CannotStart::Unknown(name.into())),
    }
}
