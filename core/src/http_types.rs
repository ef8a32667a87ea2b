//! To and from the types of the crate `http`, which most Rust HTTP libraries share.

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::Error;
use crate::request::Request;
use crate::response::Response;
use crate::webhook::Headers;

impl TryFrom<Request> for http::Request<Vec<u8>> {
    type Error = Error;

    /// `invalid_request` under `headers` if a header of the host's own making cannot be one.
    fn try_from(request: Request) -> Result<Self, Error> {
        let mut builder = http::Request::builder().method(request.method.as_str()).uri(&request.url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let body = request.body.unwrap_or_default();
        builder.body(body).map_err(|_| Error::invalid("headers", "A header or the URL is not legal HTTP."))
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

impl Headers for http::HeaderMap {
    fn each<'a>(&'a self, name: &str, value: &mut dyn FnMut(&'a [u8])) {
        for found in self.get_all(name) {
            value(found.as_bytes());
        }
    }
}
