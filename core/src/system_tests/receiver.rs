//! Receivers: processes that verify deliveries, and handle each event once by an inbox that they share.

use alloc::format;
use alloc::string::String;
use core::hash::Hash;
use core::time::Duration;
use std::hash::DefaultHasher;

use crate::error::Error;
use crate::inbox::{Change, Claim, Decision, Entry, Inbox, Mode, Status, storage_key};
use crate::limiter::permit::Lane;
use crate::system_tests::call::{Call, Letter};
use crate::system_tests::choices::Fault;
use crate::system_tests::process::{Job, JobId, Work};
use crate::system_tests::world::{Event, World};
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;
use crate::zagely::webhook::{Delivery, Verifier, sign};

const SECRET: &str = "whsec_system";
/// The length of a lease. It is longer than a call usually takes.
pub(super) const LEASE: u64 = 30_000;
/// The waits of the vendor between two deliveries. The last one repeats, so that everything can end.
const BACK_OFF: [u64; 5] = [10_000, 60_000, 300_000, 1_800_000, 7_200_000];
/// The number of deliveries of one event after which a world does not end.
const MOST_DELIVERIES: u32 = 60;
const MOST_ATTEMPTS: u32 = 5;

/// A job that handles a delivery.
#[derive(Clone, Debug)]
pub(super) struct Receiving {
    pub(super) event: usize,
    /// The number of the delivery, or 0 for one that is not the vendor's.
    pub(super) delivery: u32,
    pub(super) state: ReceivingState,
}

/// The state of a job that handles a delivery.
#[derive(Clone, Debug)]
pub(super) enum ReceivingState {
    /// Verifies the delivery and looks at the entry.
    Starts(Delivery),
    /// Replaces the entry to claim the event.
    Claims(Claim),
    /// Replaces the entry, and then responds with a success or not.
    Prolongs(Change, bool),
    /// Handles the event: waits for a call.
    Handles(Claim),
    /// Ends the claim.
    Ends(Claim, bool),
}

impl Receiving {
    pub(super) fn hash(&self, hasher: &mut DefaultHasher) {
        (self.event, self.delivery).hash(hasher);
        let change = |change: &Change| (change.expected.map(|entry| entry.encode()), change.entry.encode());
        match &self.state {
            ReceivingState::Starts(delivery) => delivery.body.hash(hasher),
            ReceivingState::Claims(claim) => (1, change(&claim.change())).hash(hasher),
            ReceivingState::Prolongs(other, success) => (2, change(other), success).hash(hasher),
            ReceivingState::Handles(claim) => (3, change(&claim.change())).hash(hasher),
            ReceivingState::Ends(claim, success) => (4, change(&claim.change()), success).hash(hasher),
        }
    }
}

/// The facts about an event that the promises concern.
#[derive(Debug, Default, Hash)]
pub(super) struct EventFacts {
    deliveries: u32,
    acknowledged: bool,
    is_done: bool,
    is_poisoned: bool,
    largest_token: u64,
    attempts: u32,
    /// The effects in the store: those of transactions.
    effects: u32,
    /// The holders, with the ends of their leases in true time.
    holders: alloc::vec::Vec<(JobId, u64)>,
}

/// Returns the recipient of the reply to an event.
pub(super) fn recipient(event: usize) -> String {
    format!("+1777{event:07}")
}

