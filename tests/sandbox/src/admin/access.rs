//! Access: Zagely's keys, Wazaj's keys, and the permissions of the Wazaj account.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::reply::{AdminResult, Shared, Wrong, answer, ok, read, wrong};
use crate::clock::SimTime;
use crate::config::Limits;
use crate::state::key::ABILITIES;
use crate::state::wazaj::Standing;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct KeyBody {
    name: String,
    abilities: Vec<String>,
    session_id: Option<Uuid>,
    expires_at: Option<String>,
    is_active: bool,
    limits: Option<Limits>,
}

impl Default for KeyBody {
    fn default() -> Self {
        Self {
            name: "Another key".to_owned(),
            abilities: vec!["*".to_owned()],
            session_id: None,
            expires_at: None,
            is_active: true,
            limits: None,
        }
    }
}

pub(super) async fn add_key(State(service): Shared, body: Bytes) -> AdminResult {
    let body: KeyBody = read(&body)?;
    if let Some(unknown) = body.abilities.iter().find(|ability| !ABILITIES.contains(&ability.as_str())) {
        return Err(wrong(format!("`abilities`: `{unknown}` is not an ability")));
    }
    let expires_at = moment(body.expires_at.as_deref())?;
    let mut world = service.world.lock();
    if world.keys.len() >= 1000 {
        return Err(wrong("too many keys: at most 1000 may exist"));
    }
    let key = world.new_key(&body.name, body.abilities, body.session_id);
    key.expires_at = expires_at;
    key.is_active = body.is_active;
    if let Some(limits) = body.limits {
        key.limits = limits;
    }
    let body = json!({ "id": key.id, "public_key": key.public, "secret_key": key.secret });
    Ok(answer(StatusCode::CREATED, &body))
}

fn moment(text: Option<&str>) -> Result<Option<SimTime>, Wrong> {
    match text {
        None => Ok(None),
        Some(text) => SimTime::parse(text)
            .map(Some)
            .ok_or_else(|| wrong("`expires_at`: expected an ISO 8601 date-time")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyChange {
    #[serde(default)]
    is_active: Option<bool>,
    #[serde(default)]
    limits: Option<Limits>,
    #[serde(default)]
    expires_at: Option<String>,
}

/// Disables a key, lets it expire, or sets its limits. `first` is the key that the sandbox started with.
pub(super) async fn change_key(State(service): Shared, Path(id): Path<String>, body: Bytes) -> AdminResult {
    let body: KeyChange = read(&body)?;
    let expires_at = moment(body.expires_at.as_deref())?;
    let mut world = service.world.lock();
    let is_meant =
        |place: usize, key_id: Uuid| if id == "first" { place == 0 } else { key_id.to_string() == id };
    let tenant_id = world.tenant_id;
    let found = world.keys.iter_mut().enumerate().find(|(place, key)| is_meant(*place, key.id));
    let (_, key) = found.ok_or(Wrong::Missing)?;
    key.is_active = body.is_active.unwrap_or(key.is_active);
    key.limits = body.limits.unwrap_or(key.limits);
    key.expires_at = expires_at.or(key.expires_at);
    ok(&key.view(tenant_id))
}

pub(super) async fn wazaj(State(service): Shared) -> AdminResult {
    ok(&json!(service.world.lock().wazaj.standing))
}

/// Replaces the conditions of the Wazaj account. Missing fields return to their defaults.
pub(super) async fn change_wazaj(State(service): Shared, body: Bytes) -> AdminResult {
    let standing: Standing = read(&body)?;
    service.world.lock().wazaj.standing = standing.clone();
    ok(&json!(standing))
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct WazajKeyBody {
    expires_at: Option<String>,
    is_revoked: bool,
}

pub(super) async fn add_wazaj_key(State(service): Shared, body: Bytes) -> AdminResult {
    let body: WazajKeyBody = read(&body)?;
    let expires_at = moment(body.expires_at.as_deref())?;
    let mut world = service.world.lock();
    let key = world.chance.token("wzj_", 40);
    world.wazaj.add_key(key.clone(), expires_at);
    if let Some(added) = world.wazaj.keys.last_mut() {
        added.is_revoked = body.is_revoked;
    }
    Ok(answer(StatusCode::CREATED, &json!({ "key": key })))
}
