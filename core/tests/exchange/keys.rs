//! The lifetime of idempotency keys.

use std::time::Duration;

use hudhud::zagely::{ListContacts, ToggleAutomation, UpdateContact};
use hudhud::{CallOptions, Error, ErrorKind, IdempotencyKey, RetryPolicy, TransportFault, UnixTime};

use crate::{ENTROPY, START, ends, message, respond, sent, waits, zagely};

const HOUR: Duration = Duration::from_secs(3600);

/// Returns options for a policy that waits as long as the vendor asks and never gives up.
fn patient() -> CallOptions {
    CallOptions::new().retry(RetryPolicy {
        max_attempts: u32::MAX,
        max_retry_after: Duration::MAX,
        ..RetryPolicy::default()
    })
}

fn key_was_forgotten(error: &Error) {
    assert!(error.is_key_forgotten() && !error.safe_to_retry(), "{error}");
    assert!(error.idempotency_key().is_some());
    for part in ["24 hours", "new key"] {
        assert!(error.to_string().contains(part), "expected {part:?} in {error}");
    }
}

#[test]
fn a_key_is_not_sent_again_later_than_24_hours_after_the_first_attempt() {
    let key = IdempotencyKey::new("order-1").unwrap();
    for options in [patient(), patient().idempotency_key(key)] {
        let mut exchange = zagely().exchange_with(message(), options, ENTROPY).unwrap();
        sent(&mut exchange, START);
        // After exactly 24 hours, the vendor still knows the key.
        let day = IdempotencyKey::LIFETIME.as_secs().to_string();
        exchange.receive(respond(429, &[("Retry-After", &day)], "{}"), START).unwrap();
        assert_eq!(waits(&mut exchange, START), 24 * HOUR);
        sent(&mut exchange, START.after(24 * HOUR));
        // One second more is too late, so the exchange does not wait.
        exchange.receive(respond(429, &[("Retry-After", "1")], "{}"), START.after(24 * HOUR)).unwrap();
        let error = ends(&mut exchange, START.after(24 * HOUR)).unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::RateLimited, Some(429)));
        key_was_forgotten(&error);
    }
}

#[test]
fn a_wait_beyond_the_lifetime_of_the_key_is_not_started() {
    let mut exchange = zagely().exchange_with(message(), patient(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(503, &[("Retry-After", "86401")], ""), START).unwrap();
    key_was_forgotten(&ends(&mut exchange, START).unwrap_err());
}

#[test]
fn a_request_is_not_repeated_after_its_key_expired() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.fail(TransportFault::Timeout, START).unwrap();
    let wait = waits(&mut exchange, START);
    let error = ends(&mut exchange, START.after(wait + 24 * HOUR + Duration::from_millis(1))).unwrap_err();
    assert_eq!(error.transport_fault(), Some(TransportFault::Timeout));
    key_was_forgotten(&error);

    // The same applies to a repetition with another method.
    let mut update = zagely().exchange(UpdateContact::new("c-1").name("Jane"), ENTROPY).unwrap();
    sent(&mut update, START);
    update.receive(respond(405, &[], ""), START).unwrap();
    let error = ends(&mut update, START.after(25 * HOUR)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MethodNotAllowed);
    key_was_forgotten(&error);

    // The same applies if the response took so long.
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.fail(TransportFault::Closed, START.after(25 * HOUR)).unwrap();
    key_was_forgotten(&ends(&mut exchange, START.after(25 * HOUR)).unwrap_err());
}

#[test]
fn a_clock_that_is_set_back_does_not_extend_the_lifetime_of_a_key() {
    let mut exchange = zagely().exchange_with(message(), patient(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(429, &[("Retry-After", "72000")], "{}"), START).unwrap();
    assert_eq!(waits(&mut exchange, START), 20 * HOUR);
    // Ten hours passed and the clock was set back by twelve, so ten hours of the wait are left.
    let mut now = UnixTime::from_secs(START.as_secs() - 2 * 3600);
    assert_eq!(waits(&mut exchange, START.after(10 * HOUR)), 10 * HOUR);
    assert_eq!(waits(&mut exchange, now), 10 * HOUR);
    now = now.after(10 * HOUR);
    sent(&mut exchange, now);
    exchange.receive(respond(429, &[("Retry-After", "18000")], "{}"), now).unwrap();
    key_was_forgotten(&ends(&mut exchange, now).unwrap_err());
}

#[test]
fn requests_without_a_key_are_repeated_after_any_time() {
    let two_days = [("Retry-After", "172800")];
    let mut list = zagely().exchange_with(ListContacts::new(), patient(), ENTROPY).unwrap();
    sent(&mut list, START);
    list.receive(respond(503, &two_days, ""), START).unwrap();
    assert_eq!(waits(&mut list, START), 48 * HOUR);
    sent(&mut list, START.after(48 * HOUR));

    let mut toggle = zagely().exchange_with(ToggleAutomation::new("a-1"), patient(), ENTROPY).unwrap();
    sent(&mut toggle, START);
    toggle.receive(respond(429, &two_days, "{}"), START).unwrap();
    assert_eq!(waits(&mut toggle, START), 48 * HOUR);
    sent(&mut toggle, START.after(48 * HOUR));
}
