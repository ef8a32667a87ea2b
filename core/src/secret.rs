//! Keys: never shown, wiped when dropped, and fit to stand in a header.

use alloc::string::String;
use core::fmt::{self, Debug, Formatter};

use zeroize::Zeroizing;

use crate::error::Error;

/// A key or token. It is shown nowhere and its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A value for an HTTP header, told as `field` if it cannot be one.
    pub(crate) fn for_header(
        field: &'static str,
        prefix: &str,
        text: impl Into<String>,
    ) -> Result<Self, Error> {
        let text = Zeroizing::new(text.into());
        let fault = if text.is_empty() {
            "The key is empty."
        } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            "The key holds a space, a line break or another character that no key has; copy it again."
        } else if text.strip_prefix(prefix).is_none_or(str::is_empty) {
            match prefix {
                "pk_" => "A public key begins with pk_.",
                "sk_" => "A secret key begins with sk_.",
                _ => "A Wazaj key begins with wzj_.",
            }
        } else {
            return Ok(Self(text));
        };
        Err(Error::invalid(field, fault))
    }

    /// The text itself.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl Debug for Secret {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}
