#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
mod journal;
mod message_id;
#[cfg(feature = "client")]
mod outbox_file;

pub use crate::error::OutboxFileError;
pub use crate::journal::read_report;
#[doc(hidden)]
pub use crate::journal::{Durable, Journal};
#[doc(hidden)]
pub use crate::message_id::message_id;
#[cfg(feature = "client")]
pub use crate::outbox_file::OutboxFile;
