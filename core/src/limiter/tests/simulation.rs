//! A simulation of hosts that share a limit, and of the vendor that counts their requests, on one virtual clock.
//!
//! Long because the vendor, the hosts and the store share one queue of events.

use alloc::collections::{BTreeSet, BinaryHeap, VecDeque};
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::time::Duration;

use crate::error::kind::ErrorKind;
use crate::http::rate_limit::RateLimit;
use crate::limiter::feedback::RateLimitFeedback;
use crate::limiter::lease::Lease;
use crate::limiter::permit::{Lane, Permit};
use crate::limiter::rate_limiter::RateLimiter;
use crate::random::Random;
use crate::types::time::UnixTime;

/// The start of all simulations, in milliseconds: not a full minute, hour or day.
pub(super) const START: u64 = 1_776_767_423_456;
const MINUTE: u64 = 60_000;
pub(super) const DAY: u64 = 86_400_000;

/// The way in which the vendor counts a minute.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counting {
    /// A window starts with the first request after the last window, as in the sandbox.
    FromFirst,
    /// Windows follow each other without gaps, from this phase on.
    Fixed(u64),
    /// Each window of a minute counts.
    Sliding,
}

/// The vendor. A refused request is not counted.
#[derive(Clone, Debug)]
pub(super) struct Vendor {
    pub(super) counting: Counting,
    /// The limit per minute, or `None` for a vendor without limits.
    pub(super) limit: Option<u64>,
    pub(super) daily: Option<u64>,
    /// The time from midnight in UTC to the start of the vendor's day.
    pub(super) day_phase: u64,
    /// True if the vendor's error 429 states no `Retry-After`.
    pub(super) is_silent: bool,
    /// True if no response states the limits.
    pub(super) is_hidden: bool,
    accepted: VecDeque<u64>,
    window: u64,
    day: u64,
    today: u64,
}

impl Vendor {
    pub(super) fn new(counting: Counting, limit: u64) -> Self {
        Self {
            counting,
            limit: Some(limit),
            daily: None,
            day_phase: 0,
            is_silent: false,
            is_hidden: false,
            accepted: VecDeque::new(),
            window: 0,
            day: 0,
            today: 0,
        }
    }

    fn receive(&mut self, now: u64) -> RateLimitFeedback {
        let day = (now - self.day_phase) / DAY;
        if day != self.day {
            (self.day, self.today) = (day, 0);
        }
        let ends = match self.counting {
            Counting::FromFirst => {
                if now >= self.window + MINUTE {
                    self.window = now;
                    self.accepted.clear();
                }
                self.window + MINUTE
            }
            Counting::Fixed(phase) => {
                let window = (now - phase) / MINUTE * MINUTE + phase;
                if window != self.window {
                    self.window = window;
                    self.accepted.clear();
                }
                window + MINUTE
            }
            Counting::Sliding => {
                while self.accepted.front().is_some_and(|first| first + MINUTE <= now) {
                    self.accepted.pop_front();
                }
                self.accepted.front().unwrap_or(&now) + MINUTE
            }
        };
        let mut answer = RateLimitFeedback { success: true, ..RateLimitFeedback::default() };
        answer.rate_limit.limit = self.limit;
        answer.rate_limit.daily_limit = self.daily;
        let seconds = |end: u64| (!self.is_silent).then(|| Duration::from_secs((end - now).div_ceil(1_000)));
        if self.daily.is_some_and(|daily| self.today >= daily) {
            answer.error = Some(ErrorKind::QuotaExceeded);
            answer.retry_after = seconds((self.day + 1) * DAY + self.day_phase);
        } else if self.limit.is_some_and(|limit| self.accepted.len() as u64 >= limit) {
            answer.error = Some(ErrorKind::RateLimited);
            answer.retry_after = seconds(ends);
        } else {
            self.today += 1;
            self.accepted.push_back(now);
        }
        answer.success = answer.error.is_none();
        answer.rate_limit.daily_remaining = self.daily.map(|daily| daily.saturating_sub(self.today));
        if self.is_hidden {
            answer.rate_limit = RateLimit::default();
        }
        answer
    }
}

/// Requests that wait in a host, with the times at which they came.
#[derive(Debug, Default)]
struct Host {
    urgent: VecDeque<u64>,
    bulk: VecDeque<u64>,
    lease: Option<Lease>,
    /// A permit that an urgent request has booked.
    booked: Option<Lease>,
    /// The last response, which the shared limiter learns with the next lease.
    unread: Option<RateLimitFeedback>,
    /// The store's state after the host's last use of it.
    snapshot: RateLimiter,
    next_poll: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Poll(usize),
    Arrive(usize, bool),
    Answer(usize, usize),
    Urgent,
    Batch(usize),
    SetLimit(u64),
}

