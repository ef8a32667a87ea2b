//! *Hudhud* is the client of two messaging services, Zagely and Wazaj, without any I/O: it decides, the host does.
//!
//! In reading order:
//!
//! - [`catalog`]: every call there is, one row each; [`zagely`] and [`wazaj`]: what a call takes and answers;
//! - [`Zagely`] and [`Wazaj`]: from a call to a [`Request`], from a [`Response`] to a [`Reply`] or an [`Error`];
//! - [`Exchange`]: one call in flight, with its retries, as a state machine that is told the time;
//! - [`Client`] and [`AsyncClient`]: that state machine with a [`Transport`] of the host's;
//! - [`Page`]: lists that know how to ask for what follows;
//! - [`webhook`]: deliveries, verified before they are believed;
//! - [`Template`] and [`Phone`]: texts and numbers, made ready here.
//!
//! The crate is `no_std` with `alloc`. It opens no socket and reads no clock, no environment and no random source:
//! the time, 16 bytes of entropy, secrets and responses are handed in. No input makes it panic, and nothing that it
//! shows (`Debug`, `Display`) holds a key, a phone number or the text of a message.
//!
//! # Features
//! - `std` (default): `SystemTime` becomes [`UnixTime`], headers may be a `HashMap`, and SHA-256 runs on the CPU's
//!   own instructions.
//! - `docs` (default): the texts of [`schema`], for tools that write documentation.
//! - `http`: conversions to and from the crate `http`.
//! - `uniffi`, `python`, `wasm`: the same types as the bindings for Kotlin and Swift, Python and JavaScript want them.
//!   They are for those bindings, and no part of what semantic versions promise.

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg_attr(feature = "uniffi", macro_use)]
extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!("hudhud");

mod answer;
mod base64;
mod base_url;
mod by_schema;
pub mod catalog;
mod channel;
mod choice;
mod client;
pub mod endpoint;
mod error;
mod exchange;
mod hex;
pub mod hosts;
#[cfg(feature = "http")]
mod http_types;
mod idempotency;
mod input;
mod invisible;
mod json;
mod mend;
mod multipart;
mod named;
mod nullable;
mod open_enum;
mod page;
mod phone;
mod rate_limit;
#[cfg_attr(
    any(target_family = "wasm", all(feature = "uniffi", not(feature = "python"))),
    path = "reader_small.rs"
)]
mod reader;
mod record;
mod redact;
mod repeats;
mod request;
mod response;
mod retry;
pub mod schema;
mod secret;
mod sentence;
mod service;
mod template;
mod time;
pub mod wazaj;
pub mod webhook;
pub mod zagely;

pub use answer::{Answer, Unreadable};
pub use catalog::ENDPOINTS;
pub use choice::Choice;
pub use client::{AsyncClient, AsyncTransport, Client, Items, Transport};
pub use endpoint::Endpoint;
pub use error::{Error, ErrorKind, FieldErrors, Side, TransportFault};
pub use exchange::{Exchange, Step};
pub use idempotency::IdempotencyKey;
pub use json::{Bytes, Date, Id, InvalidJson, Json, Object};
pub use named::{NamedCall, NamedExchange};
pub use nullable::Nullable;
pub use page::{CutShort, Page, Paged, Trail, Turn, Walk};
pub use phone::{Phone, PhoneError};
pub use rate_limit::RateLimit;
pub use request::{CallOptions, Method, Request};
pub use response::{Meta, Reply, Response};
pub use retry::{Decision, Fault, Repeat, RetryPolicy};
pub use secret::Secret;
pub use service::{Service, Vendor};
pub use template::{Missing, MissingVariables, Template, Values};
pub use time::{Timestamp, UnixTime};
pub use wazaj::{ApiKey, KeyForm, Wazaj};
pub use zagely::{AppAuth, KeyPair, Zagely};
