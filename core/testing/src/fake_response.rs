//! Builders of responses in the vendors' forms.

use hudhud::endpoint::EndpointSpec;
use hudhud::schema::Type;
use hudhud::{ENDPOINTS, IdempotencyKey, Response};
use serde_json::{Map, Value, json};

/// A prepared response. It converts from a [`Response`] too.
#[derive(Clone, Debug)]
pub struct FakeResponse(pub(crate) Response);

impl From<Response> for FakeResponse {
    fn from(response: Response) -> Self {
        Self(response)
    }
}

impl FakeResponse {
    fn json(status: u16, body: &Value) -> Self {
        Self(Response::new(status, [("Content-Type", "application/json")], body.to_string()))
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.headers.push((name.into(), value.into()));
        self
    }

    /// Adds `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header("Retry-After", seconds.to_string())
    }
}

/// Creates the response to a call, such as `success("messages.send", json!({"status": "queued"}))`. Ids that you leave out are
/// random.
///
/// # Panics
/// If the call or a field does not exist, if `fields` is not an object, or if the call returns pages: use [`page`].
#[must_use]
#[track_caller]
pub fn success(call: &str, fields: Value) -> FakeResponse {
    let Value::Object(mut members) = fields else { panic!("success({call:?}, …): expected a JSON object") };
    let output = &endpoint(call).output;
    assert!(
        !matches!(output, Type::Page(_)),
        "{call} returns pages: use page([…]) instead of success({call:?}, …)"
    );
    if let Type::Model(schema) = output {
        let names: Vec<&str> = schema.fields.iter().map(|field| field.name).collect();
        if let Some(name) = members.keys().find(|name| !names.contains(&name.as_str())) {
            panic!("the output of {call} has no field {name:?}: expected one of {}", names.join(", "));
        }
        for field in
            schema.fields.iter().filter(|field| matches!(field.kind, Type::Id | Type::Nullable(Type::Id)))
        {
            members.entry(field.name).or_insert_with(|| Value::String(random_id()));
        }
    }
    FakeResponse::json(200, &Value::Object(members))
}

/// Creates the only page of a list.
#[must_use]
pub fn page(items: impl IntoIterator<Item = Value>) -> FakeResponse {
    let items: Vec<Value> = items.into_iter().collect();
    let total = items.len();
    FakeResponse::json(
        200,
        &json!({"data": items, "current_page": 1, "last_page": 1, "per_page": total.max(1), "total": total}),
    )
}

/// Creates an error of Zagely with a status and a code, such as `api_error(429, "rate_limit_exceeded")`.
#[must_use]
pub fn api_error(status: u16, code: &str) -> FakeResponse {
    let error = Map::from_iter([
        ("code".to_owned(), Value::from(code)),
        ("message".to_owned(), Value::from("The request was refused.")),
    ]);
    FakeResponse::json(status, &json!({ "error": error }))
}

/// Returns the row of a call.
#[track_caller]
pub(crate) fn endpoint(call: &str) -> &'static EndpointSpec {
    let found = ENDPOINTS.iter().find(|row| row.name == call);
    found.copied().unwrap_or_else(|| {
        let group = call.split('.').next().unwrap_or_default();
        let near: Vec<_> =
            ENDPOINTS.iter().map(|row| row.name).filter(|name| name.starts_with(group)).collect();
        let names = if near.is_empty() { ENDPOINTS.iter().map(|row| row.name).collect() } else { near };
        panic!("{call:?} is not a call: expected one of {}", names.join(", "))
    })
}

/// Returns a UUID, as the vendor's ids are.
fn random_id() -> String {
    IdempotencyKey::from_entropy(hudhud_transport::entropy()).as_str().to_owned()
}
