//! The decisions of core's inbox, for the stores of `hudhud/cloudflare`. JavaScript stores the bytes of entries and compares
//! them. It reads none of them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use hudhud::inbox::{self, Change, Entry, Inbox, Mode, Status};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::time::unix_time;

/// A decision about a delivery.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Decision(inbox::Decision);

#[wasm_bindgen]
impl Decision {
    /// Decides about a delivery. `stored` is the stored entry of its key. `holder` is 16 random bytes. Times are in
    /// milliseconds.
    #[wasm_bindgen(constructor)]
    pub fn new(
        is_transactional: bool,
        lease: f64,
        max_attempts: u32,
        stored: Option<Vec<u8>>,
        deduplicate_until: Option<f64>,
        holder: &[u8],
        now: f64,
    ) -> Result<Decision, String> {
        let mode = if is_transactional { Mode::Transactional } else { Mode::Leased };
        let inbox = Inbox::new(mode).lease(Duration::from_millis(lease as u64)).max_attempts(max_attempts);
        let stored = stored.as_deref().map(entry).transpose()?;
        let holder = holder.try_into().map_err(|_| "holder: expected 16 bytes")?;
        let until = deduplicate_until.map(unix_time);
        Ok(Self(inbox.claim(stored.as_ref(), until, holder, unix_time(now))))
    }

    /// Returns the decision: `handle`, `duplicate`, `busy`, `too_early` or `poisoned`.
    #[wasm_bindgen(getter)]
    pub fn kind(&self) -> String {
        self.0.as_str().into()
    }

    /// Returns the milliseconds after which another delivery can succeed, if they are known.
    #[wasm_bindgen(getter)]
    pub fn wait(&self) -> Option<f64> {
        self.0.wait().map(|wait| wait.as_millis() as f64)
    }

    /// Returns the change to store before the event is handled or the response is sent, if there is one.
    ///
    /// A change is the new entry, followed by the expected one if an entry must be stored.
    #[wasm_bindgen(getter)]
    pub fn change(&self) -> Option<Vec<u8>> {
        self.0.change().map(written)
    }

    /// Returns the number of the attempt, from 1. 0 if the event is not handled.
    #[wasm_bindgen(getter)]
    pub fn attempt(&self) -> u32 {
        self.0.claim().map_or(0, inbox::Claim::attempt)
    }

    /// Returns the fencing token. 0 if the event is not handled.
    #[wasm_bindgen(getter)]
    pub fn token(&self) -> f64 {
        self.0.claim().map_or(0.0, |claim| claim.token() as f64)
    }

    /// Returns the end of the lease. 0 if the event is not handled.
    #[wasm_bindgen(getter, js_name = leaseEnd)]
    pub fn lease_end(&self) -> f64 {
        self.0.claim().map_or(0.0, |claim| claim.lease_end().as_millis() as f64)
    }

    /// Returns the change after a success. A transactional claim has none.
    pub fn done(&self, now: f64) -> Option<Vec<u8>> {
        self.0.claim()?.done(unix_time(now)).map(written)
    }

    /// Returns the change after a failure.
    pub fn failed(&self, now: f64) -> Option<Vec<u8>> {
        Some(written(self.0.claim()?.failed(unix_time(now))))
    }

    /// Returns the change after the handler rejected the event for good.
    pub fn poisoned(&self, now: f64) -> Option<Vec<u8>> {
        Some(written(self.0.claim()?.poisoned(unix_time(now))))
    }
}

/// Returns the number of bytes of an entry.
#[wasm_bindgen(js_name = entryLength)]
pub fn entry_length() -> usize {
    Entry::LENGTH
}

/// Returns the time from which an entry may be deleted, in milliseconds. Without a tolerance there is no such time.
#[wasm_bindgen(js_name = forgetAt)]
pub fn forget_at(bytes: &[u8]) -> Result<Option<f64>, String> {
    Ok(entry(bytes)?.forget_at().map(|time| time.as_millis() as f64))
}

/// Returns true for the entry of a poisoned event.
#[wasm_bindgen(js_name = isPoisoned)]
pub fn is_poisoned(bytes: &[u8]) -> Result<bool, String> {
    Ok(entry(bytes)?.status() == Status::Poisoned)
}

/// Converts a replay key to the key under which a store keeps the event.
#[wasm_bindgen(js_name = storageKey)]
pub fn storage_key(replay_key: &str) -> String {
    inbox::storage_key(replay_key)
}

/// Returns the number of the shard of a key, from 0. It is FNV-1a of the key, and the same in all releases: in another shard
/// an event would be handled again.
#[wasm_bindgen]
pub fn shard(key: &str, shards: u32) -> u32 {
    let hash =
        key.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash % shards.max(1)
}

fn entry(bytes: &[u8]) -> Result<Entry, String> {
    Entry::decode(bytes).map_err(|error| error.to_string())
}

fn written(change: Change) -> Vec<u8> {
    let mut bytes = change.entry.encode().to_vec();
    bytes.extend(change.expected.iter().flat_map(Entry::encode));
    bytes
}
