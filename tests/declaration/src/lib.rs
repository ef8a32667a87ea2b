//! Tests that one declaration serves Kotlin, Swift, Python and TypeScript, including its documentation.
//!
//! The expected form of a type comes from [`hudhud::schema`]. The tests compare it with the output of each framework.

use std::collections::BTreeMap;

use hudhud::schema::{Field, OpenEnum, Schema, Type};
use hudhud::{DeclaredTypes, ErrorKind};
use serde_json::{Value, json};

/// All declared types by name.
#[derive(Debug, Default)]
pub struct Declared {
    /// Calls, the records inside them, responses, and the data of events.
    pub structs: BTreeMap<&'static str, &'static Schema>,
    /// The open enums.
    pub enums: BTreeMap<&'static str, &'static OpenEnum>,
}

/// Collects the types that are reachable from the catalog, from the data of the received-message event, and from the
/// event names.
#[must_use]
pub fn declared() -> Declared {
    let DeclaredTypes { structs, enums, .. } = DeclaredTypes::all();
    Declared {
        structs: structs.into_iter().map(|(schema, _)| (schema.name, schema)).collect(),
        enums: enums.into_iter().map(|open| (open.name, open)).collect(),
    }
}

macro_rules! error_kinds {
    ([] $(#[$_:meta])* closed_enum ErrorKind { $( $(#[doc = $doc:literal])* $kind:ident = [$name:tt], )* }) => {
        /// Returns each error kind with its documentation.
        #[must_use]
        pub fn error_kinds() -> Vec<(ErrorKind, String)> {
            vec![$( (ErrorKind::$kind, [$($doc.trim()),*].join("\n")) ),*]
        }
    };
}
hudhud::__ErrorKind!(error_kinds);

/// The name of the field that every response has in addition to its own: the fields that the type does not name.
pub const EXTRA: &str = "extra";

/// The documentation of [`EXTRA`].
pub const EXTRA_DOC: &str =
    "Members of the response that have no field above: name and value, verbatim, in the vendor's order.";

/// Returns [`declared`] as JSON, for tests that are not written in Rust.
#[must_use]
pub fn json() -> Value {
    let Declared { structs, enums } = declared();
    let structs: Vec<Value> = structs
        .into_values()
        .map(|schema| {
            let fields: Vec<Value> = schema.fields.iter().map(field).collect();
            json!({ "name": schema.name, "doc": schema.doc, "answer": schema.open, "fields": fields })
        })
        .collect();
    let enums: Vec<Value> = enums
        .into_values()
        .map(|open| json!({ "name": open.name, "doc": open.doc, "values": open.values }))
        .collect();
    json!({ "structs": structs, "enums": enums })
}

fn field(field: &'static Field) -> Value {
    json!({
        "name": field.name,
        "doc": field.doc,
        "kind": kind(&field.kind),
        "required": field.required,
        "secret": field.secret,
    })
}

/// Converts a kind to nested lists, such as `["nullable", ["list", ["text"]]]`. Structs and enums are represented by
/// their names.
fn kind(kind: &'static Type) -> Value {
    match kind {
        Type::List(inner) => json!(["list", self::kind(inner)]),
        Type::Page(inner) => json!(["page", self::kind(inner)]),
        Type::Nullable(inner) => json!(["nullable", self::kind(inner)]),
        Type::Model(schema) => json!(["struct", schema.name]),
        Type::Enum(open) => json!(["enum", open.name]),
        leaf => json!([format!("{leaf:?}").to_lowercase()]),
    }
}
