//! Requests and responses as they cross to and from JavaScript, and what crosses as text.
//!
//! Inputs of calls, options and decoded outputs are JSON text, and the headers of a response are lines of text. As values
//! they would cross member by member. Measured in Node, values take this many times as long as text:
//!
//! | Direction | Value | Ratio |
//! |---|---|---|
//! | in | no options, the input of a list, that of a send | 3.7, 1.7, 2.5 |
//! | in | 100 contacts | 2.0 |
//! | in | 10 headers | 1.7 |
//! | out | one contact, a page of 50 | 1.4, 1.7 |
//!
//! A module that also had these conversions was 14 kB larger after gzip.

use alloc::vec::Vec;

use hudhud::{Request, Response};
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// A request as an object with the members of `HttpRequest`.
pub(crate) struct Sent<'a>(pub(crate) &'a Request);

impl Serialize for Sent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Request { call, method, url, headers, body, timeout, .. } = self.0;
        let mut members = serializer.serialize_struct("HttpRequest", 6)?;
        members.serialize_field("call", call)?;
        members.serialize_field("method", method.as_str())?;
        members.serialize_field("url", url)?;
        members.serialize_field("headers", headers)?;
        if let Some(body) = body {
            members.serialize_field("body", &Bytes(body))?;
        }
        if let Some(timeout) = timeout {
            members.serialize_field("timeoutMs", &(timeout.as_millis() as f64))?;
        }
        members.end()
    }
}

/// Bytes that become a `Uint8Array`: one copy, out of the module's memory.
struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// Makes a response. `headers` has a line for each name, followed by a line for its value.
pub(crate) fn response(status: u16, headers: &str, body: Vec<u8>) -> Response {
    let mut lines = headers.split('\n');
    let pairs = core::iter::from_fn(|| Some((lines.next()?, lines.next()?)));
    Response::new(status, pairs, body)
}
