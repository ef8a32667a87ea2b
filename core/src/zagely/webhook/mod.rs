//! Webhooks: deliveries from the vendor to your server, which are verified before they are trusted.
//!
//! ```
//! use hudhud::UnixTime;
//! use hudhud::webhook::{EventData, Verifier, sign};
//!
//! let body = br#"{"event":"message.received","delivery_id":"d-1","data":{"channel":"whatsapp","content":"Hello"}}"#;
//! let now = UnixTime::from_secs(1_776_767_400);
//! let delivery = sign("whsec_test", body, now)?; // what the vendor does, for tests
//!
//! let verifier = Verifier::new("whsec_test")?;
//! let event = verifier.verify(&delivery.headers, body, now)?;
//! if let EventData::MessageReceived(message) = &event.data {
//!     assert_eq!(message.content.as_deref(), Some("Hello"));
//! }
//! assert_eq!(event.replay_key(), "d-1"); // handled before? then answer 200 and do nothing
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod data;
mod error;
mod event;
mod headers;
mod key;
mod samples;
mod sign;
mod signature;
mod verified;
pub(crate) mod verifier;

pub use data::{
    CampaignData, ContactData, EventContact, MessageData, ReceivedMessage, SessionData, TestData,
};
pub use error::{WebhookError, WebhookErrorOrigin, WebhookErrorReason};
pub use event::{EVENT_TYPES, EventData, EventName, EventType, WebhookEvent};
pub use headers::Headers;
pub use samples::sample_delivery;
pub use sign::{Delivery, sign};
pub use signature::SignatureHeaders;
pub use verified::Verified;
pub use verifier::Verifier;

/// The header with the event's name. It is not signed: use the name in the body.
pub const EVENT_HEADER: &str = "X-Zagely-Event";
/// The header with the delivery's id. It is not signed: use the id in the body.
pub const DELIVERY_HEADER: &str = "X-Zagely-Delivery";
/// The header with the time of signing, in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "X-Zagely-Timestamp";
/// The header with `sha256=` and the signature in hex.
pub const SIGNATURE_HEADER: &str = "X-Zagely-Signature";
