//! Properties of the limiter over random sequences of events. Each property is shown to fail on a planted bug.
//!
//! Long because each property stands next to its generator and its bugs.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Debug;
use core::time::Duration;

use proptest::prelude::*;

use crate::error::kind::ErrorKind;
use crate::limiter::feedback::RateLimitFeedback;
use crate::limiter::permit::{Lane, Permit};
use crate::limiter::rate_limiter::RateLimiter;
use crate::limiter::tests::simulation::{Counting, DAY, START, Scenario, Vendor, run};
use crate::limiter::tuning::{Tuning, with_bug};
use crate::plantable::tests::check;
use crate::types::time::UnixTime;

/// A change of the numbers that is a bug.
type Bug = fn(&mut Tuning);

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
        let found = with_bug(bug, || check(cases.max(2_000), strategy(), &property));
        assert!(found.is_err(), "the property holds although {name}");
    }
}

fn counting() -> impl Strategy<Value = Counting> {
    prop_oneof![Just(Counting::FromFirst), (0..60_000_u64).prop_map(Counting::Fixed), Just(Counting::Sliding),]
}

/// Generates a limit between two powers of ten.
fn limit(from: f64, to: f64) -> impl Strategy<Value = u64> {
    (from..to).prop_map(|power| 10_f64.powf(power) as u64)
}

/// Generates hosts that share the limit: their number, and true if they do so by leases.
fn sharing() -> impl Strategy<Value = (usize, bool)> {
    (1..=8_usize, any::<bool>())
}

/// Generates a scenario in which all hosts always have bulk requests.
fn saturated(limit: impl Strategy<Value = u64>) -> impl Strategy<Value = Scenario> {
    (counting(), limit, sharing(), any::<u64>()).prop_map(|(counting, limit, (hosts, leases), seed)| {
        let mut scenario = Scenario::new(Vendor::new(counting, limit));
        scenario.bulk = 60 * limit as usize;
        (scenario.hosts, scenario.leases, scenario.seed) = (hosts, leases, seed);
        scenario
    })
}

/// Generates a scenario in which requests come in batches, after pauses.
fn in_batches() -> impl Strategy<Value = Scenario> {
    let batch = (0..300_000_u64, 0..8_usize, 1..1_000_usize);
    let batches = prop::collection::vec(batch, 1..20);
    (saturated(limit(1.0, 3.5)), batches, prop_oneof![Just(0), 50..5_000_u64], any::<bool>()).prop_map(
        |(mut scenario, batches, urgent_every, gives_back)| {
            let most = scenario.vendor.limit.unwrap_or(0) as usize;
            scenario.bulk = 0;
            scenario.batches =
                batches.into_iter().map(|(at, host, count)| (at, host, count * most / 700 + 1)).collect();
            (scenario.urgent_every, scenario.gives_back, scenario.length) =
                (urgent_every, gives_back, 360_000);
            scenario
        },
    )
}

fn no_request_is_refused(scenario: &Scenario) -> Result<(), String> {
    match run(scenario).refused.first() {
        None => Ok(()),
        Some(at) => Err(format!("a request was refused after {at} ms")),
    }
}

#[test]
fn no_window_is_ever_exceeded() {
    expect(
        120,
        || prop_oneof![in_batches(), saturated(limit(1.0, 3.5))],
        no_request_is_refused,
        &[
            ("the window is too short", |tuning| tuning.window = 56_000),
            ("a burst does not end", |tuning| tuning.burst_ends = 100_000),
        ],
    );
}

#[test]
fn the_limit_is_used() {
    let used = |scenario: &Scenario| {
        let limit = scenario.vendor.limit.unwrap_or_default();
        let from = scenario.dies.map_or(60_000, |(_, at)| at + 15_000);
        let used = run(scenario).used(limit, from, scenario.length);
        // A count is a whole number.
        let most = limit as f64 * (scenario.length - from) as f64 / 60_000.0;
        if used + 1.5 / most >= 0.97 { Ok(()) } else { Err(format!("only {used} of {limit} were used")) }
    };
    let scenarios = || {
        (saturated(limit(1.8, 3.5)), any::<bool>()).prop_map(|(mut scenario, dies)| {
            scenario.length = 360_000;
            scenario.dies = (dies && scenario.hosts > 1).then_some((0, 100_000));
            scenario
        })
    };
    expect(
        60,
        scenarios,
        used,
        &[
            ("the window is too long", |tuning| tuning.window = 63_000),
            ("the tolerance is too large", |tuning| tuning.tolerance = 40),
        ],
    );
}

