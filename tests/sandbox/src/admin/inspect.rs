//! Reads the state: calls, messages, deliveries, sessions, files.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::reply::{AdminResult, Shared, Wrong, ok};
use crate::calls::CALLS;
use crate::protocol::access::Access;
use crate::state::message::Direction;
use crate::state::transfer::Work;

/// The maximum number of messages and of deliveries in a response.
const SHOWN: usize = 200;
pub(super) async fn about(State(service): Shared) -> AdminResult {
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

pub(super) async fn calls() -> AdminResult {
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

pub(super) async fn log(State(service): Shared, RawQuery(query): RawQuery) -> AdminResult {
    let query = query.unwrap_or_default();
    let after = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "after");
    let after = after.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    ok(&json!({ "data": service.log.after(after) }))
}

/// Returns the newest messages of both vendors, as phones would show them.
pub(super) async fn messages(State(service): Shared) -> AdminResult {
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

/// Counts the messages that were sent to each number, over all messages that are kept.
pub(super) async fn recipients(State(service): Shared) -> AdminResult {
    let world = service.world.lock();
    let zagely = world.messages.newest().filter(|message| message.direction == Direction::Outbound);
    let zagely = zagely.map(|message| ("zagely", message.phone_number.as_str()));
    let wazaj = world.wazaj.sent.iter().map(|message| ("wazaj", message.to.as_str()));
    let mut counts = BTreeMap::from([("wazaj", BTreeMap::<&str, u64>::new()), ("zagely", BTreeMap::new())]);
    for (vendor, number) in zagely.chain(wazaj) {
        *counts.entry(vendor).or_default().entry(number).or_default() += 1;
    }
    ok(&json!(counts))
}

pub(super) async fn deliveries(State(service): Shared) -> AdminResult {
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

/// Returns the sessions of all channels. The vendor's own list contains only those of WhatsApp.
pub(super) async fn sessions(State(service): Shared) -> AdminResult {
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

pub(super) async fn transfer(State(service): Shared, Path(id): Path<Uuid>) -> AdminResult {
    ok(&service.world.lock().transfers.get(id).ok_or(Wrong::Missing)?.view())
}

pub(super) async fn export_file(State(service): Shared, Path(id): Path<Uuid>) -> AdminResult {
    let world = service.world.lock();
    let transfer = world.transfers.get(id).filter(|transfer| transfer.is_done).ok_or(Wrong::Missing)?;
    let Work::Export { csv, .. } = &transfer.work else { return Err(Wrong::Missing) };
    let mut response = Response::new(Body::from(csv.clone()));
    let kind = header::HeaderValue::from_static("text/csv; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}
