//! The HTTP request, as plain data.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::time::Duration;

use crate::http::method::Method;

/// An HTTP request, as plain data for a transport to send.
///
/// A transport sends exactly this request and follows no redirect.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The name of the call, such as `contacts.list`.
    pub call: &'static str,
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// The headers: names and values. A host that may not set `User-Agent` leaves it out.
    pub headers: Vec<Header>,
    /// The body, or `None` if the request has no body.
    pub body: Option<Vec<u8>>,
    /// The longest time for this attempt, if the call limits it. A transport uses the shorter of this and its own timeout.
    pub timeout: Option<Duration>,
}

/// The name and the value of a header of a request.
pub type Header = (Cow<'static, str>, String);

impl Request {
    /// Returns the host of the URL, with its port if the URL has one.
    pub(crate) fn authority(&self) -> &str {
        let (_, rest) = self.url.split_once("://").unwrap_or_default();
        rest.split('/').next().unwrap_or_default()
    }

    /// Returns the first header of this name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Shows the call, the method, the names of the headers and the length of the body, which are not private.
impl Debug for Request {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("Request")
            .field("call", &self.call)
            .field("method", &self.method)
            .field("headers", &names)
            .field("body", &format_args!("{} bytes", self.body.as_ref().map_or(0, Vec::len)))
            .finish_non_exhaustive()
    }
}
