//! The calls that register, change and test webhooks, and the log of their deliveries.

use serde_json::{Value, json};

use crate::call::Call;
use crate::protocol::answer::{Answer, Body, Outcome, Refusal};
use crate::protocol::validation::Check;
use crate::state::webhook::{Delivery, Webhook};
use crate::webhooks::event::EVENTS;

/// `GET /api/v1/webhooks`: all webhooks.
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let webhooks: Vec<Value> = call.world.webhooks.newest().map(Webhook::view).collect();
    Answer::plain(json!({ "data": webhooks }))
}

/// `POST /api/v1/webhooks`
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let mut check = Check::new(&call.body);
    let url = check.field("url").required().url().value();
    let events = check.field("events").required().all_of(&subscribable()).value();
    let secret = check.field("secret").text_up_to(255).value();
    let is_active = check.field("is_active").boolean().value();
    check.done()?;
    call.check_capacity(call.world.webhooks.len())?;
    let secret = match secret {
        Some(secret) => secret,
        None => call.world.chance.token("whsec_", 40),
    };
    let webhook = Webhook {
        id: call.world.chance.uuid(),
        url: url.unwrap_or_default(),
        events: events.unwrap_or_default(),
        secret,
        is_active: is_active.unwrap_or(true),
        created_at: call.now,
        updated_at: call.now,
    };
    let view = webhook.view_with_secret();
    call.world.webhooks.put(webhook);
    Answer::created(view)
}

/// Returns the events that a webhook can subscribe to, and `*` for all.
fn subscribable() -> Vec<&'static str> {
    EVENTS.into_iter().chain(["*"]).collect()
}

/// `GET /api/v1/webhooks/{id}`
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    Answer::resource(find(call)?.view())
}

/// `PUT|PATCH /api/v1/webhooks/{id}`: URL, events or active state.
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    find(call)?;
    let mut check = Check::new(&call.body);
    let url = check.field("url").filled().url();
    let events = check.field("events").filled().all_of(&subscribable());
    let secret = check.field("secret").filled().text_up_to(255);
    let is_active = check.field("is_active").filled().boolean();
    check.done()?;
    let webhook = call.world.webhooks.get_mut(call.id).ok_or(Refusal::NotFound)?;
    url.replace(&mut webhook.url);
    events.replace(&mut webhook.events);
    secret.replace(&mut webhook.secret);
    is_active.replace(&mut webhook.is_active);
    webhook.updated_at = call.now;
    Answer::resource(webhook.view())
}

/// `DELETE /api/v1/webhooks/{id}`: pending deliveries are dropped.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let webhook = call.world.webhooks.take(call.id).ok_or(Refusal::NotFound)?;
    call.world.deliveries.retain(|delivery| delivery.webhook_id != webhook.id);
    Answer::deleted(&call.world.config, "Webhook")
}

/// `GET /api/v1/webhooks/{id}/deliveries`
pub(crate) fn deliveries(call: &mut Call<'_>) -> Outcome {
    let webhook_id = find(call)?.id;
    let found: Vec<&Delivery> =
        call.world.deliveries.newest().filter(|delivery| delivery.webhook_id == webhook_id).collect();
    call.page().of(&found, |delivery| delivery.view())
}

/// `POST /api/v1/webhooks/{id}/test`
pub(crate) fn test(call: &mut Call<'_>) -> Outcome {
    let webhook = find(call)?.clone();
    let delivery_id = call.world.emit_test(&webhook, call.now);
    let body = json!({ "message": "Test event dispatched.", "delivery_id": delivery_id });
    Ok(Answer::new(202, Body::Plain(body)))
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Webhook, Refusal> {
    call.world.webhooks.get(call.id).ok_or(Refusal::NotFound)
}
