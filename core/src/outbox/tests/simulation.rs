//! A simulation of the outbox with its surroundings on one virtual clock: a disk that may lose what is not durable, a program
//! that is killed and started again, a network that loses responses, and a vendor that forgets keys after 24 hours.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::kind::ErrorKind;
use crate::outbox::answers::{Claim, Next};
use crate::outbox::failure::Failure;
use crate::outbox::reader::OutboxReader;
use crate::outbox::report::{MessageState, OutboxReport};
use crate::outbox::state_machine::Outbox;
use crate::random::Random;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;
use crate::zagely::{KeyPair, SendMessage, Zagely};
use crate::{ApiKey, Wazaj, wazaj::SendText};

pub(crate) const START: u64 = 1_776_767_400_000;
pub(super) const HOUR: u64 = 3_600_000;
const MINUTE: u64 = 60_000;

/// A scenario of events.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    /// True for Zagely, false for Wazaj.
    pub(super) keyed: bool,
    pub(super) messages: u32,
    /// The most messages in flight.
    pub(super) concurrency: usize,
    /// The number of times that the program is killed.
    pub(super) kills: u32,
    /// True if a kill is a loss of power: what is not durable may be lost or replaced.
    pub(super) loses_power: bool,
    /// The share of calls that fail, in percent.
    pub(super) failures: u64,
    /// True if hours may pass until the program is started again.
    pub(super) gaps: bool,
    /// True if the clock may be set while the program is stopped.
    pub(super) clocks: bool,
    /// The length of all written bytes at which the first kill happens.
    pub(super) kill_at: Option<u64>,
    pub(super) seed: u64,
}

impl Scenario {
    pub(super) fn new(keyed: bool, messages: u32) -> Self {
        Self {
            keyed,
            messages,
            concurrency: 3,
            kills: 0,
            loses_power: false,
            failures: 0,
            gaps: false,
            clocks: false,
            kill_at: None,
            seed: 1,
        }
    }
}

/// The end of a scenario.
#[derive(Debug)]
pub(super) struct End {
    pub(super) report: OutboxReport,
    /// The length of all bytes that were written.
    pub(super) written: u64,
    pub(super) journal: Vec<u8>,
}

/// A vendor that stores responses by key for 24 hours.
#[derive(Default)]
struct Vendor {
    /// The time of the first accepted response for each key.
    keys: BTreeMap<String, u64>,
    /// The number of times that each recipient got the message.
    received: BTreeMap<u32, u32>,
}

impl Vendor {
    fn accept(&mut self, number: u32, key: Option<&IdempotencyKey>, time: u64) {
        if let Some(key) = key {
            let first = self.keys.get(key.as_str()).copied();
            if first.is_some_and(|first| time < first + 24 * HOUR) {
                return;
            }
            self.keys.insert(key.as_str().to_string(), time);
        }
        *self.received.entry(number).or_default() += 1;
    }
}

struct World {
    scenario: Scenario,
    random: Random,
    vendor: Vendor,
    /// The true time, which the vendor knows.
    time: u64,
    /// The difference of the program's clock.
    ahead: i64,
    journal: Vec<u8>,
    durable: usize,
    written: u64,
    kills: u32,
    /// Messages that were reported as unknown.
    reported: BTreeSet<u32>,
}

/// The end of a program by a kill.
struct Killed;

/// A message in flight, with the effect that the call has.
struct PendingSend {
    claim: Claim,
    arrives: u64,
}

/// Runs a scenario until each message has its outcome. Fails if a message is sent twice, or lost without a report.
pub(super) fn run(scenario: &Scenario) -> Result<End, String> {
    let mut world = World {
        random: Random::seeded(scenario.seed),
        vendor: Vendor::default(),
        time: START,
        ahead: 0,
        journal: Vec::new(),
        durable: 0,
        written: 0,
        kills: 0,
        reported: BTreeSet::new(),
        scenario: scenario.clone(),
    };
    for _ in 0..scenario.kills + 200 {
        match world.program()? {
            Ok(Some(outbox)) => return world.judge(&outbox),
            // The outbox stopped: a person starts the program again.
            Ok(None) => world.time += MINUTE,
            Err(Killed) => world.after_kill(),
        }
    }
    Err("the scenario does not end".into())
}

