//! The bytes of a stored state: numbers in little-endian order, without gaps.

use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter};

/// A fault in the stored state of a [`RateLimiter`](crate::RateLimiter).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RateLimiterStateError {
    /// A version that this release does not know: the first byte.
    Version(u8),
    /// A wrong number of bytes.
    Length(usize),
    /// A value that no state has, with its name.
    Value(&'static str),
}

impl Display for RateLimiterStateError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(
                formatter,
                "unknown version {version} of a rate limiter's state: update hudhud, or delete the state"
            ),
            Self::Length(length) => write!(
                formatter,
                "a rate limiter's state cannot have {length} bytes: it was cut, or it is not a state; delete it"
            ),
            Self::Value(name) => {
                write!(formatter, "invalid {name} in a rate limiter's state: it was damaged; delete it")
            }
        }
    }
}

impl core::error::Error for RateLimiterStateError {}

/// A list of numbers that is read.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    /// Reads a number. The caller has checked the length, so that missing bytes do not occur; they would be zeros.
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (bytes, rest) =
            self.0.split_first_chunk().map_or(([0; N], &[][..]), |(bytes, rest)| (*bytes, rest));
        self.0 = rest;
        bytes
    }

    pub(super) fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.take())
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    pub(super) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    /// Reads a truth value, which is 0 or 1.
    pub(super) fn flag(&mut self, name: &'static str) -> Result<bool, RateLimiterStateError> {
        match self.u8() {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(RateLimiterStateError::Value(name)),
        }
    }
}

/// Appends numbers.
pub(super) trait Writer {
    fn put(&mut self, bytes: &[u8]);

    fn u32(&mut self, number: u32) {
        self.put(&number.to_le_bytes());
    }

    fn u64(&mut self, number: u64) {
        self.put(&number.to_le_bytes());
    }
}

impl Writer for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}
