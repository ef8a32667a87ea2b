//! WhatsApp sessions: v1 lists them, the unversioned routes create and change them.

use serde_json::{Value, json};

use super::fields::NAME;
use crate::call::Call;
use crate::protocol::answer::{Answer, Body, Outcome, Refusal};
use crate::protocol::validation::Check;
use crate::state::session::{Session, SessionStatus};

/// The maximum of a daily limit.
const MOST: i64 = 1_000_000_000;

/// `GET /api/v1/sessions`
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let found: Vec<&Session> =
        call.world.sessions.newest().filter(|session| session.channel == "whatsapp").collect();
    let mut answer = call.page().of(&found, |session| session.row())?;
    // The vendor's sample of this list has no `per_page`, unlike the others.
    if let Body::Page(Value::Object(page)) = &mut answer.body {
        page.remove("per_page");
    }
    Ok(answer)
}

/// `GET /api/v1/sessions/{session}`
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    Answer::resource(find(call)?.view())
}

/// `POST /api/whatsapp/sessions`
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let mut check = Check::new(&call.body);
    let name = check.field("name").required().text_up_to(NAME).value();
    let phone_number = check.field("phone_number").text_up_to(NAME).value();
    check.done()?;
    call.check_capacity(call.world.sessions.len())?;
    let id = call.world.chance.uuid();
    let mut session = Session::new(id, "whatsapp", name.unwrap_or_default(), call.now);
    session.phone_number = phone_number;
    call.world.sessions.put(session);
    call.world.begin_pairing(id, call.now);
    let qr_code = call.world.qr_code(id, call.now);
    let session = call.world.sessions.get(id).ok_or(Refusal::ServerError)?;
    Answer::created(json!({
        "id": id,
        "name": session.name,
        "status": session.status,
        "qr_code": qr_code,
    }))
}

/// `PUT|PATCH /api/whatsapp/sessions/{session}`
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    find(call)?;
    let mut check = Check::new(&call.body);
    let name = check.field("name").filled().text_up_to(NAME);
    let description = check.field("description").text();
    let daily_limit = check.field("daily_limit").filled().integer(1, MOST);
    let warmup_enabled = check.field("warmup_enabled").filled().boolean();
    let start_limit = check.field("warmup_start_limit").filled().integer(1, MOST);
    let max_limit = check.field("warmup_max_limit").filled().integer(1, MOST);
    let days = check.field("warmup_days").filled().integer(1, 3650);
    let simulate_typing = check.field("simulate_typing").filled().boolean();
    check.done()?;
    let today = call.now.date();
    let session = call.world.sessions.get_mut(call.id).ok_or(Refusal::NotFound)?;
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    name.replace(&mut session.name);
    description.replace_option(&mut session.description);
    daily_limit.map(count).replace(&mut session.daily_limit);
    let was_warming = session.warmup.enabled;
    warmup_enabled.replace(&mut session.warmup.enabled);
    if session.warmup.enabled && !was_warming {
        session.warmup.since = today;
    }
    start_limit.map(count).replace(&mut session.warmup.start_limit);
    max_limit.map(count).replace(&mut session.warmup.max_limit);
    days.map(count).replace(&mut session.warmup.days);
    simulate_typing.replace(&mut session.simulate_typing);
    session.updated_at = call.now;
    // A higher limit releases the messages that a lower one held back.
    call.world.release_held_back(call.id, call.now);
    Answer::resource(find(call)?.view())
}

/// `GET /api/whatsapp/sessions/{session}/qr`
pub(crate) fn qr_code(call: &mut Call<'_>) -> Outcome {
    find(call)?;
    let qr_code = call.world.qr_code(call.id, call.now);
    Answer::resource(json!({ "status": find(call)?.status, "qr_code": qr_code }))
}

/// `POST /api/whatsapp/sessions/{session}/disconnect`
pub(crate) fn disconnect(call: &mut Call<'_>) -> Outcome {
    find(call)?;
    call.world.lose_session(call.id, SessionStatus::Disconnected, call.now);
    Answer::resource(find(call)?.view())
}

/// `DELETE /api/whatsapp/sessions/{session}`
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    find(call)?;
    call.world.remove_session(call.id, call.now);
    Answer::deleted(&call.world.config, "Session")
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Session, Refusal> {
    call.world.sessions.get(call.id).filter(|session| session.channel == "whatsapp").ok_or(Refusal::NotFound)
}
