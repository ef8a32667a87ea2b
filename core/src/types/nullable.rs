//! Fields of updates with three states: unchanged, cleared, set.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use crate::redact::{Redact, Redacted};

/// A field of an update, in which absent, `null` and a value have three different meanings: only fields that are sent
/// change, and `null` clears a field.
///
/// ```
/// use hudhud::{Nullable, zagely::UpdateContact};
/// let call = UpdateContact::new("c-1").name("Jane").email(Nullable::Null);
/// assert_eq!(call.name, Nullable::Value("Jane".into()));
/// assert_eq!(call.notes, Nullable::Absent);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Nullable<T> {
    /// Not sent. The vendor does not change the field.
    #[default]
    Absent,
    /// Sent as `null`. The vendor clears the field.
    Null,
    /// Sent with this value.
    Value(T),
}

impl<T> Nullable<T> {
    /// Returns `true` if the field is not sent.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Returns the value, if the field has one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// Converts `None` to `null`. A field that is not set at all is absent.
impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for Nullable<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.into())
    }
}

impl<const N: usize> From<[&str; N]> for Nullable<Vec<String>> {
    fn from(value: [&str; N]) -> Self {
        Self::Value(value.iter().map(|text| (*text).into()).collect())
    }
}

impl<T: Redact> Redact for Nullable<T> {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("Absent"),
            Self::Null => formatter.write_str("Null"),
            Self::Value(value) => formatter.debug_tuple("Value").field(&Redacted(value)).finish(),
        }
    }
}
