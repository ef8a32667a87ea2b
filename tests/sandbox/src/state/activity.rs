//! Counts of events, taken as they happen. Analytics therefore stay correct after old messages are dropped.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::message::Direction;
use crate::clock::SimTime;

/// The maximum number of counts per hour and direction: a little more than a year.
const HOURS_KEPT: usize = 24 * 400 * 2;
/// The maximum number of counts per day and session.
const SESSION_DAYS_KEPT: usize = 20_000;

/// The numbers of messages per hour and direction, and per day and session.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Activity {
    #[serde(with = "pairs")]
    hours: BTreeMap<(Date, i8, Direction), u64>,
    #[serde(with = "pairs")]
    sessions: BTreeMap<(Date, Uuid), SessionDay>,
}

/// The numbers of a session's messages on one day.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct SessionDay {
    pub(crate) sent: u64,
    pub(crate) received: u64,
}

impl Activity {
    /// Counts a new message.
    pub(crate) fn count_hour(&mut self, now: SimTime, direction: Direction) {
        *self.hours.entry((now.date(), now.hour(), direction)).or_default() += 1;
        if self.hours.len() > HOURS_KEPT {
            self.hours.pop_first();
        }
    }

    /// Removes a message from the count of the hour in which it was written.
    pub(crate) fn uncount_hour(&mut self, written: SimTime, direction: Direction) {
        if let Some(count) = self.hours.get_mut(&(written.date(), written.hour(), direction)) {
            *count = count.saturating_sub(1);
        }
    }

    /// Counts a message that went through a session.
    pub(crate) fn count_session(&mut self, now: SimTime, direction: Direction, session: Option<Uuid>) {
        let Some(session) = session else { return };
        let day = self.sessions.entry((now.date(), session)).or_default();
        match direction {
            Direction::Inbound => day.received += 1,
            Direction::Outbound => day.sent += 1,
        }
        if self.sessions.len() > SESSION_DAYS_KEPT {
            self.sessions.pop_first();
        }
    }

    pub(crate) fn hours(
        &self,
        from: Date,
        to: Date,
    ) -> impl Iterator<Item = (Date, i8, Direction, u64)> + use<'_> {
        let (first, last) = ((from, 0, Direction::Inbound), (to, 23, Direction::Outbound));
        let range = if first <= last { Some(self.hours.range(first..=last)) } else { None };
        range
            .into_iter()
            .flatten()
            .filter(|(_, count)| **count > 0)
            .map(|(&(date, hour, direction), &count)| (date, hour, direction, count))
    }

    pub(crate) fn on(&self, date: Date) -> u64 {
        self.hours(date, date).map(|(.., count)| count).sum()
    }

    /// Returns the numbers of a session's messages from one day to another, both inclusive.
    pub(crate) fn of_session(&self, session: Uuid, from: Option<Date>, to: Option<Date>) -> SessionDay {
        let mut total = SessionDay::default();
        for ((date, of), day) in &self.sessions {
            let inside = from.is_none_or(|from| *date >= from) && to.is_none_or(|to| *date <= to);
            if *of == session && inside {
                total.sent += day.sent;
                total.received += day.received;
            }
        }
        total
    }
}

/// Serializes maps with keys that are not text as lists of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S, K, V>(map: &BTreeMap<K, V>, serializer: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
        K: Serialize,
        V: Serialize,
    {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        D: Deserializer<'de>,
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}
