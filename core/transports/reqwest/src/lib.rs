#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
mod store;
mod transport;

pub use hudhud_transport::Limits;
/// The HTTP library, for [`ReqwestTransport::with_builder`] and [`ReqwestTransport::with_client`].
pub use reqwest;

pub use crate::error::BuildError;
pub use crate::store::StoreOnThread;
pub use crate::transport::ReqwestTransport;
