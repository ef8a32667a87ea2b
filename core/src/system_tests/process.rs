//! A process: its jobs, its part of the rate limiter, and its disk. A kill loses all but the disk.

use core::hash::{Hash, Hasher};

use alloc::vec::Vec;
use std::hash::DefaultHasher;

use crate::limiter::shared::SharedRateLimiter;
use crate::system_tests::call::Call;
use crate::system_tests::receiver::Receiving;
use crate::system_tests::sender::{Sender, Sending};

/// A digest of all inputs of a state machine. Two machines with the same inputs are in the same state.
pub(super) type History = u64;

/// Adds an input to a history.
pub(super) fn note(history: &mut History, input: &impl Hash) {
    let mut hasher = DefaultHasher::new();
    (*history, input).hash(&mut hasher);
    *history = hasher.finish();
}

/// The work of a job.
pub(super) enum Work {
    /// Takes messages from the outbox and sends them.
    Send(Sending),
    /// Handles a delivery.
    Receive(Receiving),
}

/// A job, which does one step after another.
pub(super) struct Job {
    pub(super) work: Work,
    /// The call that the job waits for.
    pub(super) call: Option<Call>,
}

/// A place in a process: the number of the process, the number of its start, and the number of the job.
pub(super) type JobId = (usize, u32, usize);

/// A process.
pub(super) struct Process {
    /// The number of starts.
    pub(super) start: u32,
    /// The time by which its clock is ahead.
    pub(super) ahead: u64,
    pub(super) limiter: SharedRateLimiter,
    pub(super) jobs: Vec<Option<Job>>,
    /// The outbox and its disk, if the process is a sender.
    pub(super) sender: Option<Sender>,
    /// All inputs of the limiter and of the outbox since the start.
    pub(super) history: History,
    /// A source of different bytes.
    drawn: u64,
    number: usize,
}

impl Process {
    pub(super) fn new(number: usize, ahead: u64, sender: Option<Sender>) -> Self {
        Self {
            start: 0,
            ahead,
            limiter: SharedRateLimiter::with_store_of_host(),
            jobs: Vec::new(),
            sender,
            history: 0,
            drawn: 0,
            number,
        }
    }

    /// Loses what is only in memory.
    pub(super) fn kill(&mut self) {
        self.start += 1;
        self.jobs.clear();
        self.limiter = SharedRateLimiter::with_store_of_host();
        self.history = 0;
        if let Some(sender) = &mut self.sender {
            sender.outbox = None;
        }
    }

    /// Returns a number that no other call returns.
    pub(super) fn draw(&mut self) -> u64 {
        self.drawn += 1;
        ((self.number as u64) << 48) + self.drawn
    }

    pub(super) fn hash(&self, hasher: &mut DefaultHasher) {
        (self.start, self.ahead, self.history, self.drawn).hash(hasher);
        if let Some(sender) = &self.sender {
            sender.hash(hasher);
        }
        for (number, job) in self.jobs.iter().enumerate() {
            let Some(job) = job else { continue };
            number.hash(hasher);
            match &job.work {
                Work::Send(sending) => alloc::format!("{sending:?}").hash(hasher),
                Work::Receive(receiving) => receiving.hash(hasher),
            }
            if let Some(call) = &job.call {
                (call.history, &call.doing).hash(hasher);
            }
        }
    }
}
