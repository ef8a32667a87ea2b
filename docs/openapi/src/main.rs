//! Writes both vendors' APIs as OpenAPI 3.1 documents, from core's catalog and types: `cargo xtask openapi`.
//!
//! The documents contain only what the contract states. Unstated details have `x-inferred`, sets of names are open,
//! and responses have no required fields.

mod links;
mod samples;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use hudhud::endpoint::{EndpointSpec, Idempotency, Surface};
use hudhud::schema::{Field, Requirement, Schema, Type};
use serde_json::{Map, Value, json};

use crate::samples::Samples;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// Writes the OpenAPI documents.
#[derive(Parser)]
struct Arguments {
    /// Writes nothing; fails if the documents are out of date
    #[arg(long)]
    check: bool,
}

fn main() -> Result<()> {
    let Arguments { check } = Arguments::parse();
    for vendor in ["zagely", "wazaj"] {
        let path = Path::new(FOLDER).join(format!("{vendor}.yaml"));
        let text = serde_saphyr::to_string(&document(vendor, &samples::read(vendor)?))?;
        let text =
            format!("# Written by `cargo xtask openapi`; change core's catalog and types instead.\n{text}");
        if check {
            let found = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            ensure!(found == text, "{} is out of date: run `cargo xtask openapi`", path.display());
        } else {
            std::fs::write(&path, text)?;
        }
    }
    Ok(())
}

fn document(vendor: &str, samples: &Samples) -> Value {
    let specs: Vec<&EndpointSpec> =
        hudhud::ENDPOINTS.iter().copied().filter(|spec| spec.vendor.name == vendor).collect();
    let mut schemas = BTreeMap::new();
    let mut paths: Map<String, Value> = Map::new();
    for spec in &specs {
        let method = spec.route.method.as_str().to_ascii_lowercase();
        let mut operation = operation(spec, &mut schemas);
        if let Some(examples) = samples.get(spec.name) {
            operation["requestBody"]["content"]["application/json"]["examples"] = json!(examples);
        }
        let links = links::links(spec, &specs);
        if !links.is_empty() {
            operation["responses"]["2XX"]["links"] = json!(links);
        }
        paths.entry(spec.route.path).or_insert_with(|| json!({}))[method] = operation;
    }
    for (name, schema) in errors(vendor) {
        schemas.insert(name.into(), schema);
    }
    let mut groups: Vec<&str> = specs.iter().map(|spec| spec.group).collect();
    groups.dedup();
    let tags: Vec<Value> = groups
        .iter()
        .map(|group| json!({"name": group, "description": format!("The calls `{group}.…`.")}))
        .collect();
    let about = about(vendor);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": about.title,
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Reconstructed from the vendor's page by Hudhud; not an official document.",
            "description": about.description,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": about.server, "description": "The host of the vendor's samples."}],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": about.security,
            "parameters": parameters(&specs),
            "responses": refusals(&specs),
            "headers": headers(&specs),
            "schemas": schemas,
        },
    })
}

struct About {
    title: &'static str,
    description: &'static str,
    server: &'static str,
    security: Value,
}

fn about(vendor: &str) -> About {
    match vendor {
        "zagely" => About {
            title: "Zagely API",
            description: "The v1 API and the unversioned app routes. Details that the vendor's page does not state \
                          are marked `x-inferred`.",
            server: hudhud::zagely::BASE_URL,
            security: json!({
                "publicKey": {"type": "apiKey", "in": "header", "name": "X-Public-Key", "description": "`pk_…`"},
                "secretKey": {"type": "apiKey", "in": "header", "name": "X-Secret-Key", "description": "`sk_…`"},
                "appToken": {
                    "type": "http", "scheme": "bearer", "description": "A token of the dashboard, for app routes.",
                    "x-inferred": "the page does not say how app routes are authenticated",
                },
            }),
        },
        _ => About {
            title: "Wazaj Business API",
            description: "For servers only: the vendor forbids the keys and the base URL in browsers and apps.",
            server: hudhud::wazaj::EXAMPLE_BASE_URL,
            security: json!({
                "apiKeyHeader": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "`wzj_…`"},
                "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer wzj_…`"},
                "apiKeyScheme": {
                    "type": "apiKey", "in": "header", "name": "Authorization",
                    "description": "`Authorization: ApiKey wzj_…`",
                },
            }),
        },
    }
}

