//! A message's way: queued, sent, delivered, read; or failed.
//!
//! Whose number ends in one of the numbers below has a fate, so that every outcome can be had on purpose.

use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use crate::clock::Moment;
use crate::state::World;
use crate::state::message::{Direction, Message, MessageStatus};
use crate::state::schedule::Job;

/// Numbers that end so are never reached: `message.failed`.
const NEVER_REACHED: &str = "999001";
/// Numbers that end so are written to, but their phone stays off.
const NEVER_DELIVERED: &str = "999002";
/// Numbers that end so get the message, but nobody reads it.
const NEVER_READ: &str = "999003";

const UNTIL_SENT: Duration = Duration::from_millis(100);
const UNTIL_DELIVERED: Duration = Duration::from_millis(200);
const UNTIL_READ: Duration = Duration::from_millis(500);
/// How long a session keeps trying to send before a message has failed.
const RETRIES: Duration = Duration::from_secs(3);
const BETWEEN_RETRIES: Duration = Duration::from_secs(1);
/// What typing a character takes, when a session simulates it, and the most it takes in all.
const PER_CHARACTER: Duration = Duration::from_millis(30);
const LONGEST_TYPING: Duration = Duration::from_secs(5);

/// A message to be sent.
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
    pub(crate) fn send(&mut self, id: Uuid, outgoing: Outgoing, now: Moment) {
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

    /// Sends a queued message, holds it back until tomorrow, or after some tries gives it up.
    pub(crate) fn dispatch(&mut self, id: Uuid, now: Moment) {
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

    /// A new day: what today's limit allows of what waited goes out.
    pub(crate) fn release_held_back(&mut self, session_id: Uuid, now: Moment) {
        let waiting = self.sessions.get_mut(session_id).map(|session| std::mem::take(&mut session.waiting));
        for id in waiting.into_iter().flatten() {
            self.dispatch(id, now);
        }
    }

    /// A message comes to a state: the event is told, its campaign counts it, and the next state is due.
    pub(crate) fn progress(&mut self, id: Uuid, status: MessageStatus, now: Moment) {
        let Some(message) = self.messages.get_mut(id) else { return };
        let (event, next) = match status {
            MessageStatus::Sent if message.phone_number.ends_with(NEVER_DELIVERED) => ("message.sent", None),
            MessageStatus::Sent => ("message.sent", Some((UNTIL_DELIVERED, MessageStatus::Delivered))),
            MessageStatus::Delivered if tells_reading(message) => {
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
        self.tell_message(event, &message, now);
        if let Some(campaign_id) = message.campaign_id {
            self.count_for_campaign(campaign_id, status, now);
        }
    }
}

/// Reading is documented for these two channels only.
fn tells_reading(message: &Message) -> bool {
    matches!(message.channel.as_str(), "whatsapp" | "email") && !message.phone_number.ends_with(NEVER_READ)
}
