//! The calls that create, list, change and toggle automations. `simulation` runs them.

use std::collections::VecDeque;

use super::fields::{CHANNELS_OR_ALL, NAME};
use crate::call::Call;
use crate::protocol::answer::{Answer, Outcome, Refusal};
use crate::protocol::validation::Check;
use crate::state::automation::Automation;

const TRIGGERS: [&str; 4] = ["keyword", "welcome", "away", "fallback"];

/// `GET /api/automations`
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let mut check = Check::new(&call.query);
    let session_id = check.field("session_id").uuid().value();
    let is_active = check.field("is_active").query_boolean().value();
    let trigger_type = check.field("trigger_type").one_of(&TRIGGERS).value();
    check.done()?;
    let wanted = |automation: &&Automation| {
        session_id.is_none_or(|id| automation.session_id == id)
            && is_active.is_none_or(|is| automation.is_active == is)
            && trigger_type.is_none_or(|kind| automation.trigger_type == kind)
    };
    let found: Vec<&Automation> = call.world.automations.newest().filter(wanted).collect();
    call.page().of(&found, |automation| automation.view())
}

/// `POST /api/automations`
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let mut check = Check::new(&call.body);
    let field = check.field("session_id");
    let field = if call.bound_session.is_none() { field.required() } else { field };
    let session_id = field.id_of(|id| call.world.sessions.get(id).is_some()).value();
    let name = check.field("name").required().text_up_to(NAME).value();
    let channel = check.field("channel").one_of(&CHANNELS_OR_ALL).value().unwrap_or("whatsapp");
    let trigger_type = check.field("trigger_type").required().one_of(&TRIGGERS).value();
    let is_keyword = trigger_type == Some("keyword");
    let trigger_value = check
        .field("trigger_value")
        .required_when(is_keyword, "trigger_type", "keyword")
        .text_up_to(NAME)
        .value();
    let response_content = check.field("response_content").required().text().value();
    let response_media_url = check.field("response_media_url").url().value();
    let response_buttons = check.field("response_buttons").array().value();
    let conditions = check.field("conditions").object().value();
    let priority = check.field("priority").integer(0, 100).value().unwrap_or(0);
    check.done()?;
    let session_id = call.session_for(session_id)?;
    call.check_capacity(call.world.automations.len())?;
    let automation = Automation {
        id: call.world.chance.uuid(),
        session_id: session_id.unwrap_or_default(),
        name: name.unwrap_or_default(),
        channel: channel.to_owned(),
        trigger_type: trigger_type.unwrap_or("fallback").to_owned(),
        trigger_value,
        response_content: response_content.unwrap_or_default(),
        response_media_url,
        response_buttons: response_buttons.unwrap_or_default(),
        conditions: conditions.unwrap_or_default(),
        priority,
        is_active: true,
        logs: VecDeque::new(),
        created_at: call.now,
        updated_at: call.now,
    };
    let view = automation.view();
    call.world.automations.put(automation);
    Answer::created(view)
}

/// `GET /api/automations/{automation}`: with its last 50 trigger logs.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    Answer::resource(call.world.automations.get(call.id).ok_or(Refusal::NotFound)?.view_with_logs())
}

/// `PUT|PATCH /api/automations/{automation}`: all fields are optional.
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    let before = call.world.automations.get(call.id).ok_or(Refusal::NotFound)?;
    let has_value = before.trigger_value.is_some() && !call.body.contains_key("trigger_value");
    let mut check = Check::new(&call.body);
    let session_id = check.field("session_id").filled().id_of(|id| call.world.sessions.get(id).is_some());
    let name = check.field("name").filled().text_up_to(NAME);
    let channel = check.field("channel").filled().one_of(&CHANNELS_OR_ALL).map(str::to_owned);
    let trigger_type = check.field("trigger_type").filled().one_of(&TRIGGERS).map(str::to_owned);
    let becomes = trigger_type.clone().value().unwrap_or_else(|| before.trigger_type.clone());
    let needs_value = becomes == "keyword" && !has_value;
    let trigger_value =
        check.field("trigger_value").required_when(needs_value, "trigger_type", "keyword").text_up_to(NAME);
    let response_content = check.field("response_content").filled().text();
    let response_media_url = check.field("response_media_url").url();
    let response_buttons = check.field("response_buttons").array();
    let conditions = check.field("conditions").object();
    let priority = check.field("priority").filled().integer(0, 100);
    let is_active = check.field("is_active").filled().boolean();
    check.done()?;
    call.session_for(session_id.clone().value())?;
    let automation = call.world.automations.get_mut(call.id).ok_or(Refusal::NotFound)?;
    session_id.replace(&mut automation.session_id);
    name.replace(&mut automation.name);
    channel.replace(&mut automation.channel);
    trigger_type.replace(&mut automation.trigger_type);
    trigger_value.replace_option(&mut automation.trigger_value);
    response_content.replace(&mut automation.response_content);
    response_media_url.replace_option(&mut automation.response_media_url);
    response_buttons.replace_or_empty(&mut automation.response_buttons);
    conditions.replace_or_empty(&mut automation.conditions);
    priority.replace(&mut automation.priority);
    is_active.replace(&mut automation.is_active);
    automation.updated_at = call.now;
    Answer::resource(automation.view())
}

/// `DELETE /api/automations/{automation}`
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    call.world.automations.take(call.id).ok_or(Refusal::NotFound)?;
    Answer::deleted(&call.world.config, "Automation")
}

/// `POST /api/automations/{automation}/toggle`
pub(crate) fn toggle(call: &mut Call<'_>) -> Outcome {
    let automation = call.world.automations.get_mut(call.id).ok_or(Refusal::NotFound)?;
    automation.is_active = !automation.is_active;
    automation.updated_at = call.now;
    Answer::resource(automation.view())
}
