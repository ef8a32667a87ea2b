//! Webhooks with real deliveries: the events, their signatures, the requests and the back-off.

pub(crate) mod client;
pub(crate) mod deliver;
pub(crate) mod event;
pub(crate) mod sign;
