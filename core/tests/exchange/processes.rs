//! Processes that share the limits of a key by a store, on a virtual clock.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use hudhud::zagely::SendMessage;
use hudhud::{CallOptions, ErrorKind, Exchange, Lane, SharedRateLimiter, Step};

use crate::permits::{LATE, TRAVEL, Vendor};
use crate::{ENTROPY, later, message, zagely};

/// The time of one request to the store in milliseconds.
const STORE: u64 = 2;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Step,
    Request,
    Response,
    /// The store answers with its bytes.
    Read(u32),
    /// The store compares its bytes with those that were read, and takes the new ones if they are equal.
    Swap(u32, Option<Vec<u8>>, Vec<u8>),
}

struct Scenario {
    processes: usize,
    calls: Vec<(u64, CallOptions)>,
    limit: u64,
    /// The process that dies, and the time.
    dies: Option<(usize, u64)>,
    /// The store fails between these times.
    down: Option<(u64, u64)>,
}

struct Outcome {
    ended: Vec<Option<u64>>,
    refused: Vec<u64>,
    store_uses: usize,
}

fn run(scenario: &Scenario) -> Outcome {
    let limiters: Vec<_> = (0..scenario.processes).map(|_| SharedRateLimiter::with_store_of_host()).collect();
    let services: Vec<_> =
        limiters.iter().map(|limiter| zagely().rate_limiter(Some(limiter.clone()))).collect();
    let mut exchanges: Vec<Option<Exchange<SendMessage>>> = Vec::new();
    let mut responses = vec![None; scenario.calls.len()];
    let mut events = BinaryHeap::new();
    for (number, (start, options)) in scenario.calls.iter().enumerate() {
        let service = &services[number % scenario.processes];
        exchanges.push(Some(service.exchange_with(message(), options.clone(), ENTROPY).unwrap()));
        events.push(Reverse((*start, number, Event::Step)));
    }
    let mut vendor = Vendor::new(scenario.limit);
    let mut store: Option<Vec<u8>> = None;
    let mut outcome = Outcome { ended: vec![None; scenario.calls.len()], refused: Vec::new(), store_uses: 0 };
    let mut random = 7_u64;
    while let Some(Reverse((now, number, event))) = events.pop() {
        let process = number % scenario.processes;
        if event == Event::Request {
            responses[number] = Some(vendor.answer(now));
            events.push(Reverse((now + TRAVEL, number, Event::Response)));
            continue;
        }
        if scenario.dies.is_some_and(|(dies, at)| dies == process && now >= at) {
            continue;
        }
        let Some(exchange) = &mut exchanges[number] else { continue };
        let (limiter, clock) = (&limiters[process], later(now));
        let is_down = scenario.down.is_some_and(|(from, to)| (from..to).contains(&now));
        match event {
            Event::Response => exchange.receive(responses[number].take().unwrap(), clock).unwrap(),
            Event::Read(use_number) | Event::Swap(use_number, ..) if is_down => {
                assert!(limiter.store_failed(use_number, clock) < Duration::from_secs(10));
            }
            Event::Read(use_number) => {
                let new = limiter.update(use_number, store.as_deref(), clock).unwrap();
                events.push(Reverse((now + STORE, number, Event::Swap(use_number, store.clone(), new))));
                continue;
            }
            Event::Swap(use_number, old, new) => {
                outcome.store_uses += 1;
                if store != old {
                    events.push(Reverse((now + STORE, number, Event::Read(use_number))));
                    continue;
                }
                store = Some(new);
                assert!(limiter.stored(use_number, clock));
            }
            Event::Step | Event::Request => {}
        }
        match exchange.step(clock) {
            Step::Send(_) => events.push(Reverse((now + TRAVEL, number, Event::Request))),
            Step::Wait(wait) => {
                if let Some(use_number) = limiter.begin_store_use(clock) {
                    events.push(Reverse((now + STORE, number, Event::Read(use_number))));
                    continue;
                }
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let wait = u64::try_from(wait.as_millis()).unwrap() + (random >> 33) % LATE;
                events.push(Reverse((now + wait, number, Event::Step)));
            }
            Step::Done(result) => {
                outcome.ended[number] = result.is_ok().then_some(now);
                exchanges[number] = None;
            }
        }
    }
    outcome.refused = vendor.refused;
    outcome
}

impl Outcome {
    /// Returns the share of the limit that was used in whole minutes after the first.
    fn used(&self, limit: u64) -> f64 {
        let ended: Vec<u64> = self.ended.iter().flatten().copied().collect();
        let last = ended.iter().max().unwrap() / 60_000;
        let count = ended.iter().filter(|time| (1..last).contains(&(**time / 60_000))).count();
        count as f64 / ((last - 1) * limit) as f64
    }
}

fn bulk(calls: usize) -> Vec<(u64, CallOptions)> {
    vec![(0, CallOptions::new()); calls]
}

