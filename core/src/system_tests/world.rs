//! The world: its clock, its events, its stores, the network, and the promises that are checked after each step.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use std::hash::DefaultHasher;

use crate::error::kind::TransportFault;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::inbox::Entry;
use crate::limiter::feedback::RateLimitFeedback;
use crate::limiter::rate_limiter::RateLimiter;
use crate::outbox::tests::simulation::START;
use crate::system_tests::call::{CallStep, Doing};
use crate::system_tests::choices::{Choices, Fault};
use crate::system_tests::config::Config;
use crate::system_tests::process::{Job, JobId, Process, Work, note};
use crate::system_tests::receiver::EventFacts;
use crate::system_tests::sender::Sender;
use crate::system_tests::vendor::{DAY, Vendor, quoted};
use crate::types::time::UnixTime;

/// The time after which a client gives a request up.
const TIME_OUT: u64 = 20_000;
/// The way of a request or a response that is late.
const LATE: u64 = 45_000;
/// The time until a killed process is started again.
const RESTARTS_AFTER: u64 = 3_000;

/// Something that happens at a time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Event {
    /// The vendor delivers an event.
    Deliver(usize),
    /// A job does its next step.
    Go(JobId),
    /// The request with this number arrives at the vendor.
    Arrive(u64),
    /// The response to a request arrives.
    Respond(u64),
    /// The client of a request waits no longer.
    TimeOut(u64),
    /// A process is started.
    Start(usize),
    /// The inbox deletes entries.
    CleanUp,
}

/// A request on its way, and then its response.
struct Wire {
    job: JobId,
    request: Request,
    response: Option<Response>,
}

/// A world that runs until nothing happens any more.
pub(super) struct World<'a> {
    pub(super) config: &'a Config,
    pub(super) choices: Choices,
    pub(super) now: u64,
    queue: BTreeMap<u64, Vec<Event>>,
    wires: BTreeMap<u64, Wire>,
    vendor: Vendor,
    limiter_store: Option<Vec<u8>>,
    pub(super) inbox_store: BTreeMap<String, [u8; Entry::LENGTH]>,
    pub(super) processes: Vec<Process>,
    pub(super) events: Vec<EventFacts>,
    /// The times at which late requests arrive.
    late: Vec<u64>,
    pub(super) steps: u64,
}

impl<'a> World<'a> {
    pub(super) fn new(config: &'a Config, choices: Choices) -> Self {
        let mut world = Self {
            config,
            choices,
            now: START,
            queue: BTreeMap::new(),
            wires: BTreeMap::new(),
            vendor: Vendor::new(config.limit, config.daily),
            limiter_store: None,
            inbox_store: BTreeMap::new(),
            processes: Vec::new(),
            events: (0..config.events).map(|_| EventFacts::default()).collect(),
            late: Vec::new(),
            steps: 0,
        };
        if config.limits_are_known {
            let mut limiter = RateLimiter::new();
            let mut answer = RateLimitFeedback { success: true, ..RateLimitFeedback::default() };
            answer.rate_limit.limit = Some(config.limit);
            limiter.observe(&answer, UnixTime::from_millis(START));
            world.limiter_store = Some(limiter.encode());
        }
        for number in 0..config.senders + config.receivers {
            // The clocks of the first process and of the last one differ most.
            let others = (config.senders + config.receivers - 1).max(1);
            let ahead = config.skew * number as u64 / others as u64;
            let sender = (number < config.senders).then(Sender::default);
            world.processes.push(Process::new(number, ahead, sender));
            world.at(START, Event::Start(number));
        }
        for event in 0..config.events {
            let after = world.choices.delay(0, config.spread);
            world.at(START + 1 + after, Event::Deliver(event));
        }
        if config.events > 0 && config.spread > 0 {
            world.at(START + DAY, Event::CleanUp);
        }
        world
    }

    /// Lets the next event happen. Returns false if nothing happens any more.
    pub(super) fn advance(&mut self) -> Result<bool, String> {
        let Some((&time, events)) = self.queue.first_key_value() else { return Ok(false) };
        let count = events.len();
        self.now = time;
        let at = self.choices.pick(count);
        let Some(events) = self.queue.get_mut(&time) else { return Ok(false) };
        let event = events.swap_remove(at);
        if events.is_empty() {
            self.queue.remove(&time);
        }
        self.steps += 1;
        self.happen(event)?;
        if let Some((to, count)) = self.twice() {
            return Err(format!("never twice: {to} got {count} messages"));
        }
        if let Some(at) = self.vendor.refused.take()
            && !self.is_window_of_late(at)
        {
            return Err(format!("never over a window: a request was refused after {} ms", at - START));
        }
        Ok(true)
    }