#[test]
fn urgent_requests_pass_bulk() {
    let passes = |scenario: &Scenario| {
        let report = run(scenario);
        let longest = report.urgent_waits.iter().max().copied().unwrap_or(0);
        if longest < 2_000 { Ok(()) } else { Err(format!("an urgent request waited {longest} ms")) }
    };
    let scenarios = || {
        (saturated(Just(3_000)), 700..5_000_u64).prop_map(|(mut scenario, every)| {
            scenario.urgent_every = every;
            scenario
        })
    };
    expect(
        30,
        scenarios,
        passes,
        &[("bulk uses the whole tolerance", |tuning| (tuning.bulk_part, tuning.burst) = (1_000, 0))],
    );
}

#[test]
fn urgent_requests_do_not_starve_bulk() {
    let shared = |scenario: &Scenario| {
        let report = run(scenario);
        let share = report.bulk_sent as f64 / report.accepted.len() as f64;
        // With leases, urgent requests of processes without bulk take permits too.
        let least = if scenario.leases { 0.08 } else { 0.15 };
        if share >= least { Ok(()) } else { Err(format!("bulk had {share} of the permits")) }
    };
    let scenarios = || {
        saturated(limit(2.0, 3.3)).prop_map(|mut scenario| {
            scenario.urgent_every = (10_000 / scenario.vendor.limit.unwrap_or(1)).max(1);
            scenario.length = 180_000;
            scenario
        })
    };
    expect(30, scenarios, shared, &[("any number may pass", |tuning| tuning.passes = u8::MAX)]);
}

#[test]
fn an_urgent_request_waits_for_two_bookings_at_most() {
    let bounded = |scenario: &Scenario| {
        let longest = run(scenario).urgent_waits.iter().max().copied().unwrap_or(0);
        // A request that comes when its process has booked for the requests before it waits for a second booking.
        if longest < 22_000 { Ok(()) } else { Err(format!("an urgent request waited {longest} ms")) }
    };
    let scenarios = || {
        saturated(limit(1.8, 3.0)).prop_map(|mut scenario| {
            scenario.urgent_every = 1_000_000 / scenario.vendor.limit.unwrap_or(1);
            // The first host has urgent requests only.
            scenario.batches = (1..scenario.hosts).map(|host| (0, host, scenario.bulk)).collect();
            scenario.bulk = 0;
            scenario
        })
    };
    expect(30, scenarios, bounded, &[("nothing is booked", |tuning| tuning.books_urgent = false)]);
}

#[test]
fn a_quota_is_used_and_not_exceeded() {
    let keeps_the_quota = |scenario: &Scenario| {
        let report = run(scenario);
        let daily = scenario.vendor.daily.unwrap_or_default();
        let day = |at: &u64| (START + at - scenario.vendor.day_phase) / DAY;
        let (first, last) = (day(&0), day(&scenario.length));
        for number in first + 1..last {
            let count = |list: &[u64]| list.iter().filter(|at| day(at) == number).count();
            let (accepted, refused) = (count(&report.accepted), count(&report.refused));
            // One request asks at midnight in UTC, when the vendor's day may not have ended.
            if refused > 1 {
                return Err(format!("{refused} requests were refused on a day"));
            }
            if (accepted as f64) < 0.97 * daily as f64 - 1.0 {
                return Err(format!("{accepted} of {daily} were used"));
            }
        }
        Ok(())
    };
    let scenarios = || {
        let day_phase = prop_oneof![Just(0), (0..24_u64).prop_map(|hour| hour * 3_600_000)];
        (saturated(limit(2.0, 3.5)), 100..2_000_u64, day_phase).prop_map(
            |(mut scenario, daily, day_phase)| {
                (scenario.vendor.daily, scenario.vendor.day_phase) = (Some(daily), day_phase);
                scenario.bulk = 10_000;
                scenario.length = 4 * DAY;
                scenario
            },
        )
    };
    expect(20, scenarios, keeps_the_quota, &[("permits are not counted", |tuning| tuning.day_counts = 0)]);
}

