//! The proof that core needs no std, on a machine that has one.
//!
//! `cargo build --package hudhud-no-std --profile no-std` builds this library with `panic = "abort"`. It then says
//! itself what happens at a panic, which std says too: one crate with std anywhere below it, and the compiler finds
//! two and refuses (E0152, `panic_impl`). Since it is a static library, the compiler also refuses if anything that
//! must be there is not: the allocator, for one. And since it calls what it proves, code is made for it.
//!
//! Built with `panic = "unwind"`, as the rest of the workspace, it takes std's word for it and proves nothing: there
//! cargo gives core the features that others ask for, std among them.

#![no_std]

extern crate alloc;
#[cfg(not(panic = "abort"))]
extern crate std;

use hudhud::webhook::{Verifier, sign};
use hudhud::zagely::SendMessage;
use hudhud::{CallOptions, IdempotencyKey, KeyPair, Missing, Object, Template, UnixTime, Zagely};

#[cfg(panic = "abort")]
#[panic_handler]
fn at_a_panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

#[cfg(panic = "abort")]
#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Renders a template, builds the request that sends it, and verifies a delivery: the length of the request's body,
/// or 0 if anything went wrong.
// Unsafe in name only: there is one function of this name.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn hudhud_without_std(seconds: u64) -> usize {
    try_everything(UnixTime::from_secs(seconds)).unwrap_or(0)
}

fn try_everything(now: UnixTime) -> Option<usize> {
    let values = Object::from([("name", "Jane")]);
    let text = Template::parse("Hi {{ name }}!").render(&values, Missing::Error).ok()?;

    let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test").ok()?);
    let options = CallOptions::new().idempotency_key(IdempotencyKey::from_entropy([7; 16]));
    let request = zagely.request(&SendMessage::text("+15551234567", text), &options).ok()?;

    let body = br#"{"event":"webhook.test","delivery_id":"d-1","data":{}}"#;
    let delivery = sign("whsec_test", body, now).ok()?;
    let event = Verifier::new("whsec_test").ok()?.verify(&delivery.headers, body, now).ok()?;
    event.name.is_known().then_some(request.body?.len())
}
