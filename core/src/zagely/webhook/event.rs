//! Events: their names, their envelope, and the type of each event's data.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::{self, Debug, Formatter};

use hudhud_macros::model;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

use crate::codec::json_reader::read;
use crate::codec::output::leaf::Untyped;
use crate::codec::output::visitor::BorrowedKey;
use crate::codec::output::{Seed, Slot, reading};
use crate::schema::{HasSchema, Type};
use crate::types::json::{Id, Json, Object};
use crate::types::time::Timestamp;
use crate::zagely::webhook::data::{
    CampaignData, ContactData, MessageData, ReceivedMessage, SessionData, TestData,
};

/// Passes every event to a macro.
///
/// `for_each_event!(my_macro)` expands to `my_macro! { … }` with a row `/// doc`, `Variant "name": source Data = SAMPLE,` for
/// each event. `source` is `documented` if the vendor's page shows the data, and `inferred` otherwise. `Data` is the type
/// of its data, and `SAMPLE` the constant in `samples.rs` with the data of its sample. A new event is declared here, for all
/// hosts.
#[macro_export]
macro_rules! for_each_event {
    ($callback:ident) => {
        $callback! {
            /// A message was received, on any channel.
            MessageReceived "message.received": documented ReceivedMessage = MESSAGE_RECEIVED,
            /// A message was handed to its channel.
            MessageSent "message.sent": inferred MessageData = MESSAGE_SENT,
            /// A message was delivered to the recipient's device.
            MessageDelivered "message.delivered": inferred MessageData = MESSAGE_DELIVERED,
            /// A message was read (WhatsApp and e-mail).
            MessageRead "message.read": inferred MessageData = MESSAGE_READ,
            /// A message failed after all attempts.
            MessageFailed "message.failed": inferred MessageData = MESSAGE_FAILED,
            /// A campaign started to send.
            CampaignStarted "campaign.started": inferred CampaignData = CAMPAIGN_STARTED,
            /// A campaign processed all its recipients.
            CampaignCompleted "campaign.completed": inferred CampaignData = CAMPAIGN_COMPLETED,
            /// A campaign was paused.
            CampaignPaused "campaign.paused": inferred CampaignData = CAMPAIGN_PAUSED,
            /// A contact was created.
            ContactCreated "contact.created": inferred ContactData = CONTACT_CREATED,
            /// A contact was changed.
            ContactUpdated "contact.updated": inferred ContactData = CONTACT_UPDATED,
            /// A contact unsubscribed from e-mail or push.
            ContactOptedOut "contact.opted_out": inferred ContactData = CONTACT_OPTED_OUT,
            /// A session was connected.
            SessionConnected "session.connected": inferred SessionData = SESSION_CONNECTED,
            /// A session lost its connection.
            SessionDisconnected "session.disconnected": inferred SessionData = SESSION_DISCONNECTED,
            /// A test event, from the dashboard or from `webhooks.test`.
            WebhookTest "webhook.test": inferred TestData = WEBHOOK_TEST,
        }
    };
}

/// Declares the names of the events.
macro_rules! event_names {
    ($( #[doc = $doc:literal] $event:ident $name:literal: $source:ident $data:ident = $sample:ident, )*) => {
        /// The name of an event.
        ///
        /// Source: Zagely, "Webhooks".
        #[model]
        pub enum EventName {
            $( #[doc = $doc] #[wire($name)] $event, )*
        }
    };
}
for_each_event!(event_names);

impl EventName {
    /// Returns `true` if this version of the library knows the event.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

/// An event.
///
/// Its members come from the signed body. The headers that repeat them are not signed and are ignored.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct WebhookEvent {
    /// The event's name.
    pub name: EventName,
    /// The workspace in which the event happened.
    pub tenant_id: Option<Id>,
    /// The delivery's id, if it is a JSON string. It is the same for each attempt to deliver it.
    pub delivery_id: Option<Id>,
    /// The time of the event.
    pub occurred_at: Option<Timestamp>,
    /// The event's data, typed as far as the vendor states it.
    pub data: EventData,
    /// Members of the body that have no field above, verbatim.
    pub extra: Object,
}

impl WebhookEvent {
    /// Reads the envelope. Returns `None` if the body is not an envelope.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        // The body was checked as a whole, so its strings need no further check.
        reading(body, |text| {
            // The second attempt is for a body that names several events, and for a body that is not an event.
            let envelope = read(text, Envelope { data_at_once: true });
            envelope.or_else(|_| read(text, Envelope { data_at_once: false }))
        })
        .ok()
    }
}

impl Debug for WebhookEvent {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("WebhookEvent")
            .field("name", &self.name)
            .field("delivery_id", &crate::redact::RedactUnlessToken(&self.delivery_id))
            .field("occurred_at", &self.occurred_at)
            .finish_non_exhaustive()
    }
}

