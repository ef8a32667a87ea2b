//! The parameters of operations: in the path, in the query, and the header that calls share.

use std::collections::BTreeMap;

use hudhud::endpoint::{EndpointSpec, Idempotency};
use hudhud::schema::{Field, Type};
use serde_json::{Value, json};

use crate::rustdoc::plain;
use crate::schema::{kind, limit};

/// Returns the parameter that calls share.
pub(crate) fn parameters(specs: &[&EndpointSpec]) -> Value {
    if !specs.iter().any(|spec| spec.idempotency == Idempotency::Key) {
        return json!({});
    }
    json!({"Idempotency-Key": {
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "For 24 hours, the same key on the same path replays the first response.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,255}$"},
    }})
}

/// Returns the parameter of a field, in the path or in the query.
pub(crate) fn parameter(field: &Field, place: &str, schemas: &mut BTreeMap<String, Value>) -> Value {
    let list = matches!(field.kind, Type::List(_));
    let name = if list { format!("{}[]", field.name) } else { field.name.to_string() };
    let mut schema = kind(&field.kind, false, schemas);
    // Booleans in queries are digits, because the framework's validation rule refuses the words.
    if field.kind == Type::Boolean {
        schema = json!({"type": "integer", "enum": [0, 1]});
    }
    limit(field, &mut schema);
    let mut parameter = json!({"name": name, "in": place, "required": place == "path", "description": plain(field.doc), "schema": schema});
    if list {
        parameter["explode"] = json!(true);
    }
    if let Some(why) = field.inferred {
        parameter["x-inferred"] = json!(why);
    }
    parameter
}