fn operation(spec: &EndpointSpec, schemas: &mut BTreeMap<String, Value>) -> Value {
    let (summary, description) = spec.input.doc.split_once("\n\n").unwrap_or((spec.input.doc, ""));
    let is_query = spec.route.method == hudhud::Method::Get;
    let (path_fields, fields): (Vec<&Field>, Vec<&Field>) =
        spec.input.fields.iter().partition(|field| field.path);
    let mut parameters: Vec<Value> =
        path_fields.iter().map(|field| parameter(field, "path", schemas)).collect();
    if is_query {
        parameters.extend(fields.iter().map(|field| parameter(field, "query", schemas)));
    }
    if spec.idempotency == Idempotency::Key {
        parameters.push(json!({"$ref": "#/components/parameters/Idempotency-Key"}));
    }
    let mut operation = json!({
        "operationId": spec.name,
        "tags": [spec.group],
        "summary": plain(summary).trim_end_matches('.'),
        "description": plain(description),
        "parameters": parameters,
        "security": security(spec),
        "responses": responses(spec, schemas),
    });
    if !is_query && !fields.is_empty() {
        operation["requestBody"] = request_body(spec, &fields, schemas);
    }
    if let Some(ability) = spec.route.ability {
        operation["x-ability"] = json!(ability);
    }
    if !spec.route.inferred.is_empty() {
        operation["x-inferred"] = json!(spec.route.inferred);
    }
    operation
}

/// Returns the parameter that calls share.
fn parameters(specs: &[&EndpointSpec]) -> Value {
    if !specs.iter().any(|spec| spec.idempotency == Idempotency::Key) {
        return json!({});
    }
    json!({"Idempotency-Key": {
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "For 24 hours, the same key on the same path replays the first response.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,255}$"},
    }})
}

