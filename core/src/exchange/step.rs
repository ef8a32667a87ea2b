//! The next step of an exchange: send, wait, or done.

use core::fmt::Debug;
use core::time::Duration;

use crate::error::Error;
use crate::http::request::Request;

/// The next step that the host takes.
#[derive(Debug)]
pub enum Step<T> {
    /// Send this request, then call `receive` or `fail`.
    Send(Request),
    /// Let this much time pass, then call `step`. If it is called earlier, it returns the rest of the wait.
    Wait(Duration),
    /// The exchange is over.
    Done(Result<T, Error>),
}

impl<T> Step<T> {
    /// Converts the outcome of a success.
    pub(crate) fn map<U>(self, view: impl FnOnce(T) -> Result<U, Error>) -> Step<U> {
        match self {
            Self::Send(request) => Step::Send(request),
            Self::Wait(wait) => Step::Wait(wait),
            Self::Done(outcome) => Step::Done(outcome.and_then(view)),
        }
    }
}