#[test]
fn processes_use_the_limit_together() {
    for (processes, limit, calls) in [(1, 1_200, 4_200), (8, 1_200, 4_200), (3, 600, 2_100)] {
        let scenario = Scenario { processes, calls: bulk(calls), limit, dies: None, down: None };
        let outcome = run(&scenario);
        assert!(outcome.ended.iter().all(Option::is_some));
        let refused = outcome.refused.iter().filter(|time| **time > 60_000).count();
        let (used, store_uses) = (outcome.used(limit), outcome.store_uses as f64 / calls as f64);
        println!(
            "{processes} processes: {refused} refused, {:.2} % used, {store_uses:.3} uses of the store for each call",
            used * 100.0
        );
        assert!(refused * 1_000 <= calls, "{refused} refused");
        assert!(used >= 0.97, "{processes} processes use {used}");
    }
}

#[test]
fn a_process_that_dies_leaves_the_limit_to_the_others() {
    let scenario =
        Scenario { processes: 4, calls: bulk(4_200), limit: 1_200, dies: Some((1, 70_000)), down: None };
    let outcome = run(&scenario);
    let lost =
        outcome.ended.iter().enumerate().filter(|(_, end)| end.is_none()).map(|(number, _)| number % 4);
    assert_eq!(lost.collect::<std::collections::BTreeSet<_>>(), [1].into());
    let used = outcome.used(1_200);
    assert!(used >= 0.96, "{used}");
    assert!(outcome.refused.is_empty(), "{}", outcome.refused.len());
}

#[test]
fn urgent_calls_of_all_processes_pass_bulk() {
    let mut calls = bulk(3_600);
    let urgent = CallOptions::new().lane(Lane::Urgent);
    calls.extend((0..50).map(|number| (70_000 + 1_900 * number, urgent.clone())));
    let scenario = Scenario { processes: 8, calls, limit: 1_200, dies: None, down: None };
    let outcome = run(&scenario);
    let mut waits: Vec<u64> =
        (3_600..3_650).map(|number| outcome.ended[number].unwrap() - scenario.calls[number].0).collect();
    waits.sort_unstable();
    println!("urgent: p50 {} ms, longest {} ms", waits[25], waits[49]);
    assert!(waits[49] < 2_000, "{}", waits[49]);
}

#[test]
fn a_store_that_fails_for_a_while_delays_calls() {
    let scenario =
        Scenario { processes: 2, calls: bulk(1_000), limit: 600, dies: None, down: Some((30_000, 40_000)) };
    let outcome = run(&scenario);
    assert!(outcome.ended.iter().all(Option::is_some));
    // The permits that were leased before are used, and nothing else.
    let during = outcome.ended.iter().flatten().filter(|end| (32_000..40_000).contains(*end)).count();
    assert!(during <= 20, "{during}");
    assert!(*outcome.ended.iter().flatten().max().unwrap() < 130_000);
}

#[test]
fn without_a_store_no_use_of_it_begins() {
    let limiter = SharedRateLimiter::new();
    let mut exchange = zagely().rate_limiter(Some(limiter.clone())).exchange(message(), ENTROPY).unwrap();
    assert!(matches!(exchange.step(later(0)), Step::Send(_)));
    assert_eq!(limiter.begin_store_use(later(0)), None);
    assert!(SharedRateLimiter::with_store_of_host().update(1, Some(b"no state"), later(0)).is_err());
}

#[test]
fn a_store_that_fails_is_left_alone_for_a_second_even_if_there_is_news() {
    let limiter = SharedRateLimiter::with_store_of_host();
    let mut exchange =
        zagely().rate_limiter(Some(limiter.clone())).exchange(message(), crate::ENTROPY).unwrap();
    assert!(matches!(exchange.step(later(0)), Step::Wait(_)));
    let use_number = limiter.begin_store_use(later(0)).unwrap();
    limiter.update(use_number, None, later(0)).unwrap();
    assert!(limiter.stored(use_number, later(0)));
    assert!(matches!(exchange.step(later(0)), Step::Send(_)));
    exchange.receive(crate::respond(429, &[("Retry-After", "1")], "{}"), later(1)).unwrap();
    let use_number = limiter.begin_store_use(later(2)).expect("an error 429 is news");
    limiter.store_failed(use_number, later(3));
    assert_eq!(limiter.begin_store_use(later(500)), None);
    assert!(limiter.begin_store_use(later(1_003)).is_some());
}

#[test]
fn a_deadline_during_a_failure_of_the_store_names_the_store() {
    let limiter = SharedRateLimiter::with_store_of_host();
    let options = CallOptions::new().deadline(Duration::from_millis(500));
    let service = zagely().rate_limiter(Some(limiter.clone()));
    let mut exchange = service.exchange_with(message(), options, crate::ENTROPY).unwrap();
    assert!(matches!(exchange.step(later(0)), Step::Wait(_)));
    let use_number = limiter.begin_store_use(later(0)).unwrap();
    limiter.store_failed(use_number, later(20));
    let mut now = 30;
    let error = loop {
        match exchange.step(later(now)) {
            Step::Wait(wait) => now += u64::try_from(wait.as_millis()).unwrap(),
            Step::Done(outcome) => break outcome.unwrap_err(),
            Step::Send(_) => panic!("a request without a permit"),
        }
    };
    assert_eq!((error.kind(), error.is_past_deadline(), error.attempts()), (ErrorKind::Store, true, 0));
    assert!(error.safe_to_retry() && !error.may_have_happened());
    let text = error.to_string();
    assert!(
        text.contains("store: The store of the client's rate limiter has failed for 410 ms: correct it"),
        "{text}"
    );
}
