//! The error type: what failed, where, its origin, and what to do.

mod display;
pub(crate) mod effect;
pub(crate) mod hint;
pub(crate) mod kind;
mod limiter;
pub(crate) mod message;
pub(crate) mod serialized;
pub(crate) mod surrogates;
pub(crate) mod vendor_body;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::time::Duration;

use crate::codec::error::DecodeError;
use crate::codec::field_errors::FieldErrors;
use crate::endpoint::EndpointSpec;
use crate::error::kind::{ErrorKind, ErrorOrigin, TransportFault};
use crate::error::message::Sent;
use crate::error::vendor_body::{VendorErrorBody, encoding, fallback_message};
use crate::http::metadata::Meta;
use crate::http::method::Method;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::types::idempotency_key::{IdempotencyKey, InvalidIdempotencyKey};
use crate::types::json::Object;

/// An error of a call.
///
/// [`Display`] says what failed, where, its origin, and what to do. It leaves out everything that may be a key, a phone
/// number or the text of a message.
///
/// In the vendor's own message, `[redacted]` replaces the values that the call sent, numbers of seven or more digits,
/// addresses, keys and tokens. If the response was decoded without its request, any word may be private. Then only these
/// parts are shown: words that such messages usually consist of, names of fields, codes, numbers of up to four digits, and
/// numbers of up to six digits that state a limit, such as a maximum length.
///
/// [`Error::message`], [`Error::field_errors`] and [`Error::response`] return the vendor's words unchanged. Do not log
/// them.
///
/// [`Display`]: fmt::Display
#[derive(Clone)]
pub struct Error(Box<Inner>);

/// The name that an error has in place of a field's name if an exchange was used wrongly.
pub(crate) const EXCHANGE_FIELD: &str = "exchange";

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    spec: Option<&'static EndpointSpec>,
    /// The method that was sent, if a request was built.
    method: Option<Method>,
    code: Option<String>,
    message: String,
    /// True if `message` is the vendor's, and not written by this library.
    quoted: bool,
    fields: FieldErrors,
    details: Object,
    fault: Option<TransportFault>,
    /// Set for a list that ends although the vendor says that more items exist.
    is_cut_short: bool,
    key: Option<IdempotencyKey>,
    /// True if the call was not repeated because the vendor may have forgotten the key.
    key_forgotten: bool,
    /// The wait after which the client's rate limiter lets the request leave, if the call did not wait for it.
    held_for: Option<Duration>,
    /// True if the client's rate limiter waits for the reset of a quota.
    is_quota: bool,
    /// The wait before the next attempt, which was not made because the wait would have ended after the deadline of the
    /// call.
    late_by_wait: Option<Duration>,
    /// True if an earlier attempt of the same call may have had its effect.
    in_doubt: bool,
    /// The number of requests that were sent.
    attempts: u32,
    /// The time from the first request to the error.
    elapsed: Duration,
    meta: Option<Meta>,
    response: Option<Response>,
    /// The values of the request. The vendor's message may repeat them.
    sent: Option<Sent>,
    /// The host of the request, with its port if the URL has one.
    host: Option<String>,
    /// The row of the list that the invalid message came from, counted from 1. 0: the message is not from a list.
    row: u32,
    /// The error of the rate limiter's store.
    cause: Option<Arc<dyn core::error::Error + Send + Sync>>,
}

