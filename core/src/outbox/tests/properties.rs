//! Properties of the outbox over random sequences of events. Each property is shown to fail on planted bugs.

use alloc::format;
use alloc::string::String;
use core::fmt::Debug;

use proptest::prelude::*;

use crate::outbox::rules::{Rules, with_bug};
use crate::outbox::tests::simulation::{Scenario, run};
use crate::plantable::tests::check;

/// A change of the rules that is a bug.
type Bug = fn(&mut Rules);

/// Expects that a property holds, and that it fails with each of the bugs.
fn expect<T: Debug, S: Strategy<Value = T>>(
    cases: u32,
    strategy: impl Fn() -> S,
    property: impl Fn(&T) -> Result<(), String>,
    bugs: &[(&str, Bug)],
) {
    if let Err(fault) = check(cases, strategy(), &property) {
        panic!("{fault}");
    }
    for (name, bug) in bugs {
        let found = with_bug(bug, || check(2_000, strategy(), &property));
        assert!(found.is_err(), "the property holds although {name}");
    }
}

fn scenarios(keyed: bool) -> impl Strategy<Value = Scenario> {
    (1..12_u32, 1..6_usize, 0..12_u32, 0..60_u64, any::<u64>()).prop_map(
        move |(messages, concurrency, kills, failures, seed)| {
            let mut scenario = Scenario::new(keyed, messages);
            (scenario.concurrency, scenario.kills, scenario.failures) = (concurrency, kills, failures);
            (scenario.seed, scenario.loses_power) = (seed, seed % 2 == 0);
            scenario
        },
    )
}

fn ends_right(scenario: &Scenario) -> Result<(), String> {
    run(scenario).map(drop)
}

#[test]
fn with_keys_nothing_is_sent_twice_or_lost() {
    expect(
        400,
        || scenarios(true),
        ends_right,
        &[
            ("claims are not recorded", |rules| rules.records_claims = false),
            ("each attempt has another key", |rules| rules.keeps_keys = false),
            ("checksums are not compared", |rules| rules.checks_sums = false),
        ],
    );
}

#[test]
fn without_keys_nothing_is_sent_twice_or_lost() {
    expect(
        400,
        || scenarios(false),
        ends_right,
        &[
            ("claims are not recorded", |rules| rules.records_claims = false),
            ("an unknown fate is repeated", |rules| rules.repeats_without_key = true),
            ("checksums are not compared", |rules| rules.checks_sums = false),
        ],
    );
}

#[test]
fn keys_that_the_vendor_forgot_are_not_repeated() {
    let scenarios = || {
        scenarios(true).prop_map(|mut scenario| {
            scenario.gaps = true;
            scenario
        })
    };
    expect(
        600,
        scenarios,
        ends_right,
        &[
            ("keys live for 30 hours", |rules| rules.key_lifetime = 30 * 3_600_000),
            ("the lifetime is used to its end", |rules| rules.margin = 0),
            ("a doubt ends when a repetition was not sent", |rules| rules.keeps_doubts = false),
            ("the age counts from the last attempt", |rules| rules.counts_from_first = false),
        ],
    );
}

#[test]
fn a_clock_that_is_set_sends_nothing_twice() {
    let scenarios = || {
        scenarios(true).prop_map(|mut scenario| {
            // A clock that is set back after a pause without records cannot be recognized: see `docs/outbox.md`.
            scenario.clocks = true;
            scenario
        })
    };
    expect(
        600,
        scenarios,
        ends_right,
        &[
            ("a clock that goes back is trusted", |rules| rules.watches_clock = false),
            ("an unknown fate is reported and not recorded", |rules| rules.records_unknown = false),
        ],
    );
}

#[test]
fn with_keys_and_a_quick_restart_every_message_is_sent() {
    let sends_all = |scenario: &Scenario| {
        let end = run(scenario)?;
        if end.report.sent == u64::from(scenario.messages) {
            Ok(())
        } else {
            Err(format!("{:?}", end.report))
        }
    };
    let scenarios = || {
        scenarios(true).prop_map(|mut scenario| {
            scenario.failures = 0;
            scenario
        })
    };
    expect(
        300,
        scenarios,
        sends_all,
        &[("a message of unknown fate is given up", |rules| rules.key_lifetime = rules.margin)],
    );
}

#[test]
fn a_kill_at_any_byte_of_the_journal_loses_nothing() {
    let at_each_byte = |keyed: bool| -> Result<(), String> {
        let mut scenario = Scenario::new(keyed, 9);
        scenario.seed = 5;
        let length = run(&scenario)?.written;
        scenario.kills = 1;
        for at in 0..=length {
            scenario.kill_at = Some(at);
            let report = run(&scenario)?.report;
            // At most the messages in flight have an unknown fate.
            let most = if keyed { 0 } else { scenario.concurrency as u64 };
            if report.unknown > most || report.sent + report.unknown != 9 {
                return Err(format!("killed at byte {at}: {report:?}"));
            }
        }
        Ok(())
    };
    for keyed in [true, false] {
        at_each_byte(keyed).expect("no bug");
        let bugs: [(&str, Bug); 2] = [
            ("claims are not recorded", |rules| rules.records_claims = false),
            ("keys differ, or an unknown fate is repeated without one", |rules| {
                (rules.keeps_keys, rules.repeats_without_key) = (false, true);
            }),
        ];
        for (name, bug) in bugs {
            assert!(with_bug(bug, || at_each_byte(keyed)).is_err(), "not found: {name}");
        }
    }
}
