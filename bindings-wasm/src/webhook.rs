//! The verifier of webhooks: signature and age. The body's JSON is read by JavaScript's own reader.
//!
//! Nothing here names an error's `Display`, JSON or anything else that would make the module larger.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hudhud::UnixTime;
use hudhud::webhook::{Claim, SIGNATURE_HEADER, TIMESTAMP_HEADER, Verified, WebhookError};
use wasm_bindgen::prelude::wasm_bindgen;

/// Verifies deliveries with one secret, or with several.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Verifier(hudhud::webhook::Verifier);

#[wasm_bindgen]
impl Verifier {
    /// With secrets, between which NUL stands, and how many seconds a timestamp may be from now; with none, any age
    /// is taken.
    #[wasm_bindgen(constructor)]
    pub fn new(secrets: &str, tolerance: Option<f64>) -> Result<Verifier, String> {
        let verifier = hudhud::webhook::Verifier::with_secrets(secrets.split('\0'));
        let verifier = verifier.map_err(|error| error.message().to_string())?;
        Ok(Self(match tolerance {
            Some(seconds) => verifier.tolerance(seconds as u64),
            None => verifier.any_age(),
        }))
    }

    /// Verifies a delivery whose body is hashed here. `claim` is both headers in lines: `=` and the
    /// value, or nothing if there is no such header.
    pub fn verify(&self, claim: &str, body: &[u8], now: f64) -> Result<String, String> {
        self.0.authenticate(&headers(claim)[..], body, moment(now)).map(told).map_err(refused)
    }

    /// Verifies a delivery whose body the host hashed with each secret in turn; `tags` are the results, one behind
    /// the other, and `start` the beginning of the body.
    #[wasm_bindgen(js_name = verifyWith)]
    pub fn verify_with(&self, claim: &str, tags: &[u8], start: &[u8], now: f64) -> Result<String, String> {
        let headers = headers(claim);
        let claim = Claim::read(&headers[..]).map_err(refused)?;
        self.0.authenticate_with(&claim, tags.chunks(32), start, moment(now)).map(told).map_err(refused)
    }
}

/// What is signed before the body.
#[wasm_bindgen]
pub fn prefix(claim: &str) -> Result<Vec<u8>, String> {
    Claim::read(&headers(claim)[..]).map(|claim| claim.prefix()).map_err(refused)
}

/// Why a body that is no event is refused.
#[wasm_bindgen(js_name = noEvent)]
pub fn no_event() -> String {
    refused(WebhookError::malformed_payload())
}

/// The names of the two headers, in lines.
#[wasm_bindgen]
pub fn names() -> String {
    [TIMESTAMP_HEADER, SIGNATURE_HEADER].join("\n")
}

fn headers(claim: &str) -> Vec<(&'static str, &str)> {
    let pairs = [TIMESTAMP_HEADER, SIGNATURE_HEADER].into_iter().zip(claim.split('\n'));
    pairs.filter_map(|(name, line)| Some((name, line.strip_prefix('=')?))).collect()
}

fn moment(now: f64) -> UnixTime {
    UnixTime::from_millis(now as u64)
}

fn told(verified: Verified<()>) -> String {
    format!(
        "{}\n{}\n{}\n{}",
        // All of one type, so that one way of writing numbers is enough.
        verified.secret_index() as u64,
        verified.signed_at().as_millis(),
        verified.remember_until().as_millis(),
        verified.replay_key()
    )
}

fn refused(error: WebhookError) -> String {
    format!("{}\n{}\n{}", error.reason().as_str(), u64::from(error.http_status()), error.hint())
}
