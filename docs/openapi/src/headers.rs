//! The headers of responses: rate limits, and the replay of a stored response.

use hudhud::endpoint::{EndpointSpec, Surface};
use serde_json::{Value, json};

/// The rate limit headers, which every response to a known key has.
const LIMITS: [&str; 3] = ["X-RateLimit-Limit", "X-RateLimit-Daily-Limit", "X-RateLimit-Daily-Remaining"];

/// Returns the headers of all responses of a vendor. Wazaj states none.
pub(crate) fn headers(specs: &[&EndpointSpec]) -> Value {
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
pub(crate) fn header_references(others: &[&str]) -> Value {
    let names = LIMITS.iter().chain(others);
    let references =
        names.map(|name| (name.to_string(), json!({"$ref": format!("#/components/headers/{name}")})));
    Value::Object(references.collect())
}
