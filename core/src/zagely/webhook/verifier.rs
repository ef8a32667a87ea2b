//! Verification of a delivery: first its signature, then its age, then its body.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::time::Duration;

use crate::error::Error;
use crate::service::variables::required;
use crate::text::hex;
use crate::text::invisible::is_invisible;
use crate::types::time::UnixTime;
use crate::zagely::webhook::WebhookEvent;
use crate::zagely::webhook::error::{WebhookError, WebhookErrorReason};
use crate::zagely::webhook::headers::Headers;
use crate::zagely::webhook::key::Key;
use crate::zagely::webhook::signature::SignatureHeaders;
use crate::zagely::webhook::verified::Verified;

/// The default for the greatest difference between a delivery's timestamp and now, in seconds.
///
/// The vendor states no limit. Five minutes is common for webhooks. The vendor repeats a failed delivery for up to two
/// and a half hours, and does not state whether it signs each attempt anew. If late attempts are refused as too old,
/// increase the tolerance.
const DEFAULT_TOLERANCE_S: u64 = 300;

/// The shortest time for which a replay key must be stored, if a tolerance limits the age of deliveries. The vendor's
/// attempts end after 9370 seconds, but people repeat deliveries by hand.
const REMEMBER: Duration = Duration::from_secs(24 * 60 * 60);

/// A verifier of deliveries, with one secret, or with several during a key rotation.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<Key>,
    /// True if a secret seems to have been copied with quotes or spaces around it.
    has_surrounding_noise: bool,
    tolerance: Option<u64>,
}

impl Debug for Verifier {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Verifier")
            .field("secrets", &self.keys.len())
            .field("tolerance", &self.tolerance)
            .finish_non_exhaustive()
    }
}

/// Returns the secrets in the variable `ZAGELY_WEBHOOK_SECRET`. See [`Verifier::from_variables`].
///
/// # Errors
/// `invalid_request` for the name of the variable if it has no value.
pub fn secrets_from_variables(mut lookup: impl FnMut(&str) -> Option<String>) -> Result<Vec<String>, Error> {
    const NAME: &str = "ZAGELY_WEBHOOK_SECRET";
    let mut visible = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
    let secrets = required(&mut visible, NAME, "set it to the secret from webhooks.create")?;
    Ok(secrets.split_whitespace().map(ToString::to_string).collect())
}

impl Verifier {
    /// Creates a verifier with the webhook's secret, exactly as the vendor shows it.
    ///
    /// # Errors
    /// `invalid_request` for `secrets` if the secret has no visible character.
    pub fn new(secret: impl AsRef<str>) -> Result<Self, Error> {
        Self::with_secrets([secret])
    }

