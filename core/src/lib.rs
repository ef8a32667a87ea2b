//! *Hudhud* is a client for two messaging services, Zagely and Wazaj, without any I/O: this crate decides, and your
//! program sends.
// Not tested here, because this crate depends on no transport. The package `hudhud-example-rust` tests it.
#![cfg_attr(not(doctest), doc = include_str!("quick_start.md"))]
//! In reading order:
//!
//! - [`catalog`]: all calls, one row each; [`zagely`] and [`wazaj`]: the input and the output of each call;
//! - [`Zagely`] and [`Wazaj`]: from a call to a [`Request`], and from a [`Response`] to an [`ApiResponse`] or an
//!   [`Error`];
//! - [`Exchange`]: one call in flight, with its retries, as a state machine that receives the time;
//! - [`Client`] and [`AsyncClient`]: that state machine with your program's [`Transport`];
//! - [`RateLimiter`]: decides when a request may leave, so that the vendor's limits are used fully, but not exceeded;
//! - [`inbox`]: each webhook delivery, handled once;
//! - [`outbox`]: many messages, each sent once;
//! - [`Page`]: pages of lists, and the call for the next page;
//! - [`webhook`]: deliveries, verified before they are trusted;
//! - [`Template`] and [`Phone`]: message templates and phone numbers, processed locally.
//!
//! The crate is `no_std` with `alloc`. It opens no socket and reads no clock, no environment and no random source. Your
//! program passes the time, 16 random bytes, secrets and responses. No input causes a panic. The `Debug` and `Display`
//! output of its types contains no key, no phone number and no text of a message.
//!
//! # Features
//! - `std` (default): `SystemTime` converts to [`UnixTime`], headers may be a `HashMap`, and SHA-256 uses the CPU's
//!   instructions.
//! - `docs` (default): the texts of [`schema`], for tools that write documentation.
//! - `http`: conversions to and from the crate `http`.
//! - `compact-json`: a smaller and slower reader of JSON, for programs whose size counts. It accepts the same texts.
//! - `exhaustive`: the declared types without `#[non_exhaustive]`. It is only for bindings, which build these types with
//!   all their fields, and is not covered by semantic versioning.

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod catalog;
mod client;
mod codec;
mod dynamic;
pub mod endpoint;
mod error;
mod exchange;
mod http;
pub mod inbox;
mod limiter;
pub mod outbox;
mod plantable;
mod random;
mod redact;
pub mod schema;
mod service;
#[cfg(test)]
mod system_tests;
mod template;
mod text;
mod types;
pub mod wazaj;
pub mod zagely;

pub use crate::catalog::{DeclaredTypes, ENDPOINTS};
pub use crate::client::{
    AsyncClient, AsyncTransport, CallEnd, CallEvent, CallObserver, Client, Items, Observer, Pages, Transport,
};
pub use crate::codec::error::DecodeError;
pub use crate::codec::field_errors::FieldErrors;
pub use crate::codec::output::Output;
pub use crate::codec::output::page::Page;
pub use crate::dynamic::DynamicCall;
pub use crate::endpoint::Endpoint;
pub use crate::endpoint::Vendor;
pub use crate::endpoint::{RetryCause, RetrySafety};
pub use crate::error::Error;
pub use crate::error::kind::{ErrorKind, ErrorOrigin, TransportFault};
pub use crate::exchange::Exchange;
pub use crate::exchange::any::{AnyCall, AnyExchange, AnyList, AnyPages};
pub use crate::exchange::api_response::ApiResponse;
pub use crate::exchange::attempt::{Attempt, CallDescription};
pub use crate::exchange::decode::ResponseDecoder;
pub use crate::exchange::options::CallOptions;
pub use crate::exchange::paginator::{CutShort, PageDecision, PageHistory, Paged, Paginator};
pub use crate::exchange::retry::{RETRY_LIMITS, RetryDecision, RetryLimit, RetryLimitDefault, RetryPolicy};
pub use crate::exchange::step::Step;
pub use crate::http::metadata::Meta;
pub use crate::http::method::Method;
pub use crate::http::rate_limit::RateLimit;
pub use crate::http::request::{Header, Request};
pub use crate::http::response::Response;
pub use crate::limiter::bytes::RateLimiterStateError;
pub use crate::limiter::feedback::RateLimitFeedback;
pub use crate::limiter::lease::Lease;
pub use crate::limiter::permit::{Lane, Permit};
pub use crate::limiter::rate_limiter::RateLimiter;
#[cfg(feature = "std")]
pub use crate::limiter::shared::SharedRateLimiter;
#[cfg(feature = "std")]
pub use crate::limiter::store::{AsyncRateLimiterStore, RateLimiterStore, StoreError};
pub use crate::service::Service;
pub use crate::service::settings::{SETTINGS, Setting, SettingKind, Settings};
pub use crate::template::{MissingPolicy, MissingVariables, Template, TemplateValues};
pub use crate::types::closed_enum::ClosedEnum;
pub use crate::types::idempotency_key::{IdempotencyKey, InvalidIdempotencyKey};
pub use crate::types::json::{Bytes, Date, Id, InvalidJson, Json, Object};
pub use crate::types::nullable::Nullable;
pub use crate::types::phone::{Phone, PhoneError};
pub use crate::types::secret::Secret;
pub use crate::types::time::{Timestamp, UnixTime};
pub use crate::wazaj::{ApiKey, ApiKeyScheme, Wazaj};
pub use crate::zagely::webhook;
pub use crate::zagely::{AppAuth, KeyPair, Zagely};

