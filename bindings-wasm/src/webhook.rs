//! The verifier of webhooks. It checks signature and age. `JSON.parse` of JavaScript reads the body.
//!
//! To keep the module small, this file avoids JSON and the `Display` of errors. Results are passed as numbers, because
//! passing a text takes as long as hashing a small body.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hudhud::webhook::{
    Headers, SIGNATURE_HEADER, SignatureHeaders, TIMESTAMP_HEADER, Verified, WebhookError,
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::time::unix_time;

/// Verifies deliveries with one secret, or with several.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Verifier {
    verifier: hudhud::webhook::Verifier,
    /// The facts of the last delivery that was verified.
    last: Option<Verified<()>>,
}

#[wasm_bindgen]
impl Verifier {
    /// Makes a verifier. `secrets` are separated by NUL. `tolerance` is the number of seconds that a timestamp may be
    /// before or after now. Without it any age is accepted.
    #[wasm_bindgen(constructor)]
    pub fn new(secrets: &str, tolerance: Option<f64>) -> Result<Verifier, String> {
        let verifier = hudhud::webhook::Verifier::with_secrets(secrets.split('\0'));
        // The error has one field only.
        let verifier = verifier.map_err(|error| {
            let faults = error.field_errors().iter().flat_map(|(_, messages)| messages);
            faults.cloned().collect::<String>()
        })?;
        let verifier = match tolerance {
            Some(seconds) => verifier.tolerance(seconds as u64),
            None => verifier.without_tolerance(),
        };
        Ok(Self { verifier, last: None })
    }

    /// Verifies a delivery and hashes its body. Returns the index of the secret that matched. `claim` has a line for
    /// the timestamp header and one for the signature header: `=` and the value, or empty if the header is missing.
    pub fn verify(&mut self, claim: &str, body: &[u8], now: f64) -> Result<u32, String> {
        let verified = self.verifier.verify_signature(&Lines::read(claim), body, unix_time(now));
        self.keep(verified)
    }

    /// Returns the blocks that the host hashes before the timestamp: 64 bytes for each secret, in order.
    pub fn inner_key_blocks(&self) -> Vec<u8> {
        self.verifier.inner_key_blocks().flatten().copied().collect()
    }

    /// Verifies a delivery whose body the host hashed after each of the blocks. `hashes` has the results in order, 32
    /// bytes each. `start` is the beginning of the body.
    #[wasm_bindgen(js_name = verifyHashed)]
    pub fn verify_hashed(
        &mut self,
        claim: &str,
        hashes: &[u8],
        start: &[u8],
        now: f64,
    ) -> Result<u32, String> {
        let lines = Lines::read(claim);
        let claim = SignatureHeaders::read(&lines).map_err(refused)?;
        let verified = self.verifier.verify_prehashed(&claim, hashes.chunks(32), start, unix_time(now));
        self.keep(verified)
    }

    fn keep(&mut self, verified: Result<Verified<()>, WebhookError>) -> Result<u32, String> {
        let verified = verified.map_err(refused)?;
        let index = verified.secret_index() as u32;
        self.last = Some(verified);
        Ok(index)
    }

    /// Returns the time at which the last delivery was signed, in milliseconds.
    #[wasm_bindgen(js_name = signedAt)]
    pub fn signed_at(&self) -> f64 {
        self.last.as_ref().map_or(0.0, |last| last.signed_at().as_millis() as f64)
    }

    /// Returns the time until which to store the last delivery's replay key, in milliseconds. Without a tolerance there
    /// is no end.
    #[wasm_bindgen(js_name = deduplicateUntil)]
    pub fn deduplicate_until(&self) -> Option<f64> {
        Some(self.last.as_ref()?.deduplicate_until()?.as_millis() as f64)
    }

    /// Returns the replay key of the last delivery, for a delivery without an id.
    #[wasm_bindgen(js_name = replayKey)]
    pub fn replay_key(&self) -> String {
        self.last.as_ref().map_or("", |last| last.replay_key()).into()
    }
}

/// Returns the error for a body that is not an event.
#[wasm_bindgen(js_name = noEvent)]
pub fn no_event() -> String {
    refused(WebhookError::malformed_payload())
}

/// Returns three lines: the names of the timestamp and signature headers in lower case, and the separator that is signed
/// between the timestamp and the body.
#[wasm_bindgen]
pub fn signed() -> String {
    [TIMESTAMP_HEADER, SIGNATURE_HEADER, SignatureHeaders::SEPARATOR].join("\n").to_ascii_lowercase()
}

/// The values of the timestamp and signature headers.
struct Lines<'a>([Option<&'a str>; 2]);

impl<'a> Lines<'a> {
    fn read(claim: &'a str) -> Self {
        let (timestamp, signature) = claim.split_once('\n').unwrap_or_default();
        Self([timestamp, signature].map(|line| line.strip_prefix('=')))
    }
}

impl Headers for Lines<'_> {
    fn each<'a>(&'a self, name: &str, value: &mut dyn FnMut(&'a [u8])) {
        if let Some(line) = self.0[usize::from(name == SIGNATURE_HEADER)] {
            value(line.as_bytes());
        }
    }
}

fn refused(error: WebhookError) -> String {
    [error.reason().as_str(), &u64::from(error.http_status()).to_string(), error.hint()].join("\n")
}