    /// Creates a verifier that accepts a signature of any of the secrets: the old and the new one during a key
    /// rotation.
    ///
    /// # Errors
    /// `invalid_request` for `secrets` if there is no secret, or one without a visible character.
    pub fn with_secrets<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let mut verifier =
            Self { keys: Vec::new(), has_surrounding_noise: false, tolerance: Some(DEFAULT_TOLERANCE_S) };
        for secret in secrets {
            let secret = secret.as_ref();
            check_secret(secret)?;
            let quoted = secret.len() > 1 && matches!(secret.as_bytes()[0], b'"' | b'\'');
            verifier.has_surrounding_noise |=
                quoted || secret.starts_with(is_invisible) || secret.ends_with(is_invisible);
            verifier.keys.push(Key::new(secret.as_bytes()));
        }
        if verifier.keys.is_empty() {
            return Err(Error::invalid("secrets", "No webhook secret was given; pass at least one."));
        }
        Ok(verifier)
    }

    /// Creates a verifier from the variable `ZAGELY_WEBHOOK_SECRET`. Several secrets are separated by spaces. Core reads no
    /// environment itself: `lookup` returns the value of a variable.
    ///
    /// ```no_run
    /// let verifier = hudhud::webhook::Verifier::from_variables(|name| std::env::var(name).ok())?;
    /// # Ok::<(), hudhud::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_request` for the name of the variable if it has no value.
    pub fn from_variables(lookup: impl FnMut(&str) -> Option<String>) -> Result<Self, Error> {
        Self::with_secrets(secrets_from_variables(lookup)?)
    }

    /// Sets the greatest difference in seconds between a delivery's timestamp and now. Default 300.
    #[must_use]
    pub fn tolerance(mut self, seconds: u64) -> Self {
        self.tolerance = Some(seconds);
        self
    }

    /// Accepts deliveries of any age. Anyone who has seen a delivery can then send it again at any time. To detect this, store
    /// each [`Verified::replay_key`] for an unlimited time.
    #[must_use]
    pub fn without_tolerance(mut self) -> Self {
        self.tolerance = None;
        self
    }

    /// Verifies a delivery and decodes its event.
    ///
    /// `body` is the bytes as they were received. Do not parse and write them again, and do not decode them as text.
    ///
    /// # Errors
    /// [`WebhookError`], with the HTTP status of your response.
    pub fn verify(
        &self,
        headers: &(impl Headers + ?Sized),
        body: &[u8],
        now: UnixTime,
    ) -> Result<Verified<WebhookEvent>, WebhookError> {
        let verified = self.verify_signature(headers, body, now)?;
        let Some(event) = WebhookEvent::read(body) else { return Err(WebhookError::malformed_payload()) };
        let Verified { secret_index, signed_at, replay_key, deduplicate_until, .. } = verified;
        let replay_key = event.delivery_id.clone().unwrap_or(replay_key);
        Ok(Verified { content: event, secret_index, signed_at, replay_key, deduplicate_until })
    }

    /// Verifies a delivery's signature and age alone, for programs that decode the body themselves. The replay key is
    /// then taken from the signature, so it differs if the vendor signs the same event again.
    ///
    /// # Errors
    /// [`WebhookError`], with the HTTP status of your response.
    pub fn verify_signature(
        &self,
        headers: &(impl Headers + ?Sized),
        body: &[u8],
        now: UnixTime,
    ) -> Result<Verified<()>, WebhookError> {
        let claim = SignatureHeaders::read(headers)?;
        let matching = self.keys.iter().position(|key| {
            let message = [claim.timestamp, SignatureHeaders::SEPARATOR.as_bytes(), body];
            key.signed(message, &claim.tag)
        });
        self.finish_verification(&claim, matching, body, now)
    }

    /// Returns HMAC's inner key blocks, one for each secret, for a host that hashes itself: see
    /// [`Verifier::verify_prehashed`]. Treat them as secrets.
    pub fn inner_key_blocks(&self) -> impl Iterator<Item = &[u8; 64]> {
        self.keys.iter().map(|key| &*key.inner)
    }

    /// Does the same as [`Verifier::verify_signature`] for a host that hashes faster than this crate can.
    ///
    /// HMAC hashes twice: first the whole message, then a few bytes. The host computes the first hash. For each block
    /// of [`Verifier::inner_key_blocks`], `hashes` contains the SHA-256 of that block, [`SignatureHeaders::prefix`] and the body,
    /// concatenated. This function computes the second hash, and does the rest of the verification. It only reads the
    /// beginning of `body`, for a hint if no signature matches.
    ///
    /// # Errors
    /// [`WebhookError`], with the HTTP status of your response.
    pub fn verify_prehashed<T: AsRef<[u8]>>(
        &self,
        claim: &SignatureHeaders<'_>,
        hashes: impl IntoIterator<Item = T>,
        body: &[u8],
        now: UnixTime,
    ) -> Result<Verified<()>, WebhookError> {
        let mut keys = self.keys.iter().zip(hashes);
        let matching = keys.position(|(key, hash)| key.signed_prehashed(hash.as_ref(), &claim.tag));
        self.finish_verification(claim, matching, body, now)
    }

    /// Checks the signature first, then the age.
    fn finish_verification(
        &self,
        claim: &SignatureHeaders<'_>,
        matching: Option<usize>,
        body: &[u8],
        now: UnixTime,
    ) -> Result<Verified<()>, WebhookError> {
        let Some(secret_index) = matching else { return Err(self.mismatch_hint(body)) };
        let signed_at = claim.signed_at;
        if let Some(tolerance) = self.tolerance {
            check_age(signed_at, now.as_secs(), tolerance)?;
        }
        let window = self.tolerance.map(Duration::from_secs);
        let deduplicate_until = window.map(|window| now.after(REMEMBER.max(window.saturating_mul(2))));
        let mut replay_key = String::new();
        hex::push(&claim.tag[..16], &mut replay_key);
        Ok(Verified { content: (), secret_index, signed_at, replay_key, deduplicate_until })
    }

    /// Returns an error that names a possible cause of a wrong signature. It reveals nothing secret.
    fn mismatch_hint(&self, body: &[u8]) -> WebhookError {
        let hint = if body.is_empty() {
            "The body is empty: was it read before the verification?"
        } else if body.starts_with(b"\xef\xbb\xbf") {
            "The body begins with a byte order mark, which the vendor does not send: pass the bytes as received."
        } else if is_base64(body) {
            "The body is base64, as from a serverless platform: decode it before the verification."
        } else if self.has_surrounding_noise {
            "The secret has quotes or spaces around it: was it copied with them?"
        } else if looks_reserialized(body) {
            "The body has spaces between its members, as if it had been parsed and written again: pass the bytes as \
             received."
        } else {
            "Check that the secret is this webhook's and that the body is exactly the bytes received."
        };
        WebhookError { reason: WebhookErrorReason::SignatureMismatch, hint: hint.into() }
    }
}

