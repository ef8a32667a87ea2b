//! Message templates, rendered locally: `{{ name }}` is replaced by a value.
//!
//! The result is an approximation of what the vendor renders. The vendor's page states the form of a variable. It
//! states neither how values are escaped nor what replaces a variable without a value.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Display, Formatter};
use core::ops::Range;

use hudhud_macros::closed_enum;

use crate::redact;
use crate::text::json_repair::number_as_text;
use crate::text::name_index::NameIndex;
use crate::text::repeats::FEW;
use crate::types::json::{Json, Object};

/// A parsed template.
///
/// A variable is any text without braces between `{{` and `}}`; spaces around it do not count. Everything else is plain
/// text, including an unclosed `{{` and an empty `{{}}`.
///
/// ```
/// use hudhud::{MissingPolicy, Object, Template};
/// let template = Template::parse("Hi {{ name }}! Order #{{order_id}} is confirmed.");
/// assert_eq!(template.variables(), ["name", "order_id"]);
///
/// let values = Object::from([("name", "Jane"), ("order_id", "ORD-001")]);
/// assert_eq!(template.render(&values, MissingPolicy::Error)?, "Hi Jane! Order #ORD-001 is confirmed.");
///
/// let missing = template.render(&Object::new(), MissingPolicy::Error).unwrap_err();
/// assert_eq!(missing.names(), ["name", "order_id"]);
/// # Ok::<(), hudhud::MissingVariables>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    source: String,
    placeholders: Vec<Placeholder>,
    /// The first position of each variable's name.
    variables: Vec<Range<usize>>,
}

#[derive(Clone, PartialEq, Eq)]
struct Placeholder {
    /// The range from the first opening brace to the last closing one.
    whole: Range<usize>,
    /// The index of the variable.
    variable: usize,
}

/// The handling of a variable without a value.
#[closed_enum]
#[derive(Default)]
pub enum MissingPolicy {
    /// Rendering fails and names every such variable. No half-filled message is sent.
    #[default]
    Error,
    /// The variable stays in the text unchanged.
    Keep,
    /// The variable is replaced by empty text.
    Empty,
}

/// The greatest number of variables that the message names.
const SHOWN: usize = 20;

/// The error for variables without a value.
#[derive(Clone, PartialEq, Eq)]
pub struct MissingVariables(Vec<String>);

impl MissingVariables {
    /// Returns the names of the variables, in order of first appearance.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}

impl Display for MissingVariables {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("the template needs values for")?;
        for (at, name) in self.0.iter().take(SHOWN).enumerate() {
            write!(formatter, "{} {}", if at == 0 { "" } else { "," }, redact::redact_name(name))?;
        }
        match self.0.len().checked_sub(SHOWN) {
            None | Some(0) => Ok(()),
            Some(more) => {
                formatter.write_str(" and ")?;
                redact::count(more, formatter)?;
                formatter.write_str(" more")
            }
        }
    }
}

impl Debug for MissingVariables {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "MissingVariables({self})")
    }
}

impl core::error::Error for MissingVariables {}

impl Template {
    /// Parses a template. Every text is a valid template. The time is proportional to its length.
    #[must_use]
    pub fn parse(source: impl Into<String>) -> Self {
        let source = source.into();
        let bytes = source.as_bytes();
        let (mut placeholders, mut variables) = (Vec::new(), Vec::new());
        let mut known = NameIndex::new();
        let (mut at, mut open) = (0, None);
        while at + 1 < bytes.len() {
            match (&bytes[at..at + 2], open) {
                // A later opening replaces an earlier one, because names contain no braces.
                (b"{{", _) => {
                    open = Some(at);
                    at += 1;
                }
                (b"}}", Some(start)) => {
                    if let Some(name) = name_within(&source, start + 2..at) {
                        let variable = *known.position(&source[name.clone()]).get_or_insert(variables.len());
                        if variable == variables.len() {
                            variables.push(name);
                        }
                        placeholders.push(Placeholder { whole: start..at + 2, variable });
                    }
                    open = None;
                    at += 2;
                }
                _ => at += 1,
            }
        }
        Self { source, placeholders, variables }
    }

    /// Returns the names of the variables, each once, in order of first appearance.
    #[must_use]
    pub fn variables(&self) -> Vec<&str> {
        self.variables.iter().map(|name| &self.source[name.clone()]).collect()
    }

    /// Fills in the values. Variables inside a value are not filled in again.
    ///
    /// # Errors
    /// The names of all variables without a value, with [`MissingPolicy::Error`].
    pub fn render(
        &self,
        values: &(impl TemplateValues + ?Sized),
        missing: MissingPolicy,
    ) -> Result<String, MissingVariables> {
        let names = self.variables();
        let found = values.values(&names);
        if missing == MissingPolicy::Error && found.iter().any(Option::is_none) {
            let without = names.iter().zip(&found).filter(|(_, value)| value.is_none());
            return Err(MissingVariables(without.map(|(name, _)| String::from(*name)).collect()));
        }
        let mut text = String::with_capacity(self.source.len() + self.source.len() / 4);
        let mut rest = 0;
        for Placeholder { whole, variable } in &self.placeholders {
            text.push_str(&self.source[rest..whole.start]);
            match &found[*variable] {
                Some(value) => text.push_str(value),
                None if missing == MissingPolicy::Keep => text.push_str(&self.source[whole.clone()]),
                None => {}
            }
            rest = whole.end;
        }
        text.push_str(&self.source[rest..]);
        Ok(text)
    }
}

