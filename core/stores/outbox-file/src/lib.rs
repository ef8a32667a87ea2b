#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
mod journal;
mod outbox_file;

pub use crate::error::OutboxFileError;
pub use crate::outbox_file::OutboxFile;
