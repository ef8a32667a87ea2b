//! Measures a decision of the rate limiter. It is a test of cost like those in `cost.rs`: the bound is generous, because
//! tests run without optimisation and on busy machines.

#![cfg(feature = "std")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use hudhud::zagely::SendMessage;
use hudhud::{
    KeyPair, Lane, Permit, RateLimitFeedback, RateLimiter, Response, SharedRateLimiter, Step, UnixTime,
    Zagely,
};

const DECISIONS: u32 = 100_000;

/// Returns the time of one decision in the fastest of several rounds.
fn fastest(mut decide: impl FnMut(u32)) -> Duration {
    let round = |decide: &mut dyn FnMut(u32)| {
        let start = Instant::now();
        (0..DECISIONS).for_each(decide);
        start.elapsed() / DECISIONS
    };
    (0..5).map(|_| round(&mut decide)).min().unwrap_or_default()
}

#[test]
fn a_decision_takes_microseconds_at_most() {
    let start = UnixTime::from_secs(1_776_767_400);
    let at = |number: u32| start.after(Duration::from_millis(u64::from(number) * 7));
    let mut answer = RateLimitFeedback::default();
    answer.success = true;
    answer.rate_limit.limit = Some(3_000);
    answer.rate_limit.daily_limit = Some(10_000_000);
    answer.rate_limit.daily_remaining = Some(9_000_000);
    let mut limiter = RateLimiter::new();
    limiter.observe(&answer, start);
    let mut limiter = black_box(limiter);
    let mut sent = 0_u32;
    let acquire = fastest(|number| {
        let lane = if number % 16 == 0 { Lane::Urgent } else { Lane::Bulk };
        sent += u32::from(limiter.acquire(lane, at(number)) == Permit::Now);
    });
    let observe = fastest(|number| limiter.observe(black_box(&answer), at(number)));
    let stored =
        fastest(|_| limiter = RateLimiter::decode(&black_box(&limiter).encode()).unwrap_or_default());
    println!("acquire {acquire:?}, observe {observe:?}, encode and decode {stored:?}; {sent} sent");
    assert!(sent > DECISIONS / 4, "{sent}");
    for time in [acquire, observe, stored] {
        assert!(time < Duration::from_micros(20), "{time:?}");
    }
}

/// Prints the time that a rate limiter adds to a call. `cargo test --release` gives the figure of programs.
#[test]
fn a_call_takes_microseconds_more_at_most() {
    const CALLS: u32 = 2_000;
    let start = UnixTime::from_secs(1_776_767_400);
    let headers = [("Content-Type", "application/json"), ("X-RateLimit-Limit", "100000000")];
    let response = Response::new(201, headers, r#"{"message_id":"m-1"}"#);
    let service = || Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap());
    let call = |zagely: &Zagely, number: u32| {
        let now = start.after(Duration::from_millis(number.into()));
        let mut exchange = zagely.exchange(SendMessage::text("+15551234567", "hi"), [7; 16]).unwrap();
        assert!(matches!(exchange.step(now), Step::Send(_)));
        exchange.receive(response.clone(), now).unwrap();
        assert!(matches!(exchange.step(now), Step::Done(Ok(_))));
    };
    let fastest = |zagely: &Zagely| {
        let round = || {
            let begun = Instant::now();
            (0..CALLS).for_each(|number| call(zagely, number));
            begun.elapsed() / CALLS
        };
        (0..5).map(|_| round()).min().unwrap_or_default()
    };
    let without = fastest(&service());
    let with = fastest(&service().rate_limiter(Some(SharedRateLimiter::new())));
    println!("a call takes {without:?}, and with a rate limiter {with:?}");
    assert!(with < without + Duration::from_micros(50), "{with:?}");
}
