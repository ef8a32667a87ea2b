//! The direct interface for the JVM: JNI, which costs a tenth of a microsecond a call.
//!
//! A call returns an `int[]` with a tape, a `byte[]` with a value, or an `Object[]` whose `byte[]` is an error.
#![allow(unsafe_code, reason = "the JVM finds native functions by name and passes pointers")]

use jni_sys::{JNIEnv, jarray, jboolean, jbyteArray, jclass, jint, jlong, jobject, jsize};
use uniffi::Lift;

use crate::UniFfiTag;
use crate::bridge::{self, BridgeResult};
use crate::error::HudhudError;
use crate::inbox;
use crate::webhook::render_template;

/// The JNI environment. It is valid during a native method.
#[derive(Clone, Copy)]
struct Jvm(*mut JNIEnv);

/// Calls one of JNI's functions.
macro_rules! call {
    ($jvm:expr, $function:ident $(, $argument:expr)*) => {{
        let env = $jvm.0;
        // SAFETY: the JVM passed `env` to the running native method, and it is used only during that method. The
        // arguments come from the JVM, or are buffers of the length that is passed with them.
        unsafe { ((**env).v1_2.$function)(env $(, $argument)*) }
    }};
}

impl Jvm {
    /// Copies an array, because the garbage collector may move it.
    fn bytes(self, array: jbyteArray) -> Vec<u8> {
        let length = call!(self, GetArrayLength, array);
        let mut bytes = Vec::with_capacity(length.unsigned_abs() as usize);
        call!(self, GetByteArrayRegion, array, 0, length, bytes.as_mut_ptr());
        let mut bytes = std::mem::ManuallyDrop::new(bytes);
        // SAFETY: `GetByteArrayRegion` has written `length` bytes there; `i8` and `u8` have the same layout.
        unsafe {
            Vec::from_raw_parts(bytes.as_mut_ptr().cast(), length.unsigned_abs() as usize, bytes.capacity())
        }
    }

    /// Copies an array, or returns nothing for null.
    fn bytes_or_none(self, array: jbyteArray) -> Option<Vec<u8>> {
        (!array.is_null()).then(|| self.bytes(array))
    }

    /// Creates an array. If memory is short, it returns null and the JVM throws an exception.
    fn array(self, bytes: &[u8]) -> jbyteArray {
        let length = length(bytes.len());
        let array = call!(self, NewByteArray, length);
        if !array.is_null() {
            call!(self, SetByteArrayRegion, array, 0, length, bytes.as_ptr().cast());
        }
        array
    }

    fn ints(self, cells: &[u32]) -> jarray {
        let length = length(cells.len());
        let array = call!(self, NewIntArray, length);
        if !array.is_null() {
            call!(self, SetIntArrayRegion, array, 0, length, cells.as_ptr().cast::<jint>());
        }
        array
    }

    fn give(self, result: BridgeResult) -> jobject {
        match result {
            BridgeResult::Tape(cells) => self.ints(&cells),
            BridgeResult::Bytes(bytes) => self.array(&bytes),
            BridgeResult::Error(bytes) => {
                let class = call!(self, FindClass, c"java/lang/Object".as_ptr());
                let bytes = self.array(&bytes);
                if class.is_null() || bytes.is_null() {
                    return std::ptr::null_mut();
                }
                call!(self, NewObjectArray, 1, class, bytes)
            }
            BridgeResult::Fault(fault) => {
                let class = call!(self, FindClass, c"java/lang/IllegalStateException".as_ptr());
                let fault = std::ffi::CString::new(fault).unwrap_or_default();
                if !class.is_null() {
                    call!(self, ThrowNew, class, fault.as_ptr());
                }
                std::ptr::null_mut()
            }
        }
    }
}

/// Converts a length. A length that exceeds the JVM's limit becomes -1, which `NewIntArray` and `NewByteArray` refuse.
fn length(length: usize) -> jsize {
    jsize::try_from(length).unwrap_or(-1)
}

