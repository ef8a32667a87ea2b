//! The declared types as data: the source of documentation, type stubs and OpenAPI.
//!
//! The texts are present with the feature `docs`. A program that must be small omits them.

use crate::types::json::{Bytes, Json, Object};
use crate::types::nullable::Nullable;
use crate::types::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter};

/// A text of documentation, left out without the feature `docs`.
#[cfg(feature = "docs")]
macro_rules! doc_text {
    ($text:literal) => {
        $text
    };
}
#[cfg(not(feature = "docs"))]
macro_rules! doc_text {
    ($text:literal) => {
        ""
    };
}
pub(crate) use doc_text;

/// Joins the lines of a doc comment.
pub(crate) fn join_lines(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n")
}

/// A struct: a call, a record in a call, or an output.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct Schema {
    /// The name of the Rust type.
    pub name: &'static str,
    /// The documentation, in Markdown.
    pub doc: &'static str,
    /// True if members without a field are kept, as in outputs. False if they are refused, as in calls.
    pub open: bool,
    /// The fields, in the vendor's order.
    pub fields: &'static [Field],
}

impl Schema {
    /// Returns the first paragraph of the documentation, on one line. Editors show it for a call.
    #[must_use]
    pub fn summary(&self) -> String {
        self.doc.split("\n\n").next().unwrap_or_default().replace('\n', " ")
    }
}

/// One field of a [`Schema`].
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// The vendor's name.
    pub name: &'static str,
    /// The documentation, in Markdown, including the limits.
    pub doc: &'static str,
    /// The type of the value.
    pub kind: Type,
    /// True if a call must have the field. In outputs no field is guaranteed.
    pub required: bool,
    /// The condition under which a call must have the field, if it is not always required.
    pub condition: Option<&'static Requirement>,
    /// True if the field is part of the path.
    pub path: bool,
    /// True if the field is a phone number, which is cleaned before it is sent.
    pub phone: bool,
    /// True if the phone number must be in E.164 when the field is required.
    pub e164: bool,
    /// True if the field is an integer that may be negative.
    pub signed: bool,
    /// True if the value must not be shown.
    pub secret: bool,
    /// True if the value names something that is not a person, such as a template, so that an error may show it.
    pub identifier: bool,
    /// The condition under which a call without the field gets the session of the client's settings.
    pub session: Option<&'static Requirement>,
    /// The greatest number of characters.
    pub max_chars: Option<u32>,
    /// The smallest and the greatest value.
    pub range: Option<(i64, i64)>,
    /// The value that is sent if the field is absent.
    pub sent_default: Option<&'static str>,
    /// The value that the vendor assumes if the field is absent.
    pub vendor_default: Option<&'static str>,
    /// The reason to assume that the field exists, if the vendor does not state it.
    pub inferred: Option<&'static str>,
}

impl Field {
    /// Returns the documentation on one line, without the reason to assume that the field exists.
    #[must_use]
    pub fn summary(&self) -> String {
        let text = self.doc.split("Inferred: ").next().unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Returns the kind of the value, without `Nullable`.
    pub(crate) const fn holds(&self) -> &Type {
        match &self.kind {
            Type::Nullable(kind) => kind,
            kind => kind,
        }
    }
}

/// The condition under which an otherwise optional field is required.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub enum Requirement {
    /// If another field has one of these values.
    If(&'static str, &'static [&'static str]),
    /// Unless another field has one of these values.
    Unless(&'static str, &'static [&'static str]),
    /// If another field is absent or empty.
    Without(&'static str),
}

impl Requirement {
    /// Returns the name of the field on which the condition depends.
    pub(crate) const fn other(&self) -> &'static str {
        match self {
            Self::If(name, _) | Self::Unless(name, _) | Self::Without(name) => name,
        }
    }
}

/// Writes the condition as it follows "is required".
impl Display for Requirement {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let (word, name, values) = match self {
            Self::If(name, values) => ("when", name, values),
            Self::Unless(name, values) => ("unless", name, values),
            Self::Without(name) => {
                return write!(formatter, "when {name} is not present");
            }
        };
        write!(formatter, "{word} {name} is {}", values.join(" or "))
    }
}

/// The type of a field's value or of an output.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub enum Type {
    /// Text.
    Text,
    /// An opaque identifier.
    Id,
    /// RFC 3339 date and time.
    Timestamp,
    /// `YYYY-MM-DD`.
    Date,
    /// An integer.
    Integer,
    /// A number with a fraction.
    Number,
    /// True or false.
    Boolean,
    /// The bytes of a file.
    Bytes,
    /// Any JSON value.
    Json,
    /// A JSON object with any members.
    Object,
    /// A list.
    List(&'static Type),
    /// One page of a list.
    Page(&'static Type),
    /// A value that may be absent, `null`, or present.
    Nullable(&'static Type),
    /// A struct.
    Model(&'static Schema),
    /// An open set of names.
    Enum(&'static OpenEnum),
}

/// An enum whose values the vendor may extend.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct OpenEnum {
    /// The name of the Rust type.
    pub name: &'static str,
    /// The documentation, in Markdown.
    pub doc: &'static str,
    /// The values known today, each with its documentation.
    pub values: &'static [(&'static str, &'static str)],
    /// Other spellings, each with the position of its value.
    pub also: &'static [(&'static str, usize)],
}

impl OpenEnum {
    /// Returns the position of the value that a text represents.
    #[must_use]
    pub fn position(&self, text: &str) -> Option<usize> {
        let known = self.values.iter().position(|(value, _)| *value == text);
        known.or_else(|| self.also.iter().find(|(value, _)| *value == text).map(|(_, position)| *position))
    }
}

/// A Rust type with a [`Type`] that describes its values.
pub trait HasSchema {
    /// The type of the values.
    const TYPE: Type;
}

macro_rules! described {
    ($($type:ty => $kind:ident),* $(,)?) => { $(
        impl HasSchema for $type { const TYPE: Type = Type::$kind; }
    )* };
}
described! {
    String => Text, Timestamp => Timestamp, u64 => Integer, i64 => Integer, f64 => Number, bool => Boolean,
    Bytes => Bytes, Json => Json, Object => Object,
}

impl<T: HasSchema> HasSchema for Option<T> {
    const TYPE: Type = T::TYPE;
}

impl<T: HasSchema> HasSchema for Vec<T> {
    const TYPE: Type = Type::List(&T::TYPE);
}

impl<T: HasSchema> HasSchema for Nullable<T> {
    const TYPE: Type = Type::Nullable(&T::TYPE);
}