/// A scenario of events: what the hosts want to send, and what happens meanwhile.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    pub(super) vendor: Vendor,
    /// The number of hosts.
    pub(super) hosts: usize,
    /// True if the hosts share the limit by leases. Otherwise there is one limiter, which all hosts ask.
    pub(super) leases: bool,
    /// The bulk requests of each host.
    pub(super) bulk: usize,
    /// Further bulk requests: the time after the start, the host and the number.
    pub(super) batches: Vec<(u64, usize, usize)>,
    /// The milliseconds between two urgent requests, over all hosts, or 0 for none.
    pub(super) urgent_every: u64,
    /// The end of the simulation, after its start.
    pub(super) length: u64,
    /// The longest way to the vendor and back, each.
    pub(super) latency: u64,
    /// Of 1,000 responses, the number that is lost.
    pub(super) lost: u64,
    /// Limits that are set, with the times after the start.
    pub(super) changes: Vec<(u64, u64)>,
    /// The step back of the clock, with its time after the start.
    pub(super) clock_back: Option<(u64, u64)>,
    /// The host that dies, with the time.
    pub(super) dies: Option<(usize, u64)>,
    /// Hosts give each tenth lease back after its first permit.
    pub(super) gives_back: bool,
    pub(super) seed: u64,
}

impl Scenario {
    pub(super) fn new(vendor: Vendor) -> Self {
        Self {
            vendor,
            hosts: 1,
            leases: false,
            bulk: 100_000,
            batches: Vec::new(),
            urgent_every: 0,
            length: 4 * MINUTE,
            latency: 200,
            lost: 0,
            changes: Vec::new(),
            clock_back: None,
            dies: None,
            gives_back: false,
            seed: 1,
        }
    }
}

/// The results of a scenario.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The times of the accepted requests after the start.
    pub(super) accepted: Vec<u64>,
    /// The times of the refused requests after the start.
    pub(super) refused: Vec<u64>,
    /// The waits of urgent requests that left, and of those that did not.
    pub(super) urgent_waits: Vec<u64>,
    /// The number of bulk requests that left.
    pub(super) bulk_sent: usize,
    /// The number of times that the store was used.
    pub(super) store_uses: usize,
    /// The requests that still wait at the end.
    pub(super) waiting: usize,
}

impl Report {
    /// The share of a limit that was used between two times.
    pub(super) fn used(&self, limit: u64, from: u64, to: u64) -> f64 {
        let count = self.accepted.iter().filter(|at| (from..to).contains(*at)).count();
        count as f64 / (limit as f64 * (to - from) as f64 / MINUTE as f64)
    }
}

struct World {
    now: u64,
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    pending: BTreeSet<(u64, usize)>,
    order: u64,
    hosts: Vec<Host>,
    local: RateLimiter,
    store: Vec<u8>,
    answers: Vec<Option<(RateLimitFeedback, bool)>>,
    report: Report,
    random: Random,
    scenario: Scenario,
    leases: u64,
}

/// Runs a scenario.
pub(super) fn run(scenario: &Scenario) -> Report {
    let mut world = World {
        now: START,
        events: BinaryHeap::new(),
        pending: BTreeSet::new(),
        order: 0,
        hosts: (0..scenario.hosts).map(|_| Host::default()).collect(),
        local: RateLimiter::new(),
        store: RateLimiter::new().encode(),
        answers: vec![],
        report: Report::default(),
        random: Random::seeded(scenario.seed),
        scenario: scenario.clone(),
        leases: 0,
    };
    for host in 0..scenario.hosts {
        world.hosts[host].bulk = (0..scenario.bulk).map(|_| START).collect();
        world.poll_at(host, START);
    }
    if scenario.urgent_every > 0 {
        world.at(START + scenario.urgent_every, Event::Urgent);
    }
    for (number, &(after, _, _)) in scenario.batches.iter().enumerate() {
        world.at(START + after, Event::Batch(number));
    }
    for &(after, limit) in &scenario.changes {
        world.at(START + after, Event::SetLimit(limit));
    }
    world.run();
    world.report
}

