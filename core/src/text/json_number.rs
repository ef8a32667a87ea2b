//! Numbers in JSON.

/// Parses a number, or returns `None` if it is larger than every float. serde_json parses floats, because its writer of
/// floats is needed anyway.
#[inline(never)]
pub(crate) fn float(text: &str) -> Option<f64> {
    serde_json::from_str(text).ok().filter(|float: &f64| float.is_finite())
}
