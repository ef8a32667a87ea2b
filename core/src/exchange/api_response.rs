//! A decoded answer with the response that it came from.

use core::fmt::{self, Debug, Formatter};
use core::ops::Deref;

use crate::http::metadata::Meta;
use crate::http::response::Response;

/// A success: the decoded answer, what was said beside it, and the response it came in.
///
/// It dereferences to the answer. What the answer's type does not know is in its `extra`, and in the body.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The answer.
    pub answer: T,
    /// Status, limits and replay mark.
    pub meta: Meta,
    /// The response as it came.
    pub response: Response,
}

impl<T> Reply<T> {
    /// The answer alone.
    pub fn into_answer(self) -> T {
        self.answer
    }

    /// The same reply with another view of its answer.
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
