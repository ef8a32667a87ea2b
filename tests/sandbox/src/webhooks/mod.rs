//! Webhooks that are really delivered: the 14 events, their signature, their posting and its back-off.

pub(crate) mod deliver;
pub(crate) mod event;
pub(crate) mod sign;
