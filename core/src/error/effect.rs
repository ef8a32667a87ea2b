//! The effect of a failed call: if the call may have had an effect, and if it can be sent again.

use crate::endpoint::{Idempotency, RetryCause, RetrySafety};
use crate::error::kind::{ErrorKind, TransportFault};
use crate::error::{EXCHANGE_FIELD, Error};

impl Error {
    /// Returns `true` if sending the same call again can succeed and cannot repeat its effect. Pass the same
    /// idempotency key ([`Error::idempotency_key`]).
    ///
    /// This requires a temporary cause. It also requires one of these: the call only reads, it has an idempotency key that the
    /// vendor still knows, or the attempt certainly had no effect. Automatic retries follow the same rule.
    #[must_use]
    pub fn safe_to_retry(&self) -> bool {
        !self.0.key_forgotten && self.retry_safety().is_some_and(|safety| safety.allows(self.retry_cause()))
    }

    /// Returns `true` if the call may have had its effect: a request was sent, and the vendor did not clearly refuse
    /// it. All attempts of the call count. The result is always `false` for calls that only read.
    #[must_use]
    pub fn may_have_happened(&self) -> bool {
        let Some(safety) = self.retry_safety() else { return false };
        let changes = self.idempotency() != Some(Idempotency::ReadOnly);
        changes
            && (self.0.in_doubt
                || match self.0.kind {
                    ErrorKind::InvalidRequest => self.0.fields.get(EXCHANGE_FIELD).is_some(),
                    ErrorKind::Transport => self.0.fault != Some(TransportFault::Connect),
                    ErrorKind::Unavailable => {
                        safety != RetrySafety::OnlyIfUnavailable || !safety.allows(self.retry_cause())
                    }
                    ErrorKind::Server | ErrorKind::UnexpectedResponse | ErrorKind::Redirect => true,
                    _ => false,
                })
    }

    /// Returns the cause of the failure, as far as a retry depends on it.
    pub(crate) fn retry_cause(&self) -> RetryCause {
        match (self.0.kind, self.0.fault) {
            (ErrorKind::RateLimited, _) => RetryCause::RateLimited,
            (ErrorKind::Unavailable, _) => RetryCause::Unavailable(self.status().unwrap_or(503)),
            (ErrorKind::Transport, Some(TransportFault::Connect)) => RetryCause::NotSent,
            (ErrorKind::WaitTooLong, _) if !self.0.is_quota => RetryCause::NotSent,
            // An attempt before the failure of the store may have had its effect.
            (ErrorKind::Store, _) if self.0.in_doubt => RetryCause::Unanswered,
            (ErrorKind::Store, _) => RetryCause::NotSent,
            (ErrorKind::Transport, _) => RetryCause::Unanswered,
            _ => RetryCause::Final,
        }
    }

    /// Returns the condition for a second request of the call.
    fn retry_safety(&self) -> Option<RetrySafety> {
        Some(self.0.spec?.vendor.retry_safety(self.idempotency()?, self.idempotency_key().is_some()))
    }

    /// Returns the idempotency of the call with the method that was sent.
    fn idempotency(&self) -> Option<Idempotency> {
        let spec = self.0.spec?;
        Some(spec.idempotency_with(self.0.method.unwrap_or(spec.route.method)))
    }
}
