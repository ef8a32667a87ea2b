//! Readers of JSON text: a fast one, and a compact one for small programs (the feature `compact-json`). `read` is the one
//! that this build uses.

#[cfg(feature = "compact-json")]
mod compact;
#[cfg(any(not(feature = "compact-json"), feature = "python"))]
#[cfg_attr(feature = "compact-json", allow(dead_code, reason = "then Python uses only `read_value_or_text`"))]
mod fast;

#[cfg(feature = "compact-json")]
pub(crate) use compact::read;
#[cfg(not(feature = "compact-json"))]
pub(crate) use fast::read;
#[cfg(feature = "python")]
pub(crate) use fast::read_value_or_text;
