//! Tests that one declaration works with UniFFI, PyO3 and tsify, including its documentation.
//!
//! The expected form of a type comes from [`hudhud::schema`]. The tests compare it with the output of each framework.

use std::collections::BTreeMap;

use hudhud::ENDPOINTS;
use hudhud::schema::{Field, HasSchema, OpenEnum, Schema, Type};
use serde_json::{Value, json};

/// All declared types by name.
#[derive(Debug, Default)]
pub struct Declared {
    /// Calls, the records inside them, responses, and the data of events.
    pub structs: BTreeMap<&'static str, &'static Schema>,
    /// The open enums.
    pub enums: BTreeMap<&'static str, &'static OpenEnum>,
}

impl Declared {
    fn visit(&mut self, kind: &'static Type) {
        match kind {
            Type::List(inner) | Type::Page(inner) | Type::Nullable(inner) => self.visit(inner),
            Type::Model(schema) => self.visit_struct(schema),
            Type::Enum(open) => {
                self.enums.insert(open.name, open);
            }
            _ => {}
        }
    }

    fn visit_struct(&mut self, schema: &'static Schema) {
        if self.structs.insert(schema.name, schema).is_none() {
            schema.fields.iter().for_each(|field| self.visit(&field.kind));
        }
    }
}

/// Collects the types that are reachable from the catalog, from the data of the received-message event, and from the
/// event names.
#[must_use]
pub fn declared() -> Declared {
    let mut found = Declared::default();
    for spec in ENDPOINTS {
        found.visit_struct(spec.input);
        found.visit(&spec.output);
    }
    found.visit(&<hudhud::webhook::ReceivedMessage as HasSchema>::TYPE);
    found.visit(&<hudhud::webhook::EventName as HasSchema>::TYPE);
    found
}

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
