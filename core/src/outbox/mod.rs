//! The outbox: sends each of many messages once, with a journal. It does no I/O and reads no clock.
//!
//! [`Outbox`] decides which message is sent next. [`OutboxReader`] reads a journal that another program began, also in
//! another language. `docs/outbox.md` explains the rules.
//!
//! ```
//! use hudhud::outbox::{Next, Outbox};
//! use hudhud::{KeyPair, UnixTime, Zagely, zagely::SendMessage};
//!
//! let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test")?);
//! let now = UnixTime::from_secs(1_776_767_400);
//! let mut outbox = Outbox::create::<SendMessage>(&zagely, [7; 16], now); // 16 random bytes
//! outbox.add("+15551234567", 0, r#"{"to": "+15551234567", "message": "Hi Jane"}"#)?;
//! outbox.close();
//! while let Next::Send(claim) = outbox.next(now) {
//!     let records = outbox.take_records(); // append them to the journal, and make them durable; then send with claim.key
//!     outbox.sent(claim.number, Some("m-1"))?;
//! }
//! assert_eq!(outbox.report().sent, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answers;
mod calls;
mod canonical;
mod error;
mod failure;
mod frame;
mod index;
mod outcomes;
mod queries;
mod reader;
mod record;
mod report;
pub(crate) mod rules;
mod sender;
mod state_machine;
#[cfg(test)]
pub(crate) mod tests;

pub use answers::{Added, Claim, Next, OutboxMessage};
pub use calls::default_id;
pub use error::OutboxError;
pub use failure::Failure;
pub use reader::{OutboxJournal, OutboxReader};
pub use report::{MessageState, OutboxReport};
pub use state_machine::Outbox;
