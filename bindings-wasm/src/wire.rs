//! The texts in which requests, responses and replies cross to JavaScript.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hudhud::{ApiResponse, Json, Request, Response};

/// Writes a request without its body as JSON.
pub(crate) fn head(request: &Request) -> String {
    let Request { call, method, url, .. } = request;
    let url = Json::from(url.as_str());
    let headers = Json::write(&request.headers).unwrap_or_default();
    let timeout = request.timeout.map(|timeout| format!(r#","timeoutMs":{}"#, timeout.as_millis()));
    format!(
        r#"{{"call":"{call}","method":"{method}","url":{},"headers":{}{}}}"#,
        url.as_str(),
        headers.as_str(),
        timeout.unwrap_or_default()
    )
}

/// Makes a response. `headers` has a line for each name, followed by a line for its value.
pub(crate) fn response(status: u16, headers: &str, body: Vec<u8>) -> Response {
    let mut lines = headers.split('\n');
    let pairs = core::iter::from_fn(|| Some((lines.next()?, lines.next()?)));
    Response::new(status, pairs, body)
}

/// Writes a reply as JSON, without the response: JavaScript has it.
pub(crate) fn written(reply: &ApiResponse<Json>) -> String {
    let meta = Json::write(&reply.meta).unwrap_or_default();
    format!(r#"{{"meta":{},"output":{}}}"#, meta.as_str(), reply.output.as_str())
}
