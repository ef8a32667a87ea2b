#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
mod inbox;
mod journal;
mod rate_limiter;
mod receipt;
mod table;

/// The time to wait for a transaction of another process.
const LOCK_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

pub use crate::error::Error;
pub use crate::inbox::SqliteInbox;
pub use crate::rate_limiter::SqliteRateLimiterStore;
pub use crate::receipt::{Lease, Outcome, Receipt};
