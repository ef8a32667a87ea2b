//! Errors of the verification.

use alloc::string::String;
use core::fmt::{self, Debug, Display, Formatter};

use hudhud_macros::closed_enum;

/// The reason why a delivery was refused. The names are the same in every host.
#[closed_enum]
#[non_exhaustive]
pub enum WebhookErrorReason {
    /// The timestamp or the signature header is missing.
    MissingHeader,
    /// The timestamp does not consist of digits only, or the header occurs twice.
    MalformedTimestamp,
    /// The signature is not `sha256=` and 64 hexadecimal digits, or the header occurs twice.
    MalformedSignature,
    /// No secret gives this signature for this body.
    SignatureMismatch,
    /// The delivery was signed too long ago.
    TimestampTooOld,
    /// The delivery was signed too far in the future.
    TimestampInFuture,
    /// The signature is valid, but the body is not an event.
    MalformedPayload,
}

/// The party at fault for a refusal.
#[closed_enum]
#[non_exhaustive]
pub enum WebhookErrorOrigin {
    /// The sender: the request is not a delivery from the vendor.
    Sender,
    /// Unknown: a forgery, or a wrong secret, body or clock on this side.
    Unknown,
    /// The vendor: it signed a body that is not an event.
    Vendor,
}

/// The error of a delivery that failed verification.
///
/// Its output contains no secret, no signature and no part of the body. The hint is for the receiver's log:
/// respond to the sender with the status alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookError {
    pub(super) reason: WebhookErrorReason,
    pub(super) hint: String,
}

impl WebhookError {
    pub(crate) fn new(reason: WebhookErrorReason) -> Self {
        let hint = match reason {
            WebhookErrorReason::MalformedTimestamp => {
                "The timestamp header must occur once, as Unix seconds in ASCII digits."
            }
            WebhookErrorReason::MalformedSignature => {
                "The signature header must occur once, as sha256= and 64 hex digits."
            }
            WebhookErrorReason::MalformedPayload => {
                "The signature is valid, but the body is not a JSON object with an event."
            }
            _ => "",
        };
        Self { reason, hint: hint.into() }
    }

    /// Returns the error for an authentic body that is not a JSON object with an event. It is for hosts that decode the
    /// body themselves.
    #[must_use]
    pub fn malformed_payload() -> Self {
        Self::new(WebhookErrorReason::MalformedPayload)
    }

    pub(crate) fn missing(name: &str) -> Self {
        let hint = ["The ", name, " header is missing: is this a delivery, or does a proxy drop headers?"];
        Self { reason: WebhookErrorReason::MissingHeader, hint: hint.concat() }
    }

    /// Returns the reason of the refusal.
    #[must_use]
    pub fn reason(&self) -> WebhookErrorReason {
        self.reason
    }

    /// Returns the party at fault.
    #[must_use]
    pub fn origin(&self) -> WebhookErrorOrigin {
        match self.reason {
            WebhookErrorReason::MissingHeader
            | WebhookErrorReason::MalformedTimestamp
            | WebhookErrorReason::MalformedSignature => WebhookErrorOrigin::Sender,
            WebhookErrorReason::SignatureMismatch
            | WebhookErrorReason::TimestampTooOld
            | WebhookErrorReason::TimestampInFuture => WebhookErrorOrigin::Unknown,
            WebhookErrorReason::MalformedPayload => WebhookErrorOrigin::Vendor,
        }
    }

    /// Returns the HTTP status of your response: 400 for a request that cannot be a delivery, 401 for one that may be
    /// forged.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        match self.origin() {
            WebhookErrorOrigin::Unknown => 401,
            WebhookErrorOrigin::Sender | WebhookErrorOrigin::Vendor => 400,
        }
    }

    /// Returns a hint at the likely cause, for your log.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

impl Display for WebhookError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "webhook refused: {}. {}", self.reason.as_str(), self.hint)
    }
}

impl core::error::Error for WebhookError {}