/// An event with the type of its data.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct EventType {
    /// The event's name.
    pub name: &'static str,
    /// The type of its data.
    pub data: Type,
    /// True if the vendor's page shows the data. False if its type is inferred.
    pub is_documented: bool,
}

/// Expands to true for `documented`.
macro_rules! is_documented {
    (documented) => {
        true
    };
    (inferred) => {
        false
    };
}

/// Declares the data of the events.
macro_rules! event_data {
    ($( #[doc = $doc:literal] $event:ident $name:literal: $source:ident $data:ident = $sample:ident, )*) => {
        /// An event's data: one variant for each event that the vendor names, and one for events of later versions.
        ///
        /// The vendor's page shows the data of `message.received` alone. The types of the other events' data are inferred from
        /// the vendor's samples of messages, campaigns, contacts and sessions. A member that does not have the inferred type is
        /// empty; the body of the delivery holds it.
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(not(feature = "exhaustive"), non_exhaustive)]
        pub enum EventData {
            $( #[doc = $doc] $event($data), )*
            /// An event that this version of the library does not know.
            Unknown {
                /// The event's name.
                name: EventName,
                /// The event's data.
                json: Json,
            },
        }

        impl EventData {
            /// Returns the data of any event as JSON, under the vendor's names.
            #[must_use]
            pub fn to_json(&self) -> Json {
                match self {
                    // A map with text as keys can always be written as JSON.
                    $( Self::$event(data) => Json::write(data).unwrap_or_default(), )*
                    Self::Unknown { json, .. } => json.clone(),
                }
            }

            /// Returns the data of an event that was decoded as JSON.
            fn of(name: &EventName, json: Json) -> Self {
                match name {
                    $( EventName::$event => {
                        Self::$event(read(json.as_str(), Seed::new()).ok().flatten().unwrap_or_default())
                    } )*
                    EventName::Other(_) => Self::Unknown { name: name.clone(), json },
                }
            }
        }

        /// Every event with the type of its data, in the order of [`EventName`].
        pub const EVENT_TYPES: &[EventType] = &[
            $( EventType {
                name: $name,
                data: <$data as HasSchema>::TYPE,
                is_documented: is_documented!($source),
            }, )*
        ];
    };
}
for_each_event!(event_data);

impl<'de> serde::Deserialize<'de> for WebhookEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Envelope { data_at_once: false }.deserialize(deserializer)
    }
}

/// Seed that reads the envelope. If a member occurs several times, the last one counts, as for most JSON parsers.
struct Envelope {
    /// True if data is decoded by its type as soon as it arrives. It cannot be decoded again if another name follows.
    data_at_once: bool,
}

impl<'de> DeserializeSeed<'de> for Envelope {
    type Value = WebhookEvent;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<WebhookEvent, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Envelope {
    type Value = WebhookEvent;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WebhookEvent, A::Error> {
        let (mut name, mut message, mut json) = (None, None, None);
        let (mut tenant_id, mut delivery_id, mut occurred_at) = (None, None, None);
        let mut extra = Object::new();
        while let Some(BorrowedKey(key)) = map.next_key()? {
            match &*key {
                "event" => {
                    name = text(&map.next_value()?).map(EventName::from);
                    if message.is_some() && name != Some(EventName::MessageReceived) {
                        return Err(A::Error::custom("another name after the data"));
                    }
                }
                "tenant_id" => tenant_id.fill(&mut map)?,
                "delivery_id" => delivery_id = text(&map.next_value()?),
                "occurred_at" => occurred_at.fill(&mut map)?,
                // The name is first in every delivery, so that data can be decoded by its type in one pass.
                "data" if self.data_at_once && name == Some(EventName::MessageReceived) => {
                    message = Some(map.next_value_seed(Seed::new())?.unwrap_or_default());
                }
                "data" => {
                    json = Some(map.next_value::<Untyped>()?.0);
                    message = None;
                }
                _ => {
                    let Untyped(value) = map.next_value()?;
                    extra.push(key.into_owned(), value);
                }
            }
        }
        let name = name.ok_or_else(|| A::Error::missing_field("event"))?;
        let data = match message {
            Some(message) => EventData::MessageReceived(message),
            None => EventData::of(&name, json.unwrap_or_default()),
        };
        Ok(WebhookEvent { name, tenant_id, delivery_id, occurred_at, data, extra })
    }
}

/// Returns the text of a member that must be text and not empty. A number counts as missing.
fn text(json: &Json) -> Option<String> {
    json.as_text().filter(|text| !text.is_empty()).map(Cow::into_owned)
}
