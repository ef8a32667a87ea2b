//! Fields of updates with three states: leave it, clear it, set it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use crate::redact::{Hidden, Hide};

/// A field of an update, where absent, `null` and a value mean three different things:
/// only what is sent changes, and `null` clears.
///
/// ```
/// use hudhud::{Nullable, zagely::UpdateContact};
/// let call = UpdateContact::new("c-1").name("Jane").email(Nullable::Null);
/// assert_eq!(call.name, Nullable::Value("Jane".into()));
/// assert_eq!(call.notes, Nullable::Absent);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Nullable<T> {
    /// Not sent: the vendor leaves the field as it is.
    #[default]
    Absent,
    /// Sent as `null`: the vendor clears the field.
    Null,
    /// Sent with this value.
    Value(T),
}

impl<T> Nullable<T> {
    /// True if the field is left out.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value, if one is set.
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

/// `None` is `null`; to leave a field out, do not name it.
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

impl<T: Hide> Hide for Nullable<T> {
    fn hide(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("Absent"),
            Self::Null => formatter.write_str("Null"),
            Self::Value(value) => formatter.debug_tuple("Value").field(&Hidden(value)).finish(),
        }
    }
}
