#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod fake;
mod fake_response;
mod store;

pub use fake::FakeTransport;
pub use fake_response::{FakeResponse, api_error, page, success};
pub use store::ForgetfulStore;
