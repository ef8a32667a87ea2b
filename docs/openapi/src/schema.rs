//! The schemas of inputs and outputs, from core's types.

use std::collections::BTreeMap;

use hudhud::schema::{Field, Requirement, Schema, Type};
use serde_json::{Map, Value, json};

use crate::rustdoc::plain;

/// Returns the schema of an object. hudhud refuses unknown members of a call, but this schema accepts them, because
/// vendors ignore them.
pub(crate) fn object<'a>(
    fields: impl IntoIterator<Item = &'a &'a Field>,
    output: bool,
    schemas: &mut BTreeMap<String, Value>,
) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    let fields: Vec<&Field> = fields.into_iter().copied().collect();
    let rules: Vec<Value> = fields.iter().filter_map(|field| rule(field, &fields)).collect();
    for field in fields {
        let mut schema = kind(&field.kind, output, schemas);
        limit(field, &mut schema);
        // OpenAPI 3.1 allows a description next to a reference.
        schema["description"] = json!(plain(field.doc));
        if let Some(why) = field.inferred {
            schema["x-inferred"] = json!(why);
        }
        if field.required && !output {
            required.push(field.name);
        }
        properties.insert(field.name.into(), schema);
    }
    let mut object = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    if !rules.is_empty() {
        object["allOf"] = json!(rules);
    }
    object
}

/// Returns the condition under which an optional field is required.
fn rule(field: &Field, fields: &[&Field]) -> Option<Value> {
    let is = |name: &str, values: &[&str]| {
        let other = fields.iter().find(|other| other.name == name);
        let absent = other.and_then(|other| other.sent_default.or(other.vendor_default));
        let mut is = json!({"properties": {name: {"enum": values}}});
        // In JSON Schema, an absent member satisfies any condition on its value.
        if !absent.is_some_and(|value| values.contains(&value)) {
            is["required"] = json!([name]);
        }
        is
    };
    let required = |name: &str| json!({"required": [name]});
    let then = required(field.name);
    Some(match field.condition? {
        Requirement::If(name, values) => json!({"if": is(name, values), "then": then}),
        Requirement::Unless(name, values) => json!({"if": is(name, values), "else": then}),
        Requirement::Without(name) => json!({"if": {"not": required(name)}, "then": then}),
        other => panic!("unsupported condition: {other:?}"),
    })
}

/// The pattern of the phone numbers that `hudhud::Phone` produces.
pub(crate) const E_164: &str = r"^\+[1-9][0-9]{0,14}$";

/// Adds the limits and the default of a field to its schema.
pub(crate) fn limit(field: &Field, schema: &mut Value) {
    if field.phone {
        let number = if schema["items"].is_object() { &mut schema["items"] } else { &mut *schema };
        number["pattern"] = json!(E_164);
    }
    if let Some(max) = field.max_chars {
        schema["maxLength"] = json!(max);
    }
    if let Some((low, high)) = field.range {
        schema["minimum"] = json!(low);
        if high != i64::MAX {
            schema["maximum"] = json!(high);
        }
    }
    if let Some(default) = field.sent_default.or(field.vendor_default) {
        // Both defaults are stored as text, whatever the field's type.
        let is_text = !matches!(field.kind, Type::Integer | Type::Boolean);
        schema["default"] = if is_text { json!(default) } else { default.parse().unwrap_or_default() };
    }
}

/// Returns the schema of a kind. In responses, every value may also be `null`.
pub(crate) fn kind(of: &Type, output: bool, schemas: &mut BTreeMap<String, Value>) -> Value {
    let plain_type =
        |name: &str| if output { json!({"type": [name, "null"]}) } else { json!({"type": name}) };
    let formatted = |format: &str| {
        let mut schema = plain_type("string");
        schema["format"] = json!(format);
        schema
    };
    match of {
        Type::Text | Type::Id => plain_type("string"),
        Type::Timestamp => formatted("date-time"),
        Type::Date => formatted("date"),
        Type::Integer => plain_type("integer"),
        Type::Number => plain_type("number"),
        Type::Boolean => plain_type("boolean"),
        Type::Bytes => formatted("binary"),
        Type::Json => json!({}),
        // PHP encodes an empty map as an empty list.
        Type::Object if output => json!({"type": ["object", "array", "null"], "maxItems": 0}),
        Type::Object => json!({"type": "object"}),
        Type::List(item) => {
            let mut schema = plain_type("array");
            schema["items"] = kind(item, output, schemas);
            schema
        }
        Type::Nullable(value) => nullable(kind(value, false, schemas)),
        Type::Page(item) => page(kind(item, true, schemas)),
        Type::Model(schema) => {
            let reference = reference(schema, schemas);
            if output { json!({"anyOf": [reference, {"type": "null"}]}) } else { reference }
        }
        Type::Enum(set) => {
            if !schemas.contains_key(set.name) {
                let known: Vec<&str> = set.values.iter().map(|(value, _)| *value).collect();
                let meanings: Vec<String> =
                    set.values.iter().map(|(value, doc)| format!("- `{value}`: {}", plain(doc))).collect();
                schemas.insert(
                    set.name.into(),
                    json!({
                        "description": format!("{}\n\n{}", plain(set.doc), meanings.join("\n")),
                        "type": "string",
                        "anyOf": [{"enum": known}, {"description": "A value that the vendor may add later."}],
                    }),
                );
            }
            let reference = json!({"$ref": format!("#/components/schemas/{}", set.name)});
            if output { json!({"anyOf": [reference, {"type": "null"}]}) } else { reference }
        }
        _ => json!({}),
    }
}

fn nullable(schema: Value) -> Value {
    match schema["type"].as_str().map(str::to_string) {
        Some(name) => {
            let mut schema = schema;
            schema["type"] = json!([name, "null"]);
            schema
        }
        None => json!({"anyOf": [schema, {"type": "null"}]}),
    }
}

/// Returns a reference to the schema of a struct. Adds the schema, unless it is there already.
pub(crate) fn reference(schema: &Schema, schemas: &mut BTreeMap<String, Value>) -> Value {
    if !schemas.contains_key(schema.name) {
        // The entry is reserved first, for types that contain themselves.
        schemas.insert(schema.name.into(), Value::Null);
        let fields: Vec<&Field> = schema.fields.iter().collect();
        let mut described = object(&fields, schema.open, schemas);
        described["description"] = json!(plain(schema.doc));
        schemas.insert(schema.name.into(), described);
    }
    json!({"$ref": format!("#/components/schemas/{}", schema.name)})
}

/// Returns the schema of a page in any of the supported formats: a paginator, `{data, meta}`, a bare array.
fn page(item: Value) -> Value {
    let number = json!({"type": ["integer", "null"]});
    json!({"anyOf": [
        {
            "type": "object",
            "required": ["data"],
            "properties": {
                "current_page": number, "data": {"type": "array", "items": item}, "per_page": number, "total": number,
                "last_page": {"type": ["integer", "null"], "x-inferred": "from the framework"},
                "next_page_url": {"type": ["string", "null"], "x-inferred": "from the framework"},
            },
        },
        {"type": "array", "items": item, "x-inferred": "whether every list is paged is not stated"},
    ]})
}
