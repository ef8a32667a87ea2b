//! Messages, in and out, and where each is on its way.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::World;
use super::contact::Contact;
use super::shelf::Record;
use crate::clock::Moment;

/// A message on some channel.
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
    /// Its next state is due, or it waits for tomorrow: it must not be let go of.
    pub(crate) is_travelling: bool,
    pub(crate) session_id: Option<Uuid>,
    /// The other side's number; it finds the contact, also one that is made later.
    pub(crate) phone_number: String,
    pub(crate) campaign_id: Option<Uuid>,
    pub(crate) automation_id: Option<Uuid>,
    pub(crate) created_at: Moment,
}

/// Which way a message goes.
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

/// Where a message is on its way.
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

impl World {
    pub(crate) fn contact_of(&self, message: &Message) -> Option<&Contact> {
        self.contacts.with_phone(&message.phone_number)
    }

    /// The message as the list shows it.
    pub(crate) fn message_view(&self, message: &Message) -> Value {
        json!({
            "id": message.id,
            "channel": message.channel,
            "direction": message.direction,
            "type": message.kind,
            "content": message.content,
            "media_url": message.media_url,
            "status": message.status,
            "created_at": message.created_at.to_string(),
            "contact": self.contact_of(message).map(Contact::card),
            "session": message.session_id.and_then(|id| self.sessions.get(id)).map(|session| session.card()),
        })
    }
}
