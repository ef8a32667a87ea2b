//! The identity of the sender of an outbox's messages, which the journal records.

use sha2::{Digest, Sha256};

use crate::endpoint::{Endpoint, EndpointSpec, Vendor};
use crate::outbox::error::OutboxError;
use crate::outbox::frame::first;
use crate::outbox::state_machine::{Outbox, name};
use crate::service::Service;
use crate::types::time::UnixTime;

impl<V: Vendor> Service<V> {
    /// Returns the digest of the vendor, the base URL and the public key. The vendor keeps the idempotency keys of each
    /// public key separately.
    #[doc(hidden)]
    #[must_use]
    pub fn sender(&self) -> [u8; 8] {
        let (base_url, _) = self.identity();
        digest(V::INFO.name, base_url, self.vendor.public_key().unwrap_or_default())
    }
}

impl Outbox {
    /// Does the same as [`Outbox::create`] for a call by its row of the catalog. For bindings, not public API.
    #[doc(hidden)]
    pub fn create_for<V: Vendor>(
        service: &Service<V>,
        call: &EndpointSpec,
        entropy: [u8; 16],
        now: UnixTime,
    ) -> Self {
        Self::begun(call, service.sender(), entropy, now)
    }

    /// Does the same as [`Outbox::create_for`] without a [`Service`], for a host whose client is in another wasm module.
    /// `base_url` has no slash at its end. `public_key` is empty for a vendor without one. For bindings, not public API.
    #[doc(hidden)]
    pub fn create_from(
        call: &EndpointSpec,
        base_url: &str,
        public_key: &str,
        entropy: [u8; 16],
        now: UnixTime,
    ) -> Self {
        Self::begun(call, digest(call.vendor.name, base_url, public_key), entropy, now)
    }

    /// Checks that the outbox was begun for this call and with this key. Do this before you continue a journal.
    ///
    /// # Errors
    /// [`OutboxError::OtherCall`], [`OutboxError::OtherSender`].
    pub fn check<E: Endpoint>(&self, service: &Service<E::Vendor>) -> Result<(), OutboxError> {
        self.check_for(service, E::SPEC)
    }

    /// Does the same as [`Outbox::check`] for a call by its row of the catalog. For bindings, not public API.
    #[doc(hidden)]
    pub fn check_for<V: Vendor>(&self, service: &Service<V>, call: &EndpointSpec) -> Result<(), OutboxError> {
        self.check_sender(call, service.sender())
    }

    /// Does the same as [`Outbox::check_for`] without a [`Service`]: see [`Outbox::create_from`]. For bindings, not public API.
    #[doc(hidden)]
    pub fn check_from(
        &self,
        call: &EndpointSpec,
        base_url: &str,
        public_key: &str,
    ) -> Result<(), OutboxError> {
        self.check_sender(call, digest(call.vendor.name, base_url, public_key))
    }

    fn check_sender(&self, call: &EndpointSpec, sender: [u8; 8]) -> Result<(), OutboxError> {
        if self.header.call != name(call) {
            return Err(OutboxError::OtherCall);
        }
        if self.header.sender != sender {
            return Err(OutboxError::OtherSender);
        }
        Ok(())
    }
}

fn digest(vendor: &str, base_url: &str, public_key: &str) -> [u8; 8] {
    let mut digest = Sha256::new().chain_update(b"hudhud outbox");
    for part in [vendor, base_url, public_key] {
        digest.update([0]);
        digest.update(part);
    }
    first(&digest.finalize())
}
