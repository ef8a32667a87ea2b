//! What is still to happen, and when: the queue behind everything that the services do without being asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::message::MessageStatus;
use crate::clock::Moment;

/// Something that happens by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Job {
    /// A queued message leaves through its session.
    Dispatch(Uuid),
    /// A message comes to its next state.
    Progress(Uuid, MessageStatus),
    /// A scheduled campaign starts.
    Launch(Uuid),
    /// A running campaign writes to its next recipients; the number tells one run from the next.
    Tick(Uuid, u32),
    /// An imaginary phone scans a session's QR code.
    Scan(Uuid),
    /// A new day: what a session held back goes out.
    NewDay(Uuid),
    /// A delivery is posted.
    Post(Uuid),
    /// An uploaded file is read.
    Import(Uuid),
    /// A file of contacts is written.
    Export(Uuid),
}

/// Jobs by the time they are due; those of one moment in the order they came.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    due: BTreeMap<(Moment, u64), Job>,
    next: u64,
}

impl Schedule {
    pub(crate) fn at(&mut self, moment: Moment, job: Job) {
        self.due.insert((moment, self.next), job);
        self.next += 1;
    }

    /// The next job that is due by `now`, with the time it was due at.
    pub(crate) fn pop(&mut self, now: Moment) -> Option<(Moment, Job)> {
        let (&(moment, number), _) = self.due.first_key_value()?;
        if moment > now {
            return None;
        }
        self.due.remove(&(moment, number)).map(|job| (moment, job))
    }

    pub(crate) fn next_due(&self) -> Option<Moment> {
        self.due.keys().next().map(|&(moment, _)| moment)
    }

    /// The deliveries that are to be posted.
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
        for (moment, job) in Vec::<(Moment, Job)>::deserialize(deserializer)? {
            schedule.at(moment, job);
        }
        Ok(schedule)
    }
}
