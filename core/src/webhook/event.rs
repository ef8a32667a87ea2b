//! The events: 14 names, one envelope, and for each as much of its data as the vendor states.

use alloc::string::String;
use core::fmt::{self, Debug, Formatter};

use hudhud_macros::model;

use crate::answer::Decode;
use crate::channel::Channel;
use crate::json::{Id, Json};
use crate::time::Timestamp;

/// The name of an event.
///
/// Source: Zagely, "Webhooks".
#[model]
pub enum EventName {
    /// A message came in, on any channel.
    #[wire("message.received")]
    MessageReceived,
    /// A message was handed to its channel.
    #[wire("message.sent")]
    MessageSent,
    /// A message is on the recipient's device.
    #[wire("message.delivered")]
    MessageDelivered,
    /// A message was read (WhatsApp and e-mail).
    #[wire("message.read")]
    MessageRead,
    /// A message was given up after all tries.
    #[wire("message.failed")]
    MessageFailed,
    /// A campaign begins to send.
    #[wire("campaign.started")]
    CampaignStarted,
    /// A campaign has been through all its recipients.
    #[wire("campaign.completed")]
    CampaignCompleted,
    /// A campaign was paused.
    #[wire("campaign.paused")]
    CampaignPaused,
    /// A contact was made.
    #[wire("contact.created")]
    ContactCreated,
    /// A contact was changed.
    #[wire("contact.updated")]
    ContactUpdated,
    /// A contact unsubscribed from e-mail or push.
    #[wire("contact.opted_out")]
    ContactOptedOut,
    /// A session was connected.
    #[wire("session.connected")]
    SessionConnected,
    /// A session lost its connection.
    #[wire("session.disconnected")]
    SessionDisconnected,
    /// A made-up event, from the dashboard or from `webhooks.test`.
    #[wire("webhook.test")]
    WebhookTest,
}

impl EventName {
    /// Whether this version of the library knows the event.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

/// What happened.
///
/// Its members come from the signed body; the headers that repeat them are not signed and not looked at.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The event's name.
    pub name: EventName,
    /// The workspace it happened in.
    pub tenant_id: Option<Id>,
    /// The delivery's id: the same for each try to deliver it.
    pub delivery_id: Option<Id>,
    /// When it happened.
    pub occurred_at: Option<Timestamp>,
    /// The event's data, as JSON.
    pub json: Json,
    /// What the vendor sent beside the members above, verbatim.
    pub extra: crate::json::Object,
}

impl Event {
    /// The event's data, typed as far as the vendor states it. It is read anew by each call.
    #[must_use]
    pub fn data(&self) -> EventData {
        let json = || self.json.clone();
        match &self.name {
            EventName::MessageReceived => {
                let mut reader = serde_json::Deserializer::from_str(self.json.as_str());
                EventData::MessageReceived(Decode::decode(&mut reader).ok().flatten().unwrap_or_default())
            }
            EventName::MessageSent => EventData::MessageSent(json()),
            EventName::MessageDelivered => EventData::MessageDelivered(json()),
            EventName::MessageRead => EventData::MessageRead(json()),
            EventName::MessageFailed => EventData::MessageFailed(json()),
            EventName::CampaignStarted => EventData::CampaignStarted(json()),
            EventName::CampaignCompleted => EventData::CampaignCompleted(json()),
            EventName::CampaignPaused => EventData::CampaignPaused(json()),
            EventName::ContactCreated => EventData::ContactCreated(json()),
            EventName::ContactUpdated => EventData::ContactUpdated(json()),
            EventName::ContactOptedOut => EventData::ContactOptedOut(json()),
            EventName::SessionConnected => EventData::SessionConnected(json()),
            EventName::SessionDisconnected => EventData::SessionDisconnected(json()),
            EventName::WebhookTest => EventData::WebhookTest(json()),
            EventName::Other(_) => EventData::Unknown { name: self.name.clone(), json: json() },
        }
    }

    /// Reads the envelope; `None` if the body is none.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let envelope: Envelope = serde_json::from_slice(body).ok()?;
        let name = envelope.event.filter(|name| !name.is_empty())?;
        Some(Self {
            name: EventName::from(name),
            tenant_id: envelope.tenant_id,
            delivery_id: envelope.delivery_id.filter(|id| !id.is_empty()),
            occurred_at: envelope.occurred_at,
            json: envelope.data.unwrap_or_default(),
            extra: envelope.extra,
        })
    }
}

impl Debug for Event {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Event")
            .field("name", &self.name)
            .field("delivery_id", &crate::redact::Token(&self.delivery_id))
            .field("occurred_at", &self.occurred_at)
            .finish_non_exhaustive()
    }
}

/// An event's data: one arm for each event the vendor names, and one for those it will name.
///
/// The vendor's page shows the data of `message.received` alone; the others are JSON until it shows more.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EventData {
    /// `message.received`
    MessageReceived(ReceivedMessage),
    /// `message.sent`
    MessageSent(Json),
    /// `message.delivered`
    MessageDelivered(Json),
    /// `message.read`
    MessageRead(Json),
    /// `message.failed`
    MessageFailed(Json),
    /// `campaign.started`
    CampaignStarted(Json),
    /// `campaign.completed`
    CampaignCompleted(Json),
    /// `campaign.paused`
    CampaignPaused(Json),
    /// `contact.created`
    ContactCreated(Json),
    /// `contact.updated`
    ContactUpdated(Json),
    /// `contact.opted_out`
    ContactOptedOut(Json),
    /// `session.connected`
    SessionConnected(Json),
    /// `session.disconnected`
    SessionDisconnected(Json),
    /// `webhook.test`
    WebhookTest(Json),
    /// An event this version of the library does not know.
    Unknown {
        /// Its name.
        name: EventName,
        /// Its data.
        json: Json,
    },
}

/// A message that came in.
///
/// Source: Zagely, "Webhooks", the payload sample.
#[model]
pub struct ReceivedMessage {
    /// Who sent it.
    pub contact: Option<EventContact>,
    /// The channel it came through.
    pub channel: Option<Channel>,
    /// Its text.
    pub content: Option<String>,
}

/// A contact, as an event names it.
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

/// The members of a delivery's body.
#[derive(Default)]
struct Envelope {
    event: Option<String>,
    tenant_id: Option<Id>,
    delivery_id: Option<Id>,
    occurred_at: Option<Timestamp>,
    data: Option<Json>,
    extra: crate::json::Object,
}

impl<'de> serde::Deserialize<'de> for Envelope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use crate::answer::{Key, Slot};

        struct Members;

        impl<'de> serde::de::Visitor<'de> for Members {
            type Value = Envelope;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("an event")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
                let mut envelope = Envelope::default();
                while let Some(Key(key)) = map.next_key()? {
                    match &*key {
                        "event" => {
                            // A name is text; a number in its place is no event.
                            let name: Json = map.next_value()?;
                            envelope.event = name.as_text().map(alloc::borrow::Cow::into_owned);
                        }
                        "tenant_id" => envelope.tenant_id.fill(&mut map)?,
                        "delivery_id" => envelope.delivery_id.fill(&mut map)?,
                        "occurred_at" => envelope.occurred_at.fill(&mut map)?,
                        "data" => envelope.data.fill(&mut map)?,
                        _ => {
                            let value = map.next_value()?;
                            envelope.extra.push(key.into_owned(), value);
                        }
                    }
                }
                Ok(envelope)
            }
        }

        deserializer.deserialize_map(Members)
    }
}
