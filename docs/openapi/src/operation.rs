//! The operation of a call: its parameters, body, responses and credentials.

use std::collections::BTreeMap;

use hudhud::endpoint::{EndpointSpec, Idempotency, Surface};
use hudhud::schema::{Field, Type};
use serde_json::{Map, Value, json};

use crate::errors::error_of;
use crate::headers::header_references;
use crate::parameters::parameter;
use crate::rustdoc::plain;
use crate::schema::{kind, object, reference};

/// Returns the operation of a call. Adds the schemas to which it refers.
pub(crate) fn operation(spec: &EndpointSpec, schemas: &mut BTreeMap<String, Value>) -> Value {
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

fn security(spec: &EndpointSpec) -> Value {
    match spec.surface {
        _ if spec.route.anonymous => json!([]),
        Surface::V1 => json!([{"publicKey": [], "secretKey": []}]),
        Surface::App => json!([{"publicKey": [], "secretKey": []}, {"appToken": []}]),
        _ => json!([{"apiKeyHeader": []}, {"bearer": []}, {"apiKeyScheme": []}]),
    }
}
