//! The direct interface for Swift: C functions. Their header is in `generate/src/swift.rs`.
#![allow(unsafe_code, reason = "Swift calls C functions and passes pointers")]

use std::{ptr, slice};

use crate::door::{self, Told};

/// The result of a call. The caller releases it with `hudhud_door_free`.
///
/// `kind` is 0 for a tape, 1 for a value, 2 for an error, and 3 for a fault, which is text. `data` points to `bytes` bytes.
/// For a tape they are whole cells.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct HudhudTold {
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

fn give(told: Told) -> HudhudTold {
    fn leak(kind: u32, bytes: Vec<u8>) -> HudhudTold {
        let bytes = Box::leak(bytes.into_boxed_slice());
        HudhudTold { kind, data: bytes.as_mut_ptr(), bytes: bytes.len() }
    }
    match told {
        Told::Tape(cells) => {
            let cells = Box::leak(cells.into_boxed_slice());
            HudhudTold { kind: 0, data: cells.as_mut_ptr().cast(), bytes: size_of_val(cells) }
        }
        Told::Bytes(bytes) => leak(1, bytes),
        Told::Error(bytes) => leak(2, bytes),
        Told::Fault(fault) => leak(3, fault.into()),
    }
}

/// Decodes a response. See `door::decode` for the format of the head.
///
/// # Safety
/// Each pointer points to as many bytes as the parameter after it says.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_door_decode(
    head: *const u8,
    head_bytes: usize,
    body: *const u8,
    body_bytes: usize,
) -> HudhudTold {
    // SAFETY: the caller guarantees it.
    let (head, body) = unsafe { (bytes(head, head_bytes), bytes(body, body_bytes)) };
    give(door::told(|| door::decode(head, body.into())))
}

/// Creates a verifier and returns its number. See `door::new_verifier` for the arguments.
///
/// # Safety
/// The pointer points to as many bytes as the parameter after it says.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_door_new_verifier(
    tolerance: i64,
    secrets: *const u8,
    count: usize,
) -> HudhudTold {
    // SAFETY: the caller guarantees it.
    let secrets = unsafe { bytes(secrets, count) };
    give(door::told(|| door::new_verifier(tolerance, secrets)))
}

/// Releases a verifier.
#[unsafe(no_mangle)]
extern "C" fn hudhud_door_free_verifier(verifier: i64) {
    door::free_verifier(verifier);
}

/// Verifies a delivery. The time `now` is in Unix seconds.
///
/// # Safety
/// Each pointer points to as many bytes as the parameter after it says.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_door_verify(
    verifier: i64,
    head: *const u8,
    head_bytes: usize,
    body: *const u8,
    body_bytes: usize,
    now: i64,
) -> HudhudTold {
    // SAFETY: the caller guarantees it.
    let (head, body) = unsafe { (bytes(head, head_bytes), bytes(body, body_bytes)) };
    give(door::told(|| door::verify(verifier, head, body, now)))
}

/// Releases the result of a call.
///
/// # Safety
/// `told` was returned by a function of this file and was not released before.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_door_free(told: HudhudTold) {
    // SAFETY: `give` made it from a boxed slice of cells (kind 0) or bytes (other kinds) of this length.
    unsafe {
        if told.kind == 0 {
            drop(Box::from_raw(ptr::slice_from_raw_parts_mut(told.data.cast::<u32>(), told.bytes / 4)));
        } else {
            drop(Box::from_raw(ptr::slice_from_raw_parts_mut(told.data, told.bytes)));
        }
    }
}
