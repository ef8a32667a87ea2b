//! The errors of invalid fields, as the framework reports them.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// Messages by field, in the order in which they were found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Errors(Vec<(String, Vec<String>)>);

impl Errors {
    pub(crate) fn one(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, message.into());
        errors
    }

    pub(super) fn add(&mut self, field: &str, message: String) {
        match self.0.iter_mut().find(|(name, _)| name == field) {
            Some((_, messages)) => messages.push(message),
            None => self.0.push((field.to_owned(), vec![message])),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns Laravel's one-line summary: the first message, and the number of further ones.
    pub(crate) fn summary(&self) -> String {
        let count: usize = self.0.iter().map(|(_, messages)| messages.len()).sum();
        let first = self.0.first().and_then(|(_, messages)| messages.first()).map_or("", String::as_str);
        match count {
            0 | 1 => first.to_owned(),
            2 => format!("{first} (and 1 more error)"),
            _ => format!("{first} (and {} more errors)", count - 1),
        }
    }
}

impl Serialize for Errors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, messages) in &self.0 {
            map.serialize_entry(field, messages)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_further_errors() {
        let mut errors = Errors::one("a", "First.");
        assert_eq!(errors.summary(), "First.");
        errors.add("b", "Second.".to_owned());
        assert_eq!(errors.summary(), "First. (and 1 more error)");
        errors.add("b", "Third.".to_owned());
        assert_eq!(errors.summary(), "First. (and 2 more errors)");
    }
}