#[test]
fn a_limit_that_changes_is_kept_and_used() {
    const CHANGE: u64 = 130_000;
    let follows = |scenario: &Scenario| {
        let report = run(scenario);
        if let Some(at) = report.refused.iter().find(|at| **at < CHANGE || **at > CHANGE + 15_000) {
            return Err(format!("a request was refused after {at} ms"));
        }
        let limit = scenario.changes[0].1;
        let used = report.used(limit, CHANGE + 140_000, scenario.length);
        let most = limit as f64 * (scenario.length - CHANGE - 140_000) as f64 / 60_000.0;
        if used + 1.5 / most >= 0.97 { Ok(()) } else { Err(format!("only {used} of {limit} were used")) }
    };
    let scenarios = || {
        (saturated(limit(2.0, 3.3)), limit(1.8, 3.5)).prop_map(|(mut scenario, next)| {
            scenario.changes = Vec::from([(CHANGE, next)]);
            scenario.bulk = 20_000;
            scenario.length = 420_000;
            scenario
        })
    };
    expect(
        60,
        scenarios,
        follows,
        &[
            ("an excess is not paid back", |tuning| tuning.paid_back = 0),
            ("leased permits are forgotten", |tuning| tuning.keeps_leases = false),
        ],
    );
}

#[test]
fn a_hidden_limit_is_found() {
    let finds = |scenario: &Scenario| {
        let report = run(scenario);
        if report.waiting > 0 {
            return Err(format!("{} requests still wait", report.waiting));
        }
        // Until the first error nothing tells that there is a limit.
        let refused = report.refused.iter().filter(|at| **at > 1_000).count();
        let accepted = report.accepted.len();
        if refused * 10 <= accepted { Ok(()) } else { Err(format!("{refused} refused, {accepted} accepted")) }
    };
    let scenarios = || {
        (counting(), limit(1.5, 2.5), any::<u64>()).prop_map(|(counting, limit, seed)| {
            let mut scenario = Scenario::new(Vendor::new(counting, limit));
            scenario.vendor.is_hidden = true;
            (scenario.bulk, scenario.seed, scenario.length) = (10 * limit as usize, seed, 3_600_000);
            scenario
        })
    };
    expect(
        30,
        scenarios,
        finds,
        &[("an assumed limit doubles each second", |tuning| tuning.doubles_after = 1_000)],
    );
}

#[test]
fn a_store_sees_one_in_fifty_requests() {
    let sees = |scenario: &Scenario| {
        let report = run(scenario);
        let share = report.accepted.len() as f64 / report.store_uses as f64;
        if share >= 40.0 { Ok(()) } else { Err(format!("the store sees one in {share}")) }
    };
    let scenarios = || {
        saturated(Just(3_000)).prop_map(|mut scenario| {
            scenario.leases = true;
            scenario
        })
    };
    expect(10, scenarios, sees, &[("leases are short", |tuning| tuning.lease = 200)]);
}

/// Something that happens to a limiter.
#[derive(Clone, Debug)]
enum Event {
    Acquire(Lane),
    Lease(u32, Lane),
    GiveBack,
    Observe(RateLimitFeedback),
    /// Time passes, in milliseconds.
    Passes(u64),
    /// The clock is set.
    ClockSet(u64),
}

fn number() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![
        Just(None),
        (0..5_u64).prop_map(Some),
        (0..5_000_u64).prop_map(Some),
        any::<u64>().prop_map(Some)
    ]
}

