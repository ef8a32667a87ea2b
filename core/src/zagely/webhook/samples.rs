//! Sample deliveries, one for each event, for tests of webhook receivers. Every host takes its samples from here.
//!
//! The vendor's page shows one sample, that of `message.received`. The data of all other events is inferred: it has the
//! members of the vendor's samples of messages, campaigns, contacts and sessions.

use crate::types::json::{Json, Object};
use crate::types::time::Timestamp;
use crate::zagely::webhook::EventName;

/// The workspace of every sample. The vendor's sample has the placeholder `uuid-of-tenant`.
const TENANT_ID: &str = "99999999-8888-7777-6666-555555555555";

/// Expands to the contact of a message. Source: Zagely, "Webhooks", the payload sample, whose `id` is a placeholder.
macro_rules! sender {
    () => {
        r#"{"id":"11111111-2222-3333-4444-555555555555","name":"Jane Doe","phone_number":"+15551234567","email":null}"#
    };
}

/// Expands to the data of an event of a message that was sent, with its status and further members (inferred).
macro_rules! sent_message {
    ($status:literal $($more:literal)?) => {
        concat!(
            r#"{"contact":"#, sender!(),
            r#","channel":"whatsapp","content":"Your order has shipped.","#,
            r#""message_id":"22222222-3333-4444-5555-666666666666","#,
            r#""session_id":"33333333-4444-5555-6666-777777777777","type":"text","direction":"outbound","status":""#,
            $status, r#"""#, $($more,)? "}"
        )
    };
}

/// Expands to the data of an event of a campaign, with its status and its statistics (inferred).
macro_rules! campaign {
    ($status:literal $stats:literal) => {
        concat!(
            r#"{"campaign":{"id":"44444444-5555-6666-7777-888888888888","name":"April Flash Sale","#,
            r#""channel":"whatsapp","status":""#,
            $status,
            r#""},"stats":"#,
            $stats,
            "}"
        )
    };
}

/// Expands to the data of an event of a contact, with the members that differ (inferred).
macro_rules! contact {
    ($tags:literal $opted_out_at:literal $updated_at:literal) => {
        concat!(
            r#"{"contact":{"id":"11111111-2222-3333-4444-555555555555","name":"Jane Doe","#,
            r#""phone_number":"+15551234567","email":"jane@example.com","tags":"#,
            $tags,
            r#","notes":null,"is_blocked":false,"opted_out_at":"#,
            $opted_out_at,
            r#","custom_fields":{"city":"New York"},"created_at":"2026-01-15T09:00:00Z","updated_at":""#,
            $updated_at,
            r#""}}"#
        )
    };
}

/// Expands to the data of an event of a session, with its status (inferred).
macro_rules! session {
    ($status:literal) => {
        concat!(
            r#"{"session":{"id":"33333333-4444-5555-6666-777777777777","name":"Customer Support","#,
            r#""phone_number":"+15551234567","status":""#,
            $status,
            r#"","daily_limit":500,"warmup_enabled":true,"created_at":"2026-01-10T08:00:00Z"}}"#
        )
    };
}

