//! What a Rust program adds to `hudhud`: a transport. Copy the file that fits, and change what you like.
//!
//! - [`blocking`]: over `ureq`, for programs without an async runtime;
//! - [`asynchronous`]: over `reqwest`, for programs on tokio.
//!
//! Both follow no redirect, so that keys never travel to another origin; take no status for a failure, since what a
//! status means is core's to say; and tell a connection that could not be made from one that was lost, since only
//! after the first any call may be sent again.

pub mod asynchronous;
pub mod blocking;

/// The Rust of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
