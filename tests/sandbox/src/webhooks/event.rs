//! The events, and their conversion to deliveries.

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::SimTime;
use crate::state::campaign::Campaign;
use crate::state::contact::Contact;
use crate::state::message::Message;
use crate::state::schedule::Job;
use crate::state::session::Session;
use crate::state::webhook::{Delivery, DeliveryStatus, Webhook};
use crate::state::world::World;

/// All events that the vendor names.
pub(crate) const EVENTS: [&str; 14] = [
    "message.received",
    "message.sent",
    "message.delivered",
    "message.read",
    "message.failed",
    "campaign.started",
    "campaign.completed",
    "campaign.paused",
    "contact.created",
    "contact.updated",
    "contact.opted_out",
    "session.connected",
    "session.disconnected",
    "webhook.test",
];

/// The body of a delivery. Its fields have the order of the vendor's sample.
#[derive(Serialize)]
struct Envelope<'a> {
    event: &'a str,
    tenant_id: Uuid,
    delivery_id: Uuid,
    occurred_at: String,
    data: &'a Value,
}

impl World {
    pub(crate) fn emit_message(&mut self, event: &'static str, message: &Message, now: SimTime) {
        let contact = self.contact_of(message).map(|contact| {
            json!({
                "id": contact.id,
                "name": contact.name,
                "phone_number": contact.phone_number,
                "email": contact.email,
            })
        });
        let mut data = json!({
            "contact": contact,
            "channel": message.channel,
            "content": message.content,
            "message_id": message.id,
            "session_id": message.session_id,
            "type": message.kind,
            "direction": message.direction,
            "status": message.status,
        });
        if let Some(campaign_id) = message.campaign_id {
            data["campaign_id"] = json!(campaign_id);
        }
        if event == "message.failed" {
            data["error"] = Value::from("The recipient could not be reached.");
        }
        self.emit(event, &data, now);
    }

    pub(crate) fn emit_campaign(&mut self, event: &'static str, campaign: &Campaign, now: SimTime) {
        self.emit(event, &json!({ "campaign": campaign.card(), "stats": campaign.tally.view() }), now);
    }

    pub(crate) fn emit_contact(&mut self, event: &'static str, contact: &Contact, now: SimTime) {
        self.emit(event, &json!({ "contact": contact.view() }), now);
    }

    pub(crate) fn emit_session(&mut self, event: &'static str, session: &Session, now: SimTime) {
        self.emit(event, &json!({ "session": session.row() }), now);
    }

    /// Sends the test event to one webhook, regardless of its subscriptions and of whether it is active.
    pub(crate) fn emit_test(&mut self, webhook: &Webhook, now: SimTime) -> Uuid {
        let data = json!({ "webhook_id": webhook.id, "message": "This is a test event." });
        self.address("webhook.test", webhook.id, &data, now)
    }

    fn emit(&mut self, event: &'static str, data: &Value, now: SimTime) {
        let wanting: Vec<Uuid> =
            self.webhooks.iter().filter(|webhook| webhook.wants(event)).map(|webhook| webhook.id).collect();
        for webhook_id in wanting {
            self.address(event, webhook_id, data, now);
        }
    }

    fn address(&mut self, event: &'static str, webhook_id: Uuid, data: &Value, now: SimTime) -> Uuid {
        let id = self.job_rng.uuid();
        let envelope = Envelope {
            event,
            tenant_id: self.tenant_id,
            delivery_id: id,
            occurred_at: now.to_string(),
            data,
        };
        self.keep_delivery(Delivery {
            id,
            webhook_id,
            event: event.to_owned(),
            body: serde_json::to_string(&envelope).expect("an envelope can be serialized"),
            status: DeliveryStatus::Pending,
            attempts: Vec::new(),
            round: 0,
            next_attempt_at: Some(now),
            created_at: now,
        });
        self.schedule.at(now, Job::Post(id));
        id
    }
}
