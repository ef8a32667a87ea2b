//! Verifying a delivery: its signature first, then its age, then its payload.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::time::Duration;

use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::text::hex;
use crate::text::invisible::is_invisible;
use crate::types::time::UnixTime;
use crate::zagely::webhook::Event;
use crate::zagely::webhook::error::{Reason, WebhookError};
use crate::zagely::webhook::headers::Headers;
use crate::zagely::webhook::signature::Claim;
use crate::zagely::webhook::verified::Verified;

/// How far a delivery's timestamp may be from now unless the user says otherwise, in seconds.
///
/// The vendor names no window; five minutes is the habit of the field. It tries a delivery again for up to two and
/// a half hours, and whether each try is signed anew is not stated: if late tries are refused as too old, widen it.
const DEFAULT_TOLERANCE_S: u64 = 300;

/// How long a delivery's id is to be remembered at the least where a tolerance bounds the age of deliveries: the vendor's
/// tries end after 9370 seconds, but people send deliveries again by hand.
const REMEMBER: Duration = Duration::from_secs(24 * 60 * 60);

/// Verifies deliveries with one secret, or with several while they are being changed.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<Key>,
    /// Whether some secret looks as if more than the secret had been copied.
    padded: bool,
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

impl Verifier {
    /// With the webhook's secret, as text exactly as the vendor shows it.
    ///
    /// # Errors
    /// `invalid_request` under `secrets` if it has no visible character.
    pub fn new(secret: impl AsRef<str>) -> Result<Self, Error> {
        Self::with_secrets([secret])
    }

