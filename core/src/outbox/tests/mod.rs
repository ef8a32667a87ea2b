//! Tests of the outbox: single decisions, damaged journals, and properties over simulated sequences of events.

mod decisions;
mod journals;
mod properties;
pub(crate) mod simulation;