/// Decodes a response. See `bridge::decode` for the format of the head.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_decode(
    env: *mut JNIEnv,
    _: jclass,
    head: jbyteArray,
    body: jbyteArray,
) -> jobject {
    let jvm = Jvm(env);
    let (head, body) = (jvm.bytes(head), jvm.bytes(body));
    jvm.give(bridge::catch_panic(|| bridge::decode(&head, body)))
}

/// Renders a template. The arguments are `(template, values, missing)` in UniFFI's byte format.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_render(env: *mut JNIEnv, _: jclass, arguments: jbyteArray) -> jobject {
    fn read<T: Lift<UniFfiTag>>(bytes: &mut &[u8]) -> Result<T, BridgeResult> {
        T::try_read(bytes).map_err(|error| {
            error.downcast::<HudhudError>().map_or(
                BridgeResult::Fault("the native library received malformed arguments"),
                BridgeResult::from,
            )
        })
    }
    let jvm = Jvm(env);
    let arguments = jvm.bytes(arguments);
    jvm.give(bridge::catch_panic(|| {
        let arguments = &mut &arguments[..];
        let mut rendered =
            || Ok(render_template(read(arguments)?, read(arguments)?, read(arguments)?)?.into_bytes());
        Ok(rendered().map_or_else(|result| result, BridgeResult::Bytes))
    }))
}

/// Creates a verifier and returns its number. See `bridge::new_verifier` for the arguments.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_newVerifier(
    env: *mut JNIEnv,
    _: jclass,
    tolerance: jlong,
    secrets: jbyteArray,
) -> jobject {
    let jvm = Jvm(env);
    let secrets = jvm.bytes(secrets);
    jvm.give(bridge::catch_panic(|| bridge::new_verifier(tolerance, &secrets)))
}

/// Releases a verifier.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_freeVerifier(_: *mut JNIEnv, _: jclass, verifier: jlong) {
    bridge::free_verifier(verifier);
}

/// Verifies a delivery. The time `now` is in Unix seconds.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_verify(
    env: *mut JNIEnv,
    _: jclass,
    verifier: jlong,
    headers: jbyteArray,
    body: jbyteArray,
    now: jlong,
) -> jobject {
    let jvm = Jvm(env);
    let (headers, body) = (jvm.bytes(headers), jvm.bytes(body));
    jvm.give(bridge::catch_panic(|| bridge::verify(verifier, &headers, &body, now)))
}

/// Returns the key under which a store keeps an event. The argument is the replay key in UTF-8.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_inboxKey(
    env: *mut JNIEnv,
    _: jclass,
    replay_key: jbyteArray,
) -> jobject {
    let jvm = Jvm(env);
    let replay_key = jvm.bytes(replay_key);
    jvm.give(bridge::catch_panic(|| bridge::inbox_key(&replay_key)))
}

/// Decides about a delivery. See `inbox::inbox_claim` for the arguments.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_inboxClaim(
    env: *mut JNIEnv,
    _: jclass,
    is_transactional: jboolean,
    lease: jlong,
    max_attempts: jlong,
    stored: jbyteArray,
    deduplicate_until: jlong,
    holder: jbyteArray,
    now: jlong,
) -> jobject {
    let jvm = Jvm(env);
    let (stored, holder) = (jvm.bytes_or_none(stored), jvm.bytes(holder));
    jvm.give(bridge::catch_panic(|| {
        let stored = stored.as_deref();
        bridge::step(inbox::claim(
            is_transactional,
            lease,
            max_attempts,
            stored,
            deduplicate_until,
            &holder,
            now,
        ))
    }))
}

/// Ends an attempt. See `inbox::inbox_end` for the arguments.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_inboxEnd(
    env: *mut JNIEnv,
    _: jclass,
    how: jint,
    entry: jbyteArray,
    expected: jbyteArray,
    max_attempts: jlong,
    now: jlong,
) -> jobject {
    let jvm = Jvm(env);
    let (entry, expected) = (jvm.bytes(entry), jvm.bytes_or_none(expected));
    jvm.give(bridge::catch_panic(|| {
        bridge::step(inbox::end(how, &entry, expected.as_deref(), max_attempts, now))
    }))
}
