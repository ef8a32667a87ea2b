#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod convert;
mod limits;
mod random;
mod unpack;

/// The crate whose types requests and responses have.
pub use http;

pub use crate::convert::{http_request, response};
pub use crate::limits::Limits;
pub use crate::random::entropy;
