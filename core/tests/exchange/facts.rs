//! The facts about calls and attempts, for logs, metrics and traces.

use std::time::Duration;

use hudhud::wazaj::SendText;
use hudhud::zagely::{GetContact, ListContacts};
use hudhud::{ErrorKind, Json, Response, RetryPolicy, TransportFault};

use crate::{ENTROPY, START, ends, later, message, queued, respond, sent, waits, wazaj, zagely};

#[test]
fn a_description_has_the_template_of_the_path_and_the_server() {
    let base = |base: &str| zagely().base_url(base).unwrap();
    let contact = GetContact::new("+15551234567");
    let described = base("http://[::1]:8080/gate").exchange(contact.clone(), ENTROPY).unwrap().description();
    assert_eq!(
        Json::write(&described).unwrap().as_str(),
        r#"{"vendor":"zagely","call":"contacts.get","method":"GET","url_template":"/gate/api/v1/contacts/{contact_id}","server_address":"::1","server_port":8080}"#
    );
    let described = zagely().exchange(ListContacts::new().search("Ann"), ENTROPY).unwrap().description();
    assert_eq!((described.url_template.as_str(), described.server_port), ("/api/v1/contacts", 443));
    assert_eq!(described.server_address, "zagely.com");
    let text = SendText::new("+15551234567", "hi");
    let described = wazaj().exchange(text, ENTROPY).unwrap().description();
    assert!(described.url_template.ends_with("/api/wazaj/business/messages/text"), "{described:?}");
}

#[test]
fn each_attempt_states_its_end_and_the_wait_that_follows() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    assert_eq!(exchange.last_attempt(), None);
    sent(&mut exchange, START);
    assert_eq!(exchange.last_attempt(), None);
    let headers = [("Retry-After", "2"), ("X-RateLimit-Limit", "120"), ("X-Request-Id", "req-7")];
    exchange.receive(respond(429, &headers, "{}"), START).unwrap();
    let attempt = exchange.last_attempt().unwrap();
    assert_eq!((attempt.number, attempt.status, attempt.error), (1, Some(429), Some(ErrorKind::RateLimited)));
    assert_eq!((attempt.wait, attempt.rate_limit.limit), (Some(Duration::from_secs(2)), Some(120)));
    assert_eq!(attempt.request_id.as_deref(), Some("req-7"));
    assert_eq!(waits(&mut exchange, later(500)), Duration::from_millis(1_500));
    // The whole wait, not the rest of it.
    assert_eq!(exchange.last_attempt().unwrap().wait, Some(Duration::from_secs(2)));

    sent(&mut exchange, later(2_000));
    // The error that is reported is the one of the first attempt, which may have reached the vendor.
    exchange.fail(TransportFault::Connect, later(2_000)).unwrap();
    let attempt = exchange.last_attempt().unwrap();
    assert_eq!((attempt.number, attempt.status), (2, None));
    assert_eq!((attempt.error, attempt.fault), (Some(ErrorKind::Transport), Some(TransportFault::Connect)));
    let wait = waits(&mut exchange, later(2_000));
    assert_eq!(attempt.wait, Some(wait));

    sent(&mut exchange, later(20_000));
    exchange.receive(queued(), later(20_000)).unwrap();
    let attempt = exchange.last_attempt().unwrap();
    assert_eq!((attempt.number, attempt.status, attempt.error, attempt.wait), (3, Some(201), None, None));
    let written = Json::write(&attempt).unwrap();
    let expected = r#"{"attempt":3,"status":201,"rate_limit":{},"idempotent_replay":false}"#;
    assert_eq!(written.as_str(), expected);
    assert!(ends(&mut exchange, later(20_000)).is_ok());
    assert_eq!(exchange.last_attempt(), None);
}

#[test]
fn private_text_in_place_of_a_request_id_is_left_out() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(404, &[("X-Request-Id", "+15551234567")], "{}"), START).unwrap();
    assert_eq!(exchange.last_attempt().unwrap().request_id, None);
}

