//! Writes the shapes of the answers of all calls as JSON. The tests of both languages generate bodies from it, so that they
//! cover new calls without changes.

use anyhow::{Result, bail};
use hudhud::ENDPOINTS;
use hudhud::schema::{HasSchema as _, Schema, Type};
use hudhud::webhook::{EVENT_TYPES, EventName};
use serde_json::{Value, json};

/// Returns all calls with the shapes of their answers, and the shapes of the vendors' errors and of a delivery.
pub(crate) fn all() -> Result<Value> {
    let calls = ENDPOINTS.iter().map(|spec| {
        Ok(json!({ "vendor": spec.vendor.name, "call": spec.name, "output": shape(&spec.output)? }))
    });
    let text = || json!({ "kind": "text" });
    let object = || json!({ "kind": "object" });
    let error =
        model([("code", text()), ("message", text()), ("required_ability", text()), ("details", object())]);
    // The members of the data of all events: the name that is drawn decides which of them are read.
    let mut members = Vec::new();
    for event in EVENT_TYPES {
        let Type::Model(Schema { fields, .. }) = event.data else {
            bail!("{}: expected a struct", event.name)
        };
        for field in *fields {
            if members.iter().all(|(name, _)| *name != field.name) {
                members.push((field.name, shape(&field.kind)?));
            }
        }
    }
    let data = model(members);
    Ok(json!({
        "calls": calls.collect::<Result<Vec<_>>>()?,
        "failure": model([("error", error), ("message", text()), ("errors", object())]),
        "delivery": model([
            ("event", shape(&EventName::TYPE)?),
            ("tenant_id", json!({ "kind": "id" })),
            ("delivery_id", json!({ "kind": "id" })),
            ("occurred_at", json!({ "kind": "timestamp" })),
            ("data", data),
        ]),
    }))
}

/// Returns the shape of a kind. Fields are a list, so that their order in the generated bodies is always the same.
fn shape(kind: &Type) -> Result<Value> {
    let leaf = |name: &str| Ok(json!({ "kind": name }));
    match kind {
        Type::Text => leaf("text"),
        Type::Id => leaf("id"),
        Type::Timestamp => leaf("timestamp"),
        Type::Date => leaf("date"),
        Type::Integer => leaf("integer"),
        Type::Number => leaf("number"),
        Type::Boolean => leaf("boolean"),
        Type::Json => leaf("json"),
        Type::Object => leaf("object"),
        Type::Nullable(inner) => shape(inner),
        Type::List(item) => Ok(list(&shape(item)?)),
        Type::Page(item) => Ok(page(&list(&shape(item)?))),
        Type::Model(Schema { fields, .. }) => {
            let fields = fields.iter().map(|field| Ok((field.name, shape(&field.kind)?)));
            Ok(model(fields.collect::<Result<Vec<_>>>()?))
        }
        Type::Enum(open) => {
            let known = open.values.iter().map(|(value, _)| *value);
            let values: Vec<&str> = known.chain(open.also.iter().map(|(value, _)| *value)).collect();
            Ok(json!({ "kind": "enum", "values": values }))
        }
        other => bail!("{other:?} is not supported in answers: add it to generate/src/answers.rs"),
    }
}

fn list(item: &Value) -> Value {
    json!({ "kind": "list", "item": item })
}

fn model<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let fields = fields.into_iter().map(|(name, shape)| json!({ "name": name, "shape": shape }));
    json!({ "kind": "model", "fields": fields.collect::<Vec<_>>() })
}

/// Returns the shape of a page. Its numbers are next to its items, or under `meta`.
fn page(items: &Value) -> Value {
    let numbers = || {
        ["current_page", "last_page", "per_page", "total"].map(|name| (name, json!({ "kind": "integer" })))
    };
    let text = || json!({ "kind": "text" });
    let beside = [
        ("data", items.clone()),
        ("next_page_url", text()),
        ("meta", model(numbers())),
        ("links", model([("next", text())])),
    ];
    model(beside.into_iter().chain(numbers()))
}