/// Refuses a secret without a visible character. Blanks come from a variable that is not set, and everyone can sign
/// with them.
///
/// # Errors
/// `invalid_request` for `secrets`.
pub(super) fn check_secret(secret: &str) -> Result<(), Error> {
    if secret.chars().all(is_invisible) {
        let fault = "A webhook secret is empty or blank: is the variable set?";
        return Err(Error::invalid("secrets", fault));
    }
    Ok(())
}

/// Returns true for a body that begins like the base64 of a JSON object.
fn is_base64(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\"").unwrap_or(body);
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\"\r\n".contains(byte);
    matches!(text, [b'e', b'y' | b'w' | b'3', ..]) && text.iter().take(512).all(is_digit)
}

/// Returns `true` if JSON has white space after its first brace, comma or colon. The vendor writes no white space;
/// programs that format JSON for people do.
fn looks_reserialized(body: &[u8]) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    for pair in body.windows(2).take(512) {
        match pair[0] {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b',' | b':' if !quoted && pair[1].is_ascii_whitespace() => return true,
            _ => {}
        }
    }
    false
}

// Hints are concatenated and not formatted, so that the module for webhooks contains no formatting code.
fn check_age(signed_at: u64, now: u64, tolerance: u64) -> Result<(), WebhookError> {
    let (age, ahead) = (now.saturating_sub(signed_at), signed_at.saturating_sub(now));
    let (reason, hint) = if age > tolerance {
        let hint = [
            "Signed ",
            &age.to_string(),
            " seconds ago, but at most ",
            &tolerance.to_string(),
            " are allowed: it is a late or repeated delivery, or this machine's clock is ahead.",
        ];
        (WebhookErrorReason::TimestampTooOld, hint.concat())
    } else if ahead > tolerance {
        let hint = ["Signed ", &ahead.to_string(), " seconds in the future: is this machine's clock behind?"];
        (WebhookErrorReason::TimestampInFuture, hint.concat())
    } else {
        return Ok(());
    };
    Err(WebhookError { reason, hint })
}

#[cfg(test)]
mod tests {
    use super::Verifier;
    use crate::types::time::UnixTime;
    use crate::zagely::webhook::error::WebhookErrorReason;
    use crate::zagely::webhook::sign;
    use crate::zagely::webhook::signature::SignatureHeaders;
    use alloc::vec::Vec;
    use sha2::{Digest, Sha256};

    const NOW: UnixTime = UnixTime::from_secs(1_776_767_400);
    const BODY: &[u8] = br#"{"event":"webhook.test"}"#;

    /// Computes the hashes that a host would pass.
    fn hashes(verifier: &Verifier, claim: &SignatureHeaders<'_>) -> Vec<[u8; 32]> {
        let begun = verifier.inner_key_blocks().map(Sha256::new_with_prefix);
        begun.map(|hash| hash.chain_update(claim.prefix()).chain_update(BODY).finalize().into()).collect()
    }

    #[test]
    fn a_hash_of_the_hosts_decides_as_our_own_would() {
        let long = "long".repeat(30);
        let verifier = Verifier::with_secrets(["old", &long, &long[..64], "new"]).unwrap();
        for secret in ["old", &long, &long[..64], "new"] {
            let delivery = sign(secret, BODY, NOW).unwrap();
            let claim = SignatureHeaders::read(&delivery.headers).unwrap();
            let hashes = hashes(&verifier, &claim);
            let ours = verifier.verify_signature(&delivery.headers, BODY, NOW).unwrap();
            assert_eq!(verifier.verify_prehashed(&claim, &hashes, BODY, NOW).unwrap(), ours);
            let later = UnixTime::from_secs(NOW.as_secs() + 301);
            let late = verifier.verify_prehashed(&claim, &hashes, BODY, later).unwrap_err();
            assert_eq!(late.reason(), WebhookErrorReason::TimestampTooOld);
        }
    }

    #[test]
    fn a_hash_that_is_not_the_messages_is_refused() {
        let verifier = Verifier::new("secret").unwrap();
        let delivery = sign("secret", BODY, NOW).unwrap();
        let claim = SignatureHeaders::read(&delivery.headers).unwrap();
        let right = hashes(&verifier, &claim)[0];
        let mut wrong = right;
        wrong[31] ^= 1;
        // The third case has one hash more than there are secrets.
        for hashes in [[&wrong[..], &[]], [&right[..31], &[]], [&[], &right]] {
            let error = verifier.verify_prehashed(&claim, hashes, BODY, NOW).unwrap_err();
            assert_eq!(error.reason(), WebhookErrorReason::SignatureMismatch);
        }
    }
}
