//! The endpoints under `/_sandbox`: what no vendor offers and a test needs. Behind the admin token, and only for
//! requests that name the sandbox by its own address, so that no web page can reach them through a browser.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::calls::{Access, CALLS};
use crate::clock::Moment;
use crate::config::Limits;
use crate::faults::Match;
use crate::life::inbound::Inbound;
use crate::page;
use crate::pipeline::{as_json, credentials};
use crate::service::Service;
use crate::state::World;
use crate::state::key::ABILITIES;
use crate::state::session::{Session, SessionStatus};
use crate::state::transfer::Work;
use crate::state::wazaj::Standing;
use crate::zagely::contacts::digits_of;

/// How many messages and deliveries one answer holds.
const SHOWN: usize = 200;

type Shared = State<Arc<Service>>;
type Told = Result<Response, Wrong>;

pub(crate) fn router(service: &Arc<Service>) -> Router {
    Router::new()
        .route("/_sandbox", get(about))
        .route("/_sandbox/calls", get(calls))
        .route("/_sandbox/log", get(log))
        .route("/_sandbox/messages", get(messages))
        .route("/_sandbox/deliveries", get(deliveries))
        .route("/_sandbox/deliveries/{id}/replay", post(replay))
        .route("/_sandbox/inbound", post(inbound))
        .route("/_sandbox/advance", post(advance))
        .route("/_sandbox/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/_sandbox/faults/{id}", delete(remove_fault))
        .route("/_sandbox/keys", post(add_key))
        .route("/_sandbox/keys/{id}", post(change_key))
        .route("/_sandbox/sessions", get(sessions).post(add_session))
        .route("/_sandbox/sessions/{id}/{event}", post(session_event))
        .route("/_sandbox/contacts/{id}/opt-out", post(opt_out))
        .route("/_sandbox/imports/{id}", get(transfer))
        .route("/_sandbox/exports/{id}", get(transfer))
        .route("/_sandbox/exports/{id}/file", get(export_file))
        .route("/_sandbox/database", post(database))
        .route("/_sandbox/wazaj", get(wazaj).post(change_wazaj))
        .route("/_sandbox/wazaj/keys", post(add_wazaj_key))
        .route("/_sandbox/reset", post(reset))
        .layer(from_fn_with_state(Arc::clone(service), only_admin))
        .with_state(Arc::clone(service))
}

async fn only_admin(State(service): Shared, request: Request, next: Next) -> Response {
    if !page::is_addressed(&service, request.headers()) {
        return answer(
            StatusCode::FORBIDDEN,
            &json!({ "message": "The Host header is not this sandbox's." }),
        );
    }
    let is_admin = {
        let world = service.world.lock();
        credentials(request.headers(), "bearer") == Some(world.admin_token.as_str())
    };
    if !is_admin {
        let body = json!({ "message": "Authorization: Bearer <admin token> is needed." });
        return answer(StatusCode::UNAUTHORIZED, &body);
    }
    next.run(request).await
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn ok(body: &Value) -> Told {
    Ok(answer(StatusCode::OK, body))
}

/// Why an endpoint did nothing.
enum Wrong {
    Missing,
    Because(String),
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Self::Missing => (StatusCode::NOT_FOUND, "There is no such thing.".to_owned()),
            Self::Because(reason) => (StatusCode::UNPROCESSABLE_ENTITY, reason),
        };
        answer(status, &json!({ "message": message }))
    }
}

fn wrong(reason: impl ToString) -> Wrong {
    Wrong::Because(reason.to_string())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Wrong> {
    as_json(body).and_then(serde_json::from_value).map_err(wrong)
}

async fn about(State(service): Shared) -> Told {
    let now = service.clock.now();
    let world = service.world.lock();
    ok(&json!({
        "now": now.to_string(),
        "seed": world.chance.seed(),
        "time_scale": service.config.time_scale,
        "tenant_id": world.tenant_id,
        "kept": {
            "contacts": world.contacts.len(),
            "groups": world.groups.len(),
            "templates": world.templates.len(),
            "campaigns": world.campaigns.len(),
            "automations": world.automations.len(),
            "sessions": world.sessions.len(),
            "messages": world.messages.len(),
            "webhooks": world.webhooks.len(),
            "deliveries": world.deliveries.len(),
            "idempotent_answers": world.answers.len(),
            "wazaj_messages": world.wazaj.sent.len(),
            "jobs": world.schedule.len(),
            "log": service.log.len(),
        },
    }))
}

async fn calls() -> Told {
    let rows: Vec<Value> = CALLS
        .iter()
        .map(|entry| {
            let ability = match entry.access {
                Access::Ability(ability) => Some(ability),
                Access::Open | Access::AnyKey => None,
            };
            json!({
                "vendor": entry.vendor,
                "name": entry.name,
                "verb": format!("{:?}", entry.verb).to_lowercase(),
                "path": entry.path,
                "ability": ability,
            })
        })
        .collect();
    ok(&json!({ "data": rows }))
}

async fn log(State(service): Shared, RawQuery(query): RawQuery) -> Told {
    let query = query.unwrap_or_default();
    let after = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "after");
    let after = after.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    ok(&json!({ "data": service.log.after(after) }))
}

