//! Core as a wasm module for the npm package `hudhud`.
//!
//! Steps, requests, metadata, facts of calls and errors reach JavaScript as plain objects, bodies as `Uint8Array`. The
//! inputs of calls, options and decoded outputs cross as JSON text, which is faster: see `wire`. The public classes and types are in
//! TypeScript: some are written by hand (`js`), others are generated from the catalog (`generate`).
//!
//! The crate is built four times: in full, without the feature `client`, and with the feature `inbox` or `outbox` instead of
//! it. The second module has only the verifier of webhooks, the third one only the decisions of the inbox, and the fourth one
//! only the outbox. They need no std and stay smaller without it.

#![cfg_attr(not(feature = "client"), no_std)]
#![allow(unreachable_pub, reason = "JavaScript calls the exported items")]

extern crate alloc;
// The modules without the client have no std. On other targets this crate is only linted.
#[cfg(all(not(feature = "client"), not(target_arch = "wasm32")))]
extern crate std;

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod exchange;
#[cfg(feature = "client")]
mod failure;
#[cfg(all(feature = "inbox", not(feature = "client")))]
mod inbox;
#[cfg(feature = "client")]
mod options;
#[cfg(all(feature = "outbox", not(any(feature = "client", feature = "inbox"))))]
mod outbox;
#[cfg(feature = "client")]
mod page;
#[cfg(feature = "client")]
mod rate_limiter;
#[cfg(feature = "client")]
mod text;
mod time;
#[cfg(feature = "client")]
mod value;
#[cfg(not(any(feature = "client", feature = "inbox", feature = "outbox")))]
mod webhook;
#[cfg(feature = "client")]
mod wire;

/// Ends a call that panics with a `RuntimeError`. No input is known to make core panic. Without the panic messages the
/// module is smaller.
#[cfg(all(not(feature = "client"), target_arch = "wasm32"))]
#[panic_handler]
fn at_a_panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static HEAP: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