impl World {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.time.saturating_add_signed(self.ahead))
    }

    /// Runs the program once. Returns the outbox if each message has its outcome.
    fn program(&mut self) -> Result<Result<Option<Outbox>, Killed>, String> {
        let mut outbox = match self.open()? {
            Some(outbox) => outbox,
            None => {
                self.journal.clear();
                self.durable = 0;
                let mut entropy = [7; 16];
                entropy[..8].copy_from_slice(&self.random.next().to_le_bytes());
                let mut outbox = create(self.scenario.keyed, entropy, self.now());
                // The file gets its name when its first records are durable.
                if self.write(&mut outbox, true).is_err() {
                    self.journal.clear();
                    return Ok(Err(Killed));
                }
                outbox
            }
        };
        if self.write(&mut outbox, true).is_err() {
            return Ok(Err(Killed));
        }
        self.reported.extend(outbox.numbers(MessageState::Unknown));
        for number in 0..self.scenario.messages {
            let (id, fields) = message(number);
            let known = outbox.report().is_closed;
            let added = outbox.add(&id, number + 1, &fields).map_err(|error| error.to_string())?;
            if known && !matches!(added, crate::outbox::Added::Known(_)) {
                return Err("a closed outbox took a message".into());
            }
            if number % 7 == 0 && self.write(&mut outbox, false).is_err() {
                return Ok(Err(Killed));
            }
        }
        outbox.close();
        if self.write(&mut outbox, false).is_err() {
            return Ok(Err(Killed));
        }
        self.send(outbox)
    }

    fn send(&mut self, mut outbox: Outbox) -> Result<Result<Option<Outbox>, Killed>, String> {
        let mut pending_sends: Vec<PendingSend> = Vec::new();
        for _ in 0..100_000 {
            if self.scenario.kill_at.is_none() && self.kills < self.scenario.kills && self.random.chance(40) {
                self.land(pending_sends);
                return Ok(Err(Killed));
            }
            self.time += self.random.below(200);
            let is_full = pending_sends.len() >= self.scenario.concurrency;
            if is_full || !pending_sends.is_empty() && self.random.chance(400) {
                let at = self.random.below(pending_sends.len() as u64) as usize;
                let pending = pending_sends.swap_remove(at);
                self.respond(&mut outbox, &pending)?;
                if self.write(&mut outbox, false).is_err() {
                    self.land(pending_sends);
                    return Ok(Err(Killed));
                }
                continue;
            }
            match outbox.next(self.now()) {
                Next::Send(claim) => {
                    if self.write(&mut outbox, true).is_err() {
                        self.land(pending_sends);
                        return Ok(Err(Killed));
                    }
                    self.check(&outbox, &claim)?;
                    let most = claim.deadline.map_or(u64::MAX, |deadline| deadline.as_millis() as u64);
                    let travel = match self.random.below(4) {
                        0 => self.random.below(2 * MINUTE),
                        _ => self.random.below(1_000),
                    };
                    pending_sends.push(PendingSend { claim, arrives: self.time + travel.min(most) });
                }
                Next::Wait(wait) if pending_sends.is_empty() => {
                    if wait.is_zero() || wait.as_secs() > 3_600 {
                        return Err(format!("a wait of {wait:?}"));
                    }
                    self.time += wait.as_millis() as u64;
                }
                Next::Wait(_) | Next::Busy if !pending_sends.is_empty() => {}
                Next::Stopped(_) if !pending_sends.is_empty() => {}
                Next::Stopped(_) => return Ok(Ok(None)),
                Next::Done if pending_sends.is_empty() => {
                    if self.write(&mut outbox, true).is_err() {
                        return Ok(Err(Killed));
                    }
                    return Ok(Ok(Some(outbox)));
                }
                other => return Err(format!("{other:?} with {} in flight", pending_sends.len())),
            }
        }
        Err("the program does not end".into())
    }

    /// Checks that a message may be claimed, and that the journal holds it.
    fn check(&self, outbox: &Outbox, claim: &Claim) -> Result<(), String> {
        let number = claim.number;
        if self.reported.contains(&number) {
            return Err(format!("message {number} was reported as unknown and is sent again"));
        }
        let start = claim.position as usize;
        let bytes = &self.journal[start..start + claim.length as usize];
        let held = outbox.message(number, bytes).map_err(|error| error.to_string())?;
        let (id, fields) = message(number);
        if (held.id, held.row, held.fields) != (id, number + 1, fields) {
            return Err(format!("message {number} is another one in the journal"));
        }
        Ok(())
    }

    /// Ends a call.
    fn respond(&mut self, outbox: &mut Outbox, pending: &PendingSend) -> Result<(), String> {
        self.time = self.time.max(pending.arrives);
        let number = pending.claim.number;
        let fails =
            self.kills < self.scenario.kills.max(1) && self.random.chance(10 * self.scenario.failures);
        let mut failure = match (fails, self.random.below(8)) {
            (false, _) => {
                self.accept(&pending.claim, self.time);
                return outbox.sent(number, Some("m-1")).map_err(|error| error.to_string());
            }
            (_, 0) => Failure::new(ErrorKind::RateLimited),
            (_, 1) => Failure::new(ErrorKind::Transport),
            (_, 2) if self.vendor.received.contains_key(&number) && self.scenario.keyed => {
                // The vendor returns the stored response while it knows the key.
                self.accept(&pending.claim, self.time);
                return outbox.sent(number, None).map_err(|error| error.to_string());
            }
            (_, 2) => Failure::new(ErrorKind::Validation),
            (_, 3) => Failure::new(ErrorKind::QuotaExceeded),
            (_, 4) => {
                // A server's error after the effect: the response is not stored.
                let mut failure = Failure::new(ErrorKind::Server);
                failure.may_have_happened = true;
                failure
            }
            (_, 5) => {
                self.accept(&pending.claim, self.time);
                return outbox.lost(number, self.now()).map_err(|error| error.to_string());
            }
            _ => {
                if self.random.chance(600) {
                    self.accept(&pending.claim, self.time);
                }
                let mut failure = Failure::new(ErrorKind::Transport);
                failure.may_have_happened = true;
                failure
            }
        };
        if failure.kind == ErrorKind::RateLimited {
            failure.retry_after = Some(core::time::Duration::from_secs(self.random.below(30)));
        }
        outbox.failed(number, &failure, self.now()).map_err(|error| error.to_string())
    }

    fn accept(&mut self, claim: &Claim, time: u64) {
        self.vendor.accept(claim.number, claim.key.as_ref(), time);
    }

    /// Lets the requests of a killed program arrive, or not.
    fn land(&mut self, pending_sends: Vec<PendingSend>) {
        for pending in pending_sends {
            if self.random.chance(500) {
                self.accept(&pending.claim, pending.arrives);
            }
        }
    }

    /// Appends the records to the journal. The program may be killed at any byte.
    fn write(&mut self, outbox: &mut Outbox, durably: bool) -> Result<(), Killed> {
        let records = outbox.take_records();
        let end = self.written + records.len() as u64;
        let is_killed = match self.scenario.kill_at {
            Some(at) => self.kills == 0 && at <= end && at >= self.written,
            None => self.kills < self.scenario.kills && !records.is_empty() && self.random.chance(30),
        };
        if is_killed {
            let appended = match self.scenario.kill_at {
                Some(at) => (at - self.written) as usize,
                None => self.random.below(records.len() as u64 + 1) as usize,
            };
            self.journal.extend_from_slice(&records[..appended]);
            self.written += appended as u64;
            return Err(Killed);
        }
        self.journal.extend_from_slice(&records);
        self.written = end;
        if durably {
            self.durable = self.journal.len();
        }
        Ok(())
    }

    /// Lets time pass after a kill.
    fn after_kill(&mut self) {
        self.kills += 1;
        if self.scenario.loses_power {
            let lost = self.journal.len() - self.durable;
            let surviving = self.random.below(lost as u64 + 1) as usize;
            self.journal.truncate(self.durable + surviving);
            if self.random.chance(300) {
                // The file has its length, and not all of its content.
                let from = self.durable + self.random.below(surviving as u64 + 1) as usize;
                let noise = self.random.chance(500);
                for at in from..self.journal.len() {
                    self.journal[at] = if noise { self.random.below(256) as u8 } else { 0 };
                }
            }
            self.durable = self.journal.len();
        }
        self.time += 5_000;
        if self.scenario.clocks && self.random.chance(400) {
            self.ahead = match self.random.below(3) {
                0 => 0,
                1 => self.random.below(40 * HOUR) as i64,
                _ => -(self.random.below(40 * HOUR) as i64),
            };
        } else if self.scenario.gaps {
            self.time += match self.random.below(4) {
                0 => self.random.below(30 * HOUR),
                1 => 24 * HOUR - 2 * MINUTE + self.random.below(2 * MINUTE),
                2 => self.random.below(12 * HOUR),
                _ => 0,
            };
        }
    }

    /// Reads the journal in pieces, and cuts it.
    fn open(&mut self) -> Result<Option<Outbox>, String> {
        let mut reader = OutboxReader::new();
        let mut rest = &self.journal[..];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(1 + self.random.below(rest.len() as u64) as usize);
            reader.push(piece).map_err(|error| error.to_string())?;
            rest = after;
        }
        let journal = reader.finish(self.now()).map_err(|error| error.to_string())?;
        self.journal.truncate(journal.length as usize);
        self.durable = self.durable.min(self.journal.len());
        Ok(journal.outbox)
    }

    /// Compares what the vendor received with the report.
    fn judge(&mut self, outbox: &Outbox) -> Result<End, String> {
        let report = outbox.report();
        if !report.is_complete() || report.total != u64::from(self.scenario.messages) {
            return Err(format!("{report:?}"));
        }
        for number in 0..self.scenario.messages {
            let received = self.vendor.received.get(&number).copied().unwrap_or_default();
            let state = outbox.state(number);
            let right = match state {
                Some(MessageState::Sent) => received == 1,
                Some(MessageState::Refused) => received == 0,
                Some(MessageState::Unknown) => received <= 1,
                _ => false,
            };
            if !right {
                return Err(format!("message {number} is {state:?} and was received {received} times"));
            }
        }
        // The next program reads what was reported.
        let again = self.open()?.ok_or("the journal is empty")?;
        if again.report() != report {
            return Err(format!("{report:?} is read as {:?}", again.report()));
        }
        Ok(End { report, written: self.written, journal: self.journal.clone() })
    }
}

/// Returns the id and the fields of a message.
pub(super) fn message(number: u32) -> (String, String) {
    let to = format!("+1555{number:07}");
    let fields = format!(r#"{{"message":"Hi {number}","to":"{to}"}}"#);
    (to, fields)
}

pub(crate) fn create(keyed: bool, entropy: [u8; 16], now: UnixTime) -> Outbox {
    if keyed {
        Outbox::create::<SendMessage>(&zagely("pk_test"), entropy, now)
    } else {
        Outbox::create::<SendText>(&wazaj(), entropy, now)
    }
}

pub(crate) fn zagely(public_key: &str) -> Zagely {
    Zagely::new(KeyPair::new(public_key, "sk_test").expect("keys"))
}

pub(crate) fn wazaj() -> Wazaj {
    let url = "https://example.com/api/wazaj/business";
    Wazaj::new(ApiKey::new("wzj_test").expect("a key"), url).expect("a service")
}