impl World<'_> {
    fn inbox(&self) -> Inbox {
        Inbox::new(self.config.mode).lease(Duration::from_millis(LEASE)).max_attempts(MOST_ATTEMPTS)
    }

    /// Makes the vendor deliver an event.
    pub(super) fn deliver(&mut self, event: usize) -> Result<(), String> {
        self.events[event].deliveries += 1;
        let number = self.events[event].deliveries;
        let copies = if self.choices.happens(Fault::Twice) { 2 } else { 1 };
        for _ in 0..copies {
            self.arrive(event, number, false)?;
        }
        if self.choices.happens(Fault::Forged) {
            self.arrive(event, 0, true)?;
        }
        Ok(())
    }

    fn arrive(&mut self, event: usize, delivery: u32, is_forged: bool) -> Result<(), String> {
        let body = format!(
            r#"{{"event":"message.received","delivery_id":"d-{event}","timestamp":"2026-04-21T10:30:00Z","data":{{}}}}"#
        );
        let signed_at = UnixTime::from_millis(self.now);
        let mut signed = sign(SECRET, body.as_bytes(), signed_at).map_err(|error| format!("{error:?}"))?;
        if is_forged {
            signed.body = body.replace("received", "receivee").into_bytes();
        }
        // The first processes are senders.
        let at = self.config.senders + self.choices.pick(self.config.receivers);
        let process = &mut self.processes[at];
        let state = ReceivingState::Starts(signed);
        let work = Work::Receive(Receiving { event, delivery, state });
        process.jobs.push(Some(Job { work, call: None }));
        let id = (at, process.start, process.jobs.len() - 1);
        let travel = self.choices.delay(10, 500);
        self.at(self.now + travel, Event::Go(id));
        Ok(())
    }

    /// Does one step of a job that handles a delivery.
    pub(super) fn receive(&mut self, id: JobId, job: Receiving) -> Result<(), String> {
        let event = job.event;
        match job.state {
            ReceivingState::Starts(ref delivery) => {
                let now = self.clock(id.0);
                let verifier = Verifier::new(SECRET).map_err(|error| format!("{error:?}"))?;
                let verified = verifier.verify(&delivery.headers[..], &delivery.body, now);
                if job.delivery == 0 {
                    return if verified.is_ok() {
                        Err("a forged delivery was accepted".into())
                    } else {
                        Ok(())
                    };
                }
                let verified = verified.map_err(|error| format!("a delivery was refused: {error:?}"))?;
                let (key, until) = (storage_key(verified.replay_key()), verified.deduplicate_until());
                self.claim(id, job, key, until)
            }
            ReceivingState::Claims(claim) => {
                if self.replace(event, claim.change()) {
                    return self.handle(id, job, claim);
                }
                self.respond(&job, false);
                Ok(())
            }
            ReceivingState::Prolongs(change, success) => {
                let is_stored = self.replace(event, change);
                self.events[event].is_poisoned |= is_stored && change.entry.status() == Status::Poisoned;
                self.respond(&job, success && is_stored);
                Ok(())
            }
            ReceivingState::Handles(_) => Err("a handler has no call".into()),
            ReceivingState::Ends(claim, success) => {
                let now = self.clock(id.0);
                let change = if success { claim.done(now) } else { Some(claim.failed(now)) };
                let Some(change) = change else { return Err("a lease has no end".into()) };
                let is_stored = self.replace(event, change);
                let facts = &mut self.events[event];
                if is_stored && claim.token() != facts.largest_token {
                    return Err(format!("one holder: an old holder of event {event} has changed its entry"));
                }
                facts.is_done |= is_stored && change.entry.status() == Status::Done;
                facts.is_poisoned |= is_stored && change.entry.status() == Status::Poisoned;
                self.respond(&job, success && is_stored);
                Ok(())
            }
        }
    }

    /// Inserts an entry, or decides by the stored one.
    fn claim(
        &mut self,
        id: JobId,
        job: Receiving,
        key: String,
        until: Option<UnixTime>,
    ) -> Result<(), String> {
        let (now, inbox) = (self.clock(id.0), self.inbox());
        let mut holder = [0; 16];
        holder[..8].copy_from_slice(&self.processes[id.0].draw().to_le_bytes());
        if self.config.mode == Mode::Transactional {
            return self.in_transaction(id, &job, key, until, holder);
        }
        let Decision::Handle(first) = inbox.claim(None, until, holder, now) else {
            return Err("a new event is not handled".into());
        };
        let fresh = first.change().entry.encode();
        let stored = *self.inbox_store.entry(key).or_insert(fresh);
        if stored == fresh {
            return self.handle(id, job, first);
        }
        let stored = Entry::decode(&stored).map_err(|error| format!("{error}"))?;
        let state = match inbox.claim(Some(&stored), until, holder, now) {
            Decision::Handle(claim) => ReceivingState::Claims(claim),
            Decision::Duplicate(Some(change)) => ReceivingState::Prolongs(change, true),
            Decision::Poisoned(Some(change)) => ReceivingState::Prolongs(change, false),
            decision => {
                self.respond(&job, matches!(decision, Decision::Duplicate(None)));
                return Ok(());
            }
        };
        self.put(id, Job { work: Work::Receive(Receiving { state, ..job }), call: None }, 1);
        Ok(())
    }

    /// Handles an event in one transaction: the effect and the mark are written together, or not at all.
    fn in_transaction(
        &mut self,
        id: JobId,
        job: &Receiving,
        key: String,
        until: Option<UnixTime>,
        holder: [u8; 16],
    ) -> Result<(), String> {
        let (now, event) = (self.clock(id.0), job.event);
        let stored = match self.inbox_store.get(&key).map(|bytes| Entry::decode(bytes)).transpose() {
            Ok(stored) => stored,
            Err(error) => return Err(format!("{error}")),
        };
        let fails = self.choices.happens(Fault::HandlerFails);
        let (change, success) = match self.inbox().claim(stored.as_ref(), until, holder, now) {
            Decision::Handle(claim) if fails => (Some(claim.failed(now)), false),
            Decision::Handle(claim) => {
                let facts = &mut self.events[event];
                if facts.is_done || facts.is_poisoned {
                    return Err(format!("never twice: event {event} was handled again"));
                }
                facts.effects += 1;
                facts.is_done = true;
                (Some(claim.change()), true)
            }
            Decision::Duplicate(change) => (change, true),
            Decision::Poisoned(change) => (change, false),
            Decision::Busy(_) | Decision::TooEarly(_) => (None, false),
        };
        if let Some(change) = change {
            self.events[event].is_poisoned |= change.entry.status() == Status::Poisoned;
            self.inbox_store.insert(key, change.entry.encode());
        }
        self.respond(job, success);
        Ok(())
    }

    /// Starts the handler: a call with the event's key.
    fn handle(&mut self, id: JobId, job: Receiving, claim: Claim) -> Result<(), String> {
        let (event, now, ahead) = (job.event, self.now, self.config.skew);
        let facts = &mut self.events[event];
        if facts.is_done || facts.is_poisoned {
            return Err(format!("never twice: event {event} was handled again"));
        }
        facts.attempts += 1;
        if facts.attempts > MOST_ATTEMPTS {
            return Err(format!("everything ends: event {event} was attempted {} times", facts.attempts));
        }
        facts.holders.retain(|(other, _)| *other != id);
        if facts.holders.iter().any(|(_, end)| now + ahead < *end) {
            return Err(format!("one holder: event {event} was handled twice at the same time"));
        }
        if claim.token() <= facts.largest_token {
            return Err(format!("one holder: the token of event {event} did not increase"));
        }
        facts.largest_token = claim.token();
        facts.holders.push((id, now + LEASE));
        if self.config.host.responds_early {
            self.respond(&job, true);
        }
        let key = IdempotencyKey::new(format!("reply-{event}")).map_err(|error| format!("{error}"))?;
        let letter = Letter {
            keyed: true,
            to: recipient(event),
            key: Some(key),
            deadline: Some(Duration::from_millis(LEASE - 5_000)),
            lane: Lane::Urgent,
        };
        let process = &mut self.processes[id.0];
        let limiter = (!self.config.host.ignores_limiter).then(|| process.limiter.clone());
        let entropy = process.draw();
        let call = Call::new(&letter, limiter, entropy);
        let state = ReceivingState::Handles(claim);
        self.put(id, Job { work: Work::Receive(Receiving { state, ..job }), call: Some(call) }, 0);
        Ok(())
    }

    /// Goes on after the handler's call.
    pub(super) fn handled(&mut self, id: JobId, job: Receiving, outcome: &Result<(), Error>) {
        let ReceivingState::Handles(claim) = job.state else { return };
        self.events[job.event].holders.retain(|(other, _)| *other != id);
        let success = outcome.is_ok() && !self.choices.happens(Fault::HandlerFails);
        let state = ReceivingState::Ends(claim, success);
        self.put(id, Job { work: Work::Receive(Receiving { state, ..job }), call: None }, 1);
    }

    /// Forgets the holders of a killed process.
    pub(super) fn forget_holders(&mut self, process: usize) {
        for facts in &mut self.events {
            facts.holders.retain(|((at, _, _), _)| *at != process);
        }
    }

    /// Replaces an entry if it is unchanged.
    fn replace(&mut self, event: usize, change: Change) -> bool {
        let key = storage_key(&format!("d-{event}"));
        let is_unchanged = self.inbox_store.get(&key).copied() == change.expected.map(|entry| entry.encode());
        if is_unchanged || self.config.host.store_overwrites {
            self.inbox_store.insert(key, change.entry.encode());
        }
        is_unchanged || self.config.host.store_overwrites
    }

    fn respond(&mut self, job: &Receiving, success: bool) {
        let is_lost = self.choices.happens(Fault::LostResponse);
        self.answered(job.event, job.delivery, success && !is_lost);
    }

    /// Lets the vendor see a response, or none. Without a success it delivers again.
    pub(super) fn answered(&mut self, event: usize, delivery: u32, success: bool) {
        let facts = &mut self.events[event];
        facts.acknowledged |= success && delivery > 0;
        let is_last = delivery == facts.deliveries && delivery < MOST_DELIVERIES;
        if !facts.acknowledged && is_last {
            let wait = BACK_OFF[(delivery as usize - 1).min(BACK_OFF.len() - 1)];
            self.at(self.now + wait, Event::Deliver(event));
        }
    }

    /// Deletes the entries that may be deleted.
    pub(super) fn clean_up(&mut self) {
        let now = UnixTime::from_millis(self.now);
        self.inbox_store.retain(|_, bytes| {
            Entry::decode(bytes).ok().and_then(|entry| entry.forget_at()).is_none_or(|end| end > now)
        });
    }

    /// Checks that each event ended, and that its effect occurred once.
    pub(super) fn judge_receivers(&self) -> Result<(), String> {
        for (event, facts) in self.events.iter().enumerate() {
            if !facts.acknowledged && !facts.is_poisoned {
                return Err(format!("everything ends: event {event} did not end: {facts:?}"));
            }
            let effects = match self.config.mode {
                Mode::Transactional => facts.effects,
                Mode::Leased => self.received(&recipient(event)),
            };
            if facts.acknowledged && !facts.is_done && !facts.is_poisoned {
                return Err(format!("never lost: event {event} was acknowledged and not handled"));
            }
            let is_right = if facts.is_done { effects == 1 } else { effects <= 1 };
            if !is_right {
                return Err(format!("never twice: event {event} had {effects} effects"));
            }
        }
        Ok(())
    }
}
