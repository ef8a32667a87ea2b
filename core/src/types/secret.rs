//! Keys: never shown, wiped when dropped, and valid as the value of a header.

use alloc::format;
use alloc::string::String;
use core::fmt::{self, Debug, Formatter};

use zeroize::Zeroizing;

/// The prefixes of the vendors' keys and secrets.
const PREFIXES: [&str; 4] = ["pk_", "sk_", "wzj_", "whsec_"];

/// A key or token. It is never shown, and its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Checks a key that is sent as the value of a header. The error names the fault and does not contain the key.
    pub(crate) fn for_header(prefix: &str, text: impl Into<String>) -> Result<Self, String> {
        let text = Zeroizing::new(text.into());
        let fault = if text.is_empty() {
            "The key is empty: is the variable set?"
        } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            "The key has a space, a line break or another illegal character; copy it again."
        } else if text.strip_prefix(prefix).is_none_or(str::is_empty) {
            // A known prefix is no secret, and shows which key was passed.
            let other = PREFIXES.iter().find(|other| **other != prefix && text.starts_with(**other));
            return Err(match other {
                Some(other) => format!("The key must start with {prefix}, but it starts with {other}."),
                None => format!("The key must start with {prefix}."),
            });
        } else {
            return Ok(Self(text));
        };
        Err(fault.into())
    }

    /// Returns the text of the key.
    pub(crate) fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl Debug for Secret {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}
