//! The rate limiter that the calls of a client share.

use alloc::vec::Vec;

use hudhud::SharedRateLimiter;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::misuse;
use crate::time::unix_time;

/// A rate limiter. It learns the limits of a key from the responses.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RateLimiter(SharedRateLimiter);

impl RateLimiter {
    pub(crate) fn shared(&self) -> &SharedRateLimiter {
        &self.0
    }
}

#[wasm_bindgen]
impl RateLimiter {
    /// Creates a limiter that continues with a state. Without one it knows no limit.
    #[wasm_bindgen(constructor)]
    pub fn new(state: Option<Vec<u8>>) -> Result<RateLimiter, JsValue> {
        let Some(state) = state else { return Ok(Self(SharedRateLimiter::new())) };
        let state = hudhud::RateLimiter::decode(&state)
            .map_err(|_| misuse("state: expected the state of a RateLimiter; leave it out to start anew"))?;
        Ok(Self(SharedRateLimiter::with_state(state)))
    }

    /// Returns the state.
    pub fn state(&self) -> Vec<u8> {
        self.0.state().encode()
    }

    /// Returns the number of calls that wait for a permit.
    #[wasm_bindgen(getter)]
    pub fn waiting(&self) -> f64 {
        self.0.waiting() as f64
    }

    /// Creates a limiter that shares its limits with other processes through a store.
    pub fn with_store() -> RateLimiter {
        Self(SharedRateLimiter::with_store_of_host())
    }

    /// Returns a number if the caller has to use the store now. The caller passes it to the other functions.
    pub fn begin_store_use(&self, now: f64) -> Option<u32> {
        self.0.begin_store_use(unix_time(now))
    }

    /// Returns the new bytes for the store, or nothing if the stored bytes are no state.
    pub fn update(&self, use_number: u32, stored: Option<Vec<u8>>, now: f64) -> Option<Vec<u8>> {
        self.0.update(use_number, stored.as_deref(), unix_time(now)).ok()
    }

    /// Ends the use of the store, which has accepted the last bytes of `update`. Returns false if that took so long that
    /// another call uses the store.
    pub fn stored(&self, use_number: u32, now: f64) -> bool {
        self.0.stored(use_number, unix_time(now))
    }

    /// Ends the use of the store, which failed. Returns the milliseconds since its first failure.
    pub fn store_failed(&self, use_number: u32, now: f64) -> f64 {
        self.0.store_failed(use_number, unix_time(now)).as_millis() as f64
    }
}
