//! Transports, which a Rust program adds to `hudhud`. Copy the file that you need and adapt it.
//!
//! - [`blocking`] uses `ureq`, for programs without an async runtime;
//! - [`asynchronous`] uses `reqwest`, for programs with tokio.
//!
//! Both send a request only once, whatever the server does. They limit the time and the size of a response. They
//! follow no redirects, so that keys never reach another origin. They do not treat any status as a failure, because
//! core interprets statuses. They distinguish a connection that was not established from one that was lost, because
//! only after the former may every call be repeated.

pub mod asynchronous;
pub mod blocking;
mod unpack;

/// The default maximum size of a response, in bytes. Both vendors' responses are much smaller.
const MAX_RESPONSE_BYTES: u64 = 32 * 1024 * 1024;

/// Compiles the Rust code of the README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
