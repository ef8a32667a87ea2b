//! The inbox: handles each webhook delivery once. `docs/inbox.md` explains its rules.
//!
//! [`Inbox`] decides about deliveries. It does no I/O and reads no clock. A store keeps an [`Entry`] for each replay key, and
//! replaces it only if it is unchanged. Until the response is a success, the vendor
//! delivers again, at most five times in about two and a half hours. The inbox therefore needs no queue.
//!
//! ```
//! use hudhud::UnixTime;
//! use hudhud::inbox::{Decision, Inbox, Mode};
//!
//! let inbox = Inbox::new(Mode::Leased);
//! let now = UnixTime::from_secs(1_776_767_400);
//! let until = Some(UnixTime::from_secs(1_776_853_800)); // `Verified::deduplicate_until`
//!
//! // Nothing is stored for this replay key. The 16 bytes are random.
//! let Decision::Handle(claim) = inbox.claim(None, until, [1; 16], now) else { panic!("it is new") };
//! let mut stored = claim.change().entry; // the store inserts it, unless another entry is there
//!
//! // A second delivery at the same moment has to wait.
//! assert!(matches!(inbox.claim(Some(&stored), until, [2; 16], now), Decision::Busy(_)));
//!
//! // The handler has ended.
//! stored = claim.done(now).expect("a lease ends").entry;
//! assert!(matches!(inbox.claim(Some(&stored), until, [3; 16], now), Decision::Duplicate(_)));
//! ```

mod claim;
mod entry;
mod key;
mod rules;
#[cfg(test)]
mod tests;
pub(crate) mod tuning;

pub use claim::{Change, Claim, Decision};
pub use entry::{Entry, InvalidEntry, Status};
pub use key::storage_key;
pub use rules::{Inbox, Mode};
