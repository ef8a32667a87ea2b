//! Exchanges that share a rate limiter, on a virtual clock, against a vendor that counts requests per minute.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hudhud::zagely::SendMessage;
use hudhud::{
    CallOptions, Client, ErrorKind, Exchange, Lane, Request, Response, SharedRateLimiter, Step, Transport,
    TransportFault, UnixTime, Zagely,
};

use crate::{ENTROPY, START, ends, later, message, queued, respond, sent, waits, zagely};

/// The travel time of a request or a response in milliseconds.
pub(crate) const TRAVEL: u64 = 40;
/// The largest delay of a host's timer in milliseconds.
pub(crate) const LATE: u64 = 12;

fn limited(limit: u64) -> Response {
    respond(201, &[("X-RateLimit-Limit", &limit.to_string())], r#"{"status":"queued","message_id":"m-1"}"#)
}

/// A vendor that allows so many requests in any window of 60 seconds.
pub(crate) struct Vendor {
    limit: u64,
    accepted: VecDeque<u64>,
    pub(crate) refused: Vec<u64>,
}

impl Vendor {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, accepted: VecDeque::new(), refused: Vec::new() }
    }

    pub(crate) fn answer(&mut self, now: u64) -> Response {
        while self.accepted.front().is_some_and(|time| time + 60_000 <= now) {
            self.accepted.pop_front();
        }
        if self.accepted.len() as u64 >= self.limit {
            self.refused.push(now);
            let limit = self.limit.to_string();
            let wait = (self.accepted[0] + 60_000 - now).div_ceil(1_000).to_string();
            let body = r#"{"error":{"code":"rate_limit_exceeded","message":"Too many requests."}}"#;
            return respond(429, &[("X-RateLimit-Limit", &limit), ("Retry-After", &wait)], body);
        }
        self.accepted.push_back(now);
        limited(self.limit)
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Step,
    Request,
    Response,
}

struct Outcome {
    /// The time at which each call ended with a success.
    ended: Vec<Option<u64>>,
    vendor: Vendor,
    steps: u64,
}

impl Outcome {
    fn times(&self) -> Vec<u64> {
        self.ended.iter().flatten().copied().collect()
    }
}

