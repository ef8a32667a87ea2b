//! The progress of a message: queued, sent, delivered, read; or failed.
//!
//! Some endings of phone numbers select the outcome, so that tests can produce each one.

use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use crate::clock::SimTime;
use crate::state::message::{Direction, Message, MessageStatus};
use crate::state::schedule::Job;
use crate::state::world::World;

/// Numbers with this ending are never reached: `message.failed`.
const NEVER_REACHED: &str = "999001";
/// Messages to numbers with this ending are sent, but never delivered.
const NEVER_DELIVERED: &str = "999002";
/// Messages to numbers with this ending are delivered, but never read.
const NEVER_READ: &str = "999003";

const UNTIL_SENT: Duration = Duration::from_millis(100);
const UNTIL_DELIVERED: Duration = Duration::from_millis(200);
const UNTIL_READ: Duration = Duration::from_millis(500);
/// The time for which a session retries to send a message before it fails.
const RETRIES: Duration = Duration::from_secs(3);
const BETWEEN_RETRIES: Duration = Duration::from_secs(1);
/// The typing time per character if a session simulates typing, and its maximum.
const PER_CHARACTER: Duration = Duration::from_millis(30);
const LONGEST_TYPING: Duration = Duration::from_secs(5);

/// A message to send.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) channel: String,
    pub(crate) kind: String,
    pub(crate) content: Option<String>,
    pub(crate) media_url: Option<String>,
    pub(crate) buttons: Vec<Value>,
    pub(crate) session_id: Option<Uuid>,
    pub(crate) phone_number: String,
    pub(crate) campaign_id: Option<Uuid>,
    pub(crate) automation_id: Option<Uuid>,
}

impl World {
    /// Queues a message.
    pub(crate) fn send(&mut self, id: Uuid, outgoing: Outgoing, now: SimTime) {
        let session = outgoing.session_id.and_then(|session| self.sessions.get(session));
        let typing = if session.is_some_and(|session| session.simulate_typing) {
            let length = outgoing.content.as_ref().map_or(0, |content| content.chars().count());
            PER_CHARACTER.saturating_mul(u32::try_from(length).unwrap_or(u32::MAX)).min(LONGEST_TYPING)
        } else {
            Duration::ZERO
        };
        self.activity.count_hour(now, Direction::Outbound);
        self.keep_message(Message {
            id,
            channel: outgoing.channel,
            direction: Direction::Outbound,
            kind: outgoing.kind,
            content: outgoing.content,
            media_url: outgoing.media_url,
            buttons: outgoing.buttons,
            status: MessageStatus::Queued,
            is_travelling: true,
            session_id: outgoing.session_id,
            phone_number: outgoing.phone_number,
            campaign_id: outgoing.campaign_id,
            automation_id: outgoing.automation_id,
            created_at: now,
        });
        self.schedule.at(now.plus(UNTIL_SENT + typing), Job::Dispatch(id));
    }

    /// Sends a queued message, holds it back until the next day, or fails it after some retries.
    pub(crate) fn dispatch(&mut self, id: Uuid, now: SimTime) {
        let Some(message) = self.messages.get(id).filter(|message| message.status == MessageStatus::Queued)
        else {
            return;
        };
        if let Some(campaign_id) = message.campaign_id
            && !self.is_running(campaign_id)
        {
            self.withdraw(id, campaign_id);
            return;
        }
        let (reached, created_at) = (!message.phone_number.ends_with(NEVER_REACHED), message.created_at);
        let session_id = message.session_id;
        let sessions = &mut self.sessions;
        let session = session_id.and_then(|session_id| sessions.get_mut(session_id));
        let connected = session.as_ref().map_or(session_id.is_none(), |session| session.is_connected());
        if !reached || !connected {
            if now < created_at.plus(RETRIES) {
                self.schedule.at(now.plus(BETWEEN_RETRIES), Job::Dispatch(id));
            } else {
                self.progress(id, MessageStatus::Failed, now);
            }
            return;
        }
        if let Some(session) = session
            && !session.take_one(now.date())
        {
            session.waiting.push_back(id);
            if session.waiting.len() == 1 {
                let session_id = session.id;
                self.schedule.at(now.next_day(), Job::NewDay(session_id));
            }
            return;
        }
        self.progress(id, MessageStatus::Sent, now);
    }

    /// Sends the messages that were held back, as far as the new day's limit allows.
    pub(crate) fn release_held_back(&mut self, session_id: Uuid, now: SimTime) {
        let waiting = self.sessions.get_mut(session_id).map(|session| std::mem::take(&mut session.waiting));
        for id in waiting.into_iter().flatten() {
            self.dispatch(id, now);
        }
    }

    /// Moves a message to a state. Emits the event, updates the campaign's counts and schedules the next state.
    pub(crate) fn progress(&mut self, id: Uuid, status: MessageStatus, now: SimTime) {
        let Some(message) = self.messages.get_mut(id) else { return };
        let (event, next) = match status {
            MessageStatus::Sent if message.phone_number.ends_with(NEVER_DELIVERED) => ("message.sent", None),
            MessageStatus::Sent => ("message.sent", Some((UNTIL_DELIVERED, MessageStatus::Delivered))),
            MessageStatus::Delivered if reports_reading(message) => {
                ("message.delivered", Some((UNTIL_READ, MessageStatus::Read)))
            }
            MessageStatus::Delivered => ("message.delivered", None),
            MessageStatus::Read => ("message.read", None),
            MessageStatus::Failed => ("message.failed", None),
            MessageStatus::Queued | MessageStatus::Received => return,
        };
        message.status = status;
        message.is_travelling = next.is_some();
        let message = message.clone();
        if status == MessageStatus::Sent {
            self.activity.count_session(now, Direction::Outbound, message.session_id);
        }
        if let Some((after, next)) = next {
            self.schedule.at(now.plus(after), Job::Progress(id, next));
        }
        self.emit_message(event, &message, now);
        if let Some(campaign_id) = message.campaign_id {
            self.count_for_campaign(campaign_id, status, now);
        }
    }
}

/// Returns true if reading is reported. The vendor documents this for these two channels only.
fn reports_reading(message: &Message) -> bool {
    matches!(message.channel.as_str(), "whatsapp" | "email") && !message.phone_number.ends_with(NEVER_READ)
}
