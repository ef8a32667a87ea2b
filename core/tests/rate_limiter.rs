//! Measures a decision of the rate limiter. It is a test of cost like those in `cost.rs`: the bound is generous, because
//! tests run without optimisation and on busy machines.

use std::hint::black_box;
use std::time::{Duration, Instant};

use hudhud::{Answer, Lane, Permit, RateLimiter, UnixTime};

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
    let mut answer = Answer::default();
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
