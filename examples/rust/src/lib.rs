//! Transports: the part that a Rust program adds to `hudhud`. Copy the file that fits, and change what you like.
//!
//! - [`blocking`]: over `ureq`, for programs without an async runtime;
//! - [`asynchronous`]: over `reqwest`, for programs on tokio.
//!
//! Both send a request once, whatever the server does or says; bound an answer in time and size; follow no redirect, so that keys never travel to another origin; take no status for a failure, since what a
//! status means is core's to say; and tell a connection that could not be made from one that was lost, since only
//! after the first any call may be sent again.

pub mod asynchronous;
pub mod blocking;
mod unpack;

/// The largest answer that is taken, far above what either vendor sends.
const MAX_RESPONSE_BYTES: u64 = 32 * 1024 * 1024;

/// The Rust of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
