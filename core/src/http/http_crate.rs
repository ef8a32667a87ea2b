//! Conversions to and from the types of the crate `http`, which most Rust HTTP libraries share.

use alloc::string::String;
use alloc::vec::Vec;

use crate::http::request::Request;
use crate::http::response::Response;

impl TryFrom<Request> for http::Request<Vec<u8>> {
    type Error = http::Error;

    /// Fails if the URL or a header is not valid HTTP.
    fn try_from(request: Request) -> Result<Self, http::Error> {
        let mut builder = http::Request::builder().method(request.method.as_str()).uri(&request.url);
        for (name, value) in &request.headers {
            builder = builder.header(name.as_ref(), value);
        }
        let body = request.body.unwrap_or_default();
        builder.body(body)
    }
}

impl<B: Into<Vec<u8>>> From<http::Response<B>> for Response {
    fn from(response: http::Response<B>) -> Self {
        let (parts, body) = response.into_parts();
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers: Vec<_> =
            parts.headers.iter().map(|(name, value)| (name.as_str().into(), text(value))).collect();
        Self { status: parts.status.as_u16(), headers, body: body.into() }
    }
}