/// Both vendors' newest messages, as their phones would hold them.
async fn messages(State(service): Shared) -> Told {
    let world = service.world.lock();
    let zagely = world.messages.newest().take(SHOWN).map(|message| {
        json!({
            "vendor": "zagely",
            "id": message.id,
            "phone_number": message.phone_number,
            "contact": world.contact_of(message).map(|contact| contact.card()),
            "channel": message.channel,
            "direction": message.direction,
            "type": message.kind,
            "content": message.content,
            "media_url": message.media_url,
            "buttons": message.buttons,
            "status": message.status,
            "campaign_id": message.campaign_id,
            "automation_id": message.automation_id,
            "created_at": message.created_at.to_string(),
        })
    });
    let wazaj = world.wazaj.sent.iter().rev().take(SHOWN).map(|message| {
        json!({
            "vendor": "wazaj",
            "id": message.id,
            "phone_number": message.to,
            "direction": "outbound",
            "content": message.content.get("body"),
            "template": message.content.get("template_name"),
            "request": message.content,
            "status": "sent",
            "created_at": message.created_at.to_string(),
        })
    });
    ok(&json!({ "data": zagely.chain(wazaj).collect::<Vec<_>>() }))
}

async fn deliveries(State(service): Shared) -> Told {
    let world = service.world.lock();
    let rows: Vec<Value> = world
        .deliveries
        .newest()
        .take(SHOWN)
        .map(|delivery| {
            let mut view = delivery.view();
            view["body"] = Value::from(delivery.body.as_str());
            view["url"] = json!(world.webhooks.get(delivery.webhook_id).map(|webhook| webhook.url.as_str()));
            view["history"] = delivery.attempts.iter().map(|attempt| attempt.view()).collect();
            view
        })
        .collect();
    ok(&json!({ "data": rows }))
}

async fn replay(State(service): Shared, Path(id): Path<Uuid>) -> Told {
    let replayed = service.world.lock().replay(id, service.clock.now()).ok_or(Wrong::Missing)?;
    if !replayed {
        return Err(wrong("The delivery is still on its way."));
    }
    service.wake.notify_one();
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
    /// The first connected session if not given.
    #[serde(default)]
    session_id: Option<Uuid>,
}

