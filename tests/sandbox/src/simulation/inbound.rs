//! Inbound messages. `POST /_sandbox/inbound` or the page simulates them, because no real phone can reach a sandbox.

use uuid::Uuid;

use crate::clock::SimTime;
use crate::state::contact::Contact;
use crate::state::message::{Direction, Message, MessageStatus};
use crate::state::world::World;

/// An inbound message before it is stored.
#[derive(Debug)]
pub(crate) struct Inbound {
    pub(crate) session_id: Uuid,
    pub(crate) phone_number: String,
    pub(crate) name: Option<String>,
    pub(crate) kind: String,
    pub(crate) content: Option<String>,
    pub(crate) media_url: Option<String>,
}

impl World {
    /// Stores an inbound message. An unknown sender becomes a contact. Emits the event and lets an automation reply.
    pub(crate) fn receive(&mut self, inbound: Inbound, now: SimTime) -> Uuid {
        let contact = match self.contacts.with_phone(&inbound.phone_number) {
            Some(contact) => contact.clone(),
            None => {
                let mut contact = Contact::new(self.chance.uuid(), inbound.phone_number.clone(), now);
                if let Some(name) = inbound.name {
                    contact.name = name;
                }
                self.contacts.put(contact.clone());
                self.emit_contact("contact.created", &contact, now);
                contact
            }
        };
        let is_first = !contact.has_written;
        self.contacts.change(contact.id, |contact| contact.has_written = true);
        let channel = self
            .sessions
            .get(inbound.session_id)
            .map_or("whatsapp", |session| session.channel.as_str())
            .to_owned();
        let message = Message {
            id: self.chance.uuid(),
            channel,
            direction: Direction::Inbound,
            kind: inbound.kind,
            content: inbound.content,
            media_url: inbound.media_url,
            buttons: Vec::new(),
            status: MessageStatus::Received,
            is_travelling: false,
            session_id: Some(inbound.session_id),
            phone_number: inbound.phone_number,
            campaign_id: None,
            automation_id: None,
            created_at: now,
        };
        self.activity.count_hour(now, Direction::Inbound);
        self.activity.count_session(now, Direction::Inbound, message.session_id);
        self.keep_message(message.clone());
        self.emit_message("message.received", &message, now);
        self.answer(&message, &contact, is_first, now);
        message.id
    }
}
