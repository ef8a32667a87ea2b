#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod fake;
mod fake_response;
mod store;

pub use fake::FakeTransport;
pub use fake_response::{FakeResponse, answer, api_error, page};
pub use store::ForgetfulStore;
