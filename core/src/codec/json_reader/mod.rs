//! Readers of JSON text: a fast one, and a compact one for small programs (the feature `compact-json`). `read` is the one
//! that this build uses.

#[cfg(feature = "compact-json")]
mod compact;
#[cfg_attr(
    feature = "compact-json",
    allow(dead_code, unreachable_pub, reason = "then only `read_value_or_text` is used")
)]
mod fast;

#[cfg(feature = "compact-json")]
pub use compact::read;
#[cfg(not(feature = "compact-json"))]
pub use fast::read;
pub use fast::read_value_or_text;
