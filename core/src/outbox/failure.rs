//! The failures of calls, and what follows from them for a message.

use alloc::collections::BTreeSet;
use alloc::string::String;
use core::time::Duration;

use crate::error::Error;
use crate::error::kind::{ErrorKind, TransportFault};
use crate::redact::{is_token, redact_name};
use crate::service::settings::SETTINGS;

/// The facts about a failed call that decide the fate of its message. It converts from an [`Error`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The kind of the error.
    pub kind: ErrorKind,
    /// The vendor's code.
    pub code: Option<String>,
    /// The fault of the transport, if no response was received.
    pub fault: Option<TransportFault>,
    /// The names of the fields that have errors.
    pub fields: BTreeSet<String>,
    /// True if the call may have had its effect.
    pub may_have_happened: bool,
    /// True if the vendor may have forgotten the key.
    pub key_forgotten: bool,
    /// The wait that the vendor asks for.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// Creates a failure of a kind, without details.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self {
            kind,
            code: None,
            fault: None,
            fields: BTreeSet::new(),
            may_have_happened: false,
            key_forgotten: false,
            retry_after: None,
        }
    }

    /// Returns the reason without personal text: the kind, the vendor's code or the transport's fault, and the names of
    /// fields.
    pub(super) fn reason(&self) -> String {
        let mut reason = String::from(self.kind.as_str());
        let code = self.code.as_deref().filter(|code| is_token(code));
        if let Some(detail) = code.or(self.fault.map(TransportFault::as_str)) {
            reason.push_str(": ");
            reason.push_str(detail);
        }
        // Names of fields that hold an index, such as `to.0`, would make a reason of each.
        let names: BTreeSet<&str> =
            self.fields.iter().map(|name| redact_name(name.split('.').next().unwrap_or_default())).collect();
        for (at, name) in names.into_iter().take(3).enumerate() {
            reason.push_str(if at == 0 { " (" } else { ", " });
            reason.push_str(name);
        }
        if !self.fields.is_empty() {
            reason.push(')');
        }
        reason
    }

    /// Returns what follows for the message.
    pub(super) fn verdict(&self, keyed: bool) -> Verdict {
        if self.may_have_happened && (!keyed || self.key_forgotten) {
            return Verdict::Unknown;
        }
        let about_sender = self.fields.iter().any(|name| is_about_sender(name))
            || self.code.as_deref().is_some_and(|code| ACCOUNT_CODES.contains(&code));
        let then = match self.kind {
            // The vendor responded, and the effect is unknown: a repetition would get the same response.
            ErrorKind::Server | ErrorKind::UnexpectedResponse | ErrorKind::Redirect => {
                return Verdict::Unknown;
            }
            ErrorKind::InvalidRequest if self.may_have_happened => return Verdict::Unknown,
            ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Transport => Then::Pause,
            // The rate limiter of the client: a quota resets late, and a turn comes soon.
            ErrorKind::WaitTooLong if self.retry_after.is_some_and(|wait| wait <= LONGEST_PERMIT_WAIT) => {
                Then::Pause
            }
            ErrorKind::WaitTooLong => Then::Stop,
            // Until the store of the rate limiter is corrected, no message has a turn.
            ErrorKind::Store => Then::Stop,
            ErrorKind::QuotaExceeded
            | ErrorKind::Authentication
            | ErrorKind::Permission
            | ErrorKind::NotFound
            | ErrorKind::MethodNotAllowed => Then::Stop,
            ErrorKind::InvalidRequest | ErrorKind::Validation | ErrorKind::Client if about_sender => {
                Then::Stop
            }
            ErrorKind::InvalidRequest | ErrorKind::Validation | ErrorKind::Client => {
                // After a lost response, a repetition with the key decides.
                if !self.may_have_happened {
                    return Verdict::Refused;
                }
                Then::Pause
            }
        };
        if self.may_have_happened { Verdict::Doubted(then) } else { Verdict::Returned(then) }
    }
}

/// Returns true for the name of a field or of a setting that is the same for all messages.
fn is_about_sender(name: &str) -> bool {
    ["channel", "rate_limiter", "max_attempts"].contains(&name)
        || SETTINGS.iter().any(|setting| setting.name == name)
}

/// The longest wait for a turn. A longer wait is a wait for the reset of a quota.
const LONGEST_PERMIT_WAIT: Duration = Duration::from_secs(600);

/// The vendors' codes for an account that may not send.
const ACCOUNT_CODES: [&str; 2] = ["billing_send_denied", "templates_not_entitled"];

/// The consequence of a failure for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The message is refused for good.
    Refused,
    /// The message was certainly not sent. It is sent later.
    Returned(Then),
    /// The message may have been sent. It is repeated with its key.
    Doubted(Then),
    /// The message may have been sent, and cannot be repeated.
    Unknown,
}

/// The consequence of a failure for the other messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// They wait.
    Pause,
    /// They are not sent until a person has acted.
    Stop,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind(),
            code: error.code().map(String::from),
            fault: error.transport_fault(),
            fields: error.field_errors().iter().map(|(name, _)| String::from(name)).collect(),
            may_have_happened: error.may_have_happened(),
            key_forgotten: error.is_key_forgotten(),
            retry_after: error.retry_after(),
        }
    }
}
