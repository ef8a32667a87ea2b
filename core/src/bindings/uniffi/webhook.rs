//! Webhooks and templates for Kotlin and Swift.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::bindings::uniffi::records::{Header, HudhudError};
use crate::bindings::uniffi::tape;
use crate::codec::field_errors::FieldErrors;
use crate::error::Error;
use crate::template::{Missing, Template};
use crate::types::json::{Json, Object};
use crate::types::time::{Timestamp, UnixTime};
use crate::zagely::webhook;
use crate::zagely::webhook::{EventData, Reason, ReceivedMessage, Verifier};

/// The events with their data: one arm for each that the vendor names, and one for those it will name.
macro_rules! events {
    ($( $event:ident $doc:tt: $data:ident, )*) => {
        /// What happened: one case for each event the vendor names, and one for those it will name.
        ///
        /// The vendor's page shows the data of `message.received` alone; the others are JSON until it shows more.
        #[derive(Clone, Debug, PartialEq, uniffi::Enum)]
        pub enum WebhookEvent {
            $(
                #[doc = $doc]
                $event {
                    /// The event's data.
                    data: $data,
                },
            )*
            /// An event this version of the library does not know.
            Unknown {
                /// Its name.
                name: String,
                /// Its data.
                json: Json,
            },
        }

        impl From<EventData> for WebhookEvent {
            fn from(data: EventData) -> Self {
                match data {
                    $( EventData::$event(data) => Self::$event { data }, )*
                    EventData::Unknown { name, json } => Self::Unknown { name: name.as_str().to_owned(), json },
                }
            }
        }
    };
}
events! {
    MessageReceived " `message.received`": ReceivedMessage,
    MessageSent " `message.sent`": Json,
    MessageDelivered " `message.delivered`": Json,
    MessageRead " `message.read`": Json,
    MessageFailed " `message.failed`": Json,
    CampaignStarted " `campaign.started`": Json,
    CampaignCompleted " `campaign.completed`": Json,
    CampaignPaused " `campaign.paused`": Json,
    ContactCreated " `contact.created`": Json,
    ContactUpdated " `contact.updated`": Json,
    ContactOptedOut " `contact.opted_out`": Json,
    SessionConnected " `session.connected`": Json,
    SessionDisconnected " `session.disconnected`": Json,
    WebhookTest " `webhook.test`": Json,
}

/// A delivery that was verified.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct VerifiedDelivery {
    /// What happened.
    pub event: WebhookEvent,
    /// The event's name, as the vendor writes it.
    pub name: String,
    /// The workspace it happened in.
    pub tenant_id: Option<String>,
    /// The delivery's id: the same for each try to deliver it.
    pub delivery_id: Option<String>,
    /// When it happened.
    pub occurred_at: Option<Timestamp>,
    /// What the vendor sent beside the members above, verbatim.
    pub extra: Object,
    /// Which of the secrets matched, counted from 0: when it is no longer the old one, that can go.
    pub secret_index: u32,
    /// When it was signed, in Unix seconds.
    pub signed_at: i64,
    /// What to remember so that the same delivery is not handled twice.
    pub replay_key: String,
    /// The moment until which to remember it, in Unix seconds; nothing without a tolerance, for then there is no end.
    pub deduplicate_until: Option<i64>,
}

/// Whether a delivery is to be believed.
#[derive(Clone, Debug, PartialEq, uniffi::Enum)]
pub enum Verification {
    /// It is.
    Verified {
        /// The delivery.
        delivery: Box<VerifiedDelivery>,
    },
    /// It is not.
    Refused {
        /// Why.
        reason: Reason,
        /// The HTTP status to answer with.
        http_status: u16,
        /// What may lie behind it, for one's own log.
        hint: String,
    },
}

fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// Verifies deliveries with one secret, or with several while they are being changed.
#[derive(Debug, uniffi::Object)]
pub struct WebhookVerifier(Verifier);

#[uniffi::export]
impl WebhookVerifier {
    /// With secrets, of which any may have signed. `tolerance` is how many seconds a timestamp may be from now;
    /// without one any age is taken.
    #[uniffi::constructor]
    pub fn new(secrets: Vec<String>, tolerance: Option<u64>) -> Result<Self, HudhudError> {
        let verifier = Verifier::with_secrets(secrets)?;
        Ok(Self(match tolerance {
            Some(seconds) => verifier.tolerance(seconds),
            None => verifier.any_age(),
        }))
    }

