//! The limits and the headers of one call: timeout, deadline, additional headers.

use std::time::Duration;

use hudhud::{CallOptions, ErrorKind, TransportFault};

use crate::{ENTROPY, START, ends, later, message, queued, respond, sent, waits, zagely};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn a_request_has_the_shorter_of_the_timeout_and_the_rest_of_the_deadline() {
    let exchange = |options| zagely().exchange_with(message(), options, ENTROPY).unwrap();
    assert_eq!(sent(&mut exchange(CallOptions::new()), START).timeout, None);
    assert_eq!(sent(&mut exchange(CallOptions::new().timeout(seconds(5))), START).timeout, Some(seconds(5)));
    let mut exchange = exchange(CallOptions::new().timeout(seconds(5)).deadline(seconds(8)));
    assert_eq!(sent(&mut exchange, START).timeout, Some(seconds(5)));
    exchange.receive(respond(503, &[("Retry-After", "2")], ""), later(2_000)).unwrap();
    assert_eq!(waits(&mut exchange, later(2_000)), seconds(2));
    assert_eq!(sent(&mut exchange, later(4_000)).timeout, Some(seconds(4)));
    exchange.receive(queued(), later(5_000)).unwrap();
    assert!(ends(&mut exchange, later(5_000)).is_ok());
}

#[test]
fn a_wait_that_ends_after_the_deadline_ends_the_call() {
    let options = CallOptions::new().deadline(seconds(30));
    let mut exchange = zagely().exchange_with(message(), options, ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(429, &[("Retry-After", "41")], "{}"), START).unwrap();
    let error = ends(&mut exchange, START).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(error.is_past_deadline() && error.safe_to_retry());
    let text = error.to_string();
    assert!(text.contains("The next attempt would be in 41 s, after the deadline of the call."), "{text}");
    assert!(text.ends_with("Call again in 41 s."), "{text}");
}

#[test]
fn a_host_that_slept_past_the_deadline_sends_nothing() {
    let options = CallOptions::new().deadline(seconds(30));
    let mut exchange = zagely().exchange_with(message(), options, ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.fail(TransportFault::Closed, START).unwrap();
    waits(&mut exchange, START);
    let error = ends(&mut exchange, later(60_000)).unwrap_err();
    assert!(error.is_past_deadline());
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
    assert!(error.to_string().contains("The deadline of the call has passed."), "{error}");
}

#[test]
fn no_time_at_all_is_refused() {
    let options = CallOptions::new().timeout(Duration::ZERO).deadline(Duration::ZERO);
    let error = zagely().exchange_with(message(), options, ENTROPY).unwrap_err();
    for name in ["timeout", "deadline"] {
        assert_eq!(error.field_errors().get(name).unwrap(), ["expected a duration > 0"]);
    }
}

#[test]
fn additional_headers_are_sent_and_the_librarys_own_are_refused() {
    let options = CallOptions::new().header("X-Trace", "a b").header("traceparent", "00-1");
    let request = zagely().request(&message(), &options).unwrap();
    assert_eq!((request.header("x-trace"), request.header("traceparent")), (Some("a b"), Some("00-1")));
    let refused = |name: &str, value: &str| {
        let error = zagely().request(&message(), &CallOptions::new().header(name, value)).unwrap_err();
        error.field_errors().iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
    };
    for name in [
        "X-Secret-Key",
        "x-public-key",
        "Authorization",
        "Idempotency-Key",
        "Content-Type",
        "content-length",
        "Host",
        "User-Agent",
        "accept",
        "Transfer-Encoding",
        "X-HTTP-Method-Override",
        "X-API-Key",
    ] {
        assert_eq!(refused(name, "x"), [format!("headers.{name}")]);
    }
    for (name, value) in
        [("", "x"), ("a b", "x"), ("X-\u{e9}", "x"), ("X-A", "a\r\nb"), ("X-A", " a"), ("X-A", "\u{e9}")]
    {
        assert_eq!(refused(name, value), [format!("headers.{name}")]);
    }
    let twice = CallOptions::new().header("X-A", "1").header("x-a", "2");
    assert!(zagely().request(&message(), &twice).is_err());
}

#[test]
fn options_do_not_show_private_values() {
    let options = CallOptions::new().header("X-Trace", "+15551234567").extra([("note", "Ann")]);
    let shown = format!("{options:?}");
    assert!(shown.contains("X-Trace") && !shown.contains("1555") && !shown.contains("Ann"), "{shown}");
}