    /// With several secrets, of which any may have signed: the old and the new one while they are being changed.
    ///
    /// # Errors
    /// `invalid_request` under `secrets` if there is none, or one without a visible character.
    pub fn with_secrets<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let mut verifier = Self { keys: Vec::new(), padded: false, tolerance: Some(DEFAULT_TOLERANCE_S) };
        for secret in secrets {
            let secret = secret.as_ref();
            check_secret(secret)?;
            let quoted = secret.len() > 1 && matches!(secret.as_bytes()[0], b'"' | b'\'');
            verifier.padded |= quoted || secret.starts_with(is_invisible) || secret.ends_with(is_invisible);
            verifier.keys.push(Key::new(secret.as_bytes()));
        }
        if verifier.keys.is_empty() {
            return Err(Error::invalid("secrets", "There is no webhook secret to verify with."));
        }
        Ok(verifier)
    }

    /// How many seconds a delivery's timestamp may be before or after now. Default 300.
    #[must_use]
    pub fn tolerance(mut self, seconds: u64) -> Self {
        self.tolerance = Some(seconds);
        self
    }

    /// Takes deliveries of any age. Then only remembering [`Verified::replay_key`], without an end, keeps an old delivery
    /// from being sent here again by whoever saw it once.
    #[must_use]
    pub fn any_age(mut self) -> Self {
        self.tolerance = None;
        self
    }

    /// Verifies a delivery and reads its event.
    ///
    /// `body` is the bytes as they were received: not parsed and written again, not decoded as text.
    ///
    /// # Errors
    /// [`WebhookError`], with the HTTP status to answer with.
    pub fn verify(
        &self,
        headers: &(impl Headers + ?Sized),
        body: &[u8],
        now: UnixTime,
    ) -> Result<Verified<Event>, WebhookError> {
        let verified = self.authenticate(headers, body, now)?;
        let Some(event) = Event::read(body) else { return Err(WebhookError::malformed_payload()) };
        let Verified { secret_index, signed_at, replay_key, deduplicate_until, .. } = verified;
        let replay_key = event.delivery_id.clone().unwrap_or(replay_key);
        Ok(Verified { content: event, secret_index, signed_at, replay_key, deduplicate_until })
    }

    /// Verifies a delivery's signature and age alone, for whoever reads the body otherwise. The replay key is then
    /// the signature's, which is another for each signing of the same event.
    ///
    /// # Errors
    /// [`WebhookError`], with the HTTP status to answer with.
    pub fn authenticate(
        &self,
        headers: &(impl Headers + ?Sized),
        body: &[u8],
        now: UnixTime,
    ) -> Result<Verified<()>, WebhookError> {
        let claim = Claim::read(headers)?;
        let matching = self.keys.iter().position(|key| {
            let mut mac = key.whole.clone();
            mac.update(claim.timestamp);
            mac.update(Claim::SEPARATOR.as_bytes());
            mac.update(body);
            // Takes as long for a near miss as for a far one.
            mac.verify_slice(&claim.tag).is_ok()
        });
        self.settle(&claim, matching, body, now)
    }

    /// What comes first where the host hashes, for each secret in turn: see [`Verifier::authenticate_hashed`]. As secret
    /// as the secrets.
    pub fn blocks(&self) -> impl Iterator<Item = &[u8; 64]> {
        self.keys.iter().map(|key| &*key.inner)
    }

    /// [`Verifier::authenticate`] for a host that hashes faster than this crate can. HMAC hashes twice: all of the
    /// message, and then a few bytes. The first is the host's: `hashes` are the SHA-256 of each of
    /// [`Verifier::blocks`], [`Claim::prefix`] and the body, one behind the other. The second, the comparison and all
    /// else is done here. Of the body only the beginning is looked at, for a hint should nothing match.
    ///
    /// # Errors
    /// [`WebhookError`], with the HTTP status to answer with.
    pub fn authenticate_hashed<T: AsRef<[u8]>>(
        &self,
        claim: &Claim<'_>,
        hashes: impl IntoIterator<Item = T>,
        body: &[u8],
        now: UnixTime,
    ) -> Result<Verified<()>, WebhookError> {
        let matching = self.keys.iter().zip(hashes).position(|(key, hash)| {
            let tag = key.outer.clone().chain_update(hash).finalize();
            // Takes as long for a near miss as for a far one.
            CtOutput::<Hmac<Sha256>>::new(tag) == CtOutput::new(claim.tag.into())
        });
        self.settle(claim, matching, body, now)
    }

    /// Signature first, then age.
    fn settle(
        &self,
        claim: &Claim<'_>,
        matching: Option<usize>,
        body: &[u8],
        now: UnixTime,
    ) -> Result<Verified<()>, WebhookError> {
        let Some(secret_index) = matching else { return Err(self.mismatch(body)) };
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

    /// What may lie behind a signature that does not match, from what can be seen without giving anything away.
    fn mismatch(&self, body: &[u8]) -> WebhookError {
        let hint = if body.is_empty() {
            "The body is empty: was it read by something else before?"
        } else if body.starts_with(b"\xef\xbb\xbf") {
            "The body begins with a byte order mark, which the vendor does not send: pass the bytes as received."
        } else if is_base64(body) {
            "The body is base64, as serverless platforms pass it on: decode it before the verification."
        } else if self.padded {
            "The secret has quotes or spaces around it: was it copied with them?"
        } else if is_spaced(body) {
            "The body has spaces between its members, as if it had been parsed and written again: pass the bytes as \
             received."
        } else {
            "Is the secret this webhook's, and the body the very bytes received, not parsed and written again?"
        };
        WebhookError { reason: Reason::SignatureMismatch, hint: hint.into() }
    }
}

/// A secret, ready to start from.
#[derive(Clone)]
struct Key {
    whole: Hmac<Sha256>,
    /// What HMAC hashes before the message ...
    inner: Zeroizing<[u8; 64]>,
    /// ... and has hashed before the hash of that.
    outer: Sha256,
}

impl Key {
    fn new(secret: &[u8]) -> Self {
        // As HMAC makes a key that is longer than a block fit.
        let mut block = Zeroizing::new([0; 64]);
        if secret.len() > block.len() {
            block[..32].copy_from_slice(&Sha256::digest(secret));
        } else {
            block[..secret.len()].copy_from_slice(secret);
        }
        let with = |pad: u8| Zeroizing::new(block.map(|byte| byte ^ pad));
        Self {
            whole: Hmac::new(&(*block).into()),
            inner: with(0x36),
            outer: Sha256::new_with_prefix(&with(0x5c)[..]),
        }
    }
}

