//! The error of a call for Kotlin and Swift.

use std::fmt::{self, Debug, Display, Formatter};
use std::time::Duration;

use hudhud::host_support::redact_name;
use hudhud::{Error, ErrorKind, ErrorOrigin, InvalidIdempotencyKey, Object, TransportFault};

use crate::names;
use crate::records::{LONGEST, Meta, Response};

/// A field and its error messages.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct FieldErrors {
    /// The name of the field or option. It is spelled as in Kotlin and Swift (`firstName`) in an `InvalidRequest`, and as the
    /// vendor writes it in other errors. Names that your program passed as text are unchanged.
    pub field: String,
    /// The messages.
    pub messages: Vec<String>,
}

/// Shows the name alone, because a message may repeat what was sent.
impl Debug for FieldErrors {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "FieldErrors({})", redact_name(&self.field))
    }
}

/// The contents of an error.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct ErrorDetails {
    /// A summary for logs: the failure, the call, the origin and what to do, without keys, phone numbers and message texts.
    pub summary: String,
    /// The name of the error's kind in every host, such as `rate_limited`.
    pub kind: String,
    /// The name of the call, such as `contacts.list`, if the error belongs to one.
    pub call: Option<String>,
    /// The vendor's machine-readable code, verbatim.
    pub code: Option<String>,
    /// The vendor's message, verbatim, or this library's message if the vendor sent none. It may hold personal data: do
    /// not log it.
    pub reason: String,
    /// Messages by field, found locally or by the vendor.
    pub field_errors: Vec<FieldErrors>,
    /// The ability that the key lacks.
    pub required_ability: Option<String>,
    /// True if sending the same call again, with its idempotency key, can succeed and cannot repeat its effect.
    pub safe_to_retry: bool,
    /// True if the call may have had its effect. It is always false for calls that only read.
    pub may_have_happened: bool,
    /// True if the idempotency key reached the age at which the vendor forgets it, so that the call was not repeated.
    pub key_forgotten: bool,
    /// The number of attempts. 0 if the call was not sent.
    pub attempts: u32,
    /// The time from the first attempt to the error, waits included.
    pub elapsed: Duration,
    /// The vendor's `details`, such as the `limit` of a quota.
    pub details: Object,
    /// The methods that the response to a 405 allows.
    pub allowed_methods: Vec<String>,
    /// One sentence that says what to do about the error.
    pub hint: String,
    /// The origin of the error.
    pub origin: ErrorOrigin,
    /// The fault of the transport, if it failed.
    pub transport_fault: Option<TransportFault>,
    /// The transport's description of the failure, if it provides one. It contains the host name and no private text.
    pub transport_reason: Option<String>,
    /// The idempotency key that was sent. With this key the call can be repeated later without a second effect.
    pub idempotency_key: Option<String>,
    /// The wait that the vendor asks for, or the wait after which the client's rate limiter lets the call leave.
    pub retry_after: Option<Duration>,
    /// The status, the rate limits and the mark of an idempotent replay, if a response arrived.
    pub meta: Option<Meta>,
    /// The whole response, if one arrived. It may hold personal data.
    pub response: Option<Response>,
}

impl Debug for ErrorDetails {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.summary)
    }
}

impl ErrorDetails {
    /// Returns the contents of an error. `rename` converts the names of fields and options that are wrong.
    fn of(error: &Error, rename: fn(&str) -> String) -> Self {
        let fields = error.field_errors().iter();
        // In every other error the fields are the vendor's.
        let rename = if error.kind() == ErrorKind::InvalidRequest { rename } else { str::to_owned };
        let (hint, summary) = names::hint_and_summary(error, rename);
        Self {
            summary,
            kind: error.kind().as_str().to_owned(),
            call: error.call().map(ToOwned::to_owned),
            code: error.code().map(ToOwned::to_owned),
            reason: error.message().to_owned(),
            field_errors: fields
                .map(|(field, messages)| FieldErrors {
                    field: rename(field),
                    messages: messages
                        .iter()
                        .map(|message| names::in_message(message, field, rename))
                        .collect(),
                })
                .collect(),
            required_ability: error.required_ability().map(Into::into),
            safe_to_retry: error.safe_to_retry(),
            may_have_happened: error.may_have_happened(),
            key_forgotten: error.is_key_forgotten(),
            attempts: error.attempts(),
            elapsed: error.elapsed().min(LONGEST),
            details: error.details().clone(),
            allowed_methods: error.allowed_methods(),
            hint,
            origin: error.origin(),
            transport_fault: error.transport_fault(),
            // The host adds the reason, because core only receives the fault.
            transport_reason: None,
            idempotency_key: error.idempotency_key().map(|key| key.as_str().to_owned()),
            retry_after: error.retry_after().map(|wait| wait.min(LONGEST)),
            meta: error.meta().map(Into::into),
            response: error.response().map(Into::into),
        }
    }
}

/// Declares the error of a call. Each kind becomes a class in Kotlin and a case in Swift.
macro_rules! kinds {
    ([] $(#[$_:meta])* closed_enum ErrorKind { $( $(#[$doc:meta])* $kind:ident = [$name:tt], )* }) => {
        /// An error of a call.
        #[derive(Clone, Debug, PartialEq, uniffi::Error)]
        pub enum HudhudError {
            $( $(#[$doc])* $kind {
                /// The contents of the error.
                failure: Box<ErrorDetails>,
            }, )*
        }

        impl HudhudError {
            /// Returns the contents of the error.
            #[must_use]
            pub fn failure(&self) -> &ErrorDetails {
                match self { $( Self::$kind { failure } => failure, )* }
            }
        }

        impl From<Error> for HudhudError {
            // Many functions convert an error: one copy keeps the library small.
            #[inline(never)]
            fn from(error: Error) -> Self {
                Self::from(&error)
            }
        }

        impl From<&Error> for HudhudError {
            fn from(error: &Error) -> Self {
                Self::naming(error, names::in_host)
            }
        }

        impl HudhudError {
            /// Converts an error. `rename` converts the names of fields and options that are wrong.
            #[inline(never)]
            pub(crate) fn naming(error: &Error, rename: fn(&str) -> String) -> Self {
                let failure = Box::new(ErrorDetails::of(error, rename));
                match error.kind() { $( ErrorKind::$kind => Self::$kind { failure }, )* }
            }
        }
    };
}
hudhud::__ErrorKind!(kinds);

impl Display for HudhudError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.failure().summary)
    }
}

impl std::error::Error for HudhudError {}

impl From<InvalidIdempotencyKey> for HudhudError {
    fn from(fault: InvalidIdempotencyKey) -> Self {
        Error::from(fault).into()
    }
}