/// The parts of core from which bindings in other crates build their own types. Core therefore names no binding
/// framework. Not public API.
#[doc(hidden)]
pub mod host_support {
    pub use crate::codec::input::Input;
    pub use crate::codec::input::from_json::refuse_unknown;
    pub use crate::codec::input::surrogates::LONE_SURROGATE;
    pub use crate::codec::json_reader::{read, read_value_or_text};
    pub use crate::codec::output::envelope::{Wrapped, unwrap};
    pub use crate::codec::output::leaf::{SparseList, decode_list};
    pub use crate::codec::output::model::{Model, decode_model};
    pub use crate::codec::output::page::{
        NO_PAGE, PageBuilder, PageCounters, PageSeed, ParsedPage, serialize_page,
    };
    pub use crate::codec::output::visitor::{BorrowedKey, decode_text, number_in};
    pub use crate::codec::output::{Decode, text as text_of_body};
    pub use crate::dynamic::{CallInput, find_call, no_call, read_as_json, route_spec};
    pub use crate::error::serialized::{ERROR_MEMBERS, write_error};
    pub use crate::error::surrogates::{
        lone_surrogate, refuse_lone_surrogates, refuse_lone_surrogates_of_options,
    };
    pub use crate::exchange::decode::ReadBody;
    #[cfg(feature = "std")]
    pub use crate::limiter::store::{
        FAILURE_LIMIT as STORE_FAILURE_LIMIT, LONGEST_USE as STORE_LONGEST_USE,
        MOST_HANGING as STORE_MOST_HANGING, MOST_SWAPS as STORE_MOST_SWAPS, REFUSES as STORE_REFUSES,
        StoreFault, TOO_SLOW as STORE_TOO_SLOW,
    };
    pub use crate::redact::{REDACTED, is_token, redact_name};
    pub use crate::text::date::Civil;
    pub use crate::text::json_repair::numbers as without_endless_numbers;
    pub use crate::zagely::webhook::verifier::secrets_from_variables;
}

/// Names to which `#[model]`, `#[endpoint]` and the other attributes expand. Not public API.
pub(crate) mod macro_support {
    pub(crate) use crate::codec::error::DecodeError;
    pub(crate) use crate::codec::field_errors::FieldErrors;
    pub(crate) use crate::codec::input::from_json::take;
    pub(crate) use crate::codec::input::leaf::implement_record;
    pub(crate) use crate::codec::input::unchecked::put_if;
    pub(crate) use crate::codec::input::validate::check_condition;
    pub(crate) use crate::codec::input::{Input, Sink, Value};
    pub(crate) use crate::codec::open_enum::implement as implement_open_enum;
    pub(crate) use crate::codec::output::envelope::read_model;
    pub(crate) use crate::codec::output::model::{Model, decode_model, require_model};
    pub(crate) use crate::codec::output::{Decode, Output, Slot};
    pub(crate) use crate::endpoint::{Call, Route};
    pub(crate) use crate::exchange::paginator::Paged;
    pub(crate) use crate::http::method::Method;
    pub(crate) use crate::redact::{RedactUnlessToken, Redacted, debug_is_safe};
    pub(crate) use crate::schema::{Field, HasSchema, OpenEnum, Requirement, Schema, Type, doc_text};
    pub(crate) use crate::types::closed_enum::ClosedEnum;
    pub(crate) use crate::types::json::Object;
    pub(crate) use crate::types::nullable::Nullable;
}
