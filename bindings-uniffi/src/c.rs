//! The door for Swift: functions of C, and a header for them.
#![allow(unsafe_code, reason = "Swift calls functions of C, and hands over pointers")]

use std::{ptr, slice};

use crate::door::{self, Told};

/// What a call told, until it is handed to `hudhud_door_free`.
///
/// `kind` is 0 for a tape, 1 for a value, 2 for an error, and 3 for a fault, which is text. `data` is so many bytes, in
/// whole cells if they are a tape.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct HudhudTold {
    kind: u32,
    data: *mut u8,
    bytes: usize,
}

/// Bytes of the host's, for as long as it is in a call.
///
/// # Safety
/// So many bytes are there, or it is none and null.
unsafe fn bytes<'a>(from: *const u8, count: usize) -> &'a [u8] {
    // SAFETY: as the caller says.
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

/// A head and a body: the reply.
///
/// # Safety
/// Each pointer is to so many bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_door_decode(
    head: *const u8,
    head_bytes: usize,
    body: *const u8,
    body_bytes: usize,
) -> HudhudTold {
    // SAFETY: as the caller says.
    let (head, body) = unsafe { (bytes(head, head_bytes), bytes(body, body_bytes)) };
    give(door::told(|| door::decode(head, body.into())))
}

/// A tolerance, or -1, and secrets: the number of a verifier.
///
/// # Safety
/// The pointer is to so many bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_door_new_verifier(
    tolerance: i64,
    secrets: *const u8,
    count: usize,
) -> HudhudTold {
    // SAFETY: as the caller says.
    let secrets = unsafe { bytes(secrets, count) };
    give(door::told(|| door::new_verifier(tolerance, secrets)))
}

/// A verifier that is no longer needed.
#[unsafe(no_mangle)]
extern "C" fn hudhud_door_free_verifier(verifier: i64) {
    door::free_verifier(verifier);
}

/// A verifier's number, headers, a body, and the time in Unix seconds: the verification.
///
/// # Safety
/// Each pointer is to so many bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_door_verify(
    verifier: i64,
    head: *const u8,
    head_bytes: usize,
    body: *const u8,
    body_bytes: usize,
    now: i64,
) -> HudhudTold {
    // SAFETY: as the caller says.
    let (head, body) = unsafe { (bytes(head, head_bytes), bytes(body, body_bytes)) };
    give(door::told(|| door::verify(verifier, head, body, now)))
}

/// Lets go of what a call told.
///
/// # Safety
/// It is what a call told, and was not let go of before.
#[unsafe(no_mangle)]
unsafe extern "C" fn hudhud_door_free(told: HudhudTold) {
    // SAFETY: it was made by `give`, of one or the other, and so long.
    unsafe {
        if told.kind == 0 {
            drop(Box::from_raw(ptr::slice_from_raw_parts_mut(told.data.cast::<u32>(), told.bytes / 4)));
        } else {
            drop(Box::from_raw(ptr::slice_from_raw_parts_mut(told.data, told.bytes)));
        }
    }
}