fn answer() -> impl Strategy<Value = RateLimitFeedback> {
    let error = prop_oneof![
        4 => Just(None),
        1 => Just(Some(ErrorKind::RateLimited)),
        1 => Just(Some(ErrorKind::QuotaExceeded)),
        1 => Just(Some(ErrorKind::Transport)),
    ];
    let reset = prop_oneof![number(), (0..200_u64).prop_map(|after| Some(START / 1_000 + after))];
    (error, number(), number(), number(), reset, number(), number(), any::<bool>()).prop_map(
        |(error, wait, limit, remaining, reset, daily_limit, daily_remaining, idempotent_replay)| {
            let mut answer = RateLimitFeedback {
                success: error.is_none(),
                error,
                idempotent_replay,
                ..RateLimitFeedback::default()
            };
            answer.retry_after = wait.map(Duration::from_secs);
            let limits = &mut answer.rate_limit;
            (limits.limit, limits.remaining, limits.reset) = (limit, remaining, reset);
            (limits.daily_limit, limits.daily_remaining) = (daily_limit, daily_remaining);
            answer
        },
    )
}

fn lane() -> impl Strategy<Value = Lane> {
    prop_oneof![Just(Lane::Urgent), Just(Lane::Bulk)]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        6 => lane().prop_map(Event::Acquire),
        2 => (any::<u32>(), lane()).prop_map(|(permits, lane)| Event::Lease(permits, lane)),
        1 => Just(Event::GiveBack),
        4 => answer().prop_map(Event::Observe),
        3 => (0..30_000_u64).prop_map(Event::Passes),
        1 => prop_oneof![any::<u64>(), START - 90_000..START + 90_000].prop_map(Event::ClockSet),
    ];
    prop::collection::vec(event, 0..60)
}

/// Returns the limiter after all that happened, with the time. Each state is also stored and read.
fn replayed(events: &[Event]) -> Result<(RateLimiter, u64), String> {
    let (mut limiter, mut now) = (RateLimiter::new(), START);
    let mut leases = Vec::new();
    for event in events {
        let time = UnixTime::from_millis(now);
        match event {
            Event::Acquire(lane) => drop(limiter.acquire(*lane, time)),
            Event::Lease(permits, lane) => leases.extend(limiter.lease(*permits, *lane, time)),
            Event::GiveBack => {
                if let Some(mut lease) = leases.pop() {
                    let _ = lease.acquire(Lane::Bulk, time);
                    limiter.give_back(lease, time);
                }
            }
            Event::Observe(answer) => limiter.observe(answer, time),
            Event::Passes(millis) => now = now.saturating_add(*millis),
            Event::ClockSet(millis) => now = *millis,
        }
        let stored = limiter.encode();
        if stored.len() > 200 {
            return Err(format!("the state has {} bytes", stored.len()));
        }
        if RateLimiter::decode(&stored) != Ok(limiter) {
            return Err(format!("{:?} is read as {:?}", limiter, RateLimiter::decode(&stored)));
        }
    }
    Ok((limiter, now))
}

/// Asks until a permit is given, as a host does.
fn ends(mut limiter: RateLimiter, mut now: u64, lane: Lane) -> Result<(), String> {
    const LONGEST_WAIT: u64 = 3_600_000;
    const LONGEST_PARK: u64 = 32 * DAY;
    for _ in 0..1_500 {
        let wait = match limiter.acquire(lane, UnixTime::from_millis(now)) {
            Permit::Now => return Ok(()),
            Permit::Wait(wait) if wait.as_millis() > LONGEST_WAIT.into() => {
                return Err(format!("a wait of {wait:?}"));
            }
            Permit::Wait(wait) => wait.as_millis() as u64,
            Permit::NotBefore(end) if end.as_millis().saturating_sub(now) > LONGEST_PARK => {
                return Err(format!("parked until {end:?}"));
            }
            Permit::NotBefore(end) => end.as_millis().saturating_sub(now),
        };
        if wait == 0 {
            return Err("a wait of nothing".into());
        }
        now = now.saturating_add(wait);
        if now == u64::MAX {
            return Ok(());
        }
    }
    Err(format!("no permit after 1,500 waits: {limiter:?}"))
}

