//! An index of digests: the number of a message, found by the digest of its id.
//!
//! The digests are keyed with the journal's random id, so no input can choose digests that collide.

use alloc::vec;
use alloc::vec::Vec;

/// The digest of a message's id.
pub(super) type Digest = [u8; 16];

/// An empty slot. No message has this number.
const NONE: u32 = u32::MAX;

/// A hash table with open addressing. It holds only numbers: the digests are with the messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// A power of two of slots, at least twice as many as messages.
    slots: Vec<u32>,
    count: usize,
}

impl Index {
    /// Returns the number of the message with this digest.
    pub(super) fn get(&self, digest: &Digest, digest_of: impl Fn(u32) -> Digest) -> Option<u32> {
        let mut at = self.start(digest)?;
        loop {
            match self.slots[at] {
                NONE => return None,
                number if digest_of(number) == *digest => return Some(number),
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// Adds a message whose digest is not in the index.
    pub(super) fn add(&mut self, number: u32, digest: &Digest, digest_of: impl Fn(u32) -> Digest) {
        if self.slots.len() < 2 * (self.count + 1) {
            let size = (2 * self.slots.len()).max(16);
            let old = core::mem::replace(&mut self.slots, vec![NONE; size]);
            for number in old.into_iter().filter(|number| *number != NONE) {
                self.put(number, &digest_of(number));
            }
        }
        self.put(number, digest);
        self.count += 1;
    }

    #[cfg(test)]
    pub(super) fn slots(&self) -> usize {
        self.slots.len()
    }

    fn put(&mut self, number: u32, digest: &Digest) {
        let Some(mut at) = self.start(digest) else { return };
        while self.slots[at] != NONE {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = number;
    }

    /// Returns the slot at which the search for a digest begins.
    fn start(&self, digest: &Digest) -> Option<usize> {
        let mut head = [0; 8];
        head.copy_from_slice(&digest[..8]);
        let mask = self.slots.len().checked_sub(1)? as u64;
        usize::try_from(u64::from_le_bytes(head) & mask).ok()
    }
}