    /// Verifies a delivery and reads its event. `now` is in Unix seconds.
    pub fn verify(&self, headers: Vec<Header>, body: Vec<u8>, now: u64) -> Verification {
        let headers: Vec<_> = headers.into_iter().map(|header| (header.name, header.value)).collect();
        let verified = match self.0.verify(&headers, &body, UnixTime::from_secs(now)) {
            Ok(verified) => verified,
            Err(error) => {
                let (reason, hint) = (error.reason(), error.hint().to_owned());
                return Verification::Refused { reason, http_status: error.http_status(), hint };
            }
        };
        let secret_index = u32::try_from(verified.secret_index()).unwrap_or(u32::MAX);
        let signed_at = seconds(verified.signed_at());
        let deduplicate_until = verified.deduplicate_until().map(seconds);
        let replay_key = verified.replay_key().to_owned();
        let event = verified.into_inner();
        Verification::Verified {
            delivery: Box::new(VerifiedDelivery {
                name: event.name.as_str().to_owned(),
                event: event.data.into(),
                tenant_id: event.tenant_id,
                delivery_id: event.delivery_id,
                occurred_at: event.occurred_at,
                extra: event.extra,
                secret_index,
                signed_at,
                replay_key,
                deduplicate_until,
            }),
        }
    }
}

impl WebhookVerifier {
    /// [`WebhookVerifier::verify`] for hosts that read it without UniFFI: as cells, which they know how to read.
    #[must_use]
    pub fn verify_to_tape(
        &self,
        headers: &(impl webhook::Headers + ?Sized),
        body: &[u8],
        now: u64,
    ) -> Vec<u32> {
        let verified = self.0.authenticate(headers, body, UnixTime::from_secs(now)).and_then(|verified| {
            tape::verified(&verified, body).ok_or_else(webhook::WebhookError::malformed_payload)
        });
        verified.unwrap_or_else(|error| tape::refused(&error, body.len()))
    }
}

/// Signs a body as the vendor does, for the tests of whoever receives webhooks: all headers of the delivery. `now` is in
/// Unix seconds.
#[uniffi::export]
pub fn sign_delivery(secret: String, body: Vec<u8>, now: u64) -> Result<Vec<Header>, HudhudError> {
    let delivery = webhook::sign(&secret, &body, UnixTime::from_secs(now))?;
    let headers = delivery.headers.into_iter();
    Ok(headers.map(|(name, value)| Header { name: name.to_owned(), value }).collect())
}

/// The names of the headers that are looked at: the other two of a delivery are not signed.
#[uniffi::export]
#[must_use]
pub fn webhook_headers() -> Vec<String> {
    Vec::from([webhook::TIMESTAMP_HEADER.to_owned(), webhook::SIGNATURE_HEADER.to_owned()])
}

/// The names of all events that the vendor names, as it writes them.
#[uniffi::export]
#[must_use]
pub fn event_names() -> Vec<String> {
    match <webhook::EventName as crate::schema::Described>::KIND {
        crate::schema::Kind::Enum(open) => open.values.iter().map(|(name, _)| (*name).to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// A body such as the vendor delivers for an event of this name, for the tests of whoever receives webhooks. The data is
/// that of the vendor's page, which shows that of `message.received` alone; for every other event it is empty.
#[uniffi::export]
#[must_use]
pub fn sample_delivery(event: String) -> Vec<u8> {
    let data = match webhook::EventName::from(event.as_str()) {
        webhook::EventName::MessageReceived => {
            r#"{"contact":{"id":"11111111-2222-3333-4444-555555555555","name":"Jane Doe","phone_number":"+15551234567","email":null},"channel":"whatsapp","content":"Hello, I need help with my order."}"#
        }
        _ => "{}",
    };
    let event = Json::from(event);
    let head = r#""tenant_id":"99999999-8888-7777-6666-555555555555","delivery_id":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","occurred_at":"2026-04-21T10:30:00Z""#;
    alloc::format!(r#"{{"event":{},{head},"data":{data}}}"#, event.as_str()).into_bytes()
}

/// Fills values into a message template: `{{ name }}` becomes a value.
///
/// This comes close to what the vendor renders, and no closer than its page goes: it states the form of a variable,
/// and neither escaping nor what becomes of one without a value.
///
/// Without a value for some variable it is an `InvalidRequest` that names each, unless `missing` says otherwise.
#[uniffi::export]
pub fn render_template(template: String, values: Object, missing: Missing) -> Result<String, HudhudError> {
    Template::parse(template).render(&values, missing).map_err(|missing| {
        let mut faults = FieldErrors::default();
        for name in missing.names() {
            faults.add(name, "The template needs a value for it.");
        }
        Error::from_faults(None, faults).into()
    })
}

/// The names of a template's variables, each once, in order of first appearance.
#[uniffi::export]
pub fn template_variables(template: String) -> Vec<String> {
    Template::parse(template).variables().into_iter().map(ToOwned::to_owned).collect()
}
