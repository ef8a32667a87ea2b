//! Randomness for idempotency keys and for the jitter of waits.

/// Returns 16 random bytes from the operating system.
///
/// # Panics
/// If the operating system has no source of randomness.
#[must_use]
pub fn entropy() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_draws_differ() {
        assert_ne!(super::entropy(), super::entropy());
    }
}
