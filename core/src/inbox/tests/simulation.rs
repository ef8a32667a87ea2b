//! A simulation of receivers that share a store, of the vendor that delivers until it gets a success, and of an attacker that
//! repeats what it saw, on one virtual clock.
//!
//! The receivers do what a store does: insert or read, replace if unchanged, run the handler, end. Each step takes time, and a
//! receiver can crash between any two.

use alloc::collections::{BTreeMap, BinaryHeap};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::time::Duration;

use crate::inbox::claim::{Change, Claim, Decision};
use crate::inbox::entry::{Entry, Status};
use crate::inbox::rules::{Inbox, Mode};
use crate::random::Random;
use crate::types::time::UnixTime;

/// The start of all simulations, in milliseconds.
pub(super) const START: u64 = 1_776_767_423_456;
const DAY: u64 = 86_400_000;
/// The waits between two deliveries of the vendor. The last one repeats, so that everything can end.
const BACK_OFF: [u64; 5] = [10_000, 60_000, 300_000, 1_800_000, 7_200_000];
/// The waits after failures that the documentation promises.
const PROMISED: [u64; 4] = [5_000, 30_000, 150_000, 900_000];
/// The number of deliveries of one event after which the simulation gives up.
const MOST_DELIVERIES: usize = 60;

/// A scenario of events.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    pub(super) mode: Mode,
    pub(super) events: usize,
    pub(super) lease: u64,
    pub(super) max_attempts: u32,
    /// The tolerance of the webhook, or `None` for deliveries of any age.
    pub(super) tolerance: Option<u64>,
    /// The longest time that a handler takes.
    pub(super) handler: u64,
    /// Of 1,000 steps, the number in which a receiver crashes.
    pub(super) crashes: u64,
    /// Of 1,000 handlers, the number that fails.
    pub(super) failures: u64,
    /// Of 1,000 deliveries, the number that is made twice at the same moment.
    pub(super) twice: u64,
    /// Of 1,000 responses, the number that is lost.
    pub(super) lost: u64,
    /// Of 1,000 deliveries, the number that an attacker or the vendor repeats at the end of its replay window.
    pub(super) repeated: u64,
    /// The events whose handler always crashes: those with a number below this.
    pub(super) killers: usize,
    /// The largest difference between the clocks of the receivers.
    pub(super) skew: u64,
    /// The time after which the clocks of all receivers go back, and the step.
    pub(super) clock_back: Option<(u64, u64)>,
    /// True for a store that replaces an entry without a comparison, which is a bug of the store.
    pub(super) store_overwrites: bool,
    pub(super) seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// A delivery arrives: the event, the time of its signature, and its number if the vendor waits for a response.
    Arrive(usize, u64, Option<usize>),
    /// A receiver goes on.
    Go(usize),
    CleanUp,
}

/// A delivery that a receiver works on.
struct Job {
    event: usize,
    /// The number of the delivery, if the vendor waits for a response.
    number: Option<usize>,
    signed: u64,
    /// The difference of the receiver's clock.
    skew: u64,
    state: State,
}

enum State {
    /// The receiver will insert an entry, or read the stored one.
    Start,
    /// It will replace the entry that it read.
    Replace(Claim),
    /// It will replace the entry, and then respond with this success or error.
    Prolong(Change, bool),
    /// The handler runs.
    Handle(Claim),
    /// The handler has ended, with a success or a failure, and the receiver will store that.
    End(Claim, bool),
}

#[derive(Default)]
struct Facts {
    effects: usize,
    /// The number of times that the handler was started.
    starts: u32,
    largest_token: u64,
    /// True after the event was handled or poisoned and this was stored.
    done: bool,
    poisoned: bool,
    acknowledged: bool,
    /// The time before which no handler may start, after a failure that was stored.
    not_before: u64,
    /// The jobs whose handler runs, with the ends of their leases.
    running: Vec<(usize, u64)>,
    deliveries: usize,
    signed_again: usize,
    /// The job that holds the transaction.
    locked: Option<usize>,
}

struct World<'a> {
    scenario: &'a Scenario,
    inbox: Inbox,
    now: u64,
    queue: BinaryHeap<Reverse<(u64, u64, Step)>>,
    order: u64,
    store: BTreeMap<usize, [u8; Entry::LENGTH]>,
    facts: Vec<Facts>,
    jobs: Vec<Option<Job>>,
    random: Random,
    last_arrival: u64,
}

