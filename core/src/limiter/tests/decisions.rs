//! Tests of single decisions.

use alloc::vec::Vec;
use core::time::Duration;
use std::string::ToString;

use crate::error::kind::ErrorKind;
use crate::exchange::attempt::Attempt;
use crate::http::metadata::Meta;
use crate::http::response::Response;
use crate::limiter::bytes::RateLimiterStateError;
use crate::limiter::feedback::RateLimitFeedback;
use crate::limiter::permit::{Lane, Permit};
use crate::limiter::rate_limiter::RateLimiter;
use crate::limiter::tuning::with_bug;
use crate::types::time::UnixTime;

const START: UnixTime = UnixTime::from_secs(1_776_767_400);

fn after(millis: u64) -> UnixTime {
    START.after(Duration::from_millis(millis))
}

fn success(limit: Option<u64>) -> RateLimitFeedback {
    let mut answer = RateLimitFeedback { success: true, ..RateLimitFeedback::default() };
    answer.rate_limit.limit = limit;
    answer
}

fn refused(error: ErrorKind, seconds: Option<u64>) -> RateLimitFeedback {
    RateLimitFeedback {
        error: Some(error),
        retry_after: seconds.map(Duration::from_secs),
        ..RateLimitFeedback::default()
    }
}

/// A limiter that has learned a limit and rested.
fn idle_limiter(limit: Option<u64>) -> RateLimiter {
    let mut limiter = RateLimiter::new();
    let start = UnixTime::from_secs(START.as_secs() - 600);
    assert_eq!(limiter.acquire(Lane::Bulk, start), Permit::Now);
    limiter.observe(&success(limit), start);
    limiter
}

/// Takes permits until one is refused.
fn take_all(limiter: &mut RateLimiter, lane: Lane, now: UnixTime) -> usize {
    (0..10_000).take_while(|_| limiter.acquire(lane, now) == Permit::Now).count()
}

fn wait(permit: Permit) -> u64 {
    match permit {
        Permit::Wait(wait) => wait.as_millis() as u64,
        other => panic!("{other:?}"),
    }
}

#[test]
fn four_requests_leave_before_the_first_response() {
    let mut limiter = RateLimiter::new();
    assert_eq!(take_all(&mut limiter, Lane::Bulk, START), 4);
    assert_eq!(take_all(&mut limiter, Lane::Urgent, START), 1);
    assert!((3_900..=4_200).contains(&wait(limiter.acquire(Lane::Bulk, START))));
    assert_eq!(limiter.acquire(Lane::Bulk, after(4_200)), Permit::Now);
}

#[test]
fn a_burst_after_a_pause_turns_into_the_even_pace() {
    for (limit, burst) in [(1, 1), (2, 1), (10, 2), (120, 8), (3_000, 200)] {
        let mut limiter = idle_limiter(Some(limit));
        let count = take_all(&mut limiter, Lane::Bulk, START);
        assert!(count >= burst && count as u64 <= (limit / 8).max(2), "{limit}: {count}");
    }
    let mut limiter = idle_limiter(Some(120));
    let mut at = 0;
    let mut times = Vec::new();
    while at < 60_000 {
        match limiter.acquire(Lane::Bulk, after(at)) {
            Permit::Now => times.push(at),
            permit => at += wait(permit),
        }
    }
    assert!((115..=120).contains(&times.len()), "{}", times.len());
    let last = &times[times.len() - 20..];
    assert!(last.windows(2).all(|pair| (500..=520).contains(&(pair[1] - pair[0]))), "{last:?}");
}

#[test]
fn four_urgent_requests_pass_a_waiting_request_of_bulk() {
    let mut limiter = idle_limiter(Some(3_000));
    take_all(&mut limiter, Lane::Bulk, START);
    let asks = wait(limiter.acquire(Lane::Bulk, START));
    assert_eq!(take_all(&mut limiter, Lane::Urgent, START), 4);
    assert!(wait(limiter.acquire(Lane::Urgent, START)) <= asks + 21);
    // It has less debt to wait for than four permits.
    let again = wait(limiter.acquire(Lane::Bulk, after(asks)));
    assert_eq!(limiter.acquire(Lane::Bulk, after(asks + again)), Permit::Now);
    assert!(take_all(&mut limiter, Lane::Urgent, after(asks + again)) > 4);
}

#[test]
fn bulk_that_does_not_ask_again_loses_its_turn_after_a_second() {
    let mut limiter = idle_limiter(Some(3_000));
    take_all(&mut limiter, Lane::Bulk, START);
    let asks = wait(limiter.acquire(Lane::Bulk, START));
    assert_eq!(take_all(&mut limiter, Lane::Urgent, START), 4);
    assert_ne!(limiter.acquire(Lane::Urgent, after(asks + 900)), Permit::Now);
    assert!(take_all(&mut limiter, Lane::Urgent, after(asks + 1_001)) > 4);
}

