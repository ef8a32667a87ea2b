//! The calls that send a message and list all messages.

use serde_json::json;

use crate::call::Call;
use crate::config::Quirk;
use crate::protocol::answer::{Answer, Body, Outcome};
use crate::protocol::validation::{Check, invalid};
use crate::simulation::dispatch::Outgoing;
use crate::state::message::Message;

const TYPES: [&str; 5] = ["text", "image", "video", "audio", "document"];
/// The channels of a message. The list on the vendor's page ends with "etc.".
const CHANNELS: [&str; 8] =
    ["whatsapp", "telegram", "messenger", "viber", "discord", "instagram", "webpush", "email"];

/// `POST /api/v1/messages/send`
pub(crate) fn send(call: &mut Call<'_>) -> Outcome {
    let mut check = Check::new(&call.body);
    // The vendor's page: "The v1 API currently supports whatsapp as the channel."
    let channel = check.field("channel").required().one_of(&["whatsapp"]).value();
    let to = check.field("to").required().text().value();
    let kind = check.field("type").one_of(&TYPES).value().unwrap_or("text");
    let message = check.field("message").required_when(kind == "text", "type", "text").text().value();
    let media_url = check.field("media_url").required_when(kind != "text", "type", kind).url().value();
    let field = check.field("session_id");
    let field = if call.bound_session.is_none() { field.required() } else { field };
    let session_id = field.id_of(|id| call.world.sessions.get(id).is_some()).value();
    let phone_number = to.as_deref().map(normalised);
    if phone_number == Some(None) {
        check.fail("to", "The to field must be a valid phone number.");
    }
    check.done()?;

    let session_id = call.session_for(session_id)?;
    let session = session_id.and_then(|id| call.world.sessions.get(id));
    if !session.is_some_and(|session| session.is_connected() && session.channel == "whatsapp") {
        return Err(invalid("session_id", "The selected session is not connected."));
    }
    let outgoing = Outgoing {
        channel: channel.unwrap_or("whatsapp").to_owned(),
        kind: kind.to_owned(),
        content: message,
        media_url,
        buttons: Vec::new(),
        session_id,
        phone_number: phone_number.flatten().unwrap_or_default(),
        campaign_id: None,
        automation_id: None,
    };
    let id = call.world.chance.uuid();
    call.world.send(id, outgoing, call.now);
    // The endpoint's section on the vendor's page says 201, its table of statuses 202.
    let status = if call.world.config.has(Quirk::SendAccepted) { 202 } else { 201 };
    Ok(Answer::new(status, Body::Resource(json!({ "status": "queued", "message_id": id }))))
}

/// Returns `to` without spaces and dashes, or `None` if the result is not an international number.
fn normalised(to: &str) -> Option<String> {
    let bare: String = to.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let digits = bare.strip_prefix('+').unwrap_or(&bare);
    let is_number = (1..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    is_number.then(|| format!("+{digits}"))
}

/// `GET /api/v1/messages`
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let mut check = Check::new(&call.query);
    let channel = check.field("channel").one_of(&CHANNELS).value();
    let session_id = check.field("session_id").uuid().value();
    let contact_id = check.field("contact_id").uuid().value();
    let direction = check.field("direction").one_of(&["inbound", "outbound"]).value();
    check.done()?;
    let world = &*call.world;
    let contact_phone =
        contact_id.map(|id| world.contacts.get(id).map(|contact| contact.phone_number.as_str()));
    let wanted = |message: &&Message| {
        channel.is_none_or(|channel| message.channel == channel)
            && session_id.is_none_or(|id| message.session_id == Some(id))
            && contact_phone.is_none_or(|phone| phone == Some(message.phone_number.as_str()))
            && direction.is_none_or(|direction| message.direction.word() == direction)
    };
    let found: Vec<&Message> = world.messages.newest().filter(wanted).collect();
    call.page().of(&found, |message| world.message_view(message))
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn only_spaces_and_dashes_are_removed_from_phone_numbers() {
        assert_eq!(normalised("+1 555-123 4567").as_deref(), Some("+15551234567"));
        assert_eq!(normalised("15551234567").as_deref(), Some("+15551234567"));
        for wrong in ["", "+", "+0123", "(555) 123", "+1234567890123456", "abc"] {
            assert_eq!(normalised(wrong), None, "{wrong}");
        }
    }
}
