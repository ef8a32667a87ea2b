//! The rules for faults of later requests.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{AdminResult, Shared, Wrong, answer, ok, read, wrong};
use crate::faults::Match;

pub(super) async fn list(State(service): Shared) -> AdminResult {
    let faults = service.faults.lock();
    let rows: Vec<Value> = faults
        .rules
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "match": rule.matches,
                "times": rule.times,
                "share": rule.share,
                "fault": rule.text,
                "applied": rule.applied,
            })
        })
        .collect();
    ok(&json!({ "data": rows }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultBody {
    fault: String,
    #[serde(default, rename = "match")]
    matches: Match,
    #[serde(default)]
    times: Option<u64>,
    #[serde(default)]
    share: Option<f64>,
}

pub(super) async fn add(State(service): Shared, body: Bytes) -> AdminResult {
    let body: FaultBody = read(&body)?;
    let share = body.share.unwrap_or(1.0);
    if !(0.0..=1.0).contains(&share) {
        return Err(wrong("`share`: expected a number between 0 and 1"));
    }
    let id = service.faults.lock().add(body.matches, body.times, share, &body.fault).map_err(wrong)?;
    Ok(answer(StatusCode::CREATED, &json!({ "id": id })))
}

pub(super) async fn clear(State(service): Shared) -> AdminResult {
    service.faults.lock().rules.clear();
    ok(&json!({ "data": [] }))
}

pub(super) async fn remove(State(service): Shared, Path(id): Path<u64>) -> AdminResult {
    let mut faults = service.faults.lock();
    let before = faults.rules.len();
    faults.rules.retain(|rule| rule.id != id);
    if faults.rules.len() == before { Err(Wrong::Missing) } else { ok(&json!({ "id": id })) }
}
