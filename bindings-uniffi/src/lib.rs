//! The native library for Kotlin and Swift: core's UniFFI exports, and a faster interface for functions that run often.
#![cfg(feature = "native")]

mod bridge;
mod c;
#[cfg(feature = "jni")]
mod jni;

hudhud::uniffi_reexport_scaffolding!();
