//! Messages with the contact and the session that they belong to.

use serde_json::{Value, json};

use super::contact::Contact;
use super::message::Message;
use super::world::World;

impl World {
    pub(crate) fn contact_of(&self, message: &Message) -> Option<&Contact> {
        self.contacts.with_phone(&message.phone_number)
    }

    /// Returns the message as the list shows it.
    pub(crate) fn message_view(&self, message: &Message) -> Value {
        json!({
            "id": message.id,
            "channel": message.channel,
            "direction": message.direction,
            "type": message.kind,
            "content": message.content,
            "media_url": message.media_url,
            "status": message.status,
            "created_at": message.created_at.to_string(),
            "contact": self.contact_of(message).map(Contact::card),
            "session": message.session_id.and_then(|id| self.sessions.get(id)).map(|session| session.card()),
        })
    }
}
