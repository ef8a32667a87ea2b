//! Sessions: the connections that the channels send through. For WhatsApp, a phone scans a QR code. The others (bots,
//! pages, push sites) are created in the dashboard, or here with `POST /_sandbox/sessions`.

use std::collections::VecDeque;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::store::Record;
use crate::clock::SimTime;

/// A connection that messages go through.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) channel: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) phone_number: Option<String>,
    pub(crate) status: SessionStatus,
    pub(crate) daily_limit: u64,
    pub(crate) warmup: Warmup,
    pub(crate) simulate_typing: bool,
    /// The content of the QR code while the session connects. A request renews it after it expires.
    pub(crate) pairing: Option<Pairing>,
    pub(crate) sent_on: Option<Date>,
    pub(crate) sent_today: u64,
    /// Messages that wait for the next day because today's limit is reached.
    pub(crate) waiting: VecDeque<Uuid>,
    pub(crate) created_at: SimTime,
    pub(crate) updated_at: SimTime,
}

/// The documented states of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SessionStatus {
    Connecting,
    Connected,
    Disconnected,
    Banned,
}

/// A gradual increase of the daily limit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Warmup {
    pub(crate) enabled: bool,
    pub(crate) start_limit: u64,
    pub(crate) max_limit: u64,
    pub(crate) days: u64,
    pub(crate) since: Date,
}

/// The code to scan and its creation time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pairing {
    pub(crate) code: String,
    pub(crate) since: SimTime,
}

impl Record for Session {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Session {
    pub(crate) fn new(id: Uuid, channel: &str, name: String, now: SimTime) -> Self {
        Self {
            id,
            channel: channel.to_owned(),
            name,
            description: None,
            phone_number: None,
            status: SessionStatus::Connecting,
            daily_limit: 500,
            warmup: Warmup { enabled: false, start_limit: 20, max_limit: 500, days: 14, since: now.date() },
            simulate_typing: false,
            pairing: None,
            sent_on: None,
            sent_today: 0,
            waiting: VecDeque::new(),
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.status == SessionStatus::Connected
    }

    /// Returns the number of messages that the session may send on `today`: its limit, or the lower limit of its
    /// warm-up.
    pub(crate) fn limit_on(&self, today: Date) -> u64 {
        let warmup = &self.warmup;
        if !warmup.enabled {
            return self.daily_limit;
        }
        let day = u64::try_from(today.since(warmup.since).map_or(0, |span| span.get_days())).unwrap_or(0);
        let rise = warmup.max_limit.saturating_sub(warmup.start_limit);
        let allowed = warmup.start_limit + rise * day.min(warmup.days) / warmup.days.max(1);
        allowed.min(self.daily_limit)
    }

    /// Uses one of today's messages. Returns false if none is left.
    pub(crate) fn take_one(&mut self, today: Date) -> bool {
        if self.sent_on != Some(today) {
            self.sent_on = Some(today);
            self.sent_today = 0;
        }
        let allowed = self.sent_today < self.limit_on(today);
        self.sent_today += u64::from(allowed);
        allowed
    }

    pub(crate) fn card(&self) -> Value {
        json!({ "id": self.id, "name": self.name })
    }

    /// Returns the session as the list shows it.
    pub(crate) fn row(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "phone_number": self.phone_number,
            "status": self.status,
            "daily_limit": self.daily_limit,
            "warmup_enabled": self.warmup.enabled,
            "created_at": self.created_at.to_string(),
        })
    }

    /// Returns the session with all its settings.
    pub(crate) fn view(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "phone_number": self.phone_number,
            "status": self.status,
            "daily_limit": self.daily_limit,
            "warmup_enabled": self.warmup.enabled,
            "warmup_start_limit": self.warmup.start_limit,
            "warmup_max_limit": self.warmup.max_limit,
            "warmup_days": self.warmup.days,
            "simulate_typing": self.simulate_typing,
            "created_at": self.created_at.to_string(),
            "updated_at": self.updated_at.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warm_up_raises_the_limit_daily_to_its_maximum() {
        let now = SimTime::parse("2026-04-21T10:00:00Z").unwrap();
        let mut session = Session::new(Uuid::nil(), "whatsapp", "a".into(), now);
        session.warmup =
            Warmup { enabled: true, start_limit: 10, max_limit: 110, days: 10, since: now.date() };
        let day = |n: i32| now.date().checked_add(jiff::Span::new().days(n)).unwrap();
        assert_eq!([0, 1, 5, 10, 60].map(|n| session.limit_on(day(n))), [10, 20, 60, 110, 110]);
        session.daily_limit = 50;
        assert_eq!(session.limit_on(day(10)), 50);
    }

    #[test]
    fn messages_beyond_the_daily_limit_are_refused() {
        let now = SimTime::parse("2026-04-21T10:00:00Z").unwrap();
        let mut session = Session::new(Uuid::nil(), "whatsapp", "a".into(), now);
        session.daily_limit = 2;
        assert_eq!([(); 3].map(|()| session.take_one(now.date())), [true, true, false]);
        assert!(session.take_one(now.next_day().date()));
    }
}
