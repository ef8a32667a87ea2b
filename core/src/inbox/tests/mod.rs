//! The tests of the inbox.

mod decisions;
mod properties;
mod simulation;
