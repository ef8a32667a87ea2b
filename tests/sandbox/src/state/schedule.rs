//! The queue of scheduled events: everything that the services do without a request.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::message::MessageStatus;
use crate::clock::SimTime;

/// A scheduled event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Job {
    /// Sends a queued message through its session.
    Dispatch(Uuid),
    /// Moves a message to its next state.
    Progress(Uuid, MessageStatus),
    /// Starts a scheduled campaign.
    Launch(Uuid),
    /// Sends a running campaign's message to its next recipients. The number identifies the run.
    Tick(Uuid, u32),
    /// Lets an imaginary phone scan a session's QR code.
    Scan(Uuid),
    /// Sends the messages that a session held back until the new day.
    NewDay(Uuid),
    /// Posts a delivery.
    Post(Uuid),
    /// Processes an uploaded file.
    Import(Uuid),
    /// Writes an export of contacts.
    Export(Uuid),
}

/// Jobs by due time. Jobs with the same time run in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    due: BTreeMap<(SimTime, u64), Job>,
    next: u64,
}

impl Schedule {
    pub(crate) fn at(&mut self, moment: SimTime, job: Job) {
        self.due.insert((moment, self.next), job);
        self.next += 1;
    }

    /// Removes and returns the next job that is due at `now`, with its due time.
    pub(crate) fn pop(&mut self, now: SimTime) -> Option<(SimTime, Job)> {
        let (&(moment, number), _) = self.due.first_key_value()?;
        if moment > now {
            return None;
        }
        self.due.remove(&(moment, number)).map(|job| (moment, job))
    }

    pub(crate) fn next_due(&self) -> Option<SimTime> {
        self.due.keys().next().map(|&(moment, _)| moment)
    }

    /// Returns the deliveries that wait for their post.
    pub(crate) fn posts(&self) -> impl Iterator<Item = Uuid> {
        self.due.values().filter_map(|job| if let Job::Post(id) = job { Some(*id) } else { None })
    }

    pub(crate) fn len(&self) -> usize {
        self.due.len()
    }
}

impl Serialize for Schedule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.due.iter().map(|((moment, _), job)| (moment, job)))
    }
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut schedule = Self::default();
        for (moment, job) in Vec::<(SimTime, Job)>::deserialize(deserializer)? {
            schedule.at(moment, job);
        }
        Ok(schedule)
    }
}
