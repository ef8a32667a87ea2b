//! The rate limiter: decides when a request may leave. `docs/rate-limiter.md` explains its rules.

pub(crate) mod bytes;
pub(crate) mod feedback;
pub(crate) mod lease;
#[cfg(feature = "std")]
mod leased;
#[cfg(feature = "std")]
pub(crate) mod long_wait;
mod pace;
pub(crate) mod permit;
mod quota;
pub(crate) mod rate_limiter;
#[cfg(feature = "std")]
pub(crate) mod shared;
#[cfg(feature = "std")]
pub(crate) mod store;
#[cfg(feature = "std")]
mod store_use;
#[cfg(test)]
mod tests;
pub(crate) mod tuning;
#[cfg(feature = "std")]
mod wait_queue;