/// Starts the calls at the given times and runs them to their end. `limit` is the vendor's limit at a time.
fn run(zagely: &Zagely, calls: &[(u64, CallOptions)], limit: impl Fn(u64) -> u64) -> Outcome {
    let mut exchanges: Vec<Option<Exchange<SendMessage>>> = Vec::new();
    let mut responses = vec![None; calls.len()];
    let mut events = BinaryHeap::new();
    for (number, (start, options)) in calls.iter().enumerate() {
        exchanges.push(Some(zagely.exchange_with(message(), options.clone(), ENTROPY).unwrap()));
        events.push(Reverse((*start, number, Event::Step)));
    }
    let vendor = Vendor::new(limit(0));
    let mut outcome = Outcome { ended: vec![None; calls.len()], vendor, steps: 0 };
    let mut random = 7_u64;
    while let Some(Reverse((now, number, event))) = events.pop() {
        let Some(exchange) = &mut exchanges[number] else { continue };
        if event == Event::Request {
            outcome.vendor.limit = limit(now);
            responses[number] = Some(outcome.vendor.answer(now));
            events.push(Reverse((now + TRAVEL, number, Event::Response)));
            continue;
        }
        if event == Event::Response {
            exchange.receive(responses[number].take().unwrap(), later(now)).unwrap();
        }
        outcome.steps += 1;
        match exchange.step(later(now)) {
            Step::Send(_) => events.push(Reverse((now + TRAVEL, number, Event::Request))),
            Step::Wait(wait) => {
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
    outcome
}

fn shared() -> (Zagely, SharedRateLimiter) {
    let limiter = SharedRateLimiter::new();
    (zagely().rate_limiter(Some(limiter.clone())), limiter)
}

/// Returns a service whose limiter knows the limit and has just let a burst leave.
fn saturated(limit: u64) -> (Zagely, SharedRateLimiter) {
    let (zagely, limiter) = shared();
    let mut first = zagely.exchange(message(), ENTROPY).unwrap();
    sent(&mut first, START);
    first.receive(limited(limit), START).unwrap();
    for _ in 0..limit {
        let mut exchange = zagely.exchange(message(), ENTROPY).unwrap();
        if !matches!(exchange.step(START), Step::Send(_)) {
            break;
        }
    }
    assert_eq!(limiter.waiting(), 0);
    (zagely, limiter)
}

#[test]
fn ten_thousand_calls_at_once_all_arrive_at_the_limit() {
    for (limit, calls) in [(3_000, 10_000), (120, 500)] {
        let (zagely, limiter) = shared();
        let outcome = run(&zagely, &vec![(0, CallOptions::new()); calls], |_| limit);
        let ended = outcome.times();
        assert_eq!(ended.len(), calls, "limit {limit}");
        let refused = outcome.vendor.refused.iter().filter(|time| **time > 60_000).count();
        assert!(refused * 1_000 <= calls, "limit {limit}: {refused} refused");
        // From the end of the first minute to the last whole minute.
        let last = ended.iter().max().unwrap() / 60_000;
        let used = ended.iter().filter(|time| (1..last).contains(&(**time / 60_000))).count() as f64;
        let share = used / ((last - 1) * limit) as f64;
        println!(
            "limit {limit}: {refused} refused, {:.2} % used, {} s, {:.1} questions for each call",
            share * 100.0,
            ended.iter().max().unwrap() / 1_000,
            outcome.steps as f64 / calls as f64
        );
        assert!(share >= 0.97, "limit {limit}: {share}");
        assert!(outcome.steps < 25 * calls as u64, "limit {limit}: {} steps", outcome.steps);
        assert_eq!(limiter.waiting(), 0);
    }
}

#[test]
fn calls_follow_a_limit_that_falls_and_rises() {
    let (zagely, _) = shared();
    let limit = |now: u64| if (60_000..180_000).contains(&now) { 600 } else { 3_000 };
    let outcome = run(&zagely, &vec![(0, CallOptions::new()); 6_000], limit);
    let ended = outcome.times();
    assert_eq!(ended.len(), 6_000);
    // Requests in flight, and those of the minute before, are above the smaller limit.
    let refused = outcome.vendor.refused.iter().filter(|time| **time > 70_000).count();
    assert!(refused <= 6, "{refused} refused");
    // 3,000 a minute before, 600 a minute for two minutes, then 3,000 again.
    assert!(*ended.iter().max().unwrap() < 270_000, "{:?}", ended.iter().max());
}

#[test]
fn a_vendor_without_a_limit_is_not_slowed_down() {
    let (zagely, _) = shared();
    let mut exchanges: Vec<_> = (0..500).map(|_| zagely.exchange(message(), ENTROPY).unwrap()).collect();
    let sent_now = |exchanges: &mut Vec<Exchange<SendMessage>>, now| {
        exchanges
            .iter_mut()
            .filter_map(|exchange| matches!(exchange.step(now), Step::Send(_)).then_some(()))
            .count()
    };
    assert_eq!(sent_now(&mut exchanges, START), 4);
    exchanges[0].receive(queued(), later(50)).unwrap();
    // All others ask again within a quarter of a second.
    assert_eq!(sent_now(&mut exchanges.split_off(4), later(300)), 496);
}

#[test]
fn an_urgent_call_passes_those_of_bulk() {
    let (zagely, _) = shared();
    let mut calls = vec![(0, CallOptions::new()); 9_000];
    let urgent = CallOptions::new().lane(Lane::Urgent);
    calls.extend((0..100).map(|number| (70_000 + 900 * number, urgent.clone())));
    let outcome = run(&zagely, &calls, |_| 3_000);
    assert_eq!(outcome.times().len(), calls.len());
    let waits = (9_000..calls.len()).map(|number| outcome.ended[number].unwrap() - calls[number].0);
    let longest = waits.max().unwrap();
    println!("the longest urgent call took {longest} ms");
    assert!(longest < 2_000, "{longest}");
}

#[test]
fn a_call_that_is_sent_again_is_before_new_ones() {
    let (zagely, limiter) = saturated(60);
    let mut again = zagely.exchange(message(), ENTROPY).unwrap();
    let mut now = 0;
    while let Step::Wait(wait) = again.step(later(now)) {
        now += u64::try_from(wait.as_millis()).unwrap();
    }
    let mut others: Vec<_> = (0..50).map(|_| zagely.exchange(message(), ENTROPY).unwrap()).collect();
    for other in &mut others {
        waits(other, later(now));
    }
    assert_eq!(limiter.waiting(), 50);
    again.receive(respond(503, &[("Retry-After", "1")], ""), later(now)).unwrap();
    let mut waited = 0;
    while let Step::Wait(wait) = again.step(later(now + waited)) {
        waited += u64::try_from(wait.as_millis()).unwrap();
    }
    assert!(waited < 3_000, "{waited}");
}

#[test]
fn calls_that_are_dropped_or_never_ask_again_hold_no_place() {
    let (zagely, limiter) = saturated(600);
    let mut dropped: Vec<_> = (0..900).map(|_| zagely.exchange(message(), ENTROPY).unwrap()).collect();
    for exchange in &mut dropped {
        waits(exchange, START);
    }
    let mut forgotten: Vec<_> = (0..300).map(|_| zagely.exchange(message(), ENTROPY).unwrap()).collect();
    for exchange in &mut forgotten {
        waits(exchange, START);
    }
    let mut last = zagely.exchange(message(), ENTROPY).unwrap();
    let before = waits(&mut last, START);
    assert_eq!(limiter.waiting(), 1_201);
    drop(dropped);
    assert_eq!(limiter.waiting(), 301);
    let mut now = u64::try_from(before.as_millis()).unwrap();
    while let Step::Wait(wait) = last.step(later(now)) {
        now += u64::try_from(wait.as_millis()).unwrap();
    }
    // 1,200 calls would take two minutes, the 300 that were forgotten 30 seconds.
    assert!(now < 30_000, "{now}");
    drop(last);
    let mut next = zagely.exchange(message(), ENTROPY).unwrap();
    sent(&mut next, later(now + 60_000));
    assert_eq!(limiter.waiting(), 0);
}

#[test]
fn a_turn_after_the_deadline_ends_the_call_at_once() {
    let (zagely, limiter) = saturated(60);
    let mut others: Vec<_> = (0..40).map(|_| zagely.exchange(message(), ENTROPY).unwrap()).collect();
    for other in &mut others {
        waits(other, START);
    }
    let options = CallOptions::new().deadline(Duration::from_secs(10));
    let mut exchange = zagely.exchange_with(message(), options, ENTROPY).unwrap();
    let error = ends(&mut exchange, START).unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.status()), (ErrorKind::WaitTooLong, 0, None));
    assert!(error.is_past_deadline() && error.safe_to_retry() && !error.may_have_happened());
    let wait = error.retry_after().unwrap().as_secs();
    assert!((38..=44).contains(&wait), "{wait}");
    let text = error.to_string();
    assert!(text.contains("wait_too_long: The client's rate limiter did not send the call"), "{text}");
    assert!(
        text.contains(&format!("The next attempt would be in {} s, after the deadline", wait + 1)),
        "{text}"
    );
    assert_eq!(limiter.waiting(), 40);
    let error = serde_json::to_value(&error).unwrap();
    assert_eq!(error["retry_after_ms"].as_u64().unwrap() / 1_000, wait);
}

#[test]
fn calls_wait_for_the_first_response_before_their_turn_is_too_late() {
    let (zagely, _) = shared();
    let options = CallOptions::new().deadline(Duration::from_secs(3));
    let calls = (0..9).map(|_| zagely.exchange_with(message(), options.clone(), ENTROPY).unwrap());
    let mut calls: Vec<_> = calls.collect();
    let (mut sent, mut waiting) = (Vec::new(), Vec::new());
    for (number, call) in calls.iter_mut().enumerate() {
        match call.step(START) {
            Step::Send(_) => sent.push(number),
            Step::Wait(wait) => waiting.push((number, wait)),
            Step::Done(outcome) => panic!("the limit is unknown, so no turn is known: {:?}", outcome.err()),
        }
    }
    for number in sent {
        calls[number].receive(limited(5), later(TRAVEL)).unwrap();
    }
    // Now the limit is known: five in a minute. The waits follow from it, in the order of the calls.
    let mut waits = Vec::new();
    for (number, pause) in waiting {
        match calls[number].step(later(u64::try_from(pause.as_millis()).unwrap())) {
            Step::Send(_) => {}
            Step::Wait(wait) => panic!("{number}: {wait:?}"),
            Step::Done(outcome) => {
                let error = outcome.err().unwrap();
                assert_eq!(error.kind(), ErrorKind::WaitTooLong);
                waits.push(error.retry_after().unwrap().as_secs());
            }
        }
    }
    assert!(waits.len() >= 4 && waits.iter().all(|wait| *wait >= 10), "{waits:?}");
}

#[test]
fn the_wait_for_the_first_permit_counts_toward_the_deadline() {
    let (zagely, _) = saturated(60);
    let options = CallOptions::new().deadline(Duration::from_secs(20));
    let mut exchange = zagely.exchange_with(message(), options, ENTROPY).unwrap();
    let mut now = 0;
    let request = loop {
        match exchange.step(later(now)) {
            Step::Send(request) => break request,
            Step::Wait(wait) => now += u64::try_from(wait.as_millis()).unwrap(),
            Step::Done(outcome) => panic!("{:?}", outcome.err()),
        }
    };
    assert!(now > 0);
    assert_eq!(request.timeout, Some(Duration::from_millis(20_000 - now)));
}

#[test]
fn a_call_that_wakes_after_its_deadline_is_not_sent() {
    let (zagely, limiter) = saturated(60);
    let options = CallOptions::new().deadline(Duration::from_secs(20));
    let mut exchange = zagely.exchange_with(message(), options, ENTROPY).unwrap();
    waits(&mut exchange, START);
    // The machine slept.
    let error = ends(&mut exchange, later(600_000)).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::WaitTooLong, 0));
    assert!(error.is_past_deadline() && error.safe_to_retry() && !error.may_have_happened());
    let text = error.to_string();
    assert!(
        text.ends_with("The deadline of the call has passed. Call again with a later deadline."),
        "{text}"
    );
    assert_eq!(limiter.waiting(), 0);
}

