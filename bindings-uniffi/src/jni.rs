//! The faster door for the JVM: verify, render and decode as one call each on byte arrays.
//!
//! UniFFI reaches the JVM through JNA, which costs tens of microseconds a call. This is JNI, which costs a tenth of
//! one. The bytes are those that UniFFI would have carried: the generated Kotlin reads and writes them, and nothing
//! else knows them. When UniFFI's own generator speaks JNI, this file and `Door.kt` go.
//!
//! A result is a byte, 0 for a value and 1 for an error, and then the value or the error.
#![allow(unsafe_code, reason = "the JVM finds its functions by name, and to export a name is unsafe")]

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use hudhud::UniFfiTag;
use hudhud::hosts::kotlin_swift::services::decode_reply;
use hudhud::hosts::kotlin_swift::webhook::{Verification, WebhookVerifier, render_template};
use hudhud::hosts::kotlin_swift::wire::{HudhudError, Response};
use jni::errors::ThrowRuntimeExAndDefault;
use jni::objects::{JByteArray, JClass};
use jni::sys::jlong;
use jni::{Env, EnvUnowned};
use uniffi::{Lift, Lower};

/// The verifiers that the JVM holds, by number: a number that is no longer one finds nothing.
static VERIFIERS: LazyLock<RwLock<HashMap<i64, Arc<WebhookVerifier>>>> = LazyLock::new(RwLock::default);
static LAST: AtomicI64 = AtomicI64::new(0);

/// What ends a native method: it is thrown as a `RuntimeException`.
#[derive(Debug)]
struct Fault(String);

impl Display for Fault {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

impl From<jni::errors::Error> for Fault {
    fn from(error: jni::errors::Error) -> Self {
        Self(error.to_string())
    }
}

fn read<T: Lift<UniFfiTag>>(bytes: &mut &[u8]) -> Result<T, Fault> {
    T::try_read(bytes).map_err(|error| Fault(error.to_string()))
}

fn write<T: Lower<UniFfiTag>>(outcome: Result<T, HudhudError>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1024);
    match outcome {
        Ok(value) => {
            bytes.push(0);
            T::write(value, &mut bytes);
        }
        Err(error) => {
            bytes.push(1);
            <HudhudError as Lower<UniFfiTag>>::write(error, &mut bytes);
        }
    }
    bytes
}

/// Runs a native method that gives bytes back; a panic or a fault becomes an exception.
fn give<'caller>(
    mut env: EnvUnowned<'caller>,
    method: impl FnOnce(&Env<'_>) -> Result<Vec<u8>, Fault>,
) -> JByteArray<'caller> {
    env.with_env(|env| -> Result<_, Fault> {
        let bytes = method(env)?;
        Ok(env.byte_array_from_slice(&bytes)?)
    })
    .resolve::<ThrowRuntimeExAndDefault>()
}

/// `(vendor, call, status, headers, idempotency key)` and a body: the reply, or the error.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_decode<'caller>(
    env: EnvUnowned<'caller>,
    _: JClass<'caller>,
    head: JByteArray<'caller>,
    body: JByteArray<'caller>,
) -> JByteArray<'caller> {
    give(env, |env| {
        let head = env.convert_byte_array(head)?;
        let head = &mut &head[..];
        let (vendor, call) = (read(head)?, read(head)?);
        let response =
            Response { status: read(head)?, headers: read(head)?, body: env.convert_byte_array(body)? };
        Ok(write(decode_reply(vendor, call, response, read(head)?)))
    })
}

/// `(template, values, missing)`: the text, or the error.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_render<'caller>(
    env: EnvUnowned<'caller>,
    _: JClass<'caller>,
    arguments: JByteArray<'caller>,
) -> JByteArray<'caller> {
    give(env, |env| {
        let arguments = env.convert_byte_array(arguments)?;
        let arguments = &mut &arguments[..];
        Ok(write(render_template(read(arguments)?, read(arguments)?, read(arguments)?)))
    })
}

/// `(secrets, tolerance)`: the number of a verifier, or the error.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_newVerifier<'caller>(
    env: EnvUnowned<'caller>,
    _: JClass<'caller>,
    arguments: JByteArray<'caller>,
) -> JByteArray<'caller> {
    give(env, |env| {
        let arguments = env.convert_byte_array(arguments)?;
        let arguments = &mut &arguments[..];
        Ok(write(WebhookVerifier::new(read(arguments)?, read(arguments)?).map(|verifier| {
            let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
            VERIFIERS.write().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::new(verifier));
            number
        })))
    })
}

/// A verifier that is no longer needed.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_freeVerifier<'caller>(
    _: EnvUnowned<'caller>,
    _: JClass<'caller>,
    verifier: jlong,
) {
    VERIFIERS.write().unwrap_or_else(PoisonError::into_inner).remove(&verifier);
}

/// A verifier's number, headers, a body, and the time in Unix seconds: the verification.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_hudhud_Jni_verify<'caller>(
    env: EnvUnowned<'caller>,
    _: JClass<'caller>,
    verifier: jlong,
    headers: JByteArray<'caller>,
    body: JByteArray<'caller>,
    now: jlong,
) -> JByteArray<'caller> {
    give(env, |env| {
        let verifier = VERIFIERS.read().unwrap_or_else(PoisonError::into_inner).get(&verifier).cloned();
        let verifier = verifier.ok_or_else(|| Fault("the verifier was closed".into()))?;
        let headers = env.convert_byte_array(headers)?;
        let headers = read(&mut &headers[..])?;
        let body = env.convert_byte_array(body)?;
        let verification = verifier.verify_bytes(headers, &body, now.try_into().unwrap_or(0));
        let mut bytes = Vec::with_capacity(body.len() + 256);
        <Verification as Lower<UniFfiTag>>::write(verification, &mut bytes);
        Ok(bytes)
    })
}