async fn inbound(State(service): Shared, body: Bytes) -> Told {
    let body: InboundBody = read(&body)?;
    let phone_number = digits_of(&body.from).ok_or_else(|| wrong("`from` is no phone number."))?;
    let now = service.clock.now();
    let mut world = service.world.lock();
    let wanted = |session: &&Session| match body.session_id {
        Some(id) => session.id == id,
        None => session.is_connected(),
    };
    let session = world.sessions.iter().find(wanted).ok_or_else(|| wrong("There is no such session."))?;
    if !session.is_connected() {
        return Err(wrong("The session is not connected."));
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
    drop(world);
    service.wake.notify_one();
    ok(&json!({ "message_id": id }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceBody {
    seconds: f64,
}

async fn advance(State(service): Shared, body: Bytes) -> Told {
    let body: AdvanceBody = read(&body)?;
    let by = Duration::try_from_secs_f64(body.seconds).map_err(wrong)?;
    service.clock.advance(by);
    service.wake.notify_one();
    ok(&json!({ "now": service.clock.now().to_string() }))
}

async fn faults(State(service): Shared) -> Told {
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
                "befell": rule.befell,
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

async fn add_fault(State(service): Shared, body: Bytes) -> Told {
    let body: FaultBody = read(&body)?;
    let share = body.share.unwrap_or(1.0);
    if !(0.0..=1.0).contains(&share) {
        return Err(wrong("`share` is between 0 and 1."));
    }
    let id = service.faults.lock().add(body.matches, body.times, share, &body.fault).map_err(wrong)?;
    Ok(answer(StatusCode::CREATED, &json!({ "id": id })))
}

async fn clear_faults(State(service): Shared) -> Told {
    service.faults.lock().rules.clear();
    ok(&json!({ "data": [] }))
}

async fn remove_fault(State(service): Shared, Path(id): Path<u64>) -> Told {
    let mut faults = service.faults.lock();
    let before = faults.rules.len();
    faults.rules.retain(|rule| rule.id != id);
    if faults.rules.len() == before { Err(Wrong::Missing) } else { ok(&json!({ "id": id })) }
}

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

async fn add_key(State(service): Shared, body: Bytes) -> Told {
    let body: KeyBody = read(&body)?;
    if let Some(unknown) = body.abilities.iter().find(|ability| !ABILITIES.contains(&ability.as_str())) {
        return Err(wrong(format!("`{unknown}` is no ability.")));
    }
    let expires_at = moment(body.expires_at.as_deref())?;
    let mut world = service.world.lock();
    if world.keys.len() >= 1000 {
        return Err(wrong("There are 1000 keys already."));
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

fn moment(text: Option<&str>) -> Result<Option<Moment>, Wrong> {
    match text {
        None => Ok(None),
        Some(text) => Moment::parse(text).map(Some).ok_or_else(|| wrong("`expires_at` is no date-time.")),
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

/// Disables a key, lets it expire, or gives it limits of its own. `first` is the key the sandbox began with.
async fn change_key(State(service): Shared, Path(id): Path<String>, body: Bytes) -> Told {
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

/// Every channel's sessions, where the vendor's own list has WhatsApp's only.
async fn sessions(State(service): Shared) -> Told {
    let world = service.world.lock();
    let rows: Vec<Value> = world
        .sessions
        .iter()
        .map(|session| {
            let mut view = session.view();
            view["channel"] = Value::from(session.channel.as_str());
            view["sent_today"] = Value::from(session.sent_today);
            view["held_back"] = Value::from(session.waiting.len());
            view
        })
        .collect();
    ok(&json!({ "data": rows }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionBody {
    channel: String,
    name: String,
}

/// What the dashboard does for the other channels: a bot, a page or a push site is connected.
async fn add_session(State(service): Shared, body: Bytes) -> Told {
    let body: SessionBody = read(&body)?;
    let now = service.clock.now();
    let mut world = service.world.lock();
    if world.sessions.len() >= service.config.capacity {
        return Err(wrong("The sandbox is full."));
    }
    let mut session = Session::new(world.chance.uuid(), &body.channel, body.name, now);
    session.status = SessionStatus::Connected;
    session.daily_limit = 1_000_000;
    let id = session.id;
    world.tell_session("session.connected", &session, now);
    world.sessions.put(session);
    drop(world);
    service.wake.notify_one();
    Ok(answer(StatusCode::CREATED, &json!({ "id": id })))
}

/// A phone scans the code, a connection drops, a number is banned.
async fn session_event(State(service): Shared, Path((id, event)): Path<(Uuid, String)>) -> Told {
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
    drop(world);
    service.wake.notify_one();
    ok(&view)
}

/// A contact follows the link at the foot of an email, or turns push messages off.
async fn opt_out(State(service): Shared, Path(id): Path<Uuid>) -> Told {
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
    world.tell_contact("contact.opted_out", &contact, now);
    drop(world);
    service.wake.notify_one();
    ok(&contact.view())
}

async fn transfer(State(service): Shared, Path(id): Path<Uuid>) -> Told {
    ok(&service.world.lock().transfers.get(id).ok_or(Wrong::Missing)?.view())
}

async fn export_file(State(service): Shared, Path(id): Path<Uuid>) -> Told {
    let world = service.world.lock();
    let transfer = world.transfers.get(id).filter(|transfer| transfer.is_done).ok_or(Wrong::Missing)?;
    let Work::Export { csv, .. } = &transfer.work else { return Err(Wrong::Missing) };
    let mut response = Response::new(Body::from(csv.clone()));
    let kind = header::HeaderValue::from_static("text/csv; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatabaseBody {
    reachable: bool,
}

async fn database(State(service): Shared, body: Bytes) -> Told {
    let body: DatabaseBody = read(&body)?;
    service.world.lock().database_reachable = body.reachable;
    ok(&json!({ "reachable": body.reachable }))
}

async fn wazaj(State(service): Shared) -> Told {
    ok(&json!(service.world.lock().wazaj.standing))
}

/// The whole standing; what is not said goes back to normal.
async fn change_wazaj(State(service): Shared, body: Bytes) -> Told {
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

async fn add_wazaj_key(State(service): Shared, body: Bytes) -> Told {
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

/// Everything as it was at the start, with the same keys; time goes on.
async fn reset(State(service): Shared) -> Told {
    let mut world = service.world.lock();
    let seed = world.chance.seed();
    *world = World::new(Arc::clone(&service.config), seed, service.clock.now());
    service.faults.lock().rules.clear();
    ok(&json!({ "message": "As at the start." }))
}
