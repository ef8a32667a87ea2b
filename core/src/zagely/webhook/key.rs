//! A webhook's secret, prepared for HMAC.

use hmac::digest::CtOutput;
#[cfg(not(target_family = "wasm"))]
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A secret, prepared for hashing.
#[derive(Clone)]
pub(super) struct Key {
    /// HMAC's inner key block, which is hashed before the message.
    pub(super) inner: Zeroizing<[u8; 64]>,
    /// The state of HMAC before the message.
    #[cfg(not(target_family = "wasm"))]
    mac: Hmac<Sha256>,
    /// The state of the inner hash after the inner key block.
    #[cfg(target_family = "wasm")]
    begun: Sha256,
    /// The state of the outer hash after HMAC's outer key block.
    outer: Sha256,
}

impl Key {
    pub(super) fn new(secret: &[u8]) -> Self {
        // HMAC hashes a key that is longer than a block.
        let mut block = Zeroizing::new([0; 64]);
        if secret.len() > block.len() {
            block[..32].copy_from_slice(&hash(&Sha256::new(), &[secret]));
        } else {
            block[..secret.len()].copy_from_slice(secret);
        }
        let with = |pad: u8| Zeroizing::new(block.map(|byte| byte ^ pad));
        let (inner, outer) = (with(0x36), with(0x5c));
        Self {
            #[cfg(not(target_family = "wasm"))]
            mac: Hmac::new(&(*block).into()),
            #[cfg(target_family = "wasm")]
            begun: after(&inner),
            outer: after(&outer),
            inner,
        }
    }

    /// Returns true if a signature is that of a message, which consists of these texts.
    ///
    /// WebAssembly has its own code here, which makes the module for webhooks 840 bytes smaller. It takes a quarter
    /// longer for a small message.
    pub(super) fn signed(&self, message: [&[u8]; 3], tag: &[u8; 32]) -> bool {
        #[cfg(not(target_family = "wasm"))]
        {
            let [timestamp, separator, body] = message;
            let mut mac = self.mac.clone();
            mac.update(timestamp);
            mac.update(separator);
            mac.update(body);
            // The comparison takes the same time for all wrong signatures.
            mac.verify_slice(tag).is_ok()
        }
        #[cfg(target_family = "wasm")]
        self.signed_prehashed(&hash(&self.begun, &message), tag)
    }

    /// Returns true if a signature is that of a message with this inner hash.
    pub(super) fn signed_prehashed(&self, inner_hash: &[u8], tag: &[u8; 32]) -> bool {
        let expected = CtOutput::<Sha256>::new(hash(&self.outer, &[inner_hash]).into());
        // The comparison takes the same time for all wrong signatures.
        expected == CtOutput::new((*tag).into())
    }
}

/// Returns the state of a hash after a key block.
#[inline(never)]
fn after(block: &[u8; 64]) -> Sha256 {
    Sha256::new_with_prefix(block)
}

/// Continues a hash with some texts, and ends it. Not inlined, to keep the module for webhooks small.
#[inline(never)]
fn hash(begun: &Sha256, texts: &[&[u8]]) -> [u8; 32] {
    let mut hash = begun.clone();
    texts.iter().for_each(|text| hash.update(text));
    hash.finalize().into()
}
