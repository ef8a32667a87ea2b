//! The hint: one sentence for each kind of error that says what to do.

use crate::error::kind::{ErrorKind, TransportFault};
use crate::error::{EXCHANGE_FIELD, Error};

impl Error {
    /// Returns one sentence that says what to do about the error.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        let of_vendor = self.0.spec.zip(self.code()).and_then(|(spec, code)| spec.vendor.hint(code));
        match (self.0.kind, of_vendor) {
            _ if self.0.key_forgotten => {
                "The idempotency key is older than 24 hours and may be forgotten: look whether the call had its effect, \
                 then call with a new key."
            }
            (_, Some(hint)) => hint,
            (ErrorKind::InvalidRequest, _) if self.0.fields.get(EXCHANGE_FIELD).is_some() => {
                "Do as the exchange says; what was sent stays sent."
            }
            (ErrorKind::InvalidRequest, _) => "Correct the fields named; nothing was sent.",
            (ErrorKind::Authentication, _) => "Check the keys: complete, of this workspace, not revoked.",
            (ErrorKind::Permission, _) => "The key or account may not do this.",
            (ErrorKind::NotFound, _) => "Check the id, and that it belongs to this workspace.",
            (ErrorKind::MethodNotAllowed, _) => "Set the method of this call to one that the vendor allows.",
            (ErrorKind::Validation, _) => "Correct what the vendor refuses, then call again.",
            (ErrorKind::RateLimited, _) => "Wait for the time in retry_after, then call again.",
            (ErrorKind::QuotaExceeded, _) => "Wait for the next day or month, or raise the quota.",
            (ErrorKind::Unavailable, _) => "Call again later; the vendor is down for a while.",
            (ErrorKind::Server, _) => "Give the vendor's support the whole response.",
            (ErrorKind::Redirect, _) => {
                "Check the base URL; redirects are not followed, to keep the keys here."
            }
            (ErrorKind::Client, _) => "Look at the response for what the vendor refuses.",
            (ErrorKind::UnexpectedResponse, _) if self.0.is_cut_short => {
                "Ask for less at a time, by filters or a larger per_page, to see what is missing."
            }
            (ErrorKind::UnexpectedResponse, _) => {
                "The call may have had its effect: look before calling again. The body is in the response."
            }
            (ErrorKind::Transport, _) => match self.0.fault {
                Some(TransportFault::Connect) | None => "Nothing was sent: check the network and call again.",
                _ => "The call may have had its effect: look before calling again.",
            },
        }
    }
}
