//! Tests of the limiter: single decisions, and properties over simulated sequences of events.

mod decisions;
mod properties;
mod simulation;
#[cfg(feature = "std")]
mod store_uses;
