//! Tests of the uses of a store that are slow, are lost, or see the clock go back.

use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use crate::error::kind::ErrorKind;
use crate::limiter::feedback::RateLimitFeedback;
use crate::limiter::leased::{Leased, USE_TIMEOUT, Waiting};
use crate::limiter::permit::{Lane, Permit};
use crate::limiter::rate_limiter::RateLimiter;
use crate::limiter::store::{MOST_SWAPS, REFUSES, TOO_SLOW};
use crate::types::time::UnixTime;

const START: UnixTime = UnixTime::from_secs(1_776_767_400);
/// Twenty permits per second.
const LIMIT: u64 = 1_200;
const FULL: Waiting = Waiting { urgent: 0, bulk: 50 };

fn after(millis: u64) -> UnixTime {
    START.after(Duration::from_millis(millis))
}

fn success(daily_remaining: Option<u64>) -> RateLimitFeedback {
    let mut answer = RateLimitFeedback { success: true, ..RateLimitFeedback::default() };
    answer.rate_limit.limit = Some(LIMIT);
    answer.rate_limit.daily_remaining = daily_remaining;
    answer
}

/// Returns the bytes of a limiter that knows the limit.
fn known(daily_remaining: Option<u64>) -> Vec<u8> {
    let mut limiter = RateLimiter::new();
    limiter.observe(&success(daily_remaining), UnixTime::from_secs(START.as_secs() - 600));
    limiter.encode()
}

/// Returns a process in which bulk requests wait.
fn waiting() -> Leased {
    let mut process = Leased::default();
    assert_ne!(process.acquire(Lane::Bulk, START), Permit::Now);
    process
}

/// Counts the requests that leave in a time, in milliseconds after the start.
fn leave(process: &mut Leased, times: core::ops::Range<u64>) -> usize {
    times.filter(|time| process.acquire(Lane::Bulk, after(*time)) == Permit::Now).count()
}

/// Uses the store at once.
fn use_store(process: &mut Leased, store: &mut Vec<u8>, now: UnixTime) {
    let use_number = process.begin_store_use(now).unwrap();
    *store = process.update(use_number, Some(store), FULL, now).unwrap();
    assert!(process.stored(use_number, now));
}

#[test]
fn the_end_of_a_slow_use_confirms_no_lease_of_another_use() {
    let (mut one, mut other, mut store) = (waiting(), waiting(), known(None));
    let first = one.begin_store_use(START).unwrap();
    let slow = one.update(first, Some(&store), FULL, START).unwrap();
    // Another call takes the first one for lost, and asks for permits too.
    let second = one.begin_store_use(after(5_000)).unwrap();
    one.update(second, Some(&store), FULL, after(5_000)).unwrap();
    // The first one was only slow. Then the store refuses the bytes of the second one.
    store = slow;
    assert!(!one.stored(first, after(5_001)));
    use_store(&mut other, &mut store, after(5_001));
    let left = leave(&mut one, 5_001..6_000) + leave(&mut other, 5_001..6_000);
    assert!(left <= 20, "{left} requests left in a second");
}

#[test]
fn the_failure_of_a_slow_use_does_not_end_another_use() {
    let (mut process, store) = (waiting(), known(None));
    let first = process.begin_store_use(START).unwrap();
    process.update(first, Some(&store), FULL, START).unwrap();
    let second = process.begin_store_use(after(5_000)).unwrap();
    process.store_failed(first, after(5_500));
    process.abandon_store_use(first);
    assert_eq!(process.begin_store_use(after(9_000)), None, "the second use has not ended");
    process.update(second, Some(&store), FULL, after(9_000)).unwrap();
    assert!(process.stored(second, after(9_000)));
    assert!(leave(&mut process, 9_000..10_000) > 10);
}

/// Returns a process that has a lease of the ten requests that are left today, and must give it back, with the stored bytes.
fn giving_back() -> (Leased, Vec<u8>) {
    let (mut process, mut store) = (waiting(), known(Some(10)));
    use_store(&mut process, &mut store, START);
    process.observe(&RateLimitFeedback {
        error: Some(ErrorKind::RateLimited),
        retry_after: Some(Duration::from_secs(2)),
        ..RateLimitFeedback::default()
    });
    (process, store)
}

/// Asserts that the store grants no more than the ten requests that were left today.
fn assert_ten_are_left(store: &[u8]) {
    let mut state = RateLimiter::decode(store).unwrap();
    let lease = state.lease(50, Lane::Bulk, after(10_000)).unwrap();
    assert!(lease.left(after(10_000)) <= 10, "{lease:?}");
}

