//! Signs deliveries as the vendor does, for tests of webhook receivers.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::codec::json_reader::read;
use crate::codec::output::{Seed, in_bytes};
use crate::error::Error;
use crate::text::hex;
use crate::types::json::Object;
use crate::types::time::UnixTime;
use crate::zagely::webhook::verifier::check_secret;
use crate::zagely::webhook::{DELIVERY_HEADER, EVENT_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};

/// A delivery like the vendor's.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// All headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Debug for Delivery {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("Delivery")
            .field("headers", &names)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// Signs a body with `sha256=` and the HMAC-SHA256 of `{timestamp}.{body}` in lower-case hex. The headers also name the
/// event and the delivery, if the body names them.
///
/// # Errors
/// `invalid_request` for `secrets` if the secret has no visible character.
pub fn sign(secret: &str, body: &[u8], now: UnixTime) -> Result<Delivery, Error> {
    check_secret(secret)?;
    let timestamp = now.as_secs().to_string();
    let unusable =
        |_| Error::invalid("secrets", "The webhook secret cannot be used: this is a bug, report it.");
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(unusable)?;
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    let mut signature = String::from("sha256=");
    hex::push(&mac.finalize().into_bytes(), &mut signature);
    let mut headers = Vec::with_capacity(5);
    headers.push(("Content-Type", "application/json".to_string()));
    if let Some(event) = in_bytes::<Object>(body) {
        for (member, header) in [("event", EVENT_HEADER), ("delivery_id", DELIVERY_HEADER)] {
            let text = event.get(member);
            let text = text.and_then(|json| read(json.as_str(), Seed::<String>::new()).ok().flatten());
            headers.extend(text.filter(|text| !text.is_empty()).map(|text| (header, text)));
        }
    }
    headers.push((TIMESTAMP_HEADER, timestamp));
    headers.push((SIGNATURE_HEADER, signature));
    Ok(Delivery { headers, body: body.into() })
}
