//! Readers of JSON text: a fast one, and a compact one for small programs. `read` is the one that this build uses.

#[cfg(any(target_family = "wasm", all(feature = "uniffi", not(feature = "python"))))]
mod compact;
#[cfg(not(any(target_family = "wasm", all(feature = "uniffi", not(feature = "python")))))]
mod fast;

#[cfg(any(target_family = "wasm", all(feature = "uniffi", not(feature = "python"))))]
pub(crate) use compact::read;
#[cfg(not(any(target_family = "wasm", all(feature = "uniffi", not(feature = "python")))))]
pub(crate) use fast::read;
#[cfg(feature = "python")]
pub(crate) use fast::read_or_cut;
