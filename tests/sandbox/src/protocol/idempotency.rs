//! The format of idempotency keys.

/// Returns true for 1 to 255 letters, digits, hyphens and underscores.
pub(crate) fn is_well_formed(idempotency_key: &[u8]) -> bool {
    (1..=255).contains(&idempotency_key.len())
        && idempotency_key.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_with_other_characters_or_lengths_are_malformed() {
        assert!(is_well_formed(b"5b2f9e3c-7b8d_4A"));
        assert!(is_well_formed(&[b'a'; 255]));
        assert!(!is_well_formed(&[b'a'; 256]));
        assert!(!is_well_formed(b"") && !is_well_formed(b"a b") && !is_well_formed("é".as_bytes()));
    }
}
