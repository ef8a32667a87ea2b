//! Whether the service is up, and what the key in use may do.
//!
//! Source: Zagely, "Utility endpoints".

use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::codec::error::Unreadable;
use crate::codec::output::envelope::read_model;
use crate::codec::output::{Answer, Odd, is_success};
use crate::types::json::{Id, Object};
use crate::types::time::Timestamp;

/// Asks whether the service is up.
///
/// Returns [`Health`], also for 503: that the database is down is the answer, not a failure of the call.
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

/// Whether the service is up.
#[model(manual)]
pub struct Health {
    /// `ok`; and `down` where a 503 names no status of its own.
    pub status: Option<String>,
    /// When that was so.
    pub timestamp: Option<Timestamp>,
}

impl Health {
    /// Whether the service says that it is well.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status.as_deref() == Some("ok")
    }
}

impl Answer for Health {
    const ODD: Option<&'static Odd> = Some(const { &Odd::of::<Self>() });

    fn accepts(status: u16) -> bool {
        is_success(status) || status == 503
    }

    fn completed(status: u16, _: &Object) -> Option<(&'static str, String)> {
        (status == 503).then(|| ("status", "down".into()))
    }

    fn read(status: u16, body: &[u8]) -> Result<Self, Unreadable> {
        let read = read_model(body);
        // Whatever a service in trouble sends, the news is that it is in trouble.
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
    /// The WhatsApp session the key is bound to; then calls need not name one.
    pub session_id: Option<Id>,
    /// What the key may do, such as `messages.send`; `*` is everything.
    pub abilities: Vec<String>,
    /// When the key expires, if it does.
    pub expires_at: Option<Timestamp>,
    /// When the key was last used.
    pub last_used_at: Option<Timestamp>,
    /// How much was used.
    pub usage: Option<Usage>,
    /// How much may be used.
    pub limits: Option<Limits>,
    /// How much is left.
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

/// Requests the key may make.
#[model]
pub struct Limits {
    /// A day.
    pub daily: Option<u64>,
    /// A month.
    pub monthly: Option<u64>,
    /// A minute.
    pub per_minute: Option<u64>,
}

/// Requests the key has left.
#[model]
pub struct Remaining {
    /// Today.
    pub daily: Option<u64>,
}
