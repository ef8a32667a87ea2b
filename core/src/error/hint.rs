//! The hint: one sentence for each kind of error that says what to do.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;
use core::time::Duration;

use crate::error::kind::{ErrorKind, TransportFault};
use crate::error::{EXCHANGE_FIELD, Error};

impl Error {
    /// Returns one sentence that says what to do about the error, with the wait or the methods that the vendor stated.
    #[must_use]
    pub fn hint(&self) -> Cow<'static, str> {
        let hint = self.hint_of_kind();
        match self.doubt() {
            // Without a response nothing else is known. The message about a store says what to do about it.
            Some(doubt) if matches!(self.0.kind, ErrorKind::Transport | ErrorKind::Store) => doubt.into(),
            Some(doubt) => format!("{hint} {doubt}").into(),
            None => hint,
        }
    }

    /// Returns the sentence about a call that may have taken effect, unless the sentence for the kind states it.
    fn doubt(&self) -> Option<&'static str> {
        let is_stated = self.0.key_forgotten || self.0.kind == ErrorKind::InvalidRequest;
        if is_stated || !self.may_have_happened() {
            return None;
        }
        Some(if self.safe_to_retry() {
            "The call may have taken effect: repeat it with the idempotency key of this error."
        } else {
            "The call may have taken effect: check before calling again."
        })
    }

    fn hint_of_kind(&self) -> Cow<'static, str> {
        let wait = self.retry_after().map(readable);
        match (self.kind(), wait) {
            _ if self.0.key_forgotten => {}
            (ErrorKind::RateLimited, Some(wait)) => return format!("Call again in {wait}.").into(),
            (ErrorKind::WaitTooLong, _) if self.0.held_for == Some(Duration::ZERO) => {
                return "Call again with a later deadline.".into();
            }
            (ErrorKind::WaitTooLong, Some(wait)) if !self.0.is_quota => {
                return format!("Call again in {wait}, or with a later deadline.").into();
            }
            (ErrorKind::QuotaExceeded | ErrorKind::WaitTooLong, Some(wait)) => {
                return format!("The quota resets in {wait}: call again then, or raise the quota.").into();
            }
            (ErrorKind::MethodNotAllowed, _) => {
                let mut allowed = String::new();
                for name in self.allowed_methods().iter().take(7) {
                    // A header may contain anything. Only names of methods are shown.
                    if name.len() <= 7 && name.bytes().all(|byte| byte.is_ascii_uppercase()) {
                        allowed.push_str(if allowed.is_empty() { "" } else { ", " });
                        allowed.push_str(name);
                    }
                }
                if !allowed.is_empty() {
                    return format!("Set the method of this call to one that the vendor allows: {allowed}.")
                        .into();
                }
            }
            _ => {}
        }
        self.general_hint().into()
    }

    /// Returns the sentence for the kind of the error and the vendor's code.
    fn general_hint(&self) -> &'static str {
        let of_vendor = self.0.spec.zip(self.code()).and_then(|(spec, code)| spec.vendor.hint(code));
        match (self.0.kind, of_vendor) {
            _ if self.0.key_forgotten => {
                "The vendor may have forgotten the idempotency key, which is older than 24 hours: check if the call took effect. \
                 Only if it did not, call again with a new key."
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
            // Only the vendor's own answer has a code. That of a router has none.
            (ErrorKind::NotFound, _) if self.code().is_none() => {
                "Check the path of the base URL, and that the id exists in this workspace."
            }
            (ErrorKind::NotFound, _) => "Check that the id exists in this workspace.",
            (ErrorKind::MethodNotAllowed, _) => "Set the method of this call to one that the vendor allows.",
            (ErrorKind::Validation, _) if self.0.fields.get("session_id").is_some() => {
                "Pass the id of a connected session as session_id, in the call or in the client's settings; \
                 sessions.list returns the ids."
            }
            (ErrorKind::Validation, _) => "Correct what the vendor rejects, then call again.",
            (ErrorKind::RateLimited, _) => "Wait until the limit resets, then call again.",
            (ErrorKind::WaitTooLong, _) => "Call again later; nothing was sent.",
            (ErrorKind::Store, _) => "Then call again: the call had no effect.",
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
                "Read the body of the response: it is not in the expected form."
            }
            (ErrorKind::Transport, _) => match self.0.fault {
                Some(TransportFault::Connect) | None => "Nothing was sent: check the network and call again.",
                _ if !self.may_have_happened() => "Call again: the call changes nothing.",
                _ => "The call may have taken effect: check before calling again.",
            },
        }
    }
}

