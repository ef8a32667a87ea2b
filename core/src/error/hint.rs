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
                "The idempotency key is older than 24 hours and may be forgotten: check if the call took effect, then \
                 call with a new key."
            }
            (_, Some(hint)) => hint,
            (ErrorKind::InvalidRequest, _) if self.0.fields.get(EXCHANGE_FIELD).is_some() => {
                "Follow the steps of the exchange; a request may have been sent."
            }
            (ErrorKind::InvalidRequest, _) => "Correct the named fields; nothing was sent.",
            (ErrorKind::Authentication, _) => {
                "Check that the keys are complete, valid and of this workspace."
            }
            (ErrorKind::Permission, _) => "The key or account lacks the permission for this call.",
            (ErrorKind::NotFound, _) => "Check that the id exists in this workspace.",
            (ErrorKind::MethodNotAllowed, _) => "Set the method of this call to one that the vendor allows.",
            (ErrorKind::Validation, _) => "Correct what the vendor rejects, then call again.",
            (ErrorKind::RateLimited, _) => "Wait for the time in retry_after, then call again.",
            (ErrorKind::QuotaExceeded, _) => "Wait for the next day or month, or raise the quota.",
            (ErrorKind::Unavailable, _) => "Call again later; the vendor is unavailable.",
            (ErrorKind::Server, _) => "Report the whole response to the vendor's support.",
            (ErrorKind::Redirect, _) => {
                "Check the base URL; redirects are not followed, to protect the keys."
            }
            (ErrorKind::Client, _) => "Read the response to see what the vendor rejects.",
            (ErrorKind::UnexpectedResponse, _) if self.0.is_cut_short => {
                "Use filters or a larger per_page to get the missing items."
            }
            (ErrorKind::UnexpectedResponse, _) => {
                "The call may have taken effect: check before calling again. The body is in the response."
            }
            (ErrorKind::Transport, _) => match self.0.fault {
                Some(TransportFault::Connect) | None => "Nothing was sent: check the network and call again.",
                _ => "The call may have taken effect: check before calling again.",
            },
        }
    }
}
