//! Single decisions, and the stored bytes.

use alloc::string::{String, ToString};
use core::time::Duration;

use crate::inbox::claim::{Claim, Decision};
use crate::inbox::entry::{Entry, InvalidEntry, Status};
use crate::inbox::key::storage_key;
use crate::inbox::rules::{Inbox, Mode};
use crate::text::hex;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;

const NOW: UnixTime = UnixTime::from_secs(1_776_767_400);
const DAY: u64 = 86_400;

fn after(seconds: u64) -> UnixTime {
    NOW.after(Duration::from_secs(seconds))
}

fn claimed(inbox: Inbox, stored: Option<&Entry>, now: UnixTime) -> Claim {
    match inbox.claim(stored, Some(now.after(Duration::from_secs(DAY))), [9; 16], now) {
        Decision::Handle(claim) => claim,
        other => panic!("expected a claim: {other:?}"),
    }
}

#[test]
fn a_lease_ends_after_its_length_and_the_next_claim_has_a_larger_token() {
    let inbox = Inbox::new(Mode::Leased);
    let first = claimed(inbox, None, NOW);
    assert_eq!((first.token(), first.attempt(), first.lease_end()), (1, 1, after(30)));
    let stored = first.change().entry;
    assert_eq!(inbox.claim(Some(&stored), None, [1; 16], after(29)), Decision::Busy(Duration::from_secs(1)));
    let second = claimed(inbox, Some(&stored), after(30));
    assert_eq!((second.token(), second.attempt()), (2, 2));
    assert_eq!(second.change().expected, Some(stored));
    // The first holder changes nothing any more: the store has the entry of the second.
    assert_ne!(first.done(after(31)).and_then(|change| change.expected), Some(second.change().entry));
}

#[test]
fn the_waits_after_failures_are_half_of_the_vendors() {
    let inbox = Inbox::new(Mode::Leased).max_attempts(6);
    let (mut stored, mut now) = (None, NOW);
    for wait in [5, 30, 150, 900, 900] {
        let failed = claimed(inbox, stored.as_ref(), now).failed(now).entry;
        assert_eq!((failed.status(), failed.left(now)), (Status::Failed, Some(Duration::from_secs(wait))));
        let early = inbox.claim(Some(&failed), None, [1; 16], now);
        assert_eq!(early, Decision::TooEarly(Duration::from_secs(wait)));
        now = now.after(Duration::from_secs(wait));
        stored = Some(failed);
    }
    let last = claimed(inbox, stored.as_ref(), now).failed(now).entry;
    assert_eq!((last.status(), last.attempts()), (Status::Poisoned, 6));
    assert_eq!(inbox.claim(Some(&last), Some(now), [1; 16], after(DAY)), Decision::Poisoned(None));
}

#[test]
fn a_transaction_marks_at_once_and_leaves_the_earlier_entry_if_it_fails() {
    let inbox = Inbox::new(Mode::Transactional);
    let first = claimed(inbox, None, NOW);
    assert_eq!(first.change().entry.status(), Status::Done);
    assert_eq!(first.done(NOW), None);
    let failed = first.failed(NOW);
    assert_eq!((failed.expected, failed.entry.status()), (None, Status::Failed));
    let second = claimed(inbox, Some(&failed.entry), after(5));
    assert_eq!((second.attempt(), second.failed(after(5)).expected), (2, Some(failed.entry)));
}

#[test]
fn an_entry_is_kept_for_the_replay_window_and_an_hour_more() {
    let inbox = Inbox::new(Mode::Transactional);
    let done = claimed(inbox, None, NOW).change().entry;
    assert_eq!(done.forget_at(), Some(after(DAY + 3_600)));
    let again = |until, now| inbox.claim(Some(&done), until, [1; 16], now);
    assert_eq!(again(Some(after(DAY + 3_600)), after(3_600)), Decision::Duplicate(None));
    let Decision::Duplicate(Some(change)) = again(Some(after(DAY + 3_601)), after(3_601)) else {
        panic!("a later delivery prolongs")
    };
    assert_eq!(change.entry.forget_at(), Some(after(DAY + 7_201)));
    let Decision::Duplicate(Some(change)) = again(None, NOW) else {
        panic!("without a tolerance it is kept")
    };
    assert_eq!(change.entry.forget_at(), None);
    assert_eq!(
        inbox.claim(Some(&change.entry), Some(after(9 * DAY)), [1; 16], NOW),
        Decision::Duplicate(None)
    );
}

