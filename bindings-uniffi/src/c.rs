//! The direct interface for Swift: C functions. Their header is in `generate/src/swift.rs`.
#![allow(unsafe_code, reason = "Swift calls C functions and passes pointers")]

use std::{ptr, slice};

use crate::bridge::{self, BridgeResult};
use crate::inbox;

/// The result of a call. The caller releases it with `hudhud_free`.
///
/// `kind` is 0 for a tape, 1 for a value, 2 for an error, and 3 for a fault, which is text. `data` points to `bytes` bytes.
/// For a tape they are whole cells.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct HudhudResult {
    kind: u32,
    data: *mut u8,
    bytes: usize,
}

/// Borrows the caller's bytes for the duration of a call.
///
/// # Safety
/// `from` points to `count` bytes. It may be null if `count` is 0.
unsafe fn bytes<'a>(from: *const u8, count: usize) -> &'a [u8] {
    // SAFETY: the caller guarantees it.
    if count == 0 { &[] } else { unsafe { slice::from_raw_parts(from, count) } }
}

fn give(result: BridgeResult) -> HudhudResult {
    fn leak(kind: u32, bytes: Vec<u8>) -> HudhudResult {
        let bytes = Box::leak(bytes.into_boxed_slice());
        HudhudResult { kind, data: bytes.as_mut_ptr(), bytes: bytes.len() }
    }
    match result {
        BridgeResult::Tape(cells) => {
            let cells = Box::leak(cells.into_boxed_slice());
            HudhudResult { kind: 0, data: cells.as_mut_ptr().cast(), bytes: size_of_val(cells) }
        }
        BridgeResult::Bytes(bytes) => leak(1, bytes),
        BridgeResult::Error(bytes) => leak(2, bytes),
        BridgeResult::Fault(fault) => leak(3, fault.into()),
    }
}

/// Decodes a response. See `bridge::decode` for the format of the head.
///
/// # Safety
/// Each pointer points to as many bytes as the parameter after it says.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_decode(
    head: *const u8,
    head_bytes: usize,
    body: *const u8,
    body_bytes: usize,
) -> HudhudResult {
    // SAFETY: the caller guarantees it.
    let (head, body) = unsafe { (bytes(head, head_bytes), bytes(body, body_bytes)) };
    give(bridge::catch_panic(|| bridge::decode(head, body.into())))
}

/// Creates a verifier and returns its number. See `bridge::new_verifier` for the arguments.
///
/// # Safety
/// The pointer points to as many bytes as the parameter after it says.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_new_verifier(tolerance: i64, secrets: *const u8, count: usize) -> HudhudResult {
    // SAFETY: the caller guarantees it.
    let secrets = unsafe { bytes(secrets, count) };
    give(bridge::catch_panic(|| bridge::new_verifier(tolerance, secrets)))
}

/// Releases a verifier.
#[unsafe(no_mangle)]
extern "C" fn hudhud_free_verifier(verifier: i64) {
    bridge::free_verifier(verifier);
}

/// Verifies a delivery. The time `now` is in Unix seconds.
///
/// # Safety
/// Each pointer points to as many bytes as the parameter after it says.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_verify(
    verifier: i64,
    head: *const u8,
    head_bytes: usize,
    body: *const u8,
    body_bytes: usize,
    now: i64,
) -> HudhudResult {
    // SAFETY: the caller guarantees it.
    let (head, body) = unsafe { (bytes(head, head_bytes), bytes(body, body_bytes)) };
    give(bridge::catch_panic(|| bridge::verify(verifier, head, body, now)))
}

/// Returns the key under which a store keeps an event. The argument is the replay key in UTF-8.
///
/// # Safety
/// The pointer points to as many bytes as the parameter after it says.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_inbox_key(replay_key: *const u8, count: usize) -> HudhudResult {
    // SAFETY: the caller guarantees it.
    let replay_key = unsafe { bytes(replay_key, count) };
    give(bridge::catch_panic(|| bridge::inbox_key(replay_key)))
}

/// Decides about a delivery. See `inbox::inbox_claim` for the arguments. `has_stored` is 0 if the store has no entry.
///
/// # Safety
/// `stored` points to `stored_bytes` bytes, and `holder` to 16 bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_inbox_claim(
    is_transactional: u32,
    lease: i64,
    max_attempts: i64,
    has_stored: u32,
    stored: *const u8,
    stored_bytes: usize,
    deduplicate_until: i64,
    holder: *const u8,
    now: i64,
) -> HudhudResult {
    // SAFETY: the caller guarantees it.
    let (stored, holder) = unsafe { (bytes(stored, stored_bytes), bytes(holder, 16)) };
    give(bridge::catch_panic(|| {
        let (is_transactional, stored) = (is_transactional != 0, (has_stored != 0).then_some(stored));
        bridge::step(inbox::claim(
            is_transactional,
            lease,
            max_attempts,
            stored,
            deduplicate_until,
            holder,
            now,
        ))
    }))
}

/// Ends an attempt. See `inbox::inbox_end` for the arguments. `expected_bytes` is 0 if the store must have had no entry.
///
/// # Safety
/// Each pointer points to as many bytes as the parameter after it says.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_inbox_end(
    how: i32,
    entry: *const u8,
    entry_bytes: usize,
    expected: *const u8,
    expected_bytes: usize,
    max_attempts: i64,
    now: i64,
) -> HudhudResult {
    // SAFETY: the caller guarantees it.
    let (entry, expected) = unsafe { (bytes(entry, entry_bytes), bytes(expected, expected_bytes)) };
    give(bridge::catch_panic(|| {
        let expected = (!expected.is_empty()).then_some(expected);
        bridge::step(inbox::end(how, entry, expected, max_attempts, now))
    }))
}

/// Releases the result of a call.
///
/// # Safety
/// `result` was returned by a function of this file and was not released before.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_free(result: HudhudResult) {
    // SAFETY: `give` made it from a boxed slice of cells (kind 0) or bytes (other kinds) of this length.
    unsafe {
        if result.kind == 0 {
            drop(Box::from_raw(ptr::slice_from_raw_parts_mut(result.data.cast::<u32>(), result.bytes / 4)));
        } else {
            drop(Box::from_raw(ptr::slice_from_raw_parts_mut(result.data, result.bytes)));
        }
    }
}