#[test]
fn every_wait_ends_whatever_happened() {
    let property = |(events, lane): &(Vec<Event>, Lane)| {
        let (limiter, now) = replayed(events)?;
        ends(limiter, now, *lane)
    };
    expect(
        400,
        || (events(), lane()),
        property,
        &[
            ("Retry-After is believed without a bound", |tuning| tuning.longest_hold = u64::MAX / 2_000),
            ("the clock may not go back", |tuning| {
                (tuning.clock_step, tuning.shared_clock_step) = (u64::MAX, u64::MAX);
            }),
        ],
    );
}

#[test]
fn the_vendors_wait_is_kept() {
    let property = |(events, lane, wait): &(Vec<Event>, Lane, u64)| {
        let (mut limiter, now) = replayed(events)?;
        let now = now.min(u64::MAX / 2);
        let mut refused =
            RateLimitFeedback { error: Some(ErrorKind::RateLimited), ..RateLimitFeedback::default() };
        refused.retry_after = Some(Duration::from_secs(*wait));
        limiter.observe(&refused, UnixTime::from_millis(now));
        for after in [0, wait * 500, wait * 1_000 - 1] {
            if limiter.acquire(*lane, UnixTime::from_millis(now + after)) == Permit::Now {
                return Err(format!("a permit after {after} ms"));
            }
        }
        Ok(())
    };
    expect(
        200,
        || (events(), lane(), 1..3_600_u64),
        property,
        &[("Retry-After is cut", |tuning| tuning.retry_after = 900)],
    );
}

#[test]
fn a_clock_that_is_set_back_lengthens_no_wait() {
    let wait =
        |mut limiter: RateLimiter, lane, now: u64| match limiter.acquire(lane, UnixTime::from_millis(now)) {
            Permit::Now => 0,
            Permit::Wait(wait) => wait.as_millis() as u64,
            Permit::NotBefore(end) => end.as_millis().saturating_sub(now),
        };
    let property = |(events, lane, back): &(Vec<Event>, Lane, u64)| {
        let (mut limiter, now) = replayed(events)?;
        let _ = limiter.acquire(*lane, UnixTime::from_millis(now));
        let (before, after) = (wait(limiter, *lane, now), wait(limiter, *lane, now.saturating_sub(*back)));
        // A quarter of a second is the tolerance for threads that read the clock at the same time.
        let first = limiter.acquire(*lane, UnixTime::from_millis(now.saturating_sub(*back)));
        if before > 0 && first != Permit::Now && after > before + 250 {
            return Err(format!("{before} ms became {after} ms"));
        }
        Ok(())
    };
    let back = || prop_oneof![0..1_000_u64, 0..90_000_u64, 0..30 * DAY];
    expect(
        400,
        || (events(), lane(), back()),
        property,
        &[("the clock may not go back", |tuning| tuning.clock_step = u64::MAX)],
    );
}

#[test]
fn any_bytes_are_a_state_or_an_error() {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..250),
        (events(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(events, at, byte)| {
            let mut stored = replayed(&events).map_or_else(|_| Vec::new(), |(limiter, _)| limiter.encode());
            let at = at.index(stored.len().max(1));
            if let Some(old) = stored.get_mut(at) {
                *old = byte;
            }
            stored
        }),
    ];
    let property = |(bytes, now, happened): &(Vec<u8>, u64, RateLimitFeedback)| {
        let Ok(limiter) = RateLimiter::decode(bytes) else { return Ok(()) };
        for lane in [Lane::Urgent, Lane::Bulk] {
            let mut limiter = limiter;
            limiter.observe(happened, UnixTime::from_millis(*now));
            let _ = limiter.lease(7, lane, UnixTime::from_millis(*now));
            ends(limiter, *now, lane)?;
        }
        Ok(())
    };
    if let Err(fault) = check(600, (bytes, any::<u64>(), answer()), property) {
        panic!("{fault}");
    }
}
