//! The errors of each surface: their schemas, and the responses that refuse a call.

use hudhud::endpoint::{EndpointSpec, Surface};
use serde_json::{Map, Value, json};

use crate::headers::header_references;

/// Returns the schemas of a vendor's errors, by their names.
pub(crate) fn errors(vendor: &str) -> Vec<(&'static str, Value)> {
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

/// Returns the name of a surface's error schema. The error responses have the same names.
pub(crate) fn error_of(surface: Surface) -> &'static str {
    match surface {
        Surface::V1 => "ErrorEnvelope",
        Surface::App => "FrameworkError",
        _ => "WazajError",
    }
}

/// Returns the error responses: one or two per surface.
pub(crate) fn refusals(specs: &[&EndpointSpec]) -> Value {
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
