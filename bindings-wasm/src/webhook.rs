//! The verifier of webhooks: signature and age. The body's JSON is read by JavaScript's own reader.
//!
//! Nothing here names an error's `Display`, JSON or anything else that would make the module larger; and what is found
//! is handed over in numbers, since a text takes as long to cross as a small body takes to hash.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hudhud::UnixTime;
use hudhud::webhook::{Claim, Headers, SIGNATURE_HEADER, TIMESTAMP_HEADER, Verified, WebhookError};
use wasm_bindgen::prelude::wasm_bindgen;

/// Verifies deliveries with one secret, or with several.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Verifier {
    verifier: hudhud::webhook::Verifier,
    /// What was found out about the last delivery that was verified.
    last: Option<Verified<()>>,
}

#[wasm_bindgen]
impl Verifier {
    /// With secrets, between which NUL stands, and how many seconds a timestamp may be from now; with none, any age
    /// is taken.
    #[wasm_bindgen(constructor)]
    pub fn new(secrets: &str, tolerance: Option<f64>) -> Result<Verifier, String> {
        let verifier = hudhud::webhook::Verifier::with_secrets(secrets.split('\0'));
        // What is wrong with a secret is a fault of one field.
        let verifier = verifier.map_err(|error| {
            let faults = error.field_errors().iter().flat_map(|(_, messages)| messages);
            faults.cloned().collect::<String>()
        })?;
        let verifier = match tolerance {
            Some(seconds) => verifier.tolerance(seconds as u64),
            None => verifier.any_age(),
        };
        Ok(Self { verifier, last: None })
    }

    /// Verifies a delivery whose body is hashed here: the index of the secret that matched. `claim` is both headers in
    /// lines: `=` and the value, or nothing if there is no such header.
    pub fn verify(&mut self, claim: &str, body: &[u8], now: f64) -> Result<u32, String> {
        let verified = self.verifier.authenticate(&Lines::read(claim), body, moment(now));
        self.keep(verified)
    }

    /// What the host hashes before the timestamp, for each secret in turn: 64 bytes each.
    pub fn blocks(&self) -> Vec<u8> {
        self.verifier.blocks().flatten().copied().collect()
    }

    /// Verifies a delivery whose body the host hashed with each of the blocks in turn; `hashes` are the results, one
    /// behind the other, and `start` the beginning of the body.
    #[wasm_bindgen(js_name = verifyHashed)]
    pub fn verify_hashed(
        &mut self,
        claim: &str,
        hashes: &[u8],
        start: &[u8],
        now: f64,
    ) -> Result<u32, String> {
        let lines = Lines::read(claim);
        let claim = Claim::read(&lines).map_err(refused)?;
        let verified = self.verifier.authenticate_hashed(&claim, hashes.chunks(32), start, moment(now));
        self.keep(verified)
    }

    fn keep(&mut self, verified: Result<Verified<()>, WebhookError>) -> Result<u32, String> {
        let verified = verified.map_err(refused)?;
        let index = verified.secret_index() as u32;
        self.last = Some(verified);
        Ok(index)
    }

    /// When the last delivery was signed, in milliseconds.
    #[wasm_bindgen(js_name = signedAt)]
    pub fn signed_at(&self) -> f64 {
        self.last.as_ref().map_or(0.0, |last| last.signed_at().as_millis() as f64)
    }

    /// The moment until which the last delivery is to be remembered, in milliseconds; without a tolerance there is none.
    #[wasm_bindgen(js_name = deduplicateUntil)]
    pub fn deduplicate_until(&self) -> Option<f64> {
        Some(self.last.as_ref()?.deduplicate_until()?.as_millis() as f64)
    }

    /// What to remember of the last delivery if it has no id.
    #[wasm_bindgen(js_name = replayKey)]
    pub fn replay_key(&self) -> String {
        self.last.as_ref().map_or("", |last| last.replay_key()).into()
    }
}

/// Why a body that is no event is refused.
#[wasm_bindgen(js_name = noEvent)]
pub fn no_event() -> String {
    refused(WebhookError::malformed_payload())
}

/// What the host has to know of a delivery, in lines: the names of the two headers in lower case, and what is signed
/// between the timestamp and the body.
#[wasm_bindgen]
pub fn signed() -> String {
    [TIMESTAMP_HEADER, SIGNATURE_HEADER, Claim::SEPARATOR].join("\n").to_ascii_lowercase()
}

/// The two headers, in lines.
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

fn moment(now: f64) -> UnixTime {
    UnixTime::from_millis(now as u64)
}

fn refused(error: WebhookError) -> String {
    [error.reason().as_str(), &u64::from(error.http_status()).to_string(), error.hint()].join("\n")
}