/// Returns the name in a range, without the spaces around it. Returns `None` if it is blank or contains a brace.
fn name_within(source: &str, range: Range<usize>) -> Option<Range<usize>> {
    // In `{{{}}` the closing braces begin before the end of the opening ones.
    let text = source.get(range.clone())?;
    let name = text.trim();
    if name.is_empty() || name.contains(['{', '}']) {
        return None;
    }
    let start = range.start + (text.len() - text.trim_start().len());
    Some(start..start + name.len())
}

impl Debug for Template {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "Template({} bytes, {} placeholders)", self.source.len(), self.placeholders.len())
    }
}

/// A source of a template's values.
pub trait TemplateValues {
    /// Returns the value of a variable, as text, or `None`.
    fn value(&self, name: &str) -> Option<Cow<'_, str>>;

    /// Returns the values of several variables, in their order. Each is requested once, even if it occurs several times
    /// in the template.
    fn values(&self, names: &[&str]) -> Vec<Option<Cow<'_, str>>> {
        names.iter().map(|name| self.value(name)).collect()
    }
}

/// Converts text to itself, a number to its digits (a whole float without `.0`), and any other value to its JSON.
/// `null` counts as no value.
impl TemplateValues for Object {
    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        as_text(self.get(name)?)
    }

    fn values(&self, names: &[&str]) -> Vec<Option<Cow<'_, str>>> {
        if names.len() <= FEW {
            return names.iter().map(|name| self.value(name)).collect();
        }
        // The last of several members of one name counts.
        let members: Vec<(&str, &Json)> = self.iter().collect();
        let mut known = NameIndex::new();
        for (at, (name, _)) in members.iter().enumerate() {
            *known.position(name) = Some(at);
        }
        names.iter().map(|name| as_text(members[known.get(name)?].1)).collect()
    }
}

impl<K: Ord + core::borrow::Borrow<str>, V: AsRef<str>> TemplateValues for BTreeMap<K, V> {
    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(|value| Cow::Borrowed(value.as_ref()))
    }
}

impl<K: AsRef<str>, V: AsRef<str>> TemplateValues for [(K, V)] {
    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        self.iter().find(|(key, _)| key.as_ref() == name).map(|(_, value)| Cow::Borrowed(value.as_ref()))
    }

    fn values(&self, names: &[&str]) -> Vec<Option<Cow<'_, str>>> {
        if names.len() <= FEW {
            return names.iter().map(|name| self.value(name)).collect();
        }
        // The first of several entries of one name counts.
        let mut known = NameIndex::new();
        for (at, (key, _)) in self.iter().enumerate() {
            known.position(key.as_ref()).get_or_insert(at);
        }
        names.iter().map(|name| Some(Cow::Borrowed(self[known.get(name)?].1.as_ref()))).collect()
    }
}

fn as_text(json: &Json) -> Option<Cow<'_, str>> {
    let written = json.as_str();
    match written.as_bytes().first() {
        Some(b'n') => None,
        Some(b'"') => json.as_text(),
        // Languages write the same float in different ways.
        Some(b'-' | b'0'..=b'9') => number_as_text(written).or(Some(Cow::Borrowed(written))),
        _ => Some(Cow::Borrowed(written)),
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::{MissingPolicy, Template};
    use crate::types::json::Object;
    use crate::zagely::Contact;

    #[test]
    fn odd_braces_are_text() {
        for text in ["{{", "}}", "{{}}", "{{ }}", "{ {x}}", "{{x}", "{{{}}", "{{a}b}}", "{}{}{{\n}}"] {
            assert!(Template::parse(text).variables().is_empty(), "{text}");
        }
        assert_eq!(Template::parse("{{{x}}}").variables(), ["x"]);
        assert_eq!(Template::parse("{{ a {{ b }} }}").variables(), ["b"]);
    }

    #[test]
    fn many_variables_are_filled_in_as_few_are() {
        let names: Vec<String> = (0..100).map(|number| format!("v{}", number % 50)).collect();
        let text: String = names.iter().map(|name| format!("{{{{{name}}}}},")).collect();
        let template = Template::parse(text);
        assert_eq!(template.variables().len(), 50);
        let mut pairs: Vec<(&str, String)> =
            names[..49].iter().map(|name| (name.as_str(), name.replace('v', "w"))).collect();
        let object: Object = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(template.render(&object, MissingPolicy::Error).unwrap_err().names(), ["v49"]);
        // A later entry with the same name is ignored.
        pairs.push(("v0", "no".into()));
        for text in [
            template.render(&object, MissingPolicy::Keep).unwrap(),
            template.render(&pairs[..], MissingPolicy::Keep).unwrap(),
        ] {
            assert!(text.starts_with("w0,w1,w2,") && text.ends_with(",w48,{{v49}},"), "{text}");
        }
    }

    #[test]
    fn a_contact_fills_in_its_fields() {
        let contact = Contact {
            name: Some("Jane".into()),
            phone_number: Some("+15551234567".into()),
            custom_fields: Object::from([("city", "New York")]),
            ..Contact::default()
        };
        let text =
            Template::parse("{{name}} {{phone}} {{city}}").render(&contact, MissingPolicy::Error).unwrap();
        assert_eq!(text, "Jane +15551234567 New York");
    }
}