#[test]
fn a_path_that_the_vendor_does_not_know_is_distinguished_from_an_id() {
    let text = |body: &str| {
        let mut exchange = zagely().exchange(GetContact::new("c-1"), ENTROPY).unwrap();
        sent(&mut exchange, START);
        exchange.receive(respond(404, &[], body), START).unwrap();
        ends(&mut exchange, START).unwrap_err().to_string()
    };
    let route = text(r#"{"message":"The route api/v1/api/v1/contacts/c-1 could not be found."}"#);
    assert!(
        route.ends_with("Check the path of the base URL, and that the id exists in this workspace."),
        "{route}"
    );
    let id = text(r#"{"error":{"code":"not_found","message":"Resource not found."}}"#);
    assert!(id.ends_with("Check that the id exists in this workspace."), "{id}");
}

#[test]
fn the_hint_of_an_error_in_doubt_says_so_and_how_to_repeat_the_call() {
    let once = RetryPolicy::never();
    let zagely = zagely().retry(once);
    let error = |response: Option<Response>| {
        let mut exchange = zagely.exchange(message(), ENTROPY).unwrap();
        sent(&mut exchange, START);
        match response {
            Some(response) => exchange.receive(response, START).unwrap(),
            None => exchange.fail(TransportFault::Timeout, START).unwrap(),
        }
        ends(&mut exchange, START).unwrap_err()
    };
    let with_key = "The call may have taken effect: repeat it with the idempotency key of this error.";
    let check = "The call may have taken effect: check before calling again.";
    assert_eq!(error(None).hint(), with_key);
    let unavailable = error(Some(respond(503, &[], "{}")));
    assert_eq!(unavailable.hint(), format!("Call again later; the vendor is unavailable. {with_key}"));
    let server = error(Some(respond(500, &[], "{}")));
    assert_eq!(server.hint(), format!("Report the whole response to the vendor's support. {check}"));
    // A refusal had no effect.
    let refused = error(Some(respond(422, &[], "{}")));
    assert!(!refused.hint().contains("taken effect"), "{}", refused.hint());

    let mut keyless = wazaj().retry(once).exchange(SendText::new("+15551234567", "hi"), ENTROPY).unwrap();
    sent(&mut keyless, START);
    keyless.fail(TransportFault::Closed, START).unwrap();
    assert_eq!(ends(&mut keyless, START).unwrap_err().hint(), check);
}

#[test]
fn a_call_that_is_not_over_states_if_it_may_have_happened() {
    let refused = || respond(429, &[("Retry-After", "2")], "{}");
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    assert!(!exchange.may_have_happened(), "before the first request");
    sent(&mut exchange, START);
    assert!(exchange.may_have_happened(), "in flight");
    exchange.receive(refused(), START).unwrap();
    assert!(!exchange.may_have_happened(), "refused");
    waits(&mut exchange, START);
    assert!(!exchange.may_have_happened(), "in the wait after a refusal");
    sent(&mut exchange, later(2_000));
    exchange.fail(TransportFault::Connect, later(2_000)).unwrap();
    assert!(!exchange.may_have_happened(), "no connection");
    let wait = waits(&mut exchange, later(2_000));
    let now = later(2_000 + u64::try_from(wait.as_millis()).unwrap());
    sent(&mut exchange, now);
    exchange.fail(TransportFault::Closed, now).unwrap();
    assert!(exchange.may_have_happened(), "the response was lost");
    waits(&mut exchange, now);
    sent(&mut exchange, later(30_000));
    exchange.receive(refused(), later(30_000)).unwrap();
    assert!(exchange.may_have_happened(), "a refusal after a lost response");

    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(queued(), START).unwrap();
    assert!(exchange.may_have_happened(), "succeeded");

    let mut exchange = zagely().exchange(ListContacts::new(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    assert!(!exchange.may_have_happened(), "a call that only reads");
    exchange.fail(TransportFault::Closed, START).unwrap();
    assert!(!exchange.may_have_happened(), "a call that only reads, without a response");
}
