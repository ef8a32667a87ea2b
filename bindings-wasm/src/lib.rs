//! Core as a wasm module, from which the npm package `hudhud` is made.
//!
//! What crosses is text, numbers and bytes: calls by name with their input as JSON, requests and answers as JSON, an
//! error as JSON that is thrown. The classes and types that a user sees are written in TypeScript beside this folder
//! (`js`) and stamped from the catalog (`generate`).
//!
//! It is built twice: whole, and without the feature `client`, when only the verifier of webhooks is in it.

#![no_std]
#![allow(unreachable_pub, reason = "what is exported is reached from JavaScript")]

extern crate alloc;
// In a wasm module there is no std; elsewhere this crate is only linted.
#[cfg(not(target_arch = "wasm32"))]
extern crate std;

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod exchange;
#[cfg(feature = "client")]
mod failure;
#[cfg(feature = "client")]
mod options;
#[cfg(feature = "client")]
mod page;
#[cfg(feature = "client")]
mod text;
#[cfg(not(feature = "client"))]
mod webhook;

/// No input makes core panic. Should it do so all the same, the call ends with a `RuntimeError`, and the texts of
/// panics need not travel to every Worker.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn at_a_panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;