fn parameter(field: &Field, place: &str, schemas: &mut BTreeMap<String, Value>) -> Value {
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

fn request_body(spec: &EndpointSpec, fields: &[&Field], schemas: &mut BTreeMap<String, Value>) -> Value {
    if spec.route.multipart {
        return form(fields);
    }
    let required = fields.iter().any(|field| field.required || field.condition.is_some());
    json!({"required": required, "content": {"application/json": {"schema": object(fields, false, schemas)}}})
}

/// Returns the schema of a form with a file. One of the call's fields is the file, and `field_name` contains its name
/// in the form.
fn form(fields: &[&Field]) -> Value {
    let name = fields.iter().find(|field| field.name == "field_name");
    let default = name.and_then(|name| name.sent_default).unwrap_or("file");
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in fields.iter().filter(|field| field.kind == Type::Bytes) {
        let mut file = json!({"type": "string", "format": "binary", "description": format!("{} CSV or XLSX.", plain(field.doc))});
        if let Some(why) = name.and_then(|name| name.inferred) {
            file["x-inferred"] = json!(format!("the field's name: {why}"));
        }
        properties.insert(default.into(), file);
        required.push(default);
    }
    json!({"required": true, "content": {"multipart/form-data": {
        "schema": {"type": "object", "required": required, "properties": properties},
    }}})
}

/// Returns the schema of an object. hudhud refuses unknown members of a call, but this schema accepts them, because
/// vendors ignore them.
fn object<'a>(
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
const E_164: &str = r"^\+[1-9][0-9]{0,14}$";

fn limit(field: &Field, schema: &mut Value) {
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
fn kind(of: &Type, output: bool, schemas: &mut BTreeMap<String, Value>) -> Value {
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

fn reference(schema: &Schema, schemas: &mut BTreeMap<String, Value>) -> Value {
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

fn responses(spec: &EndpointSpec, schemas: &mut BTreeMap<String, Value>) -> Value {
    let output = match &spec.output {
        // The response is bare or under `data`: the vendor uses both forms.
        Type::Model(schema) => {
            let bare = reference(schema, schemas);
            json!({"anyOf": [bare, {"type": "object", "required": ["data"], "properties": {"data": bare}}]})
        }
        other => kind(other, false, schemas),
    };
    let mut success = json!({
        "description": "Success. The 2xx status depends on the call and is not always stated.",
        "content": {"application/json": {"schema": output}},
    });
    let is_limited = spec.surface != Surface::Business && !spec.route.anonymous;
    if is_limited {
        success["headers"] = header_references(&["Idempotent-Replay"]);
    }
    let reference = |name: String| json!({"$ref": format!("#/components/responses/{name}")});
    let error = error_of(spec.surface);
    let mut responses =
        json!({"2XX": success, "4XX": reference(error.into()), "5XX": reference(error.into())});
    if is_limited {
        responses["429"] = reference(format!("{error}TooMany"));
    }
    if spec.route.anonymous {
        responses["503"] = json!({
            "description": "The service is unavailable because its database cannot be reached.",
            "content": {"application/json": {"schema": {}}},
        });
    }
    responses
}

/// Returns the name of a surface's error schema. The error responses have the same names.
fn error_of(surface: Surface) -> &'static str {
    match surface {
        Surface::V1 => "ErrorEnvelope",
        Surface::App => "FrameworkError",
        _ => "WazajError",
    }
}

/// Returns the error responses: one or two per surface.
fn refusals(specs: &[&EndpointSpec]) -> Value {
    let mut refusals = Map::new();
    for spec in specs {
        let error = error_of(spec.surface);
        let schema = json!({"$ref": format!("#/components/schemas/{error}")});
        let refusal = |description: &str| json!({"description": description, "content": {"application/json": {"schema": schema}}});
        refusals.insert(error.into(), refusal("The call was refused or failed."));
        if spec.surface != Surface::Business {
            let mut too_many = refusal("The limit per minute or a quota is exceeded.");
            too_many["headers"] = header_references(&["Retry-After"]);
            refusals.insert(format!("{error}TooMany"), too_many);
        }
    }
    Value::Object(refusals)
}

/// The rate limit headers, which every response to a known key has.
const LIMITS: [&str; 3] = ["X-RateLimit-Limit", "X-RateLimit-Daily-Limit", "X-RateLimit-Daily-Remaining"];

fn headers(specs: &[&EndpointSpec]) -> Value {
    if specs.iter().all(|spec| spec.surface == Surface::Business) {
        return json!({});
    }
    let integer = |description: &str| json!({"description": description, "schema": {"type": "integer"}});
    json!({
        "X-RateLimit-Limit": integer("The maximum number of requests per minute."),
        "X-RateLimit-Daily-Limit": integer("The maximum number of requests per day."),
        "X-RateLimit-Daily-Remaining": integer("The number of requests that remain today."),
        "Retry-After": integer("The seconds to wait before the next attempt. For a quota, this can be hours or days."),
        "Idempotent-Replay": {
            "description": "`true` if this is the stored response to an earlier request.", "schema": {"type": "string"},
        },
    })
}

/// Returns references to the rate limit headers and to the given ones.
fn header_references(others: &[&str]) -> Value {
    let names = LIMITS.iter().chain(others);
    let references =
        names.map(|name| (name.to_string(), json!({"$ref": format!("#/components/headers/{name}")})));
    Value::Object(references.collect())
}

fn security(spec: &EndpointSpec) -> Value {
    match spec.surface {
        _ if spec.route.anonymous => json!([]),
        Surface::V1 => json!([{"publicKey": [], "secretKey": []}]),
        Surface::App => json!([{"publicKey": [], "secretKey": []}, {"appToken": []}]),
        _ => json!([{"apiKeyHeader": []}, {"bearer": []}, {"apiKeyScheme": []}]),
    }
}

fn errors(vendor: &str) -> Vec<(&'static str, Value)> {
    let text = json!({"type": "string"});
    let fields = json!({
        "description": "The error messages by field.",
        "type": ["object", "array", "null"],
        "additionalProperties": {"type": "array", "items": text},
    });
    if vendor == "wazaj" {
        return vec![(
            "WazajError",
            json!({
                "type": "object",
                "description": "An error. The vendor does not state which member contains the code of a business rule.",
                "properties": {"success": {"type": "boolean"}, "message": text, "errors": fields},
            }),
        )];
    }
    vec![
        (
            "ErrorEnvelope",
            json!({
                "type": "object",
                "description": "The format of all errors under /api/v1.",
                "required": ["error"],
                "properties": {"error": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {
                        "code": {"type": "string", "description": "The machine-readable code. The vendor may add codes."},
                        "message": text,
                        "details": {
                            "type": ["object", "array", "null"],
                            "properties": {"errors": fields, "required_ability": text, "limit": {"type": "integer"}},
                        },
                    },
                }},
            }),
        ),
        (
            "FrameworkError",
            json!({
                "type": "object",
                "description": "An error of an app route.",
                "x-inferred": "the format of the vendor's framework",
                "properties": {"message": text, "errors": fields},
            }),
        ),
    ]
}

/// Removes links that only rustdoc understands: `` [`Page`](crate::Page) `` becomes `` `Page` ``.
fn plain(doc: &str) -> String {
    let mut text = String::new();
    let mut rest = doc.split("\n\n```").next().unwrap_or(doc);
    while let Some(start) = rest.find("[`") {
        text.push_str(&rest[..start]);
        let inside = &rest[start + 1..];
        let Some(end) = inside.find("`]") else { break };
        text.push_str(&inside[..=end]);
        rest = &inside[end + 2..];
        if let Some(link) = rest.strip_prefix('(')
            && let Some(end) = link.find(')')
        {
            rest = &link[end + 1..];
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Samples, document, plain};

    #[test]
    fn every_call_is_an_operation() {
        for vendor in ["zagely", "wazaj"] {
            let document = document(vendor, &Samples::new());
            let names: Vec<&str> = document["paths"]
                .as_object()
                .into_iter()
                .flat_map(|paths| paths.values())
                .filter_map(serde_json::Value::as_object)
                .flat_map(|methods| methods.values())
                .filter_map(|operation| operation["operationId"].as_str())
                .collect();
            let expected = hudhud::ENDPOINTS.iter().filter(|spec| spec.vendor.name == vendor).count();
            assert_eq!(names.len(), expected);
        }
    }

    #[test]
    fn the_pattern_of_phone_numbers_matches_core() {
        let contact = &document("zagely", &Samples::new())["paths"]["/api/v1/contacts"]["post"];
        let properties = &contact["requestBody"]["content"]["application/json"]["schema"]["properties"];
        assert_eq!(properties["phone_number"]["pattern"], super::E_164);
        assert!(properties["name"]["pattern"].is_null());
        assert!(hudhud::Phone::parse("+123456789012345").is_ok() && hudhud::Phone::parse("+1").is_ok());
        assert!(hudhud::Phone::parse("+1234567890123456").is_err() && hudhud::Phone::parse("+0").is_err());
    }

    #[test]
    fn rustdoc_links_become_names() {
        assert_eq!(plain("Returns [`Page`](crate::Page) of [`Contact`]."), "Returns `Page` of `Contact`.");
        assert_eq!(plain("A call.\n\n```\nlet x;\n```"), "A call.");
    }

    #[test]
    fn a_creation_links_to_the_calls_that_accept_the_id() {
        let document = document("zagely", &Samples::new());
        let links = &document["paths"]["/api/v1/contacts"]["post"]["responses"]["2XX"]["links"];
        assert_eq!(links["contacts.get"]["parameters"], json!({"path.contact_id": "$response.body#/id"}));
        assert_eq!(links["messages.list"]["parameters"], json!({"query.contact_id": "$response.body#/id"}));
        assert!(links["contact_groups.get"].is_null());
    }

    #[test]
    fn samples_belong_to_calls_of_the_catalog() {
        for (vendor, least) in [("zagely", 8), ("wazaj", 2)] {
            let samples = crate::samples::read(vendor).unwrap();
            assert!(samples.len() >= least, "{samples:?}");
            let is_call = |name: &String| {
                hudhud::ENDPOINTS.iter().any(|spec| spec.vendor.name == vendor && spec.name == name)
            };
            assert!(samples.keys().all(is_call));
        }
    }
}
