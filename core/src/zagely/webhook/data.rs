//! The types of the events' data.

use alloc::string::String;

use hudhud_macros::model;

use crate::types::json::Id;
use crate::zagely::campaigns::{Campaign, CampaignStats};
use crate::zagely::channel::Channel;
use crate::zagely::contacts::Contact;
use crate::zagely::messages::{Direction, MessageStatus, MessageType};
use crate::zagely::sessions::Session;

/// A message that was received.
///
/// Source: Zagely, "Webhooks", the payload sample.
#[model]
pub struct ReceivedMessage {
    /// The sender.
    pub contact: Option<EventContact>,
    /// The channel on which it was received.
    pub channel: Option<Channel>,
    /// The text.
    pub content: Option<String>,
}

/// The contact of an event.
///
/// Source: Zagely, "Webhooks", the payload sample.
#[model]
pub struct EventContact {
    /// The contact's id.
    pub id: Option<Id>,
    /// The name.
    pub name: Option<String>,
    /// The phone number.
    pub phone_number: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

/// The data of `message.sent`, `message.delivered`, `message.read` and `message.failed`. Inferred from the sample of
/// `message.received` and from [`Message`](crate::zagely::Message).
#[model]
pub struct MessageData {
    /// The message's id. The response to `messages.send` contains the same id.
    pub message_id: Option<Id>,
    /// The recipient.
    pub contact: Option<EventContact>,
    /// The channel.
    pub channel: Option<Channel>,
    /// The session that carried the message.
    pub session_id: Option<Id>,
    /// The campaign that sent the message.
    pub campaign_id: Option<Id>,
    /// The type.
    pub r#type: Option<MessageType>,
    /// The direction.
    pub direction: Option<Direction>,
    /// The status.
    pub status: Option<MessageStatus>,
    /// The text.
    pub content: Option<String>,
    /// The reason of a failure.
    pub error: Option<String>,
}

/// The data of `campaign.started`, `campaign.completed` and `campaign.paused`. Inferred from [`Campaign`] and
/// [`CampaignStats`].
#[model]
pub struct CampaignData {
    /// The campaign.
    pub campaign: Option<Campaign>,
    /// Its figures.
    pub stats: Option<CampaignStats>,
}

/// The data of `contact.created`, `contact.updated` and `contact.opted_out`. Inferred from [`Contact`].
#[model]
pub struct ContactData {
    /// The contact.
    pub contact: Option<Contact>,
}

/// The data of `session.connected` and `session.disconnected`. Inferred from [`Session`].
#[model]
pub struct SessionData {
    /// The session.
    pub session: Option<Session>,
}

/// The data of `webhook.test`. Inferred.
#[model]
pub struct TestData {
    /// The webhook that is tested.
    pub webhook_id: Option<Id>,
    /// A text for people.
    pub message: Option<String>,
}
