#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod dial;
mod transport;

pub use hudhud_transport::Limits;
/// The HTTP library, for [`UreqTransport::with_config`].
pub use ureq;

pub use crate::transport::UreqTransport;
