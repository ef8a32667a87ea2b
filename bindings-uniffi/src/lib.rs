//! The native library for Kotlin and Swift: core's types and functions as UniFFI's exports, and a faster interface for
//! functions that run often.
//!
//! `declared` has core's declared types, `json_value` and `custom_types` the conversions of leaf types, `records` plain
//! data, `options` the settings, `error` the error, `names` the names in it, `facts` what observers receive, `calls` the types generated from the
//! catalog, `exchange` calls in flight, `services`, `rate_limiter`, `inbox`, `outbox` and `webhook` the functions that Kotlin and
//! Swift call. `bridge` is the faster interface, and `tape` its form of decoded JSON.
#![cfg(feature = "native")]

uniffi::setup_scaffolding!("hudhud");

mod bridge;
mod c;
pub mod calls;
mod custom_types;
mod declared;
pub mod error;
pub mod exchange;
pub mod facts;
pub mod inbox;
#[cfg(feature = "jni")]
mod jni;
pub mod json_value;
mod names;
pub mod options;
pub mod outbox;
pub mod rate_limiter;
pub mod records;
pub mod services;
mod tape;
pub mod webhook;
