//! The native library for Kotlin and Swift: what core exports through UniFFI, and a faster door for the JVM.
#![cfg(feature = "native")]

#[cfg(feature = "jni")]
mod jni;

hudhud::uniffi_reexport_scaffolding!();
