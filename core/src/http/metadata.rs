//! Facts about a response: status, request id, limits, idempotency key.

use core::fmt::Debug;
use core::time::Duration;

use serde::ser::SerializeStruct;

use crate::http::rate_limit::{RateLimit, retry_after};
use crate::http::response::Response;
use crate::text::members::optional;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;

/// The metadata of a response or an error: the facts that are not in the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// The HTTP status.
    pub status: u16,
    /// The rate limits of the key.
    pub rate_limit: RateLimit,
    /// The wait that the vendor asks for.
    pub retry_after: Option<Duration>,
    /// The mark of an idempotent replay: true if this is the stored response to an earlier request with the same
    /// idempotency key.
    pub idempotent_replay: bool,
    /// The idempotency key that was sent. A later call with the same key has no second effect.
    pub idempotency_key: Option<IdempotencyKey>,
}

impl Meta {
    /// Reads the headers. `now` is needed for a `Retry-After` that is a date.
    #[must_use]
    pub fn read(response: &Response, key: Option<&IdempotencyKey>, now: Option<UnixTime>) -> Self {
        let replay = response.header("idempotent-replay");
        Self {
            status: response.status,
            rate_limit: RateLimit::read(response),
            retry_after: retry_after(response, now),
            idempotent_replay: replay
                .is_some_and(|value| matches!(value.trim(), "true" | "1" | "True" | "TRUE")),
            idempotency_key: key.cloned(),
        }
    }
}

impl Meta {
    /// The number of members of the JSON form.
    pub(crate) const MEMBERS: usize = 5;

    /// Writes the members of the JSON form. Absent facts are left out.
    pub(crate) fn write<S: SerializeStruct>(&self, members: &mut S) -> Result<(), S::Error> {
        members.serialize_field("status", &self.status)?;
        members.serialize_field("rate_limit", &self.rate_limit)?;
        optional(members, "retry_after_ms", self.retry_after.map(whole_millis))?;
        members.serialize_field("idempotent_replay", &self.idempotent_replay)?;
        optional(members, "idempotency_key", self.idempotency_key.as_ref().map(IdempotencyKey::as_str))
    }
}

/// Returns a wait in whole milliseconds, as it crosses to other languages.
pub(crate) fn whole_millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}

/// Serialises under the names that every host uses.
impl serde::Serialize for Meta {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Meta", Self::MEMBERS)?;
        self.write(&mut members)?;
        members.end()
    }
}
