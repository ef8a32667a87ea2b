//! Properties of random sequences of events. Each property is shown to fail on planted bugs.

use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use proptest::prelude::*;

use crate::inbox::claim::Decision;
use crate::inbox::entry::Entry;
use crate::inbox::rules::{Inbox, Mode};
use crate::inbox::tests::simulation::{START, Scenario, run};
use crate::inbox::tuning::{Tuning, with_bug};
use crate::plantable::tests::check;
use crate::types::time::UnixTime;

/// A change of the numbers that is a bug.
type Bug = fn(&mut Tuning);

/// Expects that the promises are kept in all scenarios, and that each of the bugs breaks a promise with one of these texts.
fn expect<S: Strategy<Value = Scenario>>(strategy: impl Fn() -> S, bugs: &[(&str, Bug, &str)]) {
    if let Err(fault) = check(150, strategy(), run) {
        panic!("{fault}");
    }
    for (name, bug, breach) in bugs {
        match with_bug(bug, || check(5_000, strategy(), run)) {
            Ok(()) => panic!("all promises are kept although {name}"),
            Err(fault) => {
                let is_expected = breach.split('|').any(|breach| fault.contains(breach));
                assert!(is_expected, "{name}: {fault}");
            }
        }
    }
}

fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![Just(Mode::Transactional), Just(Mode::Leased)]
}

/// Generates scenarios with crashes, failures, lost responses, and deliveries that come twice or again.
fn scenario(mode: impl Strategy<Value = Mode>) -> impl Strategy<Value = Scenario> {
    let rates = (0..30_u64, 0..300_u64, 0..300_u64, 0..200_u64, 0..300_u64);
    let tolerance = prop_oneof![
        4 => Just(Some(300_000)),
        2 => (1_000..10 * 86_400_000_u64).prop_map(Some),
        1 => Just(None)
    ];
    let times = (1_000..120_000_u64, tolerance, 1..60_000_u64);
    (mode, rates, times, 1..10_u32, 0..4_usize, any::<u64>()).prop_map(
        |(
            mode,
            (crashes, failures, twice, lost, repeated),
            (lease, tolerance, handler),
            max_attempts,
            killers,
            seed,
        )| {
            Scenario {
                mode,
                events: 12,
                lease,
                max_attempts,
                tolerance,
                handler,
                crashes,
                failures,
                twice,
                lost,
                repeated,
                killers: if mode == Mode::Leased { killers } else { 0 },
                skew: 0,
                clock_back: None,
                store_overwrites: false,
                seed,
            }
        },
    )
}

#[test]
fn effects_of_transactions_occur_once() {
    expect(
        || scenario(Just(Mode::Transactional)),
        &[
            ("a handled event is claimed again", |tuning| tuning.remembers = false, "again"),
            ("later deliveries do not prolong", |tuning| tuning.prolongs = false, "again"),
        ],
    );
}

#[test]
fn leased_events_are_handled_by_one_holder_at_a_time() {
    expect(
        || scenario(Just(Mode::Leased)),
        &[
            (
                "two claims at the same moment are equal",
                |tuning| tuning.names_holder = false,
                "same time|attempted|token",
            ),
            ("a lease ends early", |tuning| tuning.lease_part = 900, "same time"),
            ("the token stays the same", |tuning| tuning.token_step = 0, "token"),
            ("a handled event is claimed again", |tuning| tuning.remembers = false, "again"),
        ],
    );
}

#[test]
fn every_event_ends_after_a_bounded_number_of_attempts() {
    expect(
        || scenario(mode()),
        &[
            // An entry that stays leased is forgotten at last, and then its event is claimed as a new one.
            ("a lease never ends", |tuning| tuning.ends = false, "did not end|token|attempted"),
            ("attempts are not counted", |tuning| tuning.counts_attempts = false, ""),
        ],
    );
    let killers = || {
        scenario(Just(Mode::Leased)).prop_map(|scenario| Scenario { killers: 12, failures: 0, ..scenario })
    };
    expect(killers, &[("attempts are not counted", |tuning| tuning.counts_attempts = false, "attempted")]);
}

#[test]
fn a_failed_event_waits() {
    let failing = || scenario(mode()).prop_map(|scenario| Scenario { failures: 600, twice: 600, ..scenario });
    expect(
        failing,
        &[
            ("there is no wait", |tuning| tuning.retry_after = [0; 4], "too early"),
            ("the waits do not grow", |tuning| tuning.retry_after = [5_000; 4], "too early"),
        ],
    );
}

