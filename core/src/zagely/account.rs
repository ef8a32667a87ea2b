//! The service's health, and the permissions of the key in use.
//!
//! Source: Zagely, "Utility endpoints".

use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::codec::error::DecodeError;
use crate::codec::output::envelope::read_model;
use crate::codec::output::{CustomDecoding, Output, is_success};
use crate::types::json::{Id, Object};
use crate::types::time::Timestamp;

/// Reads the health of the service.
///
/// Returns [`Health`], also for a 503: a response that reports a failed database is still a valid response to this
/// call.
///
/// Source: Zagely, "/api/v1/health".
#[endpoint(GET "/api/v1/health", anonymous, inferred(method))]
pub struct CheckHealth {}

/// Reads the key in use: its abilities, bound session, limits and usage.
///
/// Returns [`Account`]. Errors: 401 for keys that are missing, wrong, inactive or expired.
///
/// Source: Zagely, "/api/v1/me".
#[endpoint(GET "/api/v1/me", inferred(method))]
pub struct GetAccount {}

/// The health of the service.
#[model(manual)]
pub struct Health {
    /// The status, such as `ok`. It is `down` if a 503 response names no status.
    #[field(identifier)]
    pub status: Option<String>,
    /// The time of this status.
    pub timestamp: Option<Timestamp>,
}

impl Health {
    /// Returns `true` if the service reports that it is healthy.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status.as_deref() == Some("ok")
    }
}

impl Output for Health {
    const CUSTOM_DECODING: Option<&'static CustomDecoding> = Some(const { &CustomDecoding::of::<Self>() });

    fn accepts(status: u16) -> bool {
        is_success(status) || status == 503
    }

    fn completed(status: u16, _: &Object) -> Option<(&'static str, String)> {
        (status == 503).then(|| ("status", "down".into()))
    }

    fn read(status: u16, body: &[u8]) -> Result<Self, DecodeError> {
        let read = read_model(body);
        // A 503 means that the service is down, even if its body cannot be read.
        let mut health: Self = if status == 503 { read.unwrap_or_default() } else { read? };
        if health.status.is_none() {
            health.status = Self::completed(status, &health.extra).map(|(_, text)| text);
        }
        Ok(health)
    }
}

/// The key in use.
#[model]
pub struct Account {
    /// The key's id.
    pub id: Option<Id>,
    /// The name given to the key.
    pub name: Option<String>,
    /// The workspace.
    pub tenant_id: Option<Id>,
    /// The WhatsApp session that the key is bound to. Calls then need not name a session.
    pub session_id: Option<Id>,
    /// The abilities of the key, such as `messages.send`; `*` means all abilities.
    #[field(identifier)]
    pub abilities: Vec<String>,
    /// The time at which the key expires, if it does.
    pub expires_at: Option<Timestamp>,
    /// The time of the key's last use.
    pub last_used_at: Option<Timestamp>,
    /// The number of requests made with the key.
    pub usage: Option<Usage>,
    /// The number of requests that the key may make.
    pub limits: Option<Limits>,
    /// The number of requests that the key may still make.
    pub remaining: Option<Remaining>,
}

/// Requests made with the key.
#[model]
pub struct Usage {
    /// Today.
    pub today: Option<u64>,
    /// This month.
    pub month: Option<u64>,
}

/// Requests that the key may make.
#[model]
pub struct Limits {
    /// The limit per day.
    pub daily: Option<u64>,
    /// The limit per month.
    pub monthly: Option<u64>,
    /// The limit per minute.
    pub per_minute: Option<u64>,
}

/// Requests that the key may still make.
#[model]
pub struct Remaining {
    /// Today.
    pub daily: Option<u64>,
}