#[test]
fn a_lease_is_given_back_once_if_the_answer_of_the_store_is_lost() {
    let (mut process, mut store) = giving_back();
    for now in [after(10), after(1_100)] {
        let use_number = process.begin_store_use(now).unwrap();
        store = process.update(use_number, Some(&store), FULL, now).unwrap();
        process.store_failed(use_number, now);
    }
    assert_ten_are_left(&store);
}

#[test]
fn a_lease_is_given_back_once_if_a_library_repeats_the_swap_and_reports_the_second_one() {
    let (mut process, mut store) = giving_back();
    let use_number = process.begin_store_use(after(10)).unwrap();
    for _ in 0..2 {
        store = process.update(use_number, Some(&store), FULL, after(10)).unwrap();
    }
    assert!(process.stored(use_number, after(10)));
    assert_ten_are_left(&store);
}

#[test]
fn a_use_that_was_replaced_takes_no_permits() {
    let (mut process, store) = (waiting(), known(None));
    let first = process.begin_store_use(START).unwrap();
    process.begin_store_use(after(5_000)).unwrap();
    assert_eq!(process.update(first, Some(&store), FULL, after(6_000)).unwrap(), store);
}

#[test]
fn a_store_that_is_always_slow_counts_as_failing() {
    let (mut process, store) = (waiting(), known(None));
    let mut failing = Duration::ZERO;
    let mut before = process.begin_store_use(START).unwrap();
    for number in 1..=7 {
        let now = after(6_000 * number);
        process.update(before, Some(&store), FULL, after(6_000 * number - 5_500)).unwrap();
        let next = process.begin_store_use(now).unwrap();
        assert!(!process.stored(before, now));
        failing = process.store_failed(before, now);
        before = next;
    }
    assert_eq!(failing, Duration::from_secs(36));
}

#[test]
fn a_response_that_arrives_during_a_use_is_stored_with_the_next_one() {
    let (mut process, mut store) = (waiting(), known(Some(1_000)));
    use_store(&mut process, &mut store, START);
    while process.acquire(Lane::Bulk, after(2_000)) == Permit::Now {}
    let use_number = process.begin_store_use(after(2_000)).unwrap();
    store = process.update(use_number, Some(&store), FULL, after(2_000)).unwrap();
    process.observe(&success(Some(5)));
    assert!(process.stored(use_number, after(2_100)));
    while process.acquire(Lane::Bulk, after(200_000)) == Permit::Now {}
    use_store(&mut process, &mut store, after(200_000));
    let mut state = RateLimiter::decode(&store).unwrap();
    assert!(matches!(state.lease(50, Lane::Bulk, after(200_000)), Err(Permit::NotBefore(_))));
}

#[test]
fn a_use_without_an_end_is_replaced_after_five_seconds_if_the_clock_went_back() {
    let mut process = waiting();
    assert!(process.begin_store_use(after(3_600_000)).is_some());
    assert_eq!(process.begin_store_use(START), None);
    assert!(process.begin_store_use(after(5_000)).is_some());
}

#[test]
fn a_failure_blocks_the_store_for_a_second_if_the_clock_goes_back() {
    let mut process = waiting();
    let use_number = process.begin_store_use(after(3_600_000)).unwrap();
    process.store_failed(use_number, after(3_600_000));
    assert_eq!(process.begin_store_use(START), None);
    let use_number = process.begin_store_use(after(1_000)).unwrap();
    assert_eq!(process.store_failed(use_number, after(2_000)), Duration::from_secs(2));
}

#[test]
fn a_failure_long_after_another_one_does_not_use_up_the_patience() {
    let mut process = waiting();
    let use_number = process.begin_store_use(START).unwrap();
    process.store_failed(use_number, START);
    // No call needed the store for ten minutes.
    let use_number = process.begin_store_use(after(600_000)).unwrap();
    assert_eq!(process.store_failed(use_number, after(600_000)), Duration::ZERO);
    let use_number = process.begin_store_use(after(601_000)).unwrap();
    assert_eq!(process.store_failed(use_number, after(601_500)), Duration::from_millis(1_500));
}

#[test]
fn the_errors_of_uses_state_their_limits() {
    assert!(REFUSES.starts_with(&format!("the store refused {MOST_SWAPS} states in a row: ")));
    assert!(TOO_SLOW.starts_with(&format!("the store took longer than {} s: ", USE_TIMEOUT / 1_000)));
}