impl World {
    fn run(&mut self) {
        while let Some(Reverse((now, _, event))) = self.events.pop() {
            if now > START + self.scenario.length {
                break;
            }
            self.now = now;
            match event {
                Event::Poll(host) => {
                    self.pending.remove(&(now, host));
                    self.serve(host);
                }
                Event::Arrive(host, is_urgent) => {
                    let answer = self.scenario.vendor.receive(now);
                    let list =
                        if answer.success { &mut self.report.accepted } else { &mut self.report.refused };
                    list.push(now - START);
                    let is_lost = self.random.chance(self.scenario.lost);
                    let answer = if is_lost {
                        RateLimitFeedback {
                            error: Some(ErrorKind::Transport),
                            ..RateLimitFeedback::default()
                        }
                    } else {
                        answer
                    };
                    self.answers.push(Some((answer, is_urgent)));
                    let back = now + self.random.below(self.scenario.latency + 1);
                    self.at(back, Event::Answer(host, self.answers.len() - 1));
                }
                Event::Answer(host, number) => {
                    let Some((answer, is_urgent)) = self.answers[number].take() else { continue };
                    self.learn(host, answer, is_urgent);
                    self.serve(host);
                    if !self.scenario.leases {
                        (0..self.scenario.hosts).for_each(|host| self.serve(host));
                    }
                }
                Event::Urgent => {
                    let host = self.random.below(self.scenario.hosts as u64) as usize;
                    self.hosts[host].urgent.push_back(now);
                    self.serve(host);
                    let next = now + 1 + self.random.below(2 * self.scenario.urgent_every);
                    self.at(next, Event::Urgent);
                }
                Event::Batch(number) => {
                    let (_, host, count) = self.scenario.batches[number];
                    let host = host % self.scenario.hosts;
                    self.hosts[host].bulk.extend((0..count).map(|_| now));
                    self.serve(host);
                }
                Event::SetLimit(limit) => self.scenario.vendor.limit = Some(limit),
            }
        }
        let end = START + self.scenario.length;
        for (number, host) in self.hosts.iter().enumerate() {
            if self.scenario.dies.is_some_and(|(dies, _)| dies == number) {
                continue;
            }
            self.report.urgent_waits.extend(host.urgent.iter().map(|arrival| end - arrival));
            self.report.waiting += host.urgent.len() + host.bulk.len();
        }
    }

    /// The time on the clock of the hosts.
    fn clock(&self) -> UnixTime {
        let back = self
            .scenario
            .clock_back
            .filter(|(after, _)| self.now >= START + after)
            .map_or(0, |(_, back)| back);
        UnixTime::from_millis(self.now - back)
    }

    /// Sends what may leave, and asks again when the limiter says.
    fn serve(&mut self, host: usize) {
        if self.scenario.dies.is_some_and(|(dies, after)| dies == host && self.now >= START + after) {
            return;
        }
        let next = if self.scenario.leases { self.serve_leased(host) } else { self.serve_local(host) };
        if let Some(next) = next {
            self.poll_at(host, next);
        }
    }

    fn serve_local(&mut self, host: usize) -> Option<u64> {
        let mut next: Option<u64> = None;
        for lane in [Lane::Urgent, Lane::Bulk] {
            while self.is_waiting(host, lane) {
                let permit = self.local.acquire(lane, self.clock());
                if permit != Permit::Now {
                    let again = self.again(permit);
                    next = Some(next.map_or(again, |next| next.min(again)));
                    break;
                }
                self.send(host, lane);
            }
        }
        next
    }

    fn serve_leased(&mut self, host: usize) -> Option<u64> {
        let mut next: Option<u64> = None;
        for lane in [Lane::Urgent, Lane::Bulk] {
            while self.is_waiting(host, lane) {
                let permit = self.take_leased(host, lane);
                if permit == Some(Permit::Now) {
                    self.send(host, lane);
                    if self.scenario.gives_back && self.leases.is_multiple_of(10) {
                        self.give_back(host);
                    }
                    continue;
                }
                let mut again = permit.map_or(u64::MAX, |permit| self.again(permit));
                let (clock, waiting) = (self.clock(), &self.hosts[host]);
                let granted = match lane {
                    Lane::Urgent if waiting.booked.is_none() && again > self.now + 100 => {
                        let wanted = waiting.urgent.len().min(50) as u32;
                        Some(self.with_store(host, |shared| shared.lease(wanted, lane, clock)))
                    }
                    Lane::Bulk if waiting.lease.is_none() => {
                        let wanted = waiting.bulk.len().min(50) as u32;
                        Some(self.with_store(host, |shared| shared.lease(wanted, lane, clock)))
                    }
                    _ => None,
                };
                match granted {
                    Some(Ok(lease)) if lane == Lane::Urgent => {
                        self.hosts[host].booked = Some(lease);
                        continue;
                    }
                    Some(Ok(lease)) => {
                        self.leases += 1;
                        self.hosts[host].lease = Some(lease);
                        continue;
                    }
                    Some(Err(permit)) => again = again.min(self.again(permit)),
                    None => {}
                }
                next = Some(next.map_or(again, |next| next.min(again)));
                break;
            }
        }
        next
    }

