//! The requests and responses of the endpoints.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::service::Service;

pub(super) type Shared = State<Arc<Service>>;
pub(super) type AdminResult = Result<Response, Wrong>;

pub(super) fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

pub(super) fn ok(body: &Value) -> AdminResult {
    Ok(answer(StatusCode::OK, body))
}

/// The reason why an endpoint did nothing.
pub(super) enum Wrong {
    Missing,
    Because(String),
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Self::Missing => (StatusCode::NOT_FOUND, "not found".to_owned()),
            Self::Because(reason) => (StatusCode::UNPROCESSABLE_ENTITY, reason),
        };
        answer(status, &json!({ "message": message }))
    }
}

pub(super) fn wrong(reason: impl ToString) -> Wrong {
    Wrong::Because(reason.to_string())
}

pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Wrong> {
    // A missing body counts as an empty object.
    serde_json::from_slice(if body.is_empty() { b"{}" } else { body }).map_err(wrong)
}
