//! API keys with their abilities, limits and sessions.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::SimTime;
use crate::config::Limits;

/// All abilities in the vendor's table.
pub(crate) const ABILITIES: [&str; 10] = [
    "*",
    "sessions.read",
    "messages.send",
    "messages.read",
    "contacts.read",
    "contacts.write",
    "campaigns.read",
    "campaigns.write",
    "webhooks.read",
    "webhooks.write",
];

/// A key pair with its abilities and limits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ApiKey {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) public: String,
    pub(crate) secret: String,
    pub(crate) abilities: Vec<String>,
    pub(crate) session_id: Option<Uuid>,
    pub(crate) is_active: bool,
    pub(crate) expires_at: Option<SimTime>,
    pub(crate) last_used_at: Option<SimTime>,
    pub(crate) limits: Limits,
    pub(crate) usage: Usage,
}

/// The number of requests that count against a key's limits.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(crate) struct Usage {
    pub(crate) minute_ends: SimTime,
    pub(crate) this_minute: u64,
    pub(crate) day: Date,
    pub(crate) today: u64,
    pub(crate) month: Date,
    pub(crate) this_month: u64,
}

impl ApiKey {
    pub(crate) fn may(&self, ability: &str) -> bool {
        self.abilities.iter().any(|granted| granted == "*" || granted == ability)
    }

    pub(crate) fn is_usable(&self, now: SimTime) -> bool {
        self.is_active && self.expires_at.is_none_or(|end| now < end)
    }

    /// Returns the response of `GET /api/v1/me`. It never contains the secret.
    pub(crate) fn view(&self, tenant_id: Uuid) -> Value {
        let remaining = self.limits.daily.map(|limit| limit.saturating_sub(self.usage.today));
        json!({
            "id": self.id,
            "name": self.name,
            "tenant_id": tenant_id,
            "session_id": self.session_id,
            "abilities": self.abilities,
            "expires_at": self.expires_at.map(|at| at.to_string()),
            "last_used_at": self.last_used_at.map(|at| at.to_string()),
            "usage": { "today": self.usage.today, "month": self.usage.this_month },
            "limits": {
                "daily": self.limits.daily,
                "monthly": self.limits.monthly,
                "per_minute": self.limits.per_minute,
            },
            "remaining": { "daily": remaining },
        })
    }
}
