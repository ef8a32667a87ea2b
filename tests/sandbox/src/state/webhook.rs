//! Registered webhooks, and all their deliveries with the attempts.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::store::Record;
use crate::clock::SimTime;

/// A registered webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: Uuid,
    pub(crate) url: String,
    pub(crate) events: Vec<String>,
    pub(crate) secret: String,
    pub(crate) is_active: bool,
    pub(crate) created_at: SimTime,
    pub(crate) updated_at: SimTime,
}

impl Record for Webhook {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Webhook {
    pub(crate) fn wants(&self, event: &str) -> bool {
        self.is_active && self.events.iter().any(|wanted| wanted == event || wanted == "*")
    }

    pub(crate) fn view(&self) -> Value {
        json!({
            "id": self.id,
            "url": self.url,
            "events": self.events,
            "is_active": self.is_active,
            "created_at": self.created_at.to_string(),
            "updated_at": self.updated_at.to_string(),
        })
    }

    /// Returns the response to the registration, the only response that contains the secret.
    pub(crate) fn view_with_secret(&self) -> Value {
        let mut view = self.view();
        view["secret"] = Value::from(self.secret.as_str());
        view
    }
}

/// One event for one webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) id: Uuid,
    pub(crate) webhook_id: Uuid,
    pub(crate) event: String,
    /// The exact body of every attempt.
    pub(crate) body: String,
    pub(crate) status: DeliveryStatus,
    pub(crate) attempts: Vec<Attempt>,
    /// The number of attempts since the last replay. A replay restarts the back-off.
    pub(crate) round: usize,
    pub(crate) next_attempt_at: Option<SimTime>,
    pub(crate) created_at: SimTime,
}

/// The state of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DeliveryStatus {
    Pending,
    Delivered,
    Failed,
}

/// One POST request of a delivery.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) at: SimTime,
    /// The signed Unix time in seconds, from the wall clock.
    pub(crate) timestamp: i64,
    pub(crate) signature: String,
    pub(crate) response_status: Option<u16>,
    pub(crate) error: Option<String>,
    pub(crate) duration_ms: u64,
}

impl Attempt {
    pub(crate) fn is_success(&self) -> bool {
        self.response_status.is_some_and(|status| (200..300).contains(&status))
    }

    pub(crate) fn view(&self) -> Value {
        json!({
            "attempted_at": self.at.to_string(),
            "timestamp": self.timestamp,
            "signature": self.signature,
            "response_status": self.response_status,
            "error": self.error,
            "duration_ms": self.duration_ms,
        })
    }
}

impl Record for Delivery {
    fn id(&self) -> Uuid {
        self.id
    }

    fn weight(&self) -> usize {
        self.body.len()
    }
}

impl Delivery {
    pub(crate) fn is_settled(&self) -> bool {
        self.status != DeliveryStatus::Pending
    }

    /// Returns the delivery as the log shows it: status, signature, attempts, duration.
    pub(crate) fn view(&self) -> Value {
        let last = self.attempts.last();
        json!({
            "id": self.id,
            "webhook_id": self.webhook_id,
            "event": self.event,
            "status": self.status,
            "signature": last.map(|attempt| attempt.signature.as_str()),
            "attempts": self.attempts.len(),
            "response_status": last.and_then(|attempt| attempt.response_status),
            "error": last.and_then(|attempt| attempt.error.as_deref()),
            "duration_ms": last.map(|attempt| attempt.duration_ms),
            "next_attempt_at": self.next_attempt_at.map(|at| at.to_string()),
            "created_at": self.created_at.to_string(),
        })
    }
}