#[test]
fn a_vendor_without_limits_is_not_paced() {
    let mut limiter = idle_limiter(None);
    assert_eq!(take_all(&mut limiter, Lane::Bulk, START), 10_000);
    let lease = limiter.lease(50, Lane::Bulk, START).unwrap();
    assert_eq!(lease.left(after(900)), 50);
    assert_eq!(lease.left(after(1_100)), 0);
}

#[test]
fn a_429_without_a_limit_halves_an_assumed_limit_that_doubles_again() {
    let mut limiter = idle_limiter(None);
    limiter.observe(&refused(ErrorKind::RateLimited, Some(7)), START);
    assert_eq!(wait(limiter.acquire(Lane::Bulk, START)), 7_000);
    take_all(&mut limiter, Lane::Bulk, after(7_000));
    let slow = wait(limiter.acquire(Lane::Bulk, after(7_000)));
    assert!((500..=1_100).contains(&slow), "{slow}");
    take_all(&mut limiter, Lane::Bulk, after(70_000));
    let faster = wait(limiter.acquire(Lane::Bulk, after(70_000)));
    assert!(faster <= 510, "{faster}");
    for minute in 2..14 {
        let _ = limiter.acquire(Lane::Bulk, after(minute * 60_001 + 7_000));
    }
    assert_eq!(take_all(&mut limiter, Lane::Bulk, after(900_000)), 10_000);
}

#[test]
fn a_429_without_a_wait_backs_off() {
    let mut limiter = idle_limiter(Some(120));
    let mut now = 0;
    for expected in [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
        limiter.observe(&refused(ErrorKind::RateLimited, None), after(now));
        // Another response of a request that was in flight changes nothing.
        limiter.observe(&refused(ErrorKind::RateLimited, None), after(now));
        assert_eq!(wait(limiter.acquire(Lane::Urgent, after(now))), expected);
        now += expected;
    }
    limiter.observe(&success(Some(120)), after(now));
    limiter.observe(&refused(ErrorKind::RateLimited, None), after(now));
    assert_eq!(wait(limiter.acquire(Lane::Urgent, after(now))), 250);
}

#[test]
fn a_quota_error_parks_until_it_resets() {
    let mut limiter = idle_limiter(Some(120));
    limiter.observe(&refused(ErrorKind::QuotaExceeded, Some(40_000)), START);
    let end = after(40_000_000);
    assert_eq!(limiter.acquire(Lane::Urgent, START), Permit::NotBefore(end));
    assert_eq!(limiter.forecast(0, START), Permit::NotBefore(end));
    assert_eq!(limiter.lease(5, Lane::Bulk, START), Err(Permit::NotBefore(end)));
    // One request asks. The others wait for its response.
    assert_eq!(limiter.acquire(Lane::Bulk, end), Permit::Now);
    assert_eq!(limiter.acquire(Lane::Bulk, end), Permit::NotBefore(end.after(Duration::from_secs(60))));
    let mut answer = success(Some(120));
    (answer.rate_limit.daily_limit, answer.rate_limit.daily_remaining) = (Some(1_000), Some(999));
    limiter.observe(&answer, end);
    assert_eq!(limiter.acquire(Lane::Bulk, end), Permit::Now);
}

#[test]
fn a_quota_error_without_a_wait_parks_until_midnight() {
    let mut limiter = idle_limiter(Some(120));
    limiter.observe(&refused(ErrorKind::QuotaExceeded, None), START);
    let midnight = UnixTime::from_secs((START.as_secs() / 86_400 + 1) * 86_400);
    assert_eq!(limiter.acquire(Lane::Bulk, START), Permit::NotBefore(midnight));
}

#[test]
fn the_last_requests_of_a_day_are_counted() {
    let mut limiter = idle_limiter(None);
    let mut answer = success(None);
    answer.rate_limit.daily_remaining = Some(10);
    limiter.observe(&answer, START);
    assert_eq!(take_all(&mut limiter, Lane::Bulk, START), 10);
    assert!(matches!(limiter.acquire(Lane::Bulk, START), Permit::NotBefore(_)));
}

#[test]
fn a_key_that_loses_its_limit_is_not_paced_any_more() {
    let mut limiter = idle_limiter(Some(120));
    for _ in 0..19 {
        limiter.observe(&success(None), START);
    }
    assert!(take_all(&mut limiter, Lane::Bulk, START) < 20);
    limiter.observe(&success(None), START);
    assert_eq!(take_all(&mut limiter, Lane::Bulk, START), 10_000);
}

