//! Campaigns: one text to many contacts, with their progress.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::contact::ContactFilter;
use super::store::Record;
use crate::clock::SimTime;

/// A campaign.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Campaign {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) channel: String,
    pub(crate) session_id: Option<Uuid>,
    pub(crate) message_content: String,
    pub(crate) media_url: Option<String>,
    pub(crate) buttons: Vec<Value>,
    pub(crate) target: Target,
    pub(crate) scheduled_at: Option<SimTime>,
    pub(crate) status: CampaignStatus,
    pub(crate) started_at: Option<SimTime>,
    pub(crate) completed_at: Option<SimTime>,
    /// The number of starts and resumes. A tick that was scheduled before a pause has an older number and is ignored.
    pub(crate) run: u32,
    /// The contacts that still get the message.
    pub(crate) ahead: VecDeque<Uuid>,
    pub(crate) tally: Tally,
    pub(crate) created_at: SimTime,
    pub(crate) updated_at: SimTime,
}

/// The recipients of a campaign.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Target {
    /// `all`, `group` or `filter`.
    pub(crate) kind: String,
    pub(crate) filter: ContactFilter,
}

/// The documented states, and `completed`, which the event of that name implies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CampaignStatus {
    Draft,
    Scheduled,
    Running,
    Paused,
    Canceled,
    Completed,
}

impl CampaignStatus {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Canceled => "canceled",
            Self::Completed => "completed",
        }
    }
}

/// The outcomes of a campaign's messages. Each count includes the messages that went further.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) recipients: u64,
    pub(crate) sent: u64,
    pub(crate) delivered: u64,
    pub(crate) read: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Returns true if every recipient's message was sent or failed.
    pub(crate) fn is_processed(&self) -> bool {
        self.sent + self.failed >= self.recipients
    }

    /// Returns the percentage of sent messages that were delivered, as in the vendor's sample.
    pub(crate) fn delivery_rate(&self) -> f64 {
        percent(self.delivered, self.sent)
    }

    /// Returns the percentage of delivered messages that were read, as in the vendor's sample.
    pub(crate) fn read_rate(&self) -> f64 {
        percent(self.read, self.delivered)
    }

    pub(crate) fn view(&self) -> Value {
        json!({
            "total_recipients": self.recipients,
            "sent_count": self.sent,
            "delivered_count": self.delivered,
            "read_count": self.read,
            "failed_count": self.failed,
            "pending_count": self.recipients.saturating_sub(self.sent + self.failed),
            "delivery_rate": self.delivery_rate(),
            "read_rate": self.read_rate(),
        })
    }
}

/// Returns `part` of `whole` as a percentage with two decimals; 0 if `whole` is 0.
pub(crate) fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { two_decimals(part as f64 * 100.0 / whole as f64) }
}

pub(crate) fn two_decimals(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

impl Record for Campaign {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Campaign {
    pub(crate) fn view(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "channel": self.channel,
            "session_id": self.session_id,
            "message_content": self.message_content,
            "media_url": self.media_url,
            "buttons": self.buttons,
            "target_type": self.target.kind,
            "target_filters": self.target.filter,
            "scheduled_at": self.scheduled_at.map(|at| at.to_string()),
            "status": self.status,
            "started_at": self.started_at.map(|at| at.to_string()),
            "completed_at": self.completed_at.map(|at| at.to_string()),
            "created_at": self.created_at.to_string(),
            "updated_at": self.updated_at.to_string(),
        })
    }

    /// Returns the fields of a campaign that an event contains.
    pub(crate) fn card(&self) -> Value {
        json!({ "id": self.id, "name": self.name, "channel": self.channel, "status": self.status })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_match_the_vendors_sample() {
        let tally = Tally { recipients: 1500, sent: 1450, delivered: 1380, read: 920, failed: 50 };
        assert_eq!((tally.delivery_rate(), tally.read_rate()), (95.17, 66.67));
        assert_eq!(tally.view()["pending_count"], 0);
        assert!(tally.is_processed());
        assert_eq!(Tally::default().delivery_rate(), 0.0);
    }
}
