//! Facts about a response: status, request id, limits, idempotency key.

use core::fmt::Debug;
use core::time::Duration;

use serde::ser::SerializeMap;

use crate::http::rate_limit::{RateLimit, retry_after};
use crate::http::response::Response;
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
    /// The idempotency key that was sent. Use it again to repeat the same call.
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
    /// Writes the members of the JSON form. Absent facts are left out.
    pub(crate) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("rate_limit", &self.rate_limit)?;
        if let Some(wait) = self.retry_after {
            map.serialize_entry("retry_after_ms", &u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))?;
        }
        map.serialize_entry("idempotent_replay", &self.idempotent_replay)?;
        if let Some(key) = &self.idempotency_key {
            map.serialize_entry("idempotency_key", key.as_str())?;
        }
        Ok(())
    }
}

/// Serialises under the names that every host uses.
impl serde::Serialize for Meta {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write(&mut map)?;
        map.end()
    }
}
