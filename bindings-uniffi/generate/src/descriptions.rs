//! The text of the declared types in logs and debuggers, without keys, phone numbers and texts. It shows the same fields as
//! core's `Debug`. The code is generated in each language, so that no call to the native library is needed.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use hudhud::DeclaredTypes;
use hudhud::schema::{self, Field};

use uniffi_meta::Type;

use crate::calls::{Shape, vendors};
use crate::tape::LibraryMetadata;

/// The way to show a field.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum How {
    /// With the text of its type.
    Plain,
    /// With its text if that looks like an id or a date, as `…` otherwise.
    Token,
    /// As `…`.
    Hidden,
    /// As the number of its items.
    Count,
    /// As the number of the page, with that of the last page.
    Page,
}

impl How {
    /// Returns the name of the method of `RedactedDescription` in both languages.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Token => "token",
            Self::Hidden => "hidden",
            Self::Count => "count",
            Self::Page => "page",
        }
    }

    /// Returns the arguments of the method for a field. `field` is the field's name in the language, and `value` returns the
    /// expression of a field's value.
    pub(crate) fn arguments(self, field: &str, label: &str, value: impl Fn(&str) -> String) -> String {
        match self {
            Self::Page => format!("{}, {}", value(field), value("lastPage")),
            // The items of a page are in its field `data`.
            Self::Count if field == "data" => format!("\"items\", {}", value(field)),
            _ => format!("\"{label}\", {}", value(field)),
        }
    }

    fn of(field: &Field) -> Self {
        let mut kind = &field.kind;
        while let schema::Type::List(inner) = kind {
            kind = inner;
        }
        match kind {
            _ if field.secret => Self::Hidden,
            schema::Type::Id | schema::Type::Date => Self::Token,
            schema::Type::Text | schema::Type::Bytes | schema::Type::Json | schema::Type::Object => {
                Self::Hidden
            }
            // A change hides its value.
            _ => Self::Plain,
        }
    }
}

/// The fields of the types that are not in the catalog.
const UNDECLARED: &[(&str, &[(&str, How)])] = &[
    ("AppRoutes", &[("token", How::Hidden), ("auth", How::Plain), ("prefix", How::Plain)]),
    (
        "CallOptions",
        &[
            ("idempotency_key", How::Plain),
            ("method", How::Plain),
            ("extra", How::Hidden),
            ("validate", How::Plain),
            ("retry", How::Plain),
            ("headers", How::Hidden),
            ("timeout", How::Plain),
            ("deadline", How::Plain),
            ("lane", How::Plain),
        ],
    ),
    (
        "Meta",
        &[
            ("status", How::Plain),
            ("rate_limit", How::Plain),
            ("retry_after", How::Plain),
            ("idempotent_replay", How::Plain),
            ("idempotency_key", How::Plain),
        ],
    ),
    (
        "RateLimit",
        &[
            ("limit", How::Plain),
            ("remaining", How::Plain),
            ("reset", How::Plain),
            ("daily_limit", How::Plain),
            ("daily_remaining", How::Plain),
        ],
    ),
    (
        "RetryPolicy",
        &[
            ("max_attempts", How::Plain),
            ("base", How::Plain),
            ("cap", How::Plain),
            ("max_retry_after", How::Plain),
        ],
    ),
    (
        "Settings",
        &[
            ("session_id", How::Token),
            ("user_agent", How::Plain),
            ("update_method", How::Plain),
            ("methods", How::Plain),
            ("method_override", How::Plain),
            ("textual_booleans", How::Plain),
            ("validate", How::Plain),
            ("retry", How::Plain),
        ],
    ),
    (
        "VerifiedDelivery",
        // The replay key is left out, because it may be a part of the signature.
        &[
            ("event", How::Plain),
            ("name", How::Token),
            ("tenant_id", How::Token),
            ("delivery_id", How::Token),
            ("occurred_at", How::Plain),
            ("secret_index", How::Plain),
            ("signed_at", How::Plain),
        ],
    ),
];

/// The shown fields of a type.
pub(crate) type Fields = Vec<(String, How)>;

/// Returns the fields of every declared struct and of the pages, by their names in both languages.
pub(crate) fn structs() -> Result<BTreeMap<String, Fields>> {
    let mut shown: BTreeMap<String, Fields> = BTreeMap::new();
    for (schema, _) in DeclaredTypes::all().structs {
        let fields = schema.fields.iter().map(|field| (field.name.to_owned(), How::of(field)));
        shown.insert(schema.name.to_owned(), fields.collect());
    }
    for call in vendors()?.iter().flat_map(|vendor| &vendor.groups).flat_map(|group| &group.calls) {
        if let Shape::Pages(_) = call.output.shape {
            let fields = [("data", How::Count), ("current_page", How::Page), ("total", How::Plain)];
            let fields = fields.map(|(field, how)| (field.to_owned(), how));
            shown.insert(call.output.variant.clone(), fields.into());
        }
    }
    for (name, fields) in UNDECLARED {
        let fields = fields.iter().map(|(field, how)| ((*field).to_owned(), *how));
        shown.insert((*name).to_owned(), fields.collect());
    }
    // A struct without fields needs no text.
    shown.retain(|_, fields| !fields.is_empty());
    Ok(shown)
}

/// The text of a case of an enum.
pub(crate) enum Case {
    /// The vendor's name for it.
    Known(&'static str),
    /// Its value if that looks like an id, `…` otherwise.
    Other,
    /// Its name and its fields.
    Holds(Fields),
}

/// Returns the enums whose cases contain received data, with their cases.
pub(crate) fn enums(metadata: &LibraryMetadata) -> Result<BTreeMap<String, Vec<(String, Case)>>> {
    let metadata = &metadata.enums;
    let mut shown = BTreeMap::new();
    for open in DeclaredTypes::all().enums {
        let Some(of) = metadata.get(open.name) else { continue };
        ensure!(
            of.variants.len() == open.values.len() + 1,
            "{}: expected one variant for each value and one for other values",
            open.name
        );
        let known = open.values.iter().map(|(text, _)| Case::Known(text)).chain([Case::Other]);
        let names = of.variants.iter().map(|variant| variant.name.clone());
        shown.insert(open.name.to_owned(), names.zip(known).collect());
    }
    for name in ["JsonValue", "WebhookEvent"] {
        let how = |ty: &Type| match ty {
            Type::Record { .. } => How::Plain,
            Type::String if name != "JsonValue" => How::Token,
            Type::Sequence { .. } | Type::Map { .. } => How::Count,
            _ => How::Hidden,
        };
        let cases = metadata.get(name).into_iter().flat_map(|of| &of.variants).map(|variant| {
            let fields = variant.fields.iter().map(|field| (field.name.clone(), how(&field.ty))).collect();
            (variant.name.clone(), Case::Holds(fields))
        });
        shown.insert(name.to_owned(), cases.collect());
    }
    Ok(shown)
}