/// Runs a scenario. The result is the first breach of a promise.
pub(super) fn run(scenario: &Scenario) -> Result<(), String> {
    let inbox = Inbox::new(scenario.mode)
        .lease(Duration::from_millis(scenario.lease))
        .max_attempts(scenario.max_attempts);
    let mut world = World {
        scenario,
        inbox,
        now: START,
        queue: BinaryHeap::new(),
        order: 0,
        store: BTreeMap::new(),
        facts: (0..scenario.events).map(|_| Facts::default()).collect(),
        jobs: Vec::new(),
        random: Random::seeded(scenario.seed),
        last_arrival: 0,
    };
    for event in 0..scenario.events {
        let at = START + world.random.below(600_000);
        world.deliver(event, at);
    }
    world.at(START + 60_000, Step::CleanUp);
    world.run()
}

impl World<'_> {
    fn run(&mut self) -> Result<(), String> {
        while let Some(Reverse((now, _, step))) = self.queue.pop() {
            self.now = now;
            match step {
                Step::Arrive(event, signed, number) => self.arrive(event, signed, number),
                Step::Go(job) => self.go(job)?,
                Step::CleanUp => {
                    let now = self.clock(0);
                    self.store.retain(|_, bytes| {
                        Entry::decode(bytes)
                            .ok()
                            .and_then(|entry| entry.forget_at())
                            .is_none_or(|end| end > now)
                    });
                    if !self.queue.is_empty() {
                        let next = self.now + 60_000 + self.random.below(3_600_000);
                        self.at(next, Step::CleanUp);
                    }
                }
            }
        }
        for (event, facts) in self.facts.iter().enumerate() {
            if !facts.acknowledged && !facts.poisoned {
                return Err(format!("event {event} did not end in {} deliveries", facts.deliveries));
            }
        }
        Ok(())
    }

    /// The time on a receiver's clock.
    fn clock(&self, skew: u64) -> UnixTime {
        let back =
            self.scenario.clock_back.filter(|(after, _)| self.now >= START + after).map_or(0, |(_, by)| by);
        UnixTime::from_millis(self.now + skew - back)
    }

    /// Makes a delivery of the vendor.
    fn deliver(&mut self, event: usize, at: u64) {
        self.facts[event].deliveries += 1;
        let number = self.facts[event].deliveries;
        self.at(at, Step::Arrive(event, at, Some(number)));
        if self.random.chance(self.scenario.twice) {
            self.at(at, Step::Arrive(event, at, Some(number)));
        }
        if self.random.chance(self.scenario.repeated) {
            // The last moment at which this signature is accepted, or any later one without a tolerance.
            let late = match self.scenario.tolerance {
                Some(tolerance) => tolerance - self.random.below(2),
                None => self.random.below(30 * DAY),
            };
            self.at(at + late, Step::Arrive(event, at, None));
        }
    }

    fn arrive(&mut self, event: usize, signed: u64, number: Option<usize>) {
        self.last_arrival = self.last_arrival.max(self.now);
        let skew = if self.scenario.skew == 0 { 0 } else { self.random.below(self.scenario.skew) };
        self.jobs.push(Some(Job { event, number, signed, skew, state: State::Start }));
        let next = self.now + if self.random.chance(500) { 0 } else { self.random.below(50) };
        self.at(next, Step::Go(self.jobs.len() - 1));
    }

    fn go(&mut self, id: usize) -> Result<(), String> {
        let Some(job) = self.jobs[id].take() else { return Ok(()) };
        let (event, now) = (job.event, self.clock(job.skew));
        let ends = self.now > START + 3 * DAY;
        let is_killer = event < self.scenario.killers && matches!(job.state, State::Handle(..));
        if is_killer || (!ends && self.random.chance(self.scenario.crashes)) {
            // The transaction is rolled back. The vendor gets no response.
            self.leave(event, id);
            self.answer(&job, None);
            return Ok(());
        }
        let is_transaction = self.scenario.mode == Mode::Transactional;
        match job.state {
            State::Start => {
                if is_transaction {
                    if self.facts[event].locked.is_some() {
                        let again = self.now + 1 + self.random.below(20);
                        self.jobs[id] = Some(job);
                        self.at(again, Step::Go(id));
                        return Ok(());
                    }
                    self.facts[event].locked = Some(id);
                }
                self.start(id, job, now)
            }
            State::Replace(claim) => {
                if self.replace(event, claim.change(), false) {
                    return self.handle(id, job, claim);
                }
                self.leave(event, id);
                self.answer(&job, Some(false));
                Ok(())
            }
            State::Prolong(change, success) => {
                let stored = self.replace(event, change, true);
                if stored && change.entry.status() == Status::Poisoned {
                    self.facts[event].poisoned = true;
                }
                self.leave(event, id);
                self.answer(&job, Some(success && stored));
                Ok(())
            }
            State::Handle(claim) => {
                let fails = !ends && self.random.chance(self.scenario.failures);
                if is_transaction {
                    return self.end_transaction(id, &job, claim, fails, now);
                }
                if !fails {
                    self.facts[event].effects += 1;
                }
                self.facts[event].running.retain(|(running, _)| *running != id);
                let next = self.now + self.random.below(50);
                self.jobs[id] = Some(Job { state: State::End(claim, fails), ..job });
                self.at(next, Step::Go(id));
                Ok(())
            }
            State::End(claim, fails) => {
                let change = if fails { Some(claim.failed(now)) } else { claim.done(now) };
                let Some(change) = change else { return Err("a lease has no end".into()) };
                let stored = self.replace(event, change, true);
                let facts = &mut self.facts[event];
                if stored {
                    if claim.token() != facts.largest_token {
                        return Err(format!("event {event}: an old holder has changed the entry"));
                    }
                    self.ended(event, change.entry, &claim);
                }
                self.answer(&job, Some(stored && !fails));
                Ok(())
            }
        }
    }

    /// Inserts an entry, or decides by the stored one.
    fn start(&mut self, id: usize, mut job: Job, now: UnixTime) -> Result<(), String> {
        let event = job.event;
        let until =
            self.scenario.tolerance.map(|tolerance| now.after(Duration::from_millis(DAY.max(2 * tolerance))));
        let mut holder = [0; 16];
        holder[..8].copy_from_slice(&self.random.next().to_le_bytes());
        let Decision::Handle(first) = self.inbox.claim(None, until, holder, now) else {
            return Err("a new event is not handled".into());
        };
        let fresh = first.change().entry.encode();
        let stored = *self.store.entry(event).or_insert(fresh);
        if stored == fresh {
            if self.scenario.mode == Mode::Transactional {
                // The insertion becomes visible with the end of the transaction.
                self.store.remove(&event);
            }
            return self.handle(id, job, first);
        }
        let stored = Entry::decode(&stored).map_err(|error| format!("{error}"))?;
        let (state, response) = match self.inbox.claim(Some(&stored), until, holder, now) {
            Decision::Handle(claim) if self.scenario.mode == Mode::Transactional => {
                return self.handle(id, job, claim);
            }
            Decision::Handle(claim) => (State::Replace(claim), false),
            Decision::Duplicate(Some(change)) => (State::Prolong(change, true), true),
            Decision::Poisoned(Some(change)) => (State::Prolong(change, false), false),
            Decision::Duplicate(None) => (State::Start, true),
            _ => (State::Start, false),
        };
        if matches!(state, State::Start) {
            self.leave(event, id);
            self.answer(&job, Some(response));
            return Ok(());
        }
        job.state = state;
        let next = self.now + self.random.below(50);
        self.jobs[id] = Some(job);
        self.at(next, Step::Go(id));
        Ok(())
    }

    /// Starts the handler.
    fn handle(&mut self, id: usize, job: Job, claim: Claim) -> Result<(), String> {
        let (event, now, scenario) = (job.event, self.now, self.scenario);
        let facts = &mut self.facts[event];
        if facts.done || facts.poisoned {
            return Err(format!(
                "event {event} was handled again, {} ms after its signature",
                now - job.signed
            ));
        }
        if now < facts.not_before && scenario.clock_back.is_none() {
            return Err(format!("event {event} was handled {} ms too early", facts.not_before - now));
        }
        if scenario.mode == Mode::Leased {
            facts.starts += 1;
            if facts.starts > scenario.max_attempts {
                return Err(format!("event {event} was attempted {} times", facts.starts));
            }
            let overlaps = facts.running.iter().any(|(_, end)| now + scenario.skew < *end);
            if overlaps && scenario.clock_back.is_none() {
                return Err(format!("event {event} was handled twice at the same time"));
            }
            if claim.token() <= facts.largest_token {
                return Err(format!("event {event}: the token did not increase"));
            }
            facts.largest_token = claim.token();
            facts.running.push((id, now + scenario.lease));
        }
        let next = now + self.random.below(scenario.handler);
        self.jobs[id] = Some(Job { state: State::Handle(claim), ..job });
        self.at(next, Step::Go(id));
        Ok(())
    }

    /// Commits or rolls back. A failure is stored after the transaction.
    fn end_transaction(
        &mut self,
        id: usize,
        job: &Job,
        claim: Claim,
        fails: bool,
        now: UnixTime,
    ) -> Result<(), String> {
        let event = job.event;
        self.leave(event, id);
        let change = if fails { claim.failed(now) } else { claim.change() };
        let stored = self.replace(event, change, true);
        if !fails {
            if !stored {
                return Err(format!("event {event}: the entry changed under the lock"));
            }
            self.facts[event].effects += 1;
            if self.facts[event].effects > 1 {
                return Err(format!("event {event} had its effect twice"));
            }
        }
        if stored {
            self.ended(event, change.entry, &claim);
        }
        self.answer(job, Some(!fails));
        Ok(())
    }

    /// Notes the end of an attempt that was stored.
    fn ended(&mut self, event: usize, entry: Entry, claim: &Claim) {
        let facts = &mut self.facts[event];
        match entry.status() {
            Status::Done => facts.done = true,
            Status::Poisoned => facts.poisoned = true,
            _ => {
                let number = (claim.attempt() as usize).clamp(1, PROMISED.len());
                facts.not_before = (self.now + PROMISED[number - 1]).saturating_sub(self.scenario.skew);
            }
        }
    }

    /// Replaces an entry if it is unchanged.
    fn replace(&mut self, event: usize, change: Change, may_overwrite: bool) -> bool {
        let is_unchanged = self.store.get(&event).copied() == change.expected.map(|entry| entry.encode());
        let is_written = is_unchanged || (may_overwrite && self.scenario.store_overwrites);
        if is_written {
            self.store.insert(event, change.entry.encode());
        }
        is_written
    }

    fn leave(&mut self, event: usize, id: usize) {
        let facts = &mut self.facts[event];
        facts.running.retain(|(running, _)| *running != id);
        if facts.locked == Some(id) {
            facts.locked = None;
        }
    }

    /// Lets the vendor sign a handled event again while it is remembered, and an attacker repeat that delivery at the end of
    /// its replay window. Each such delivery can lead to a further one.
    fn sign_again(&mut self, event: usize) {
        let Some(tolerance) = self.scenario.tolerance else { return };
        if self.facts[event].signed_again < 8 && self.random.chance(self.scenario.repeated) {
            self.facts[event].signed_again += 1;
            let again = self.now + self.random.below(DAY.max(2 * tolerance) - tolerance);
            self.at(again, Step::Arrive(event, again, None));
            let late = again + tolerance - self.random.below(2);
            self.at(late, Step::Arrive(event, again, None));
        }
    }

    /// Gives the vendor its response, or none. Without a success it delivers again.
    fn answer(&mut self, job: &Job, success: Option<bool>) {
        let event = job.event;
        let is_lost = self.random.chance(self.scenario.lost);
        if success == Some(true) {
            self.sign_again(event);
        }
        let Some(number) = job.number else { return };
        if success == Some(true) && !is_lost {
            self.facts[event].acknowledged = true;
            return;
        }
        let facts = &self.facts[event];
        if facts.acknowledged || number < facts.deliveries || facts.deliveries >= MOST_DELIVERIES {
            return;
        }
        let at = self.now + BACK_OFF[(number - 1).min(BACK_OFF.len() - 1)];
        self.deliver(event, at);
    }

    fn at(&mut self, time: u64, step: Step) {
        self.order += 1;
        self.queue.push(Reverse((time, self.order, step)));
    }
}
