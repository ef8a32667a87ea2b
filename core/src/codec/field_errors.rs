//! Error messages under the names of fields.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use crate::redact;
use crate::text::repeats::{first_positions, keep_first};

/// Error messages by field, in the shape of the vendors' own validation errors.
///
/// It holds at most the first 1,000 messages. The response or the input contains all of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FieldErrors {
    fields: Vec<(String, Vec<String>)>,
    pub(crate) omitted: usize,
}

impl FieldErrors {
    /// Returns `true` if there are no messages.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Returns the number of fields that have messages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns the number of messages that were left out.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Returns the messages of one field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&[String]> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, messages)| messages.as_slice())
    }

    /// Iterates over field names and their messages, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.fields.iter().map(|(name, messages)| (name.as_str(), messages.as_slice()))
    }

    /// Adds a message without searching for its field. An error groups the messages by field later. For bindings, not
    /// public API.
    #[doc(hidden)]
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        if self.fields.len() < MOST_MESSAGES {
            self.fields.push((field.into(), [message.into()].into()));
        } else {
            self.omitted += 1;
        }
    }

    /// Removes the messages of one field.
    pub(crate) fn remove(&mut self, field: &str) {
        self.fields.retain(|(name, _)| name != field);
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        for (field, messages) in other.iter() {
            for message in messages {
                self.add(field, message);
            }
        }
        self.omitted += other.omitted;
    }

    /// Groups the messages by field, each field at its first position, and drops repeated messages.
    pub(crate) fn settled(self) -> Self {
        if self.fields.len() < 2 {
            return self;
        }
        let Self { fields: found, omitted } = self;
        let first_positions =
            first_positions(&found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
        let mut places = Vec::with_capacity(found.len());
        let mut fields: Vec<(String, Vec<String>)> = Vec::new();
        for ((name, messages), first) in found.into_iter().zip(first_positions) {
            let place = places.get(first).copied().unwrap_or(fields.len());
            match fields.get_mut(place) {
                Some((_, known)) => known.extend(messages),
                None => fields.push((name, messages)),
            }
            places.push(place);
        }
        for (_, messages) in &mut fields {
            keep_first(messages);
        }
        Self { fields, omitted }
    }
}

/// Joins the name of a member to that of its object.
pub(crate) fn inside(at: &str, name: &str) -> String {
    let mut inner = if at.is_empty() { name.to_string() } else { [at, name].join(".") };
    if inner.len() > LONGEST_NAME {
        inner.truncate(inner.floor_char_boundary(LONGEST_NAME));
        inner.push_str(redact::REDACTED);
    }
    inner
}

impl Debug for FieldErrors {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter().map(|(name, _)| redact::redact_name(name))).finish()
    }
}

impl serde::Serialize for FieldErrors {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// The most messages that are kept. A person reads fewer, and each error can still cross into another language quickly.
pub(crate) const MOST_MESSAGES: usize = 1000;

/// The longest name that nested objects make, in bytes. An outer name is copied for every field inside it.
pub(crate) const LONGEST_NAME: usize = 256;
