//! The native library for Kotlin and Swift: what core exports through UniFFI, and a faster door for what runs often.
#![cfg(feature = "native")]

mod c;
mod door;
#[cfg(feature = "jni")]
mod jni;

hudhud::uniffi_reexport_scaffolding!();