#[test]
fn a_used_up_quota_ends_calls_at_once_unless_the_deadline_allows_the_wait() {
    let (zagely, _) = shared();
    let mut first = zagely.exchange(message(), ENTROPY).unwrap();
    sent(&mut first, START);
    let quota =
        [("X-RateLimit-Daily-Limit", "10000"), ("X-RateLimit-Daily-Remaining", "0"), ("Retry-After", "7200")];
    let body = r#"{"error":{"code":"daily_quota_exceeded","message":"Daily request quota exceeded."}}"#;
    first.receive(respond(429, &quota, body), START).unwrap();
    assert_eq!(ends(&mut first, START).unwrap_err().kind(), ErrorKind::QuotaExceeded);
    let error = ends(&mut zagely.exchange(message(), ENTROPY).unwrap(), later(1_000)).unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.status()), (ErrorKind::WaitTooLong, 0, None));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7_199)));
    let text = error.to_string();
    assert!(text.ends_with("The quota resets in 120 min: call again then, or raise the quota."), "{text}");
    let options = CallOptions::new().deadline(Duration::from_secs(10_000));
    let mut patient = zagely.exchange_with(message(), options, ENTROPY).unwrap();
    let mut now = 1_000;
    while let Step::Wait(wait) = patient.step(later(now)) {
        now += u64::try_from(wait.as_millis()).unwrap();
    }
    assert_eq!(now, 7_200_000);
}

/// A transport that counts the waits.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicU64>);

impl Transport for Counting {
    fn send(&self, _: Request) -> Result<Response, TransportFault> {
        Ok(limited(60))
    }
    fn wait(&self, wait: Duration) {
        self.0.fetch_add(u64::try_from(wait.as_millis()).unwrap(), Ordering::Relaxed);
    }
    fn now(&self) -> UnixTime {
        later(self.0.load(Ordering::Relaxed))
    }
    fn entropy(&self) -> [u8; 16] {
        ENTROPY
    }
}

#[test]
fn a_client_has_a_limiter_that_its_clones_share_and_that_can_be_turned_off() {
    for (is_on, waited) in [(true, 20..60), (false, 0..1)] {
        let transport = Counting::default();
        let mut client = Client::new(zagely(), transport.clone());
        if !is_on {
            client = client.with_rate_limiter(None);
        }
        for _ in 0..40 {
            client.clone().call(message()).unwrap();
        }
        let seconds = transport.0.load(Ordering::Relaxed) / 1_000;
        assert!(waited.contains(&seconds), "{seconds}");
    }
}
