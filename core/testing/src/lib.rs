#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod fake;
mod reply;
mod store;

pub use fake::FakeTransport;
pub use reply::{Reply, answer, api_error, page};
pub use store::ForgetfulStore;