    /// Takes a permit of the lease or of the booking.
    fn take_leased(&mut self, host: usize, lane: Lane) -> Option<Permit> {
        let clock = self.clock();
        let waiting = &mut self.hosts[host];
        let booked = waiting.booked.as_mut().and_then(|lease| lease.acquire(Lane::Urgent, clock));
        if booked == Some(Permit::Now) {
            return booked;
        }
        let leased = waiting.lease.as_mut().and_then(|lease| lease.acquire(lane, clock));
        if booked.is_none() {
            waiting.booked = None;
        }
        if leased.is_none() {
            waiting.lease = None;
        }
        match (booked, leased) {
            (Some(Permit::Wait(one)), Some(Permit::Wait(other))) => Some(Permit::Wait(one.min(other))),
            (booked, leased) => leased.or(booked),
        }
    }

    fn give_back(&mut self, host: usize) {
        let clock = self.clock();
        if let Some(lease) = self.hosts[host].lease.take() {
            self.leases += 1;
            self.with_store(host, |shared| shared.give_back(lease, clock));
        }
    }

    /// Uses the store once. The responses since the last use are learned then.
    fn with_store<T>(&mut self, host: usize, use_it: impl FnOnce(&mut RateLimiter) -> T) -> T {
        let clock = self.clock();
        let mut shared = RateLimiter::decode(&self.store).expect("a state that was encoded");
        if let Some(answer) = self.hosts[host].unread.take() {
            shared.observe(&answer, clock);
        }
        let result = use_it(&mut shared);
        self.store = shared.encode();
        self.hosts[host].snapshot = shared;
        self.report.store_uses += 1;
        result
    }

    fn learn(&mut self, host: usize, answer: RateLimitFeedback, is_urgent: bool) {
        let clock = self.clock();
        let is_refused = matches!(answer.error, Some(ErrorKind::RateLimited | ErrorKind::QuotaExceeded));
        if is_refused {
            let host = &mut self.hosts[host];
            if is_urgent { host.urgent.push_front(self.now) } else { host.bulk.push_front(self.now) }
        }
        if !self.scenario.leases {
            self.local.observe(&answer, clock);
        } else if self.hosts[host].snapshot.is_news(&answer) {
            if is_refused {
                self.give_back(host);
            }
            self.with_store(host, |shared| shared.observe(&answer, clock));
        } else if answer.success {
            self.hosts[host].unread = Some(answer);
        }
    }

    fn send(&mut self, host: usize, lane: Lane) {
        let waiting = &mut self.hosts[host];
        match lane {
            Lane::Urgent => {
                let arrival = waiting.urgent.pop_front().expect("a request waits");
                self.report.urgent_waits.push(self.now - arrival);
            }
            Lane::Bulk => {
                waiting.bulk.pop_front();
                self.report.bulk_sent += 1;
            }
        }
        let arrives = self.now + self.random.below(self.scenario.latency + 1);
        self.at(arrives, Event::Arrive(host, lane == Lane::Urgent));
    }

    fn is_waiting(&self, host: usize, lane: Lane) -> bool {
        let waiting = &self.hosts[host];
        !(if lane == Lane::Urgent { &waiting.urgent } else { &waiting.bulk }).is_empty()
    }

    /// The time at which to ask again. Timers are a few milliseconds late.
    fn again(&mut self, permit: Permit) -> u64 {
        let late = self.random.below(10);
        let wait = match permit {
            Permit::Now => unreachable!("it was used"),
            Permit::Wait(wait) => wait.as_millis() as u64,
            Permit::NotBefore(end) => self.clock().until(end).as_millis() as u64,
        };
        self.now + wait.max(1) + late
    }

    fn poll_at(&mut self, host: usize, at: u64) {
        // An earlier poll that is planned already asks in time.
        let waits = self.hosts[host].next_poll;
        if waits > self.now && waits <= at && self.pending.contains(&(waits, host)) {
            return;
        }
        self.hosts[host].next_poll = at;
        if self.pending.insert((at, host)) {
            self.at(at, Event::Poll(host));
        }
    }

    fn at(&mut self, at: u64, event: Event) {
        self.order += 1;
        self.events.push(Reverse((at, self.order, event)));
    }
}