/// The message of an error about a setting, until a call is known.
const INVALID_VALUE: &str = "A value is invalid.";

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            spec: None,
            method: None,
            code: None,
            message: message.into(),
            quoted: false,
            fields: FieldErrors::default(),
            details: Object::new(),
            fault: None,
            is_cut_short: false,
            key: None,
            key_forgotten: false,
            held_for: None,
            is_quota: false,
            late_by_wait: None,
            in_doubt: false,
            attempts: 0,
            elapsed: Duration::ZERO,
            meta: None,
            response: None,
            sent: None,
            host: None,
            row: 0,
            cause: None,
        }))
    }

    /// Returns an error with a single local fault. For bindings, not public API.
    #[doc(hidden)]
    #[must_use]
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        let mut fields = FieldErrors::default();
        fields.add(field, message);
        Self::from_faults(None, fields)
    }

    /// Returns the error for a wrong use of an exchange. The request may have been sent.
    pub(crate) fn misuse(call: &'static EndpointSpec, message: &str) -> Self {
        let mut error = Self::invalid(EXCHANGE_FIELD, message).with_call(call);
        error.0.message = "The exchange was used in the wrong order.".into();
        error
    }

    /// Joins the faults of two checks.
    pub(crate) fn together(first: Option<Self>, second: Option<Self>) -> Self {
        let mut fields = FieldErrors::default();
        for error in [first, second].into_iter().flatten() {
            fields.extend(&error.0.fields);
        }
        Self::from_faults(None, fields)
    }

    /// Returns an error with all local faults of a call. For bindings, not public API.
    #[doc(hidden)]
    #[must_use]
    pub fn from_faults(call: Option<&'static EndpointSpec>, fields: FieldErrors) -> Self {
        let mut error = Self::new(ErrorKind::InvalidRequest, INVALID_VALUE);
        error.0.fields = fields.settled();
        match call {
            Some(call) => error.with_call(call),
            None => error,
        }
    }

    /// Returns the error for a missing response.
    pub(crate) fn from_transport(
        call: &'static EndpointSpec,
        fault: TransportFault,
        key: Option<IdempotencyKey>,
    ) -> Self {
        let message = match fault {
            TransportFault::Connect => "No connection was established.",
            TransportFault::Timeout => "No response arrived in time.",
            TransportFault::Closed => "The connection was lost before the response was complete.",
        };
        let mut error = Self::new(ErrorKind::Transport, message);
        error.0.spec = Some(call);
        error.0.fault = Some(fault);
        error.0.key = key;
        error
    }

    /// Returns the error for a response whose status is not a success.
    pub(crate) fn from_response(call: &'static EndpointSpec, response: Response, meta: Meta) -> Self {
        let body = VendorErrorBody::read(&response, call.vendor.error_codes);
        let kind = ErrorKind::of(response.status, body.code.as_deref());
        let quoted = body.message.is_some();
        let message = body.message.unwrap_or_else(|| {
            if body.fields.is_empty() {
                fallback_message(&response)
            } else {
                "The vendor rejected fields.".into()
            }
        });
        let mut error = Self::new(kind, message);
        error.0.quoted = quoted;
        error.0.spec = Some(call);
        error.0.code = body.code;
        error.0.fields = body.fields;
        error.0.details = body.details;
        error.0.key.clone_from(&meta.idempotency_key);
        error.0.meta = Some(meta);
        error.0.response = Some(response);
        error
    }

    /// Returns the error for a failure that the vendor reports under a status of success.
    pub(crate) fn denied(call: &'static EndpointSpec, response: Response, meta: Meta) -> Self {
        let mut error = Self::from_response(call, response, meta);
        error.0.kind = ErrorKind::UnexpectedResponse;
        error
    }

    /// Returns the error for a success that cannot be decoded.
    pub(crate) fn unreadable(
        call: &'static EndpointSpec,
        fault: &DecodeError,
        response: Response,
        meta: Meta,
    ) -> Self {
        let mut error = Self::from_response(call, response, meta);
        error.0.kind = ErrorKind::UnexpectedResponse;
        let encoding = error.0.response.as_ref().and_then(encoding);
        error.0.message = match encoding.filter(|_| matches!(fault, DecodeError::NotJson { .. })) {
            Some(name) => format!(
                "The response body is encoded as {name} (Content-Encoding): let the transport decode it, or request \
                 no encoding."
            ),
            None => fault.to_string(),
        };
        error.0.quoted = false;
        error
    }

    /// Returns the error for a list that ends early although the vendor says that more items exist.
    pub(crate) fn cut_short(
        call: &'static EndpointSpec,
        message: String,
        shown: Option<(Response, Meta)>,
    ) -> Self {
        let mut error = Self::new(ErrorKind::UnexpectedResponse, message);
        error.0.spec = Some(call);
        error.0.is_cut_short = true;
        if let Some((response, meta)) = shown {
            error.0.key.clone_from(&meta.idempotency_key);
            (error.0.response, error.0.meta) = (Some(response), Some(meta));
        }
        error
    }

    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the name of the call, such as `contacts.list`, if the error belongs to one.
    #[must_use]
    pub fn call(&self) -> Option<&'static str> {
        self.0.spec.map(|spec| spec.name)
    }

    /// Returns the vendor's machine-readable code, verbatim: `error.code` of Zagely, the business code of Wazaj.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the vendor's message, verbatim, or this library's message if the vendor sent none. It may hold personal
    /// data.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns messages by field, found locally (`invalid_request`) or by the vendor (`validation`).
    #[must_use]
    pub fn field_errors(&self) -> &FieldErrors {
        &self.0.fields
    }

    /// Returns the ability that the key lacks (403 `insufficient_ability`).
    #[must_use]
    pub fn required_ability(&self) -> Option<Cow<'_, str>> {
        self.0.details.text("required_ability")
    }

    /// Returns the vendor's `details`, such as the `limit` of a quota.
    #[must_use]
    pub fn details(&self) -> &Object {
        &self.0.details
    }

    /// Returns the methods that the response to a 405 allows.
    #[must_use]
    pub fn allowed_methods(&self) -> Vec<String> {
        let allow =
            self.0.response.as_ref().and_then(|response| response.header("allow")).unwrap_or_default();
        allow
            .split(',')
            .map(|name| name.trim().to_ascii_uppercase())
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// Returns the HTTP status, if a response arrived.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.meta.as_ref().map(|meta| meta.status)
    }

    /// Returns the status, the rate limits and the mark of an idempotent replay, if a response arrived.
    #[must_use]
    pub fn meta(&self) -> Option<&Meta> {
        self.0.meta.as_ref()
    }

    /// Returns the idempotency key that was sent. With this key the call can be repeated later without a second effect.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&IdempotencyKey> {
        self.0.key.as_ref()
    }

    /// Returns the number of attempts: the requests that an exchange sent. If the vendor refused the method of an update (PUT or PATCH) and
    /// the exchange sent it again with the other of the two, both requests count as one. The number is 0 if the call was not sent, or if the
    /// response was decoded without an exchange.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns the time from the first attempt to the error, waits included. It is measured with the times that the exchange
    /// received.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Returns the wait before the call can succeed, if it is known. The vendor or the client's rate limiter states it.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.held_for.or_else(|| self.meta()?.retry_after)
    }

    /// Returns the whole response, if one arrived. It may hold personal data.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.0.response.as_ref()
    }

    /// Returns `true` if the call was not repeated because its idempotency key reached the age at which the vendor
    /// forgets it ([`IdempotencyKey::LIFETIME`]). The rest of the error describes the last attempt.
    #[must_use]
    pub fn is_key_forgotten(&self) -> bool {
        self.0.key_forgotten
    }

    /// Returns `true` if the call was not repeated because its deadline ([`CallOptions::deadline`]) would have passed before
    /// the next attempt. The rest of the error describes the last attempt.
    ///
    /// [`CallOptions::deadline`]: crate::CallOptions::deadline
    #[must_use]
    pub fn is_past_deadline(&self) -> bool {
        self.0.late_by_wait.is_some()
    }

    /// Returns the fault of the transport, for errors of the kind `transport`.
    #[must_use]
    pub fn transport_fault(&self) -> Option<TransportFault> {
        self.0.fault
    }

    /// Returns the origin of the error.
    #[must_use]
    pub fn origin(&self) -> ErrorOrigin {
        match self.0.kind {
            ErrorKind::Unavailable
            | ErrorKind::Server
            | ErrorKind::UnexpectedResponse
            | ErrorKind::Redirect => ErrorOrigin::Vendor,
            ErrorKind::Transport => ErrorOrigin::Network,
            _ => ErrorOrigin::Caller,
        }
    }

    /// Adds the request, whose values `Display` then hides in the vendor's message. `template` is its path, with parameters
    /// instead of values.
    pub(crate) fn with_sent(mut self, request: &Request, template: &str) -> Self {
        self.0.sent = self.0.spec.map(|spec| Sent::of(request, spec, template));
        self.0.host = Some(request.authority().into());
        self.0.method = Some(request.method);
        self
    }

    /// Marks a call of which an earlier attempt may have had its effect.
    pub(crate) fn with_doubt(mut self) -> Self {
        self.0.in_doubt = true;
        self
    }

    /// Marks a call that is not repeated because the vendor may have forgotten its key.
    pub(crate) fn with_forgotten_key(mut self) -> Self {
        self.0.key_forgotten = true;
        self
    }

    /// Marks a call that is not repeated because its deadline passes before the end of this wait.
    pub(crate) fn with_deadline(mut self, wait: Duration) -> Self {
        self.0.late_by_wait = Some(wait);
        self
    }

    /// Adds the number of requests that were sent, and the time since the first one.
    pub(crate) fn with_attempts(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self
    }

    /// Adds the row of a list that the invalid message came from, counted from 1. 0 stands for a message that is not from a
    /// list. An outbox uses it.
    #[must_use]
    pub fn with_row(mut self, row: u32) -> Self {
        self.0.row = row;
        self
    }

    /// Returns the row of a list that the invalid message came from, counted from 1, if it came from a list.
    #[must_use]
    pub fn row(&self) -> Option<u32> {
        Some(self.0.row).filter(|row| *row > 0)
    }

    /// Adds the call. For bindings, not public API.
    #[doc(hidden)]
    #[must_use]
    pub fn with_call(mut self, spec: &'static EndpointSpec) -> Self {
        self.0.spec = Some(spec);
        if self.0.message == INVALID_VALUE {
            self.0.message = "The call is invalid and was not sent.".into();
        }
        self
    }
}

impl Debug for Error {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "Error({self})")
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.0.cause.as_ref().map(|cause| &**cause as _)
    }
}

/// Compares the kind, the call, the status, the code, the message and the field errors.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        let key = |error: &Self| (error.kind(), error.call(), error.status());
        key(self) == key(other)
            && self.code() == other.code()
            && self.message() == other.message()
            && self.field_errors() == other.field_errors()
    }
}

impl From<InvalidIdempotencyKey> for Error {
    /// Returns an `invalid_request` for `idempotency_key`.
    fn from(fault: InvalidIdempotencyKey) -> Self {
        Self::invalid("idempotency_key", fault.to_string())
    }
}
