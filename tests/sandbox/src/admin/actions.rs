//! Events that no API call can cause: an inbound message, a scanned code, a lost connection, the passage of time.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::reply::{AdminResult, Shared, Wrong, answer, ok, read, wrong};
use crate::simulation::inbound::Inbound;
use crate::state::contact::digits_of;
use crate::state::session::{Session, SessionStatus};
use crate::state::world::World;

pub(super) async fn replay(State(service): Shared, Path(id): Path<Uuid>) -> AdminResult {
    let replayed = service.world.lock().replay(id, service.clock.now()).ok_or(Wrong::Missing)?;
    if !replayed {
        return Err(wrong("the delivery is still pending"));
    }
    ok(&json!({ "delivery_id": id, "status": "pending" }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InboundBody {
    from: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    content: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    media_url: Option<String>,
    /// The session that receives the message; the first connected one if not given.
    #[serde(default)]
    session_id: Option<Uuid>,
}

pub(super) async fn inbound(State(service): Shared, body: Bytes) -> AdminResult {
    let body: InboundBody = read(&body)?;
    let phone_number =
        digits_of(&body.from).ok_or_else(|| wrong("`from`: expected a phone number with 1 to 15 digits"))?;
    let now = service.clock.now();
    let mut world = service.world.lock();
    let wanted = |session: &&Session| match body.session_id {
        Some(id) => session.id == id,
        None => session.is_connected(),
    };
    let session =
        world.sessions.iter().find(wanted).ok_or_else(|| wrong("`session_id`: no session found"))?;
    if !session.is_connected() {
        return Err(wrong("`session_id`: the session is not connected"));
    }
    let is_known = world.contacts.with_phone(&phone_number).is_some();
    if !is_known && world.contacts.len() >= service.config.capacity {
        return Err(wrong("the sandbox is full"));
    }
    let inbound = Inbound {
        session_id: session.id,
        phone_number,
        name: body.name,
        kind: body.kind.unwrap_or_else(|| "text".to_owned()),
        content: body.content,
        media_url: body.media_url,
    };
    let id = world.receive(inbound, now);
    ok(&json!({ "message_id": id }))
}

/// The maximum of one advance: a year. All events of that time run at once, and other calls wait.
const LONGEST_ADVANCE: Duration = Duration::from_secs(366 * 24 * 60 * 60);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceBody {
    seconds: f64,
}

pub(super) async fn advance(State(service): Shared, body: Bytes) -> AdminResult {
    let body: AdvanceBody = read(&body)?;
    let by = Duration::try_from_secs_f64(body.seconds).map_err(wrong)?;
    if by > LONGEST_ADVANCE {
        return Err(wrong("`seconds`: expected at most 31622400 (366 days)"));
    }
    ok(&json!({ "now": service.advance(by).to_string() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionBody {
    channel: String,
    name: String,
}

/// Connects a bot, a page or a push site, as the dashboard does for the channels other than WhatsApp.
pub(super) async fn add_session(State(service): Shared, body: Bytes) -> AdminResult {
    let body: SessionBody = read(&body)?;
    let now = service.clock.now();
    let mut world = service.world.lock();
    if world.sessions.len() >= service.config.capacity {
        return Err(wrong("the sandbox is full"));
    }
    let mut session = Session::new(world.chance.uuid(), &body.channel, body.name, now);
    session.status = SessionStatus::Connected;
    session.daily_limit = 1_000_000;
    let id = session.id;
    world.emit_session("session.connected", &session, now);
    world.sessions.put(session);
    Ok(answer(StatusCode::CREATED, &json!({ "id": id })))
}

/// Simulates a scanned code, a lost connection or a banned number.
pub(super) async fn session_event(
    State(service): Shared,
    Path((id, event)): Path<(Uuid, String)>,
) -> AdminResult {
    let now = service.clock.now();
    let mut world = service.world.lock();
    let session = world.sessions.get(id).ok_or(Wrong::Missing)?;
    match event.as_str() {
        "scan" => {
            if session.status != SessionStatus::Connected {
                world.begin_pairing(id, now);
            }
            world.scan(id, now);
        }
        "drop" => world.lose_session(id, SessionStatus::Disconnected, now),
        "ban" => world.lose_session(id, SessionStatus::Banned, now),
        _ => return Err(Wrong::Missing),
    }
    let view = world.sessions.get(id).map(Session::view).unwrap_or_default();
    ok(&view)
}

/// Opts a contact out, like the link at the end of an email or the switch for push messages.
pub(super) async fn opt_out(State(service): Shared, Path(id): Path<Uuid>) -> AdminResult {
    let now = service.clock.now();
    let mut world = service.world.lock();
    world
        .contacts
        .change(id, |contact| {
            contact.opted_out_at = Some(now);
            contact.updated_at = now;
        })
        .ok_or(Wrong::Missing)?;
    let contact = world.contacts.get(id).cloned().ok_or(Wrong::Missing)?;
    world.emit_contact("contact.opted_out", &contact, now);
    ok(&contact.view())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatabaseBody {
    reachable: bool,
}

pub(super) async fn database(State(service): Shared, body: Bytes) -> AdminResult {
    let body: DatabaseBody = read(&body)?;
    service.world.lock().database_reachable = body.reachable;
    ok(&json!({ "reachable": body.reachable }))
}

/// Resets the state to the start, with the same keys. The clock is not reset.
pub(super) async fn reset(State(service): Shared) -> AdminResult {
    let mut world = service.world.lock();
    let seed = world.chance.seed();
    *world = World::new(Arc::clone(&service.config), seed, service.clock.now());
    service.faults.lock().rules.clear();
    ok(&json!({ "message": "The sandbox was reset." }))
}
