//! Requests and responses as data, and the facts that their headers state.

pub(crate) mod date;
#[cfg(feature = "http")]
mod http_crate;
pub(crate) mod metadata;
pub(crate) mod method;
pub(crate) mod rate_limit;
pub(crate) mod request;
pub(crate) mod response;
