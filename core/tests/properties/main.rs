//! Property tests: for any input, every parser returns a value or a typed error. The inputs are arbitrary bytes,
//! text, JSON, times and events. The tests also check general properties of the results.
//!
//! Failing inputs are printed in their smallest form and not stored. Important ones become separate tests.

mod calls;
mod exchanges;
mod inputs;
mod templates;
mod values;
mod webhooks;
