//! Messages, inbound and outbound, with their progress.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::store::Record;
use crate::clock::SimTime;

/// A message on a channel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) channel: String,
    pub(crate) direction: Direction,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) content: Option<String>,
    pub(crate) media_url: Option<String>,
    pub(crate) buttons: Vec<Value>,
    pub(crate) status: MessageStatus,
    /// True if its next state is scheduled or it waits for the next day. It must then be kept.
    pub(crate) is_travelling: bool,
    pub(crate) session_id: Option<Uuid>,
    /// The phone number of the other side. It identifies the contact, including one that is created later.
    pub(crate) phone_number: String,
    pub(crate) campaign_id: Option<Uuid>,
    pub(crate) automation_id: Option<Uuid>,
    pub(crate) created_at: SimTime,
}

/// The direction of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

/// The progress of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MessageStatus {
    Queued,
    Sent,
    Delivered,
    Read,
    Failed,
    Received,
}

impl Record for Message {
    fn id(&self) -> Uuid {
        self.id
    }

    fn weight(&self) -> usize {
        let buttons =
            if self.buttons.is_empty() { 0 } else { Value::from(self.buttons.clone()).to_string().len() };
        self.content.as_ref().map_or(0, String::len)
            + self.media_url.as_ref().map_or(0, String::len)
            + buttons
    }
}
