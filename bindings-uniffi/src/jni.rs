//! The door for the JVM: JNI, which costs a tenth of a microsecond a call.
//!
//! What comes of a call is an `int[]` with a tape, a `byte[]` with a value, or a `byte[]` in an `Object[]` with an error.
#![allow(unsafe_code, reason = "the JVM finds its functions by name, and hands over pointers")]

use hudhud::UniFfiTag;
use hudhud::bindings::uniffi::webhook::render_template;
use hudhud::bindings::uniffi::wire::HudhudError;
use jni_sys::{JNIEnv, jarray, jbyteArray, jclass, jint, jlong, jobject, jsize};
use uniffi::Lift;

use crate::door::{self, Told};

/// The JVM, for as long as it is in a native method.
#[derive(Clone, Copy)]
struct Jvm(*mut JNIEnv);

/// Calls one of JNI's functions.
macro_rules! call {
    ($jvm:expr, $function:ident $(, $argument:expr)*) => {{
        let env = $jvm.0;
        // SAFETY: the JVM handed this out for the native method that is running, and only within it is it used; the
        // arguments are those it handed out, or buffers of the length that is said.
        unsafe { ((**env).v1_2.$function)(env $(, $argument)*) }
    }};
}

impl Jvm {
    /// A copy of an array, which the garbage collector may move.
    fn bytes(self, array: jbyteArray) -> Vec<u8> {
        let length = call!(self, GetArrayLength, array);
        let mut bytes = Vec::with_capacity(length.unsigned_abs() as usize);
        call!(self, GetByteArrayRegion, array, 0, length, bytes.as_mut_ptr());
        let mut bytes = std::mem::ManuallyDrop::new(bytes);
        // SAFETY: so many bytes were just written there; a signed byte is a byte.
        unsafe {
            Vec::from_raw_parts(bytes.as_mut_ptr().cast(), length.unsigned_abs() as usize, bytes.capacity())
        }
    }

    /// A new array; it is null, and an exception thrown, if there is no room for it.
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

    fn give(self, told: Told) -> jobject {
        match told {
            Told::Tape(cells) => self.ints(&cells),
            Told::Bytes(bytes) => self.array(&bytes),
            Told::Error(bytes) => {
                let class = call!(self, FindClass, c"java/lang/Object".as_ptr());
                let bytes = self.array(&bytes);
                if class.is_null() || bytes.is_null() {
                    return std::ptr::null_mut();
                }
                call!(self, NewObjectArray, 1, class, bytes)
            }
            Told::Fault(fault) => {
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

/// Arrays of the JVM end where a signed number does; `NewIntArray` refuses what is negative.
fn length(length: usize) -> jsize {
    jsize::try_from(length).unwrap_or(-1)
}

/// A head and a body: the reply.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_decode(
    env: *mut JNIEnv,
    _: jclass,
    head: jbyteArray,
    body: jbyteArray,
) -> jobject {
    let jvm = Jvm(env);
    let (head, body) = (jvm.bytes(head), jvm.bytes(body));
    jvm.give(door::told(|| door::decode(&head, body)))
}

/// `(template, values, missing)` in UniFFI's bytes: the text.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_render(env: *mut JNIEnv, _: jclass, arguments: jbyteArray) -> jobject {
    fn read<T: Lift<UniFfiTag>>(bytes: &mut &[u8]) -> Result<T, Told> {
        T::try_read(bytes).map_err(|error| {
            error.downcast::<HudhudError>().map_or(Told::Fault("malformed arguments"), Told::from)
        })
    }
    let jvm = Jvm(env);
    let arguments = jvm.bytes(arguments);
    jvm.give(door::told(|| {
        let arguments = &mut &arguments[..];
        let mut rendered =
            || Ok(render_template(read(arguments)?, read(arguments)?, read(arguments)?)?.into_bytes());
        Ok(rendered().map_or_else(|told| told, Told::Bytes))
    }))
}

/// A tolerance and secrets: the number of a verifier.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_newVerifier(
    env: *mut JNIEnv,
    _: jclass,
    tolerance: jlong,
    secrets: jbyteArray,
) -> jobject {
    let jvm = Jvm(env);
    let secrets = jvm.bytes(secrets);
    jvm.give(door::told(|| door::new_verifier(tolerance, &secrets)))
}

/// A verifier that is no longer needed.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_freeVerifier(_: *mut JNIEnv, _: jclass, verifier: jlong) {
    door::free_verifier(verifier);
}

/// A verifier's number, headers, a body, and the time in Unix seconds: the verification.
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
    jvm.give(door::told(|| door::verify(verifier, &headers, &body, now)))
}
