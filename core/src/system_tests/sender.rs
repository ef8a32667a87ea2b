//! Senders: processes that send the messages of an outbox, with a journal on a disk.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::hash::Hash;
use std::hash::DefaultHasher;

use crate::error::Error;
use crate::limiter::permit::Lane;
use crate::outbox::tests::simulation::create;
use crate::outbox::{Claim, Failure, MessageState, Next, Outbox, OutboxReader};
use crate::system_tests::call::{Call, Letter};
use crate::system_tests::choices::Fault;
use crate::system_tests::process::{Job, JobId, Work, note};
use crate::system_tests::world::{Event, World};

/// The time after which a person starts a stopped outbox again.
const RESTART_AFTER: u64 = 60_000;

/// The state of a job that sends.
#[derive(Clone, Debug)]
pub(super) enum Sending {
    /// Takes the next message.
    Takes,
    /// Has recorded that this message will be sent.
    Claimed(Claim),
    /// Waits for the call of this message.
    Calls(u32),
}

/// The outbox of a process, and its disk.
#[derive(Default)]
pub(super) struct Sender {
    pub(super) outbox: Option<Outbox>,
    pub(super) journal: Vec<u8>,
    /// The length of what survives a loss of power.
    durable: usize,
    /// Messages that were reported as unknown.
    reported: BTreeSet<u32>,
    pub(super) is_done: bool,
}

impl Sender {
    pub(super) fn hash(&self, hasher: &mut DefaultHasher) {
        (&self.journal, self.durable, &self.reported, self.is_done).hash(hasher);
    }

    /// Appends the records to the journal.
    fn write(&mut self, durably: bool) {
        if let Some(outbox) = &mut self.outbox {
            self.journal.extend(outbox.take_records());
        }
        if durably {
            self.durable = self.journal.len();
        }
    }
}

/// Returns the recipient of a message of a process.
pub(super) fn recipient(process: usize, number: u32) -> String {
    format!("+1555{process:03}{number:04}")
}