#[test]
fn the_end_of_a_minute_that_the_vendor_states_is_kept() {
    let mut limiter = idle_limiter(Some(120));
    let mut answer = success(Some(120));
    (answer.rate_limit.remaining, answer.rate_limit.reset) = (Some(0), Some(START.as_secs() + 9));
    limiter.observe(&answer, START);
    assert_eq!(wait(limiter.acquire(Lane::Urgent, START)), 9_000);
    // A time that is no end of a minute is not believed.
    let mut limiter = idle_limiter(Some(120));
    answer.rate_limit.reset = Some(START.as_secs() + 61);
    limiter.observe(&answer, START);
    assert_eq!(limiter.acquire(Lane::Urgent, START), Permit::Now);
}

#[test]
fn a_replayed_response_teaches_nothing() {
    let mut limiter = idle_limiter(Some(120));
    let mut replay = success(Some(1));
    replay.idempotent_replay = true;
    assert!(!limiter.is_news(&replay));
    let before = limiter;
    limiter.observe(&replay, after(0));
    limiter.observe(&replay, after(0));
    assert_eq!(limiter.encode()[9..18], before.encode()[9..18]);
}

#[test]
fn a_replayed_response_ends_the_slow_start_until_a_new_one_states_the_limit() {
    for stated in [None, Some(120)] {
        let mut replay = success(stated);
        replay.idempotent_replay = true;
        let mut limiter = RateLimiter::new();
        take_all(&mut limiter, Lane::Bulk, START);
        assert!(limiter.is_news(&replay));
        assert!(wait(limiter.forecast(20, after(0))) > 30_000);
        limiter.observe(&replay, after(0));
        let behind = limiter.forecast(20, after(0));
        assert!(behind == Permit::Now || wait(behind) < 12_000, "{stated:?}: {behind:?}");
        assert!(!limiter.is_news(&replay) && limiter.is_news(&success(Some(60))));
        // A new response is believed at once, although the replay stated another limit a moment ago.
        limiter.observe(&success(Some(60)), after(100));
        assert!(wait(limiter.forecast(20, after(100))) > 12_000, "{stated:?}");
    }
}

#[test]
fn late_responses_with_the_old_limit_do_not_change_it_back() {
    let mut limiter = idle_limiter(Some(3_000));
    take_all(&mut limiter, Lane::Bulk, START);
    limiter.observe(&success(Some(120)), after(0));
    limiter.observe(&success(Some(3_000)), after(100));
    let paced = limiter;
    limiter.observe(&success(Some(120)), after(200));
    assert_eq!(wait(limiter.forecast(0, after(200))), wait(paced.forecast(0, after(200))));
    limiter.observe(&success(Some(3_000)), after(15_001));
    assert!(wait(limiter.forecast(100, after(15_001))) < 15_000);
}

#[test]
fn a_forecast_counts_the_requests_before() {
    let limiter = idle_limiter(Some(120));
    assert_eq!(limiter.forecast(0, START), Permit::Now);
    let long = wait(limiter.forecast(1_000, START));
    assert!((500_000..510_000).contains(&long), "{long}");
}

#[test]
fn leases_follow_one_another() {
    let mut limiter = idle_limiter(Some(3_000));
    let mut first = limiter.lease(40, Lane::Bulk, START).unwrap();
    let mut second = limiter.lease(40, Lane::Bulk, START).unwrap();
    assert_eq!(first.acquire(Lane::Bulk, START), Some(Permit::Now));
    assert!(wait(first.acquire(Lane::Bulk, START).unwrap()) <= 21);
    let begins = wait(second.acquire(Lane::Bulk, START).unwrap());
    assert!((600..=820).contains(&begins), "{begins}");
    // A permit that is not used in time is lost, and the next permit is the first that is still valid.
    assert!((15..=30).contains(&first.left(after(650))));
    assert_eq!(first.acquire(Lane::Bulk, after(650)), Some(Permit::Now));
    assert_eq!(first.acquire(Lane::Bulk, after(5_000)), None);
    // An urgent permit is due at once.
    let mut urgent = limiter.lease(1, Lane::Urgent, START).unwrap();
    assert_eq!(urgent.acquire(Lane::Urgent, START), Some(Permit::Now));
}

#[test]
fn leases_after_a_rise_of_the_limit_stay_behind_those_before() {
    let mut limiter = idle_limiter(Some(120));
    let begins = |limiter: &mut RateLimiter| {
        let mut lease = limiter.lease(2, Lane::Bulk, START).unwrap();
        lease
            .acquire(Lane::Bulk, START)
            .map_or(0, |permit| if permit == Permit::Now { 0 } else { wait(permit) })
    };
    let last = (0..8).map(|_| begins(&mut limiter)).last().unwrap();
    limiter.observe(&success(Some(1_200)), START);
    assert!(begins(&mut limiter) >= last + 450);
}