#[test]
fn no_entry_is_deleted_while_a_delivery_can_be_repeated() {
    let repeated = || {
        scenario(mode()).prop_map(|scenario| Scenario { repeated: 900, crashes: 0, failures: 0, ..scenario })
    };
    expect(
        repeated,
        &[
            (
                "the time is too short",
                |tuning| (tuning.retention_part, tuning.retention_extra) = (10, 0),
                "again|token|attempted",
            ),
            ("later deliveries do not prolong", |tuning| tuning.prolongs = false, "again|token|attempted"),
            ("no tolerance means a day", |tuning| tuning.keeps_forever = false, "again|token|attempted"),
        ],
    );
}

#[test]
fn clocks_may_differ_and_go_back() {
    let differing = || {
        (scenario(mode()), 0..900_u64, prop::option::of((0..600_000_u64, 0..86_400_000_u64))).prop_map(
            |(scenario, skew, clock_back)| Scenario {
                // The clock goes back less than deliveries are remembered, and no delivery is repeated later.
                repeated: 0,
                skew,
                clock_back,
                ..scenario
            },
        )
    };
    if let Err(fault) = check(150, differing(), run) {
        panic!("{fault}");
    }
}

#[test]
fn a_clock_that_goes_back_delays_an_event_by_two_leases() {
    let clocks = || (1_000..3_600_000_u64, prop_oneof![0..20_000_000_u64, 0..START]);
    let ends = |&(lease, back): &(u64, u64)| {
        let at = |time| UnixTime::from_millis(time);
        let inbox = Inbox::new(Mode::Leased).lease(Duration::from_millis(lease));
        let Decision::Handle(claim) = inbox.claim(None, None, [0; 16], at(START)) else { return Ok(()) };
        match inbox.claim(Some(&claim.change().entry), None, [1; 16], at(START - back)) {
            Decision::Busy(left) if left > Duration::from_millis(2 * lease) => {
                Err(format!("it is leased for {left:?}"))
            }
            _ => Ok(()),
        }
    };
    assert_eq!(check(1_000, clocks(), ends), Ok(()));
    let found = with_bug(|tuning| tuning.distrusts_clocks = false, || check(1_000, clocks(), ends));
    assert!(found.is_err(), "the event is not delayed although a wrong clock is trusted");
}

#[test]
fn a_store_that_does_not_compare_is_found() {
    let overwrites =
        scenario(Just(Mode::Leased)).prop_map(|scenario| Scenario { store_overwrites: true, ..scenario });
    let fault = check(600, overwrites, run).expect_err("the store loses changes");
    assert!(fault.contains("old holder") || fault.contains("again"), "{fault}");
}

proptest! {
    #[test]
    fn entries_survive_the_store(mode in mode(), until in prop::option::of(any::<u64>()), holder: [u8; 16], now: u64) {
        let (until, now) = (until.map(UnixTime::from_millis), UnixTime::from_millis(now));
        let inbox = Inbox::new(mode);
        let Decision::Handle(claim) = inbox.claim(None, until, holder, now) else { panic!("it is new") };
        let entries = [claim.change().entry, claim.failed(now).entry, claim.poisoned(now).entry];
        for entry in entries.into_iter().chain(claim.done(now).map(|change| change.entry)) {
            prop_assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
            let _ = inbox.claim(Some(&entry), until, holder, UnixTime::from_millis(START));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, now: u64) {
        if let Ok(entry) = Entry::decode(&bytes) {
            prop_assert_eq!(&entry.encode()[..], &bytes[..]);
            let _ = Inbox::new(Mode::Leased).claim(Some(&entry), None, [0; 16], UnixTime::from_millis(now));
        }
    }

    #[test]
    fn damaged_entries_are_read_or_refused(place in 0..Entry::LENGTH, byte: u8, now: u64, until: u64) {
        let inbox = Inbox::new(Mode::Leased);
        let time = UnixTime::from_millis(START);
        let Decision::Handle(claim) = inbox.claim(None, None, [7; 16], time) else { panic!("it is new") };
        let mut bytes = claim.change().entry.encode();
        bytes[place] = byte;
        if let Ok(entry) = Entry::decode(&bytes) {
            prop_assert_eq!(entry.encode(), bytes);
            let until = Some(UnixTime::from_millis(until));
            if let Decision::Handle(claim) = inbox.claim(Some(&entry), until, [1; 16], UnixTime::from_millis(now)) {
                let _ = (claim.failed(time), claim.done(time), claim.poisoned(time));
            }
        }
    }
}