impl World<'_> {
    /// Starts a sender: reads the journal, adds all messages again, and starts its jobs.
    pub(super) fn start_sender(&mut self, number: usize) -> Result<(), String> {
        let now = self.clock(number);
        let (messages, keyed, pumps) = (self.config.messages, self.config.keyed, self.config.in_flight);
        let entropy = [number as u8 + 1; 16];
        let process = &mut self.processes[number];
        let start = process.start;
        note(&mut process.history, &("start", now));
        let Some(sender) = &mut process.sender else { return Ok(()) };
        let mut reader = OutboxReader::new();
        let journal = reader
            .push(&sender.journal)
            .and_then(|()| reader.finish(now))
            .map_err(|error| format!("the journal of sender {number}: {error}"))?;
        sender.journal.truncate(journal.length as usize);
        sender.outbox = Some(journal.outbox.unwrap_or_else(|| create(keyed, entropy, now)));
        sender.write(true);
        let Some(outbox) = &mut sender.outbox else { return Ok(()) };
        sender.reported.extend(outbox.numbers(MessageState::Unknown));
        for message in 0..messages {
            let to = recipient(number, message);
            let fields = format!(r#"{{"message":"Hi","to":"{to}"}}"#);
            outbox.add(&to, message + 1, &fields).map_err(|error| error.to_string())?;
        }
        outbox.close();
        sender.write(true);
        process.jobs =
            (0..pumps).map(|_| Some(Job { work: Work::Send(Sending::Takes), call: None })).collect();
        for job in 0..pumps {
            self.at(self.now, Event::Go((number, start, job)));
        }
        Ok(())
    }

    /// Does one step of a job that sends.
    pub(super) fn send(&mut self, id: JobId, state: Sending) -> Result<(), String> {
        let (now, keyed) = (self.clock(id.0), self.config.keyed);
        let process = &mut self.processes[id.0];
        let Some(sender) = &mut process.sender else { return Ok(()) };
        let Some(outbox) = &mut sender.outbox else { return Ok(()) };
        match state {
            Sending::Takes => {
                note(&mut process.history, &("next", now));
                let (state, after) = match outbox.next(now) {
                    Next::Send(claim) => {
                        if sender.reported.contains(&claim.number) {
                            return Err(format!(
                                "never twice: message {} was reported and is sent",
                                claim.number
                            ));
                        }
                        (Sending::Claimed(claim), 1)
                    }
                    Next::Wait(wait) => (Sending::Takes, (wait.as_millis() as u64).max(1)),
                    Next::Busy => (Sending::Takes, 1_000),
                    Next::Stopped(_) => {
                        outbox.restart();
                        (Sending::Takes, RESTART_AFTER)
                    }
                    Next::Done => {
                        sender.write(true);
                        sender.is_done = true;
                        return Ok(());
                    }
                };
                sender.write(matches!(state, Sending::Claimed(_)) && !self.config.host.writes_lazily);
                self.put(id, Job { work: Work::Send(state), call: None }, after);
            }
            Sending::Claimed(claim) => {
                let letter = Letter {
                    keyed,
                    to: recipient(id.0, claim.number),
                    key: claim.key,
                    deadline: claim.deadline,
                    lane: Lane::Bulk,
                };
                let limiter = (!self.config.host.ignores_limiter).then(|| process.limiter.clone());
                let entropy = process.draw();
                let call = Call::new(&letter, limiter, entropy);
                let work = Work::Send(Sending::Calls(claim.number));
                self.put(id, Job { work, call: Some(call) }, 0);
            }
            Sending::Calls(_) => return Err("a call has no exchange".into()),
        }
        Ok(())
    }

    /// Records the outcome of a message.
    pub(super) fn sent(&mut self, id: JobId, number: u32, outcome: Result<(), Error>) -> Result<(), String> {
        let now = self.clock(id.0);
        let process = &mut self.processes[id.0];
        note(&mut process.history, &(number, outcome.is_ok(), now));
        let Some(sender) = &mut process.sender else { return Ok(()) };
        let Some(outbox) = &mut sender.outbox else { return Ok(()) };
        let recorded = match outcome {
            Ok(()) => outbox.sent(number, Some("m-1")),
            Err(error) => {
                note(&mut process.history, &format!("{:?}", Failure::from(&error)));
                outbox.failed(number, &Failure::from(&error), now)
            }
        };
        recorded.map_err(|error| error.to_string())?;
        sender.write(false);
        self.put(id, Job { work: Work::Send(Sending::Takes), call: None }, 1);
        Ok(())
    }

    /// Lets a disk lose what is not durable, all of it or half.
    pub(super) fn lose_power(&mut self, number: usize) {
        if self.processes[number].sender.is_none() || !self.choices.happens(Fault::PowerLoss) {
            return;
        }
        let part = self.choices.pick(2);
        if let Some(sender) = &mut self.processes[number].sender {
            let lost = sender.journal.len() - sender.durable;
            sender.journal.truncate(sender.durable + part * lost / 2);
            sender.durable = sender.journal.len();
        }
    }

    /// Compares what the vendor received with the report of each sender.
    pub(super) fn judge_senders(&self) -> Result<(), String> {
        for (number, process) in self.processes.iter().enumerate() {
            let Some(sender) = &process.sender else { continue };
            let Some(outbox) = sender.outbox.as_ref().filter(|_| sender.is_done) else {
                return Err(format!("everything ends: sender {number} did not end"));
            };
            for message in 0..self.config.messages {
                let received = self.received(&recipient(number, message));
                let state = outbox.state(message);
                let is_right = match state {
                    Some(MessageState::Sent) => received == 1,
                    Some(MessageState::Refused) => received == 0,
                    Some(MessageState::Unknown) => received <= 1,
                    _ => false,
                };
                if !is_right {
                    return Err(format!(
                        "never lost: message {message} of sender {number} is {state:?} and arrived {received} times"
                    ));
                }
            }
        }
        Ok(())
    }
}
