//! The stored state of one event, and its bytes: numbers in little-endian order, without gaps.

use core::fmt::{self, Debug, Display, Formatter};
use core::time::Duration;

use crate::inbox::tuning::tuning;
use crate::types::time::UnixTime;

/// The version of the stored state: its first byte.
const VERSION: u8 = 1;
/// The value of `forget_at` that stands for an unlimited time.
const FOREVER: u64 = u64::MAX;

/// The state of an event in the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// A holder handles the event until its lease ends.
    Leased,
    /// The last attempt failed. After a wait, the next delivery is handled.
    Failed,
    /// The event was handled.
    Done,
    /// The event is not handled again: all attempts failed, or the handler rejected it.
    Poisoned,
}

impl Status {
    const ALL: [Self; 4] = [Self::Leased, Self::Failed, Self::Done, Self::Poisoned];

    /// Returns the status as a word: `leased`, `failed`, `done` or `poisoned`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Leased => "leased",
            Self::Failed => "failed",
            Self::Done => "done",
            Self::Poisoned => "poisoned",
        }
    }
}

/// The stored state of one event. A store keeps it under the event's [`storage_key`](crate::inbox::storage_key).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub(super) status: Status,
    /// The fencing token: the number of the claim, from 1.
    pub(super) token: u64,
    /// The number of attempts, the current one included.
    pub(super) attempts: u32,
    /// The random bytes of the claim. Two claims at the same moment therefore differ.
    pub(super) holder: [u8; 16],
    /// The time of the last change, in milliseconds.
    pub(super) at: u64,
    /// The end of the lease or of the wait, in milliseconds.
    pub(super) until: u64,
    /// The time from which the entry may be deleted, in milliseconds.
    pub(super) forget_at: u64,
}

impl Entry {
    /// The number of bytes of an encoded entry.
    pub const LENGTH: usize = 1 + 1 + 8 + 4 + 16 + 8 + 8 + 8;

    /// Returns the state of the event.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// Returns the number of attempts, the current one included.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the time from which a store may delete the entry, or `None` for an entry that must be kept.
    #[must_use]
    pub const fn forget_at(&self) -> Option<UnixTime> {
        if self.forget_at == FOREVER { None } else { Some(UnixTime::from_millis(self.forget_at)) }
    }

    /// Writes the entry for a store.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        let mut rest = &mut bytes[..];
        let mut put = |number: &[u8]| {
            let (place, after) = core::mem::take(&mut rest).split_at_mut(number.len());
            place.copy_from_slice(number);
            rest = after;
        };
        let status = Status::ALL.iter().position(|status| *status == self.status).unwrap_or_default();
        put(&[VERSION, u8::try_from(status).unwrap_or_default()]);
        put(&self.token.to_le_bytes());
        put(&self.attempts.to_le_bytes());
        put(&self.holder);
        for time in [self.at, self.until, self.forget_at] {
            put(&time.to_le_bytes());
        }
        bytes
    }

    /// Reads a stored entry.
    ///
    /// # Errors
    /// [`InvalidEntry`]: an unknown version, a wrong length, or a value that no entry has. No bytes cause a panic.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidEntry> {
        match bytes.first() {
            Some(&VERSION) => {}
            Some(&version) => return Err(InvalidEntry::Version(version)),
            None => return Err(InvalidEntry::Length(0)),
        }
        if bytes.len() != Self::LENGTH {
            return Err(InvalidEntry::Length(bytes.len()));
        }
        let mut reader = Reader(&bytes[1..]);
        let [status] = reader.take();
        let entry = Self {
            status: *Status::ALL.get(usize::from(status)).ok_or(InvalidEntry::Status(status))?,
            token: u64::from_le_bytes(reader.take()),
            attempts: u32::from_le_bytes(reader.take()),
            holder: reader.take(),
            at: u64::from_le_bytes(reader.take()),
            until: u64::from_le_bytes(reader.take()),
            forget_at: u64::from_le_bytes(reader.take()),
        };
        if entry.until < entry.at { Err(InvalidEntry::Times) } else { Ok(entry) }
    }

    /// Returns the rest of the lease or of the wait, or `None` if it is over.
    ///
    /// If it begins more than its own length in the future, a wrong clock wrote the entry. It then counts as over.
    pub(super) fn left(&self, now: UnixTime) -> Option<Duration> {
        let (tuning, now) = (tuning(), now.as_millis());
        // A wait after a failure is always respected in whole.
        let part = if self.status == Status::Leased { tuning.lease_part } else { 1_000 };
        let length = (self.until - self.at) / 1_000 * part + (self.until - self.at) % 1_000 * part / 1_000;
        let is_from_wrong_clock = tuning.distrusts_clocks && now.saturating_add(length) < self.at;
        let left = (self.at.saturating_add(length)).saturating_sub(now);
        if !tuning.ends {
            return Some(Duration::from_millis(left.max(1)));
        }
        (left > 0 && !is_from_wrong_clock).then(|| Duration::from_millis(left))
    }
}

/// Converts a time from which an entry may be deleted, or none, to the stored number.
pub(super) fn forgotten_at(time: Option<UnixTime>) -> u64 {
    time.map_or(FOREVER, UnixTime::as_millis)
}

impl Debug for Entry {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        // The random bytes say nothing.
        formatter
            .debug_struct("Entry")
            .field("status", &self.status)
            .field("token", &self.token)
            .field("attempts", &self.attempts)
            .field("forget_at", &self.forget_at())
            .finish_non_exhaustive()
    }
}

/// The numbers that are read. The caller has checked the length; missing bytes would be zeros.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (bytes, rest) =
            self.0.split_first_chunk().map_or(([0; N], &[][..]), |(first, rest)| (*first, rest));
        self.0 = rest;
        bytes
    }
}

/// A fault in a stored [`Entry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidEntry {
    /// A version that this release does not know: the first byte.
    Version(u8),
    /// A wrong number of bytes.
    Length(usize),
    /// A number that is not a status.
    Status(u8),
    /// A lease or a wait that ends before it begins.
    Times,
}

impl Display for InvalidEntry {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => {
                write!(
                    formatter,
                    "unknown version {version} of an inbox entry: update hudhud on every machine"
                )
            }
            Self::Length(length) => {
                write!(
                    formatter,
                    "an inbox entry cannot have {length} bytes: it was cut, or it is not an entry; delete it, so that its delivery can be handled"
                )
            }
            Self::Status(status) => {
                write!(formatter, "unknown status {status} in an inbox entry: it was damaged; delete it, so that its delivery can be handled")
            }
            Self::Times => formatter.write_str("an inbox entry was damaged: it has a lease or a wait whose end is before its start; delete it, so that its delivery can be handled"),
        }
    }
}

impl core::error::Error for InvalidEntry {}
