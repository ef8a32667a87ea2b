//! Core as a wasm module for the npm package `hudhud`.
//!
//! Steps, requests, metadata, facts of calls and errors reach JavaScript as plain objects, bodies as `Uint8Array`. The
//! inputs of calls, options and decoded answers cross as JSON text, which is faster: see `wire`. The public classes and types are in
//! TypeScript: some are written by hand (`js`), others are generated from the catalog (`generate`).
//!
//! The crate is built twice: in full, and without the feature `client`. The second module has only the verifier of
//! webhooks. It needs no std and stays smaller without it.

#![cfg_attr(not(feature = "client"), no_std)]
#![allow(unreachable_pub, reason = "JavaScript calls the exported items")]

extern crate alloc;
// The module of the verifier has no std. On other targets this crate is only linted.
#[cfg(all(not(feature = "client"), not(target_arch = "wasm32")))]
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
mod rate_limiter;
#[cfg(feature = "client")]
mod text;
#[cfg(feature = "client")]
mod value;
#[cfg(not(feature = "client"))]
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
