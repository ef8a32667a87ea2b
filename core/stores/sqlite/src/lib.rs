#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
mod inbox;
mod receipt;
mod table;

pub use crate::error::Error;
pub use crate::inbox::SqliteInbox;
pub use crate::receipt::{Lease, Outcome, Receipt};