/// The data of `message.received`. Source: Zagely, "Webhooks", the payload sample.
const MESSAGE_RECEIVED: &str = concat!(
    r#"{"contact":"#,
    sender!(),
    r#","channel":"whatsapp","content":"Hello, I need help with my order."}"#
);
/// The data of `message.sent` (inferred).
const MESSAGE_SENT: &str = sent_message!("sent");
/// The data of `message.delivered` (inferred).
const MESSAGE_DELIVERED: &str = sent_message!("delivered");
/// The data of `message.read` (inferred).
const MESSAGE_READ: &str = sent_message!("read");
/// The data of `message.failed` (inferred).
const MESSAGE_FAILED: &str = sent_message!("failed" r#","error":"The recipient could not be reached.""#);
/// The data of `campaign.started` (inferred).
const CAMPAIGN_STARTED: &str = campaign!(
    "running" r#"{"total_recipients":1500,"sent_count":0,"delivered_count":0,"read_count":0,"failed_count":0,"pending_count":1500,"delivery_rate":0,"read_rate":0}"#
);
/// The data of `campaign.completed` (inferred). The statistics are those of the vendor's sample of a campaign.
const CAMPAIGN_COMPLETED: &str = campaign!(
    "completed" r#"{"total_recipients":1500,"sent_count":1450,"delivered_count":1380,"read_count":920,"failed_count":50,"pending_count":0,"delivery_rate":95.17,"read_rate":66.67}"#
);
/// The data of `campaign.paused` (inferred).
const CAMPAIGN_PAUSED: &str = campaign!(
    "paused" r#"{"total_recipients":1500,"sent_count":600,"delivered_count":570,"read_count":285,"failed_count":20,"pending_count":880,"delivery_rate":95,"read_rate":50}"#
);
/// The data of `contact.created` (inferred).
const CONTACT_CREATED: &str = contact!(r#"["vip"]"# "null" "2026-01-15T09:00:00Z");
/// The data of `contact.updated` (inferred).
const CONTACT_UPDATED: &str = contact!(r#"["vip","active"]"# "null" "2026-04-21T10:30:00Z");
/// The data of `contact.opted_out` (inferred).
const CONTACT_OPTED_OUT: &str =
    contact!(r#"["vip","active"]"# r#""2026-04-21T10:30:00Z""# "2026-04-21T10:30:00Z");
/// The data of `session.connected` (inferred).
const SESSION_CONNECTED: &str = session!("connected");
/// The data of `session.disconnected` (inferred).
const SESSION_DISCONNECTED: &str = session!("disconnected");
/// The data of `webhook.test` (inferred).
const WEBHOOK_TEST: &str =
    r#"{"webhook_id":"55555555-6666-7777-8888-999999999999","message":"This is a test event."}"#;

/// Returns the body of a sample delivery of an event, for tests of webhook receivers. The vendor's page shows the data
/// of `message.received`. The data of the other events is inferred, and may differ from the vendor's. The data of an event
/// that this version of the library does not know is empty.
///
/// The same arguments always give the same body. A member can be replaced:
///
/// ```
/// use hudhud::webhook::{EventName, Verifier, sample_delivery, sign};
/// use hudhud::{Json, UnixTime};
///
/// let mut body = sample_delivery(&EventName::WebhookTest, "d-1", &"2026-04-21T10:30:00Z".into());
/// body.insert("tenant_id", "t-1");
/// let body = Json::write(&body)?;
/// let now = UnixTime::from_secs(1_776_767_400);
/// let delivery = sign("whsec_test", body.as_str().as_bytes(), now)?;
/// let event = Verifier::new("whsec_test")?.verify(&delivery.headers, &delivery.body, now)?;
/// assert_eq!((event.name.as_str(), event.replay_key()), ("webhook.test", "d-1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn sample_delivery(event: &EventName, delivery_id: &str, occurred_at: &Timestamp) -> Object {
    Object::from([
        ("event", Json::from(event.as_str())),
        ("tenant_id", TENANT_ID.into()),
        ("delivery_id", delivery_id.into()),
        ("occurred_at", occurred_at.as_str().into()),
        // A test parses every constant.
        ("data", data(event).parse().unwrap_or_default()),
    ])
}

/// Declares the data of each sample.
macro_rules! sample_data {
    ($( #[doc = $doc:literal] $event:ident $name:literal: $source:ident $data:ident = $sample:ident, )*) => {
        /// Returns the data of an event's sample as JSON.
        const fn data(event: &EventName) -> &'static str {
            match event {
                $( EventName::$event => $sample, )*
                EventName::Other(_) => "{}",
            }
        }
    };
}
crate::for_each_event!(sample_data);
