//! Writes the form of a type as JSON, for JavaScript to read values with.
//!
//! A letter is a leaf, an array is a list, an object is a struct. An enum is a text, because unknown names are accepted.
//! `[…, 0]` is an optional list, `o?` an optional object.

use hudhud::schema::Type;
use serde_json::{Map, Value, json};

pub(crate) fn of(kind: &Type) -> Value {
    match kind {
        Type::Text | Type::Id | Type::Timestamp | Type::Date | Type::Enum(_) => json!("t"),
        Type::Integer => json!("i"),
        Type::Number => json!("n"),
        Type::Boolean => json!("b"),
        Type::Object => json!("o"),
        Type::List(inner) => json!([of(inner)]),
        Type::Model(schema) => {
            let fields = schema.fields.iter().map(|field| {
                let shape = match (of(&field.kind), field.required) {
                    (Value::Array(inner), false) => json!([inner[0], 0]),
                    (Value::String(leaf), false) if leaf == "o" => json!("o?"),
                    (shape, _) => shape,
                };
                (field.name.to_owned(), shape)
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        // Any JSON.
        _ => json!("j"),
    }
}
