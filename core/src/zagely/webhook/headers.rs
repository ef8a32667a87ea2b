//! Headers of a delivery, in the types that servers use.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// The headers of a delivery, in any type that a server uses for headers.
///
/// Implemented for lists of pairs, maps, and with the feature `http` for `HeaderMap`. Names match in any case.
pub trait Headers {
    /// Passes the value of each header of this name to `value`.
    fn each<'a>(&'a self, name: &str, value: &mut dyn FnMut(&'a [u8]));
}

/// Returns `true` if a header has this name, in any case. Compares from the end, because the vendor's names all begin
/// with the same text.
fn is_named(header: &str, name: &str) -> bool {
    header == name
        || header.len() == name.len()
            && header
                .bytes()
                .rev()
                .zip(name.bytes().rev())
                .all(|(one, other)| one.eq_ignore_ascii_case(&other))
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for [(N, V)] {
    fn each<'a>(&'a self, name: &str, value: &mut dyn FnMut(&'a [u8])) {
        for (key, text) in self {
            if is_named(key.as_ref(), name) {
                value(text.as_ref());
            }
        }
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const L: usize> Headers for [(N, V); L] {
    fn each<'a>(&'a self, name: &str, value: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().each(name, value);
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for Vec<(N, V)> {
    fn each<'a>(&'a self, name: &str, value: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().each(name, value);
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for BTreeMap<N, V> {
    fn each<'a>(&'a self, name: &str, value: &mut dyn FnMut(&'a [u8])) {
        for (key, text) in self {
            if is_named(key.as_ref(), name) {
                value(text.as_ref());
            }
        }
    }
}

#[cfg(feature = "std")]
impl<N: AsRef<str>, V: AsRef<[u8]>, S> Headers for std::collections::HashMap<N, V, S> {
    fn each<'a>(&'a self, name: &str, value: &mut dyn FnMut(&'a [u8])) {
        for (key, text) in self {
            if is_named(key.as_ref(), name) {
                value(text.as_ref());
            }
        }
    }
}

/// A header that must occur exactly once. Two different values count as malformed, because another reader of the
/// request might use the other one.
pub(crate) enum UniqueHeader<'a> {
    None,
    One(&'a [u8]),
    Several,
}

impl<'a> UniqueHeader<'a> {
    pub(crate) fn find(headers: &'a (impl Headers + ?Sized), name: &str) -> Self {
        let mut found = Self::None;
        headers.each(name, &mut |value| {
            found = match found {
                Self::None => Self::One(value),
                Self::One(first) if first == value => Self::One(first),
                Self::One(_) | Self::Several => Self::Several,
            };
        });
        found
    }

    pub(crate) fn read<T>(&self, read: fn(&[u8]) -> Option<T>) -> Option<(&'a [u8], T)> {
        match self {
            Self::One(text) => Some((text, read(text)?)),
            Self::None | Self::Several => None,
        }
    }
}

#[cfg(feature = "http")]
impl Headers for http::HeaderMap {
    fn each<'a>(&'a self, name: &str, value: &mut dyn FnMut(&'a [u8])) {
        for found in self.get_all(name) {
            value(found.as_bytes());
        }
    }
}
