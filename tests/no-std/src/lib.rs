//! Proves that core needs no std, on a machine that has std.
//!
//! `cargo build --package hudhud-no-std --profile no-std` builds this library with `panic = "abort"`. The library
//! then defines its own panic handler. If any crate below it used std, the compiler would find a second one and
//! refuse (E0152, `panic_impl`). A static library must be complete, so the compiler also refuses if a part such as
//! the allocator is missing. The library calls the code that it proves, so that the compiler generates that code.
//!
//! With `panic = "unwind"`, as in the rest of the workspace, the library uses std and proves nothing. Cargo then
//! gives core the features that other packages request, including std.

#![no_std]

extern crate alloc;
#[cfg(not(panic = "abort"))]
extern crate std;

use hudhud::webhook::{Verifier, sign};
use hudhud::zagely::SendMessage;
use hudhud::{CallOptions, IdempotencyKey, KeyPair, MissingPolicy, Object, Template, UnixTime, Zagely};

#[cfg(panic = "abort")]
#[panic_handler]
fn at_a_panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

#[cfg(panic = "abort")]
#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Renders a template, builds the request that sends it, and verifies a delivery. Returns the length of the request's
/// body, or 0 if a step failed.
// The attribute counts as unsafe because symbol names must be unique. This name is.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn hudhud_without_std(seconds: u64) -> usize {
    try_everything(UnixTime::from_secs(seconds)).unwrap_or(0)
}

fn try_everything(now: UnixTime) -> Option<usize> {
    let values = Object::from([("name", "Jane")]);
    let text = Template::parse("Hi {{ name }}!").render(&values, MissingPolicy::Error).ok()?;

    let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test").ok()?);
    let options = CallOptions::new().idempotency_key(IdempotencyKey::from_entropy([7; 16]));
    let request = zagely.request(&SendMessage::text("+15551234567", text), &options).ok()?;

    let body = br#"{"event":"webhook.test","delivery_id":"d-1","data":{}}"#;
    let delivery = sign("whsec_test", body, now).ok()?;
    let event = Verifier::new("whsec_test").ok()?.verify(&delivery.headers, body, now).ok()?;
    event.name.is_known().then_some(request.body?.len())
}
