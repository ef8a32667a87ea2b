//! The decisions of core's inbox. The hosts store and compare the bytes of entries, and do not interpret them.
//!
//! A delivery needs two decisions at most. Each is one call, from the entry that the store has to the bytes of a step. UniFFI exports
//! these functions, and `jni.rs` and `c.rs` export them too, because UniFFI's calls from the JVM cost tens of microseconds.

use std::time::Duration;

use hudhud::inbox::{self, Change, Claim, Decision, Entry, Inbox, Mode};
use hudhud::{Error, UnixTime};

use crate::error::HudhudError;

/// The names of the decisions, whose positions are the first byte of a step.
const KINDS: [&str; 5] = ["handle", "duplicate", "busy", "too_early", "poisoned"];
/// The names of the states, whose positions are the second byte of a step.
const STATES: [&str; 4] = ["leased", "failed", "done", "poisoned"];
/// The number that stands for no time.
const NONE: i64 = -1;

/// The end of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Done,
    Failed,
    Poisoned,
}

/// The bytes of a step: what a host does next with a delivery. Numbers are in big-endian order, times in milliseconds.
///
/// | Bytes | Contents |
/// |---|---|
/// | 0 | the decision, as its position in `handle`, `duplicate`, `busy`, `too_early`, `poisoned` |
/// | 1 | the new state, as its position in `leased`, `failed`, `done`, `poisoned` |
/// | 4 to 7 | the number of the attempt, from 1; 0 if the event is not handled |
/// | 8 to 15 | the time after which another delivery can succeed; -1 if it is unknown |
/// | 16 to 23 | the fencing token; 0 if the event is not handled |
/// | 24 to 31 | the end of the lease; 0 if the event is not handled |
/// | 32 to 39 | the time from which the new entry may be deleted; -1 if it is kept for an unlimited time |
/// | 40 to 93 | the new entry; absent if the step stores nothing |
/// | 94 to 147 | the entry that the store must have; absent if it must have none |
fn step(decision: &Decision, change: Option<Change>) -> Vec<u8> {
    fn position(names: &[&str], name: &str) -> u8 {
        names.iter().position(|one| *one == name).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
    }
    let claim = decision.claim();
    let (state, forget_at) = change.map_or((0, NONE), |change| {
        let state = position(&STATES, change.entry.status().as_str());
        (state, change.entry.forget_at().map_or(NONE, millis))
    });
    let mut bytes = Vec::with_capacity(40 + 2 * Entry::LENGTH);
    bytes.extend([position(&KINDS, decision.as_str()), state, 0, 0]);
    bytes.extend(claim.map_or(0, Claim::attempt).to_be_bytes());
    let wait = decision.wait().map_or(NONE, |wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
    let token = claim.map_or(0, |claim| i64::try_from(claim.token()).unwrap_or(i64::MAX));
    let end = claim.map_or(0, |claim| millis(claim.lease_end()));
    for number in [wait, token, end, forget_at] {
        bytes.extend(number.to_be_bytes());
    }
    if let Some(change) = change {
        bytes.extend(change.entry.encode());
        bytes.extend(change.expected.iter().flat_map(Entry::encode));
    }
    bytes
}

/// Decides about a delivery, and returns the step. The arguments are those of [`inbox_claim`].
pub(crate) fn claim(
    is_transactional: bool,
    lease: i64,
    max_attempts: i64,
    stored: Option<&[u8]>,
    deduplicate_until: i64,
    holder: &[u8],
    now: i64,
) -> Result<Vec<u8>, HudhudError> {
    let mode = if is_transactional { Mode::Transactional } else { Mode::Leased };
    let lease = Duration::from_millis(u64::try_from(lease).unwrap_or(0));
    let inbox = Inbox::new(mode).lease(lease).max_attempts(attempts(max_attempts));
    let stored = stored.map(entry).transpose()?;
    let holder = holder.try_into().map_err(|_| Error::invalid("holder", "expected 16 bytes"))?;
    let until = u64::try_from(deduplicate_until).ok().map(UnixTime::from_secs);
    let decision = inbox.claim(stored.as_ref(), until, holder, time(now));
    Ok(step(&decision, decision.change()))
}

/// Ends an attempt, and returns the step. The arguments are those of [`inbox_end`].
pub(crate) fn end(
    how: i32,
    new: &[u8],
    expected: Option<&[u8]>,
    max_attempts: i64,
    now: i64,
) -> Result<Vec<u8>, HudhudError> {
    let how = match how {
        0 => End::Done,
        1 => End::Failed,
        _ => End::Poisoned,
    };
    let change = Change { entry: entry(new)?, expected: expected.map(entry).transpose()? };
    let claim = Claim::of_change(change, attempts(max_attempts));
    let change = match how {
        End::Done => claim.done(time(now)),
        End::Failed => Some(claim.failed(time(now))),
        End::Poisoned => Some(claim.poisoned(time(now))),
    };
    Ok(step(&Decision::Handle(claim), change))
}

/// Decides about a delivery, and returns the bytes of a step, as `src/inbox.rs` describes them.
///
/// `stored` is the stored entry of its key. `deduplicate_until` is in seconds, as in the delivery, and negative for an unlimited time.
/// `holder` is 16 random bytes. The other times are in milliseconds.
#[uniffi::export]
pub fn inbox_claim(
    is_transactional: bool,
    lease: i64,
    max_attempts: i64,
    stored: Option<Vec<u8>>,
    deduplicate_until: i64,
    holder: Vec<u8>,
    now: i64,
) -> Result<Vec<u8>, HudhudError> {
    claim(is_transactional, lease, max_attempts, stored.as_deref(), deduplicate_until, &holder, now)
}

/// Ends an attempt, and returns the bytes of a step. `entry` and `expected` are those of the claim. `how` is 0 after a success, 1
/// after a failure, and 2 after the handler rejected the event for good. The step stores nothing after the success of a
/// transactional claim.
#[uniffi::export]
pub fn inbox_end(
    how: i32,
    entry: Vec<u8>,
    expected: Option<Vec<u8>>,
    max_attempts: i64,
    now: i64,
) -> Result<Vec<u8>, HudhudError> {
    end(how, &entry, expected.as_deref(), max_attempts, now)
}

/// Checks the settings of an inbox. `lease` is in milliseconds.
#[uniffi::export]
pub fn check_inbox(lease: i64, max_attempts: i64) -> Result<(), HudhudError> {
    if !(1_000..=3_600_000).contains(&lease) {
        return Err(Error::invalid("lease", "expected a duration from 1 second to 1 hour").into());
    }
    if max_attempts < 1 {
        return Err(Error::invalid("max_attempts", "expected a number of attempts >= 1").into());
    }
    Ok(())
}

/// Converts a replay key to the key under which a store keeps the event.
#[uniffi::export]
pub fn inbox_key(replay_key: String) -> String {
    inbox::storage_key(&replay_key)
}

fn entry(bytes: &[u8]) -> Result<Entry, HudhudError> {
    Ok(Entry::decode(bytes).map_err(|error| Error::invalid("entry", error.to_string()))?)
}

fn attempts(most: i64) -> u32 {
    u32::try_from(most).unwrap_or(if most < 0 { 0 } else { u32::MAX })
}

fn time(millis: i64) -> UnixTime {
    UnixTime::from_millis(u64::try_from(millis).unwrap_or(0))
}

fn millis(time: UnixTime) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_776_767_400_000;
    const UNTIL: i64 = 1_776_853_800;

    fn number(step: &[u8], at: usize) -> i64 {
        i64::from_be_bytes(step[at..at + 8].try_into().unwrap())
    }

    fn claimed(stored: Option<&[u8]>, now: i64) -> Vec<u8> {
        claim(false, 30_000, 2, stored, UNTIL, &[7; 16], now).unwrap()
    }

    #[test]
    fn a_lease_passes_through_its_steps() {
        let first = claimed(None, NOW);
        assert_eq!(
            (first.len(), &first[..8]),
            (94, &[0, 0, 0, 0, 0, 0, 0, 1][..]),
            "handle, leased, attempt 1"
        );
        let times = [8, 16, 24, 32].map(|at| number(&first, at));
        // The entry is kept for an hour after the time until which the delivery can be repeated.
        assert_eq!(times, [-1, 1, NOW + 30_000, UNTIL * 1_000 + 3_600_000]);
        let leased = &first[40..];
        let busy = claimed(Some(leased), NOW + 1);
        assert_eq!((busy.len(), busy[0], number(&busy, 8)), (40, 2, 29_999));
        let failed = end(1, leased, None, 2, NOW).unwrap();
        assert_eq!((failed[1], &failed[94..]), (1, leased));
        let early = claimed(Some(&failed[40..94]), NOW);
        assert_eq!((early[0], number(&early, 8)), (3, 5_000));
        let second = claimed(Some(&failed[40..94]), NOW + 5_000);
        assert_eq!((second[0], second[7], number(&second, 16)), (0, 2, 2), "attempt 2, with a later token");
        assert_eq!(&second[94..], &failed[40..94]);
        let last = end(1, &second[40..94], Some(&second[94..]), 2, NOW + 5_000).unwrap();
        assert_eq!((last[1], claimed(Some(&last[40..94]), NOW)[0]), (3, 4), "poisoned after two attempts");
        let done = end(0, &second[40..94], Some(&second[94..]), 2, NOW + 5_000).unwrap();
        assert_eq!((done[1], claimed(Some(&done[40..94]), NOW)[0]), (2, 1), "a duplicate");
    }

    #[test]
    fn a_transaction_needs_no_change_at_its_end() {
        let first = claim(true, 30_000, 5, None, -1, &[7; 16], NOW).unwrap();
        assert_eq!((first[1], number(&first, 32)), (2, -1), "done, and kept for an unlimited time");
        assert_eq!(end(0, &first[40..], None, 5, NOW).unwrap().len(), 40);
        let failed = end(1, &first[40..], None, 5, NOW).unwrap();
        assert_eq!(
            (failed.len(), failed[1]),
            (94, 1),
            "the transaction was rolled back, so the store has no entry"
        );
        let poisoned = end(2, &first[40..], None, 5, NOW).unwrap();
        assert_eq!(poisoned[1], 3);
    }

    #[test]
    fn malformed_arguments_are_errors() {
        for stored in [&[][..], &[1, 2, 3], &[9; 54]] {
            claim(false, 30_000, 5, Some(stored), UNTIL, &[7; 16], NOW).unwrap_err();
            end(0, stored, None, 5, NOW).unwrap_err();
        }
        claim(false, 30_000, 5, None, UNTIL, &[7; 15], NOW).unwrap_err();
    }
}
