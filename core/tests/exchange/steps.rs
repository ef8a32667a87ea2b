//! Wrong uses and clock changes.

use std::time::Duration;

use hudhud::zagely::SendMessage;
use hudhud::{Exchange, TransportFault, UnixTime};

use crate::{ENTROPY, START, ends, is_misuse, later, message, queued, respond, sent, waits, zagely};

#[test]
fn a_step_before_the_response_is_refused_and_changes_nothing() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    let request = sent(&mut exchange, START);
    for _ in 0..3 {
        let error = ends(&mut exchange, START).unwrap_err();
        assert!(is_misuse(&error), "{error}");
        assert_eq!(error.call(), Some("messages.send"));
    }
    assert_eq!(exchange.attempts(), 1);
    // The exchange still waits for the response to its one request, and accepts it.
    exchange.receive(respond(429, &[("Retry-After", "2")], "{}"), START).unwrap();
    assert_eq!(waits(&mut exchange, START), Duration::from_secs(2));
    assert_eq!(sent(&mut exchange, later(2000)), request);
}

#[test]
fn an_unexpected_response_is_refused_and_changes_nothing() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    let refused = |exchange: &mut Exchange<SendMessage>| {
        assert!(is_misuse(&exchange.receive(queued(), START).unwrap_err()));
        assert!(is_misuse(&exchange.fail(TransportFault::Closed, START).unwrap_err()));
    };
    refused(&mut exchange); // before the first step
    sent(&mut exchange, START);
    exchange.receive(respond(503, &[("Retry-After", "1")], ""), START).unwrap();
    refused(&mut exchange); // during a wait
    waits(&mut exchange, START);
    refused(&mut exchange);
    sent(&mut exchange, later(1000));
    exchange.receive(queued(), later(1000)).unwrap();
    refused(&mut exchange); // after the response
    assert_eq!(ends(&mut exchange, later(1000)).unwrap().message_id.as_deref(), Some("m-1"));
    refused(&mut exchange); // after the end
}

#[test]
fn each_step_after_the_end_is_refused() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(queued(), START).unwrap();
    assert!(ends(&mut exchange, START).is_ok());
    for _ in 0..3 {
        assert!(is_misuse(&ends(&mut exchange, START).unwrap_err()));
    }
    assert_eq!(exchange.attempts(), 1);
}

#[test]
fn an_early_step_returns_the_rest_of_the_wait() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(429, &[("Retry-After", "10")], "{}"), START).unwrap();
    assert_eq!(waits(&mut exchange, START), Duration::from_secs(10));
    assert_eq!(waits(&mut exchange, START), Duration::from_secs(10));
    assert_eq!(waits(&mut exchange, later(4000)), Duration::from_secs(6));
    assert_eq!(waits(&mut exchange, later(9999)), Duration::from_millis(1));
    sent(&mut exchange, later(10_000));
}

#[test]
fn an_expired_wait_is_returned_as_zero() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(429, &[("Retry-After", "1")], "{}"), START).unwrap();
    assert_eq!(waits(&mut exchange, later(60_000)), Duration::ZERO);
    sent(&mut exchange, later(60_000));
}

#[test]
fn a_clock_that_is_set_back_does_not_lengthen_the_wait() {
    let hour = |hours: u64| UnixTime::from_secs(START.as_secs() - 3600 * hours);
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(429, &[("Retry-After", "10")], "{}"), START).unwrap();
    assert_eq!(waits(&mut exchange, START), Duration::from_secs(10));
    assert_eq!(waits(&mut exchange, later(4000)), Duration::from_secs(6));
    // The remaining wait stays the same from the new time on.
    assert_eq!(waits(&mut exchange, hour(1)), Duration::from_secs(6));
    assert_eq!(waits(&mut exchange, hour(1).after(Duration::from_secs(5))), Duration::from_secs(1));
    assert_eq!(waits(&mut exchange, hour(2)), Duration::from_secs(1));
    sent(&mut exchange, hour(2).after(Duration::from_secs(1)));
}

#[test]
fn a_host_that_only_sleeps_proceeds_while_its_clock_runs_backwards() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(429, &[("Retry-After", "10")], "{}"), START).unwrap();
    assert_eq!(waits(&mut exchange, UnixTime::default()), Duration::from_secs(10));
    sent(&mut exchange, UnixTime::from_secs(10));
}

#[test]
fn extreme_times_do_not_panic() {
    for now in [UnixTime::default(), UnixTime::from_millis(u64::MAX), UnixTime::from_millis(u64::MAX - 1)] {
        let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
        sent(&mut exchange, now);
        let headers = [("Retry-After", "60"), ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")];
        exchange.receive(respond(429, &headers, "{}"), now).unwrap();
        let wait = waits(&mut exchange, now);
        assert!(wait <= Duration::from_secs(60));
        sent(&mut exchange, now.after(wait));
        exchange.fail(TransportFault::Timeout, UnixTime::default()).unwrap();
        assert!(waits(&mut exchange, UnixTime::default()) <= Duration::from_secs(1));
        // An idempotency key expires after a day, so it has expired by now.
        assert!(ends(&mut exchange, UnixTime::from_millis(u64::MAX)).unwrap_err().is_key_forgotten());
    }
}
