//! A decoded response, together with the response that it came from.

use core::fmt::{self, Debug, Formatter};
use core::ops::Deref;

use crate::http::metadata::Meta;
use crate::http::response::Response;

/// A success: the decoded output, the metadata, and the response itself.
///
/// It dereferences to the output. Members that the output's type does not declare are in its `extra`, and in the body.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ApiResponse<T> {
    /// The decoded output.
    pub output: T,
    /// The status, the rate limits and the mark of an idempotent replay.
    pub meta: Meta,
    /// The response as it arrived.
    pub response: Response,
}

impl<T> ApiResponse<T> {
    /// Returns the output alone.
    pub fn into_output(self) -> T {
        self.output
    }

    /// Converts the output with `view`.
    pub fn map<U>(self, view: impl FnOnce(T) -> U) -> ApiResponse<U> {
        ApiResponse { output: view(self.output), meta: self.meta, response: self.response }
    }
}

impl<T> Deref for ApiResponse<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.output
    }
}

impl<T: Debug> Debug for ApiResponse<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ApiResponse").field("output", &self.output).field("meta", &self.meta).finish()
    }
}
