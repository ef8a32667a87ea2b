//! What each binding framework must be told of the leaf types (JSON, times, three-valued fields), once.
//!
//! Rust lets only the crate of a type or of a trait join the two, so these lines stand here and not in the bindings;
//! everything else about a host is in its own folder, and what differs from struct to struct is written by
//! `#[model]` and `#[endpoint]`.

#[cfg(feature = "wasm")]
mod javascript;
#[cfg(feature = "uniffi")]
pub mod kotlin_swift;
#[cfg(feature = "python")]
pub mod python;
