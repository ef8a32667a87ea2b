//! The direct interface ("bridge") for the functions that run often. Verify and decode are one call each, from bytes to a
//! tape.
//!
//! UniFFI creates every value of an output three times, and its calls from the JVM go through JNA, which costs tens of
//! microseconds a call. Here a body is read once and not copied. Kotlin and Swift read their values from the body: see
//! `tape/mod.rs`. `jni.rs` and `c.rs` export these functions to the JVM and to Swift.
//!
//! When UniFFI's own generators are as fast, delete these three files, `NativeBridge.kt`, `Tape.kt`, `NativeBridge.swift` and
//! `Tape.swift`, and let an exchange end in a `Decoded` instead of a tape. No other code depends on them.
//!
//! Arguments are encoded as texts. Each text follows its length, a big-endian number of four bytes. Each function
//! documents the bytes before its texts.

use std::collections::HashMap;
use std::panic::{UnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use hudhud::inbox::storage_key;
use uniffi::Lower;

use crate::UniFfiTag;
use crate::error::HudhudError;
use crate::services::decode_to_tape;
use crate::webhook::WebhookVerifier;

/// The result of a call.
pub(crate) enum BridgeResult {
    /// A value on a tape.
    Tape(Vec<u32>),
    /// A value in UniFFI's bytes.
    Bytes(Vec<u8>),
    /// A `HudhudError` in UniFFI's bytes.
    Error(Vec<u8>),
    /// A message about a bug: a panic, or malformed arguments.
    Fault(&'static str),
}

impl From<HudhudError> for BridgeResult {
    fn from(error: HudhudError) -> Self {
        let mut bytes = Vec::with_capacity(256);
        <HudhudError as Lower<UniFfiTag>>::write(error, &mut bytes);
        Self::Error(bytes)
    }
}

/// Calls `what`, and turns its panic into a fault.
pub(crate) fn catch_panic(
    what: impl FnOnce() -> Result<BridgeResult, &'static str> + UnwindSafe,
) -> BridgeResult {
    catch_unwind(what).unwrap_or(Err("the native library panicked")).unwrap_or_else(BridgeResult::Fault)
}

/// The verifiers in use, by number. Numbers are not used again, so the number of a released verifier finds none.
static VERIFIERS: LazyLock<RwLock<HashMap<i64, Arc<WebhookVerifier>>>> = LazyLock::new(RwLock::default);
static LAST: AtomicI64 = AtomicI64::new(0);

const MALFORMED: &str = "the native library received malformed arguments";

/// Reads the next four bytes as a number.
fn number(bytes: &mut &[u8]) -> Result<i32, &'static str> {
    let (number, rest) = bytes.split_first_chunk().ok_or(MALFORMED)?;
    *bytes = rest;
    Ok(i32::from_be_bytes(*number))
}

/// Reads the bytes of the next text, without a check that they are UTF-8.
fn raw<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], &'static str> {
    let length = usize::try_from(number(bytes)?).map_err(|_| MALFORMED)?;
    let (text, rest) = bytes.split_at_checked(length).ok_or(MALFORMED)?;
    *bytes = rest;
    Ok(text)
}

fn text<'a>(bytes: &mut &'a [u8]) -> Result<&'a str, &'static str> {
    std::str::from_utf8(raw(bytes)?).map_err(|_| MALFORMED)
}

/// Reads headers, as names and values, to the end of the bytes.
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

/// Decodes a response to a tape with its output and its metadata.
///
/// `head` has the status (four bytes), 1 or 0 for an idempotency key (four bytes), and as texts the vendor, the call, the
/// key if there is one, and the names and values of the headers.
pub(crate) fn decode(head: &[u8], body: Vec<u8>) -> Result<BridgeResult, &'static str> {
    let head = &mut &head[..];
    let status = u16::try_from(number(head)?).map_err(|_| MALFORMED)?;
    let has_key = number(head)? != 0;
    let (vendor, call) = (text(head)?, text(head)?);
    let key = if has_key { Some(text(head)?.to_owned()) } else { None };
    let response = hudhud::Response::new(status, headers(head, text)?, body);
    Ok(decode_to_tape(vendor, call, response, key).map_or_else(BridgeResult::from, BridgeResult::Tape))
}

/// Creates a verifier, and returns its number in eight bytes. A negative tolerance stands for none.
pub(crate) fn new_verifier(tolerance: i64, mut secrets: &[u8]) -> Result<BridgeResult, &'static str> {
    let mut all = Vec::new();
    while !secrets.is_empty() {
        all.push(text(&mut secrets)?.to_owned());
    }
    Ok(match WebhookVerifier::new(all, tolerance.try_into().ok()) {
        Ok(verifier) => {
            let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
            VERIFIERS.write().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::new(verifier));
            BridgeResult::Bytes(number.to_be_bytes().into())
        }
        Err(error) => error.into(),
    })
}

/// Releases a verifier.
pub(crate) fn free_verifier(number: i64) {
    VERIFIERS.write().unwrap_or_else(PoisonError::into_inner).remove(&number);
}

/// Verifies a delivery with the verifier of this number. `head` has the headers, `now` is in Unix seconds.
pub(crate) fn verify(
    number: i64,
    mut head: &[u8],
    body: &[u8],
    now: i64,
) -> Result<BridgeResult, &'static str> {
    let verifier = VERIFIERS.read().unwrap_or_else(PoisonError::into_inner).get(&number).cloned();
    let verifier = verifier.ok_or("the webhook verifier was already released")?;
    let headers = headers(&mut head, raw)?;
    Ok(BridgeResult::Tape(verifier.verify_to_tape(&headers, body, now.try_into().unwrap_or(0))))
}

/// Converts the bytes of a step, or an error.
pub(crate) fn step(step: Result<Vec<u8>, HudhudError>) -> Result<BridgeResult, &'static str> {
    Ok(step.map_or_else(BridgeResult::from, BridgeResult::Bytes))
}

/// Returns the key under which a store keeps the event of this replay key.
pub(crate) fn inbox_key(replay_key: &[u8]) -> Result<BridgeResult, &'static str> {
    let key = std::str::from_utf8(replay_key).map_err(|_| MALFORMED)?;
    Ok(BridgeResult::Bytes(storage_key(key).into_bytes()))
}