#[test]
fn settings_have_bounds() {
    let claim = |seconds| claimed(Inbox::new(Mode::Leased).lease(Duration::from_secs(seconds)), None, NOW);
    assert_eq!((claim(0).lease_end(), claim(9_999).lease_end()), (after(1), after(3_600)));
    let once = Inbox::new(Mode::Leased).max_attempts(0);
    assert_eq!(claimed(once, None, NOW).failed(NOW).entry.status(), Status::Poisoned);
}

#[test]
fn storage_keys_are_idempotency_keys() {
    let long = "x".repeat(201);
    for (key, is_kept) in [
        ("d-1", true),
        ("", false),
        ("a b", false),
        (&long[1..], true),
        (&long, false),
        ("sha256-1", false),
        ("ü\0", false),
    ] {
        let stored = storage_key(key);
        assert_eq!(stored == key, is_kept, "{key}");
        assert!(IdempotencyKey::new(stored).is_ok(), "{key}");
    }
    assert_ne!(storage_key("a b"), storage_key("a c"));
}

#[test]
fn faults_of_stored_bytes_are_named() {
    let bytes = claimed(Inbox::new(Mode::Leased), None, NOW).change().entry.encode();
    let with = |place: usize, byte: u8| {
        let mut bytes = bytes;
        bytes[place] = byte;
        Entry::decode(&bytes).map_err(|fault| fault.to_string())
    };
    let fault = |text: &str| Err(text.to_string());
    assert_eq!(with(0, 9), fault("unknown version 9 of an inbox entry: update hudhud on every machine"));
    assert_eq!(
        with(1, 4),
        fault(
            "unknown status 4 in an inbox entry: it was damaged; delete it, so that its delivery can be handled"
        )
    );
    assert_eq!(
        with(43, 0),
        fault(
            "an inbox entry was damaged: it has a lease or a wait whose end is before its start; delete it, so that its delivery can be handled"
        )
    );
    assert_eq!(Entry::decode(&[]), Err(InvalidEntry::Length(0)));
    assert_eq!(
        Entry::decode(&bytes[1..]).or(Entry::decode(&bytes[..9])).map_err(|fault| fault.to_string()),
        fault(
            "an inbox entry cannot have 9 bytes: it was cut, or it is not an entry; delete it, so that its delivery can \
             be handled"
        )
    );
}

/// Stored entries outlive releases: a change of these bytes needs another version.
#[test]
fn the_stored_bytes_stay_the_same() {
    let claim = claimed(Inbox::new(Mode::Leased), None, NOW);
    let stored = |entry: Entry| {
        let mut text = String::new();
        hex::push(&entry.encode(), &mut text);
        text
    };
    // The token, the attempts, the random bytes and the time. After them come the end and the time of the deletion.
    let middle = "0100000000000000010000000909090909090909090909090909090940f896af9d010000";
    let retained_until = "c042f4b49d010000";
    assert_eq!(stored(claim.change().entry), ["0100", middle, "706d97af9d010000", retained_until].concat());
    assert_eq!(
        stored(claim.failed(NOW).entry),
        ["0101", middle, "c80b97af9d010000", retained_until].concat()
    );
}

#[test]
fn debug_output_shows_no_random_bytes() {
    let entry = claimed(Inbox::new(Mode::Leased), None, NOW).change().entry;
    let shown = alloc::format!("{entry:?}");
    assert!(shown.contains("Leased") && !shown.contains("[9"), "{shown}");
}