    /// Checks what must be true at the end.
    pub(super) fn judge(&self) -> Result<(), String> {
        self.judge_senders()?;
        self.judge_receivers()
    }

    fn happen(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Deliver(event) => self.deliver(event)?,
            Event::Start(number) => self.start_sender(number)?,
            Event::CleanUp => {
                self.clean_up();
                if !self.queue.is_empty() {
                    self.at(self.now + DAY, Event::CleanUp);
                }
            }
            Event::Go(id) => self.go(id)?,
            Event::Arrive(wire) => self.reach_vendor(wire),
            Event::Respond(number) => {
                if let Some(response) = self.wires.get_mut(&number).and_then(|wire| wire.response.take()) {
                    self.answer(number, Ok(response));
                }
            }
            Event::TimeOut(number) => {
                let denies = self.config.host.denies_requests;
                let fault = if denies { TransportFault::Connect } else { TransportFault::Timeout };
                self.answer(number, Err(fault));
            }
        }
        Ok(())
    }

    /// Does the next step of a job, unless its process was killed.
    fn go(&mut self, id: JobId) -> Result<(), String> {
        let (number, start, slot) = id;
        if self.processes[number].start != start {
            return Ok(());
        }
        if self.processes[number].jobs.get(slot).is_none_or(Option::is_none) {
            return Ok(());
        }
        if self.choices.happens(Fault::Crash) {
            self.kill(number);
            return Ok(());
        }
        let Some(job) = self.processes[number].jobs[slot].take() else { return Ok(()) };
        if job.call.is_some() {
            return self.call(id, job);
        }
        match job.work {
            Work::Send(state) => self.send(id, state),
            Work::Receive(receiving) => self.receive(id, receiving),
        }
    }

    fn kill(&mut self, number: usize) {
        let jobs = core::mem::take(&mut self.processes[number].jobs);
        self.forget_holders(number);
        self.lose_power(number);
        self.processes[number].kill();
        for job in jobs.into_iter().flatten() {
            if let Work::Receive(receiving) = job.work
                && receiving.delivery > 0
            {
                self.answered(receiving.event, receiving.delivery, false);
            }
        }
        let is_sender = number < self.config.senders;
        let stops = is_sender && self.choices.happens(Fault::LongStop);
        let after = if stops { DAY + 3_600_000 } else { self.choices.delay(RESTARTS_AFTER, 20_000) };
        self.at(self.now + after, Event::Start(number));
    }

    /// Does the next step of a call.
    fn call(&mut self, id: JobId, mut job: Job) -> Result<(), String> {
        let Some(call) = &mut job.call else { return Err("a job has no call".into()) };
        let process = &mut self.processes[id.0];
        let now = UnixTime::from_millis(self.now + process.ahead);
        match call.doing.clone() {
            Doing::Awaits(_) => return Err("a call goes on without a response".into()),
            Doing::Reads(use_number) => {
                if self.choices.happens(Fault::StoreFails) {
                    note(&mut process.history, &("fails", now));
                    process.limiter.store_failed(use_number, now);
                    call.doing = Doing::Acquires;
                } else {
                    note(&mut process.history, &("update", now, &self.limiter_store));
                    let stored = self.limiter_store.clone();
                    let read = stored.as_deref().filter(|_| !self.config.host.store_forgets);
                    let new = process.limiter.update(use_number, read, now);
                    let new = new.map_err(|error| format!("the limiter's state: {error}"))?;
                    call.doing = Doing::Swaps(use_number, stored, new);
                }
                self.put(id, job, 1);
            }
            Doing::Swaps(use_number, stored, new) => {
                if stored == self.limiter_store || self.config.host.store_overwrites {
                    self.limiter_store = Some(new);
                    note(&mut process.history, &("stored", now));
                    if !process.limiter.stored(use_number, now) {
                        process.limiter.store_failed(use_number, now);
                    }
                    call.doing = Doing::Acquires;
                } else {
                    call.doing = Doing::Reads(use_number);
                }
                self.put(id, job, 1);
            }
            Doing::Acquires => {
                note(&mut process.history, &("ask", id.2, now));
                match call.step(now) {
                    CallStep::Send(request) => self.transmit(id, job, request),
                    CallStep::Wait(wait) => {
                        let mut wait = (wait.as_millis() as u64).max(1);
                        if let Some(use_number) = process.limiter.begin_store_use(now) {
                            call.doing = Doing::Reads(use_number);
                            wait = 1;
                        }
                        self.put(id, job, wait);
                    }
                    CallStep::Done(outcome) => match job.work {
                        Work::Send(crate::system_tests::sender::Sending::Calls(number)) => {
                            return self.sent(id, number, outcome);
                        }
                        Work::Receive(receiving) => self.handled(id, receiving, &outcome),
                        Work::Send(_) => return Err("a call has no message".into()),
                    },
                }
            }
        }
        Ok(())
    }

    /// Puts a request on its way.
    fn transmit(&mut self, id: JobId, mut job: Job, request: Request) {
        let number = self.processes[id.0].draw();
        let most = request.timeout.map_or(TIME_OUT, |limit| (limit.as_millis() as u64).min(TIME_OUT));
        if let Some(call) = &mut job.call {
            call.doing = Doing::Awaits(number);
        }
        self.processes[id.0].jobs[id.2] = Some(job);
        let copies = if self.config.host.library_repeats { 2 } else { 1 };
        for _ in 0..copies {
            if let Some(travel) = self.travel(Fault::LostRequest) {
                if travel == LATE {
                    self.late.push(self.now + travel);
                }
                self.at(self.now + travel, Event::Arrive(number));
            }
        }
        self.wires.insert(number, Wire { job: id, request, response: None });
        self.at(self.now + most.max(1), Event::TimeOut(number));
    }

    fn reach_vendor(&mut self, number: u64) {
        let is_unavailable = self.choices.happens(Fault::Unavailable);
        let Some(wire) = self.wires.get_mut(&number) else { return };
        wire.response = Some(self.vendor.receive(&wire.request, is_unavailable, self.now));
        if let Some(travel) = self.travel(Fault::LostResponse) {
            self.at(self.now + travel, Event::Respond(number));
        }
    }

    /// Returns the time at which a request or a response arrives, or `None` if it is lost.
    fn travel(&mut self, loss: Fault) -> Option<u64> {
        if self.choices.happens(loss) {
            return None;
        }
        let is_late = self.choices.happens(Fault::Late);
        Some(if is_late { LATE } else { self.choices.delay(10, 200) })
    }

    /// Passes the response, or that none came, to the call that waits for it. The job asks at once, and a kill can come
    /// before.
    fn answer(&mut self, number: u64, answer: Result<Response, TransportFault>) {
        let Some(id) = self.wires.get(&number).map(|wire| wire.job) else { return };
        let process = &mut self.processes[id.0];
        let now = UnixTime::from_millis(self.now + process.ahead);
        if process.start != id.1 {
            return;
        }
        let Some(Some(job)) = process.jobs.get_mut(id.2) else { return };
        let Some(call) = job.call.as_mut().filter(|call| call.doing == Doing::Awaits(number)) else { return };
        note(&mut process.history, &("answer", id.2, answer.is_ok(), now));
        call.answer(answer, now);
        self.at(self.now, Event::Go(id));
    }

    /// Returns the time on the clock of a process.
    pub(super) fn clock(&self, process: usize) -> UnixTime {
        UnixTime::from_millis(self.now + self.processes[process].ahead)
    }

    /// Puts a job back, to go on after a time.
    pub(super) fn put(&mut self, id: JobId, job: Job, after: u64) {
        self.processes[id.0].jobs[id.2] = Some(job);
        self.at(self.now + after, Event::Go(id));
    }

    pub(super) fn at(&mut self, time: u64, event: Event) {
        self.queue.entry(time).or_default().push(event);
    }

    /// Returns the number of messages that a recipient got.
    pub(super) fn received(&self, to: &str) -> u32 {
        self.vendor.received.get(&quoted(to)).copied().unwrap_or_default()
    }

    fn twice(&self) -> Option<(&String, u32)> {
        self.vendor.received.iter().find(|(_, count)| **count > 1).map(|(to, count)| (to, *count))
    }

    /// Returns true if a request of an earlier window came in this one. The limiter cannot know that.
    fn is_window_of_late(&self, at: u64) -> bool {
        self.late.iter().any(|late| late.abs_diff(at) <= 60_000)
    }

    /// Returns a digest of all that decides what happens next.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.now, &self.vendor, &self.limiter_store, &self.inbox_store, &self.events).hash(&mut hasher);
        self.late.hash(&mut hasher);
        for (time, events) in &self.queue {
            (time, events).hash(&mut hasher);
        }
        for (number, wire) in &self.wires {
            (number, wire.job, wire.response.as_ref().map(|response| response.status)).hash(&mut hasher);
        }
        for process in &self.processes {
            process.hash(&mut hasher);
        }
        if let Choices::Path(path) = &self.choices {
            path.left.hash(&mut hasher);
        }
        hasher.finish()
    }
}
