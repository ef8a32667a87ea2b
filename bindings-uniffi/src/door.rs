//! The faster way for what runs often: verify and decode as one call each, from bytes to cells.
//!
//! UniFFI makes every value of an answer three times, and reaches the JVM through JNA, which costs tens of microseconds a
//! call. Here a body is read once and stays where it is, and the host makes its values of it: see
//! `core/src/bindings/uniffi/tape.rs`. `jni.rs` and `c.rs` are the two ways in. When UniFFI's own generators are as
//! fast, these three files go, `Door.kt` and `Tape.kt`, `Door.swift` and `Tape.swift`, a call in flight ends in a `Decoded`
//! and not in a tape, and nothing else knows.
//!
//! Arguments are texts, each behind its length in four bytes, the greatest first; what stands before them is said where
//! they are read.

use std::collections::HashMap;
use std::panic::{UnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use hudhud::UniFfiTag;
use hudhud::bindings::uniffi::services::decode_to_tape;
use hudhud::bindings::uniffi::webhook::WebhookVerifier;
use hudhud::bindings::uniffi::wire::HudhudError;
use uniffi::Lower;

/// What is told to the host.
pub(crate) enum Told {
    /// A value, on a tape.
    Tape(Vec<u32>),
    /// A value in UniFFI's bytes.
    Bytes(Vec<u8>),
    /// A `HudhudError` in UniFFI's bytes.
    Error(Vec<u8>),
    /// What should not have happened.
    Fault(&'static str),
}

impl From<HudhudError> for Told {
    fn from(error: HudhudError) -> Self {
        let mut bytes = Vec::with_capacity(256);
        <HudhudError as Lower<UniFfiTag>>::write(error, &mut bytes);
        Self::Error(bytes)
    }
}

/// Does something; a panic becomes a fault.
pub(crate) fn told(what: impl FnOnce() -> Result<Told, &'static str> + UnwindSafe) -> Told {
    catch_unwind(what).unwrap_or(Err("the native library panicked")).unwrap_or_else(Told::Fault)
}

/// The verifiers that hosts hold, by number: a number that is no longer one finds nothing.
static VERIFIERS: LazyLock<RwLock<HashMap<i64, Arc<WebhookVerifier>>>> = LazyLock::new(RwLock::default);
static LAST: AtomicI64 = AtomicI64::new(0);

const MALFORMED: &str = "malformed arguments";

/// The next four bytes, as a number.
fn number(bytes: &mut &[u8]) -> Result<i32, &'static str> {
    let (number, rest) = bytes.split_first_chunk().ok_or(MALFORMED)?;
    *bytes = rest;
    Ok(i32::from_be_bytes(*number))
}

/// The next text, of which it is not known whether it is one.
fn raw<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], &'static str> {
    let length = usize::try_from(number(bytes)?).map_err(|_| MALFORMED)?;
    let (text, rest) = bytes.split_at_checked(length).ok_or(MALFORMED)?;
    *bytes = rest;
    Ok(text)
}

fn text<'a>(bytes: &mut &'a [u8]) -> Result<&'a str, &'static str> {
    std::str::from_utf8(raw(bytes)?).map_err(|_| MALFORMED)
}

/// Names and values, to the end.
fn headers<'a, T>(
    bytes: &mut &'a [u8],
    value: fn(&mut &'a [u8]) -> Result<T, &'static str>,
) -> Result<Vec<(&'a str, T)>, &'static str> {
    let mut headers = Vec::with_capacity(16);
    while !bytes.is_empty() {
        headers.push((text(bytes)?, value(bytes)?));
    }
    Ok(headers)
}

/// A status, whether a key was sent, the vendor, the call, the key, and headers; and a body: the reply.
pub(crate) fn decode(head: &[u8], body: Vec<u8>) -> Result<Told, &'static str> {
    let head = &mut &head[..];
    let status = u16::try_from(number(head)?).map_err(|_| MALFORMED)?;
    let has_key = number(head)? != 0;
    let (vendor, call) = (text(head)?, text(head)?);
    let key = if has_key { Some(text(head)?.to_owned()) } else { None };
    let response = hudhud::Response::new(status, headers(head, text)?, body);
    Ok(decode_to_tape(vendor, call, response, key).map_or_else(Told::from, Told::Tape))
}

/// A tolerance, or -1 for none, and secrets: the number of a verifier in eight bytes.
pub(crate) fn new_verifier(tolerance: i64, mut secrets: &[u8]) -> Result<Told, &'static str> {
    let mut all = Vec::new();
    while !secrets.is_empty() {
        all.push(text(&mut secrets)?.to_owned());
    }
    Ok(match WebhookVerifier::new(all, tolerance.try_into().ok()) {
        Ok(verifier) => {
            let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
            VERIFIERS.write().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::new(verifier));
            Told::Bytes(number.to_be_bytes().into())
        }
        Err(error) => error.into(),
    })
}

/// A verifier that is no longer needed.
pub(crate) fn free_verifier(number: i64) {
    VERIFIERS.write().unwrap_or_else(PoisonError::into_inner).remove(&number);
}

/// A verifier's number, headers, a body, and the time in Unix seconds: the verification.
pub(crate) fn verify(number: i64, mut head: &[u8], body: &[u8], now: i64) -> Result<Told, &'static str> {
    let verifier = VERIFIERS.read().unwrap_or_else(PoisonError::into_inner).get(&number).cloned();
    let verifier = verifier.ok_or("the verifier was closed")?;
    let headers = headers(&mut head, raw)?;
    Ok(Told::Tape(verifier.verify_to_tape(&headers, body, now.try_into().unwrap_or(0))))
}
