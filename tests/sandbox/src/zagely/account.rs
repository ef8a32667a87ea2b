//! The calls `health` and `me`.

use serde_json::json;

use crate::call::Call;
use crate::protocol::answer::{Answer, Body, Outcome};
use crate::state::key::ApiKey;

/// `GET /api/v1/health`: 200 if the database is reachable, 503 otherwise.
pub(crate) fn health(call: &mut Call<'_>) -> Outcome {
    let (status, word) = if call.world.database_reachable { (200, "ok") } else { (503, "unavailable") };
    let body = json!({ "data": { "status": word, "timestamp": call.now.to_string() } });
    Ok(Answer::new(status, Body::Plain(body)))
}

/// `GET /api/v1/me`: the caller's key with its limits and usage.
pub(crate) fn me(call: &mut Call<'_>) -> Outcome {
    let tenant_id = call.world.tenant_id;
    let key: Option<&ApiKey> = call.key.and_then(|place| call.world.keys.get(place));
    Answer::plain(json!({ "data": key.map(|key| key.view(tenant_id)) }))
}
