//! The sender of an outbox's messages, by which a journal recognizes it.

use sha2::{Digest, Sha256};

use crate::endpoint::Vendor;
use crate::outbox::frame::first;
use crate::service::Service;

impl<V: Vendor> Service<V> {
    /// Returns the digest of the vendor, the base URL and the public key. The vendor knows keys per public key.
    #[doc(hidden)]
    #[must_use]
    pub fn sender(&self) -> [u8; 8] {
        let (base_url, _) = self.identity();
        let key = self.vendor.public_key().unwrap_or_default();
        let parts = [V::INFO.name, base_url, key];
        let mut digest = Sha256::new().chain_update(b"hudhud outbox");
        for part in parts {
            digest.update([0]);
            digest.update(part);
        }
        first(&digest.finalize())
    }
}
