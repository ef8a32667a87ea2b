//! Writes a response: complete, truncated, byte by byte, or not at all.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body as HttpBody;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::Frame;
use tokio::sync::mpsc;

use crate::config::Config;
use crate::faults::Shape;
use crate::log::{self, LogEntry};
use crate::protocol::answer::Answer;

/// Marks a response that must not be sent: the connection is closed instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was dropped on purpose")
    }
}

impl std::error::Error for Dropped {}

/// Returns the marker for a connection that is closed without a response.
pub(crate) fn dropped(note: LogEntry) -> Response {
    let mut response = Response::new(HttpBody::empty());
    response.extensions_mut().insert(Dropped);
    response.extensions_mut().insert(note);
    response
}

/// Converts an answer to a response, in the shape that a fault selects.
pub(crate) fn respond(config: &Config, answer: Answer, shape: Shape, mut note: LogEntry) -> Response {
    let (status, content_type, headers) = (answer.status, answer.content_type, answer.headers.clone());
    let mut text = answer.into_text(config);
    if shape == Shape::BrokenJson {
        let half = (0..=text.len() / 2).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(half);
    }
    note.response = log::shown(text.as_bytes());
    let bytes = Bytes::from(text);
    let length = bytes.len();
    let body = match shape {
        Shape::Truncate => cut(bytes),
        Shape::Drip(between) => drip(bytes, between),
        _ => HttpBody::from(bytes),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let fields = response.headers_mut();
    if status != 204 {
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    // A truncated body has the full length in this header too, so that the client notices.
    if matches!(shape, Shape::Truncate | Shape::Drip(_)) {
        fields.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            fields.insert(name, value);
        }
    }
    response.extensions_mut().insert(note);
    response
}

/// Sends half of the body, then ends the connection.
fn cut(bytes: Bytes) -> HttpBody {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(1);
    tokio::spawn(async move {
        let _ = sender.send(Ok(bytes.slice(..bytes.len() / 2))).await;
        // Waits until the half is sent before the connection ends.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let _ = sender.send(Err(io::ErrorKind::ConnectionAborted.into())).await;
    });
    HttpBody::new(Stream(receiver))
}

/// Sends the body byte by byte.
fn drip(bytes: Bytes, between: Duration) -> HttpBody {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(1);
    tokio::spawn(async move {
        for at in 0..bytes.len() {
            if sender.send(Ok(bytes.slice(at..=at))).await.is_err() {
                return;
            }
            tokio::time::sleep(between).await;
        }
    });
    HttpBody::new(Stream(receiver))
}

/// A body whose frames come from a channel.
struct Stream(mpsc::Receiver<io::Result<Bytes>>);

impl hyper::body::Body for Stream {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(context).map(|next| next.map(|bytes| bytes.map(Frame::data)))
    }
}
