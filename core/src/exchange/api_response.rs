//! A decoded response, together with the response that it came from.

use core::fmt::{self, Debug, Formatter};
use core::ops::Deref;

use crate::http::metadata::Meta;
use crate::http::response::Response;

/// A success: the decoded answer, the metadata, and the response itself.
///
/// It dereferences to the answer. Members that the answer's type does not declare are in its `extra`, and in the body.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The decoded answer.
    pub answer: T,
    /// The status, the rate limits and the replay mark.
    pub meta: Meta,
    /// The response as it arrived.
    pub response: Response,
}

impl<T> Reply<T> {
    /// Returns the answer alone.
    pub fn into_answer(self) -> T {
        self.answer
    }

    /// Converts the answer with `view`.
    pub fn map<U>(self, view: impl FnOnce(T) -> U) -> Reply<U> {
        Reply { answer: view(self.answer), meta: self.meta, response: self.response }
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.answer
    }
}

impl<T: Debug> Debug for Reply<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reply").field("answer", &self.answer).field("meta", &self.meta).finish()
    }
}