#[test]
fn the_last_lease_can_be_given_back() {
    let mut limiter = idle_limiter(Some(3_000));
    let first = limiter.lease(40, Lane::Bulk, START).unwrap();
    let second = limiter.lease(40, Lane::Bulk, START).unwrap();
    let begins = |limiter: RateLimiter| {
        let mut copy = limiter;
        let mut lease = copy.lease(1, Lane::Bulk, START).unwrap();
        lease
            .acquire(Lane::Bulk, START)
            .map_or(0, |permit| if permit == Permit::Now { 0 } else { wait(permit) })
    };
    let before = begins(limiter);
    limiter.give_back(first, START);
    assert_eq!(begins(limiter), before);
    limiter.give_back(second, START);
    assert!(begins(limiter) + 750 < before);
}

#[test]
fn a_lease_before_a_booked_permit_cannot_be_given_back_to_the_pace() {
    let mut limiter = idle_limiter(Some(60));
    let lease = limiter.lease(1, Lane::Bulk, START).unwrap();
    take_all(&mut limiter, Lane::Urgent, START);
    let booked = limiter.lease(1, Lane::Urgent, START).unwrap();
    let before = limiter.forecast(5, START);
    assert_eq!(booked.left(START), 1);
    limiter.give_back(lease, START);
    assert_eq!(limiter.forecast(5, START), before);
}

#[test]
fn a_limit_in_an_error_429_is_learned_at_once() {
    let mut limiter = idle_limiter(Some(3_000));
    take_all(&mut limiter, Lane::Bulk, START);
    for at in [0, 10] {
        let mut answer = refused(ErrorKind::RateLimited, Some(1));
        answer.rate_limit.limit = Some(60);
        limiter.observe(&answer, after(at));
    }
    assert!(wait(limiter.forecast(10, after(10))) > 10_000);
}

#[test]
fn only_the_last_lease_moves_the_others() {
    let moves = || {
        let mut limiter = idle_limiter(Some(3_000));
        let first = limiter.lease(40, Lane::Bulk, START).unwrap();
        let _second = limiter.lease(40, Lane::Bulk, START).unwrap();
        let before = limiter.forecast(2_000, START);
        limiter.give_back(first, START);
        limiter.forecast(2_000, START) != before
    };
    assert!(!moves());
    assert!(with_bug(|tuning| tuning.reclaims_any_lease = true, moves));
}

#[test]
fn a_lease_leaves_the_fifth_permit_to_bulk() {
    let mut limiter = idle_limiter(Some(3_000));
    let mut lease = limiter.lease(40, Lane::Bulk, START).unwrap();
    let mut lanes = Vec::new();
    for at in 0..300 {
        for lane in [Lane::Urgent, Lane::Bulk] {
            if lease.acquire(lane, after(at)) == Some(Permit::Now) {
                lanes.push(lane);
            }
        }
    }
    let bulk = lanes.iter().filter(|lane| **lane == Lane::Bulk).count();
    assert!(lanes.len() >= 14 && (2..=4).contains(&bulk), "{lanes:?}");
}

#[test]
fn a_stored_state_of_another_kind_is_an_error() {
    let stored = idle_limiter(Some(120)).encode();
    assert_eq!(stored.len(), RateLimiter::STATE_LENGTH);
    assert!(stored.len() <= 200);
    let mut next = stored.clone();
    next[0] = 2;
    assert_eq!(RateLimiter::decode(&next), Err(RateLimiterStateError::Version(2)));
    assert_eq!(RateLimiter::decode(&[]), Err(RateLimiterStateError::Length(0)));
    assert_eq!(RateLimiter::decode(&stored[..50]), Err(RateLimiterStateError::Length(50)));
    next[0] = 1;
    // A bulk request that would ask in a thousand years: urgent requests would wait for it.
    next[98] = 1;
    assert_eq!(RateLimiter::decode(&next), Err(RateLimiterStateError::Value("turn of the bulk lane")));
    next[98] = 0;
    next[9] = 9;
    let error = RateLimiter::decode(&next).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid origin of the limit in a rate limiter's state: it was damaged; delete it"
    );
}

#[test]
fn metadata_converts() {
    let headers = [("X-RateLimit-Limit", "120"), ("Retry-After", "3")];
    let meta = Meta::read(&Response::new(200, headers, Vec::new()), None, None);
    let answer = RateLimitFeedback::from(&meta);
    assert_eq!((answer.success, answer.error, answer.rate_limit.limit), (true, None, Some(120)));
    let attempt = Attempt::succeeded(1, &meta, &Response::new(200, headers, Vec::new()));
    assert_eq!(RateLimitFeedback::from(&attempt), answer);
    let meta = Meta::read(&Response::new(429, headers, Vec::new()), None, None);
    let answer = RateLimitFeedback::from(&meta);
    assert_eq!((answer.success, answer.error), (false, Some(ErrorKind::RateLimited)));
    assert_eq!(answer.retry_after, Some(Duration::from_secs(3)));
}
