//! What the declared types show of themselves, in logs and debuggers: never a key, a phone number or a text. The same
//! fields as core's own `Debug`, written in each language, so that nothing need cross for it.

use std::collections::BTreeMap;

use hudhud::ENDPOINTS;
use hudhud::schema::{Described as _, Field, Kind, Schema};
use hudhud::webhook::ReceivedMessage;

use crate::calls::{Shape, vendors};
use crate::config::name;

/// How a field is shown.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum How {
    /// As its type shows itself.
    Plain,
    /// If it looks like an id or a date.
    Token,
    /// That it is there.
    Hidden,
}

impl How {
    /// The method that both languages have for it.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Token => "token",
            Self::Hidden => "hidden",
        }
    }

    fn of(field: &Field) -> Self {
        let mut kind = &field.kind;
        while let Kind::List(inner) = kind {
            kind = inner;
        }
        match kind {
            _ if field.secret => Self::Hidden,
            Kind::Id | Kind::Date => Self::Token,
            Kind::Text | Kind::Bytes | Kind::Json | Kind::Object => Self::Hidden,
            // Changes hide what they are to set.
            _ => Self::Plain,
        }
    }
}

/// A type's fields that show themselves.
pub(crate) type Fields = Vec<(String, How)>;

/// Every declared struct, and the pages, by the names they have in both languages.
pub(crate) fn shown() -> anyhow::Result<BTreeMap<String, Fields>> {
    let mut schemas: Vec<&'static Schema> = Vec::new();
    for spec in ENDPOINTS {
        find(&Kind::Model(spec.input), &mut schemas);
        find(&spec.answer, &mut schemas);
    }
    find(&ReceivedMessage::KIND, &mut schemas);
    let mut shown: BTreeMap<String, Fields> = BTreeMap::new();
    for schema in schemas {
        let fields = schema.fields.iter().map(|field| (field.name.to_owned(), How::of(field)));
        shown.insert(name(schema.name).to_owned(), fields.collect());
    }
    for call in vendors()?.iter().flat_map(|vendor| &vendor.groups).flat_map(|group| &group.calls) {
        if let Shape::Pages(_) = call.answer.shape {
            let fields = ["data", "current_page", "last_page", "per_page", "total"];
            let fields = fields.map(|field| (field.to_owned(), How::Plain));
            shown.insert(call.answer.variant.clone(), fields.into());
        }
    }
    // What holds nothing shows nothing.
    shown.retain(|_, fields| !fields.is_empty());
    Ok(shown)
}

fn find(kind: &Kind, schemas: &mut Vec<&'static Schema>) {
    match kind {
        Kind::List(inner) | Kind::Page(inner) | Kind::Nullable(inner) => find(inner, schemas),
        Kind::Model(schema) if !schemas.iter().any(|known| known.name == schema.name) => {
            schemas.push(*schema);
            for field in schema.fields {
                find(&field.kind, schemas);
            }
        }
        _ => {}
    }
}
