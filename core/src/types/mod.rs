//! Basic values: JSON, times, keys, phone numbers. They do not depend on HTTP or on the vendors.

pub(crate) mod closed_enum;
pub(crate) mod idempotency_key;
pub(crate) mod json;
pub(crate) mod nullable;
pub(crate) mod phone;
pub(crate) mod secret;
pub(crate) mod time;