/// Writes a duration for people, in its two largest units: `300 ms`, `24 s`, `5 min`, `21 h 16 min`. It is rounded up, so
/// that the wait is long enough.
pub(super) fn readable(wait: Duration) -> String {
    let millis = wait.subsec_nanos().div_ceil(1_000_000);
    if wait.as_secs() == 0 && (1..1_000).contains(&millis) {
        return format!("{millis} ms");
    }
    let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
    let minutes = seconds.div_ceil(60);
    let (first, second) = match seconds {
        0..120 => ((seconds, "s"), (0, "")),
        120..7_200 => ((minutes, "min"), (0, "")),
        7_200..172_800 => ((minutes / 60, "h"), (minutes % 60, "min")),
        _ => ((minutes.div_ceil(60) / 24, "days"), (minutes.div_ceil(60) % 24, "h")),
    };
    let mut text = String::new();
    for (number, unit) in [first, second] {
        if number > 0 || text.is_empty() && !unit.is_empty() {
            let space = if text.is_empty() { "" } else { " " };
            // Writing to a string cannot fail.
            let _ = write!(text, "{space}{number} {unit}");
        }
    }
    text
}

/// Rounds a time that has passed to the unit in which [`readable`] writes it.
pub(super) fn rounded(elapsed: Duration) -> Duration {
    let unit = match elapsed.as_secs() {
        0 => return elapsed,
        1..120 => 1,
        _ => 60,
    };
    let seconds = elapsed.saturating_add(Duration::from_millis(unit * 500)).as_secs();
    Duration::from_secs(seconds - seconds % unit)
}

#[cfg(test)]
mod tests {
    use super::{readable, rounded};
    use core::time::Duration;

    #[test]
    fn durations_are_written_for_people() {
        for (seconds, text) in [
            (0, "0 s"),
            (24, "24 s"),
            (119, "119 s"),
            (120, "2 min"),
            (300, "5 min"),
            (3_600, "60 min"),
            (7_200, "2 h"),
            (76_549, "21 h 16 min"),
            (172_800, "2 days"),
            (2_000_000, "23 days 4 h"),
        ] {
            assert_eq!(readable(Duration::from_secs(seconds)), text);
        }
        assert_eq!(readable(Duration::from_millis(1_500)), "2 s");
        assert_eq!(readable(Duration::from_millis(136)), "136 ms");
        assert_eq!(readable(Duration::from_nanos(1)), "1 ms");
        assert!(!readable(Duration::MAX).is_empty());
    }

    #[test]
    fn the_time_that_has_passed_is_rounded_to_the_nearest_unit() {
        for (millis, text) in [
            (0, "0 s"),
            (7, "7 ms"),
            (999, "999 ms"),
            (1_499, "1 s"),
            (1_500, "2 s"),
            (2_007, "2 s"),
            (119_499, "119 s"),
            (119_500, "2 min"),
            (149_999, "2 min"),
            (150_000, "3 min"),
            (7_230_000, "2 h 1 min"),
        ] {
            assert_eq!(readable(rounded(Duration::from_millis(millis))), text, "{millis} ms");
        }
        assert!(!readable(rounded(Duration::MAX)).is_empty());
    }
}