/// Refuses a secret in which nobody sees anything: blanks come of a variable that is not set, and everybody can sign
/// with them.
///
/// # Errors
/// `invalid_request` under `secrets`.
pub(super) fn check_secret(secret: &str) -> Result<(), Error> {
    if secret.chars().all(is_invisible) {
        let fault =
            "A webhook secret is empty, or has blanks and invisible characters only: is the variable set?";
        return Err(Error::invalid("secrets", fault));
    }
    Ok(())
}

/// Whether a body begins like the base64 of a JSON object.
fn is_base64(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\"").unwrap_or(body);
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\"\r\n".contains(byte);
    matches!(text, [b'e', b'y' | b'w' | b'3', ..]) && text.iter().take(512).all(is_digit)
}

/// Whether JSON has white space behind its first brace, comma or colon, as writers for people put it and the
/// vendor does not.
fn is_spaced(body: &[u8]) -> bool {
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

// Hints are joined, not formatted: the module for webhooks then does without the machinery of formats.
fn check_age(signed_at: u64, now: u64, tolerance: u64) -> Result<(), WebhookError> {
    let (age, ahead) = (now.saturating_sub(signed_at), signed_at.saturating_sub(now));
    let (reason, hint) = if age > tolerance {
        let hint = [
            "Signed ",
            &age.to_string(),
            " seconds ago, ",
            &tolerance.to_string(),
            " are allowed: a late try, an old delivery sent again, or a clock here that is ahead.",
        ];
        (Reason::TimestampTooOld, hint.concat())
    } else if ahead > tolerance {
        let hint = ["Signed ", &ahead.to_string(), " seconds from now: is the clock here behind?"];
        (Reason::TimestampInFuture, hint.concat())
    } else {
        return Ok(());
    };
    Err(WebhookError { reason, hint })
}

#[cfg(test)]
mod tests {
    use super::Verifier;
    use crate::types::time::UnixTime;
    use crate::zagely::webhook::error::Reason;
    use crate::zagely::webhook::sign;
    use crate::zagely::webhook::signature::Claim;
    use alloc::vec::Vec;
    use sha2::{Digest, Sha256};

    const NOW: UnixTime = UnixTime::from_secs(1_776_767_400);
    const BODY: &[u8] = br#"{"event":"webhook.test"}"#;

    /// What a host would hash.
    fn hashes(verifier: &Verifier, claim: &Claim<'_>) -> Vec<[u8; 32]> {
        let begun = verifier.blocks().map(Sha256::new_with_prefix);
        begun.map(|hash| hash.chain_update(claim.prefix()).chain_update(BODY).finalize().into()).collect()
    }

    #[test]
    fn a_hash_of_the_hosts_decides_as_our_own_would() {
        let long = "long".repeat(30);
        let verifier = Verifier::with_secrets(["old", &long, &long[..64], "new"]).unwrap();
        for secret in ["old", &long, &long[..64], "new"] {
            let delivery = sign(secret, BODY, NOW).unwrap();
            let claim = Claim::read(&delivery.headers).unwrap();
            let hashes = hashes(&verifier, &claim);
            let ours = verifier.authenticate(&delivery.headers, BODY, NOW).unwrap();
            assert_eq!(verifier.authenticate_hashed(&claim, &hashes, BODY, NOW).unwrap(), ours);
            let later = UnixTime::from_secs(NOW.as_secs() + 301);
            let late = verifier.authenticate_hashed(&claim, &hashes, BODY, later).unwrap_err();
            assert_eq!(late.reason(), Reason::TimestampTooOld);
        }
    }

    #[test]
    fn a_hash_that_is_not_the_messages_is_refused() {
        let verifier = Verifier::new("secret").unwrap();
        let delivery = sign("secret", BODY, NOW).unwrap();
        let claim = Claim::read(&delivery.headers).unwrap();
        let right = hashes(&verifier, &claim)[0];
        let mut wrong = right;
        wrong[31] ^= 1;
        // The third is one more than there are secrets.
        for hashes in [[&wrong[..], &[]], [&right[..31], &[]], [&[], &right]] {
            let error = verifier.authenticate_hashed(&claim, hashes, BODY, NOW).unwrap_err();
            assert_eq!(error.reason(), Reason::SignatureMismatch);
        }
    }
}
