//! The methods, and which calls are repeated.

use hudhud::wazaj::SendText;
use hudhud::zagely::{CreateContact, GetQrCode, ListContacts, ToggleAutomation, UpdateContact};
use hudhud::{CallOptions, Endpoint, ErrorKind, IdempotencyKey, Method, RetryPolicy, Step, TransportFault};

use crate::{ENTROPY, START, ends, message, respond, sent, waits, wazaj, zagely};

/// Sends a call with a method. Returns the method, true if the request has a key, and true if it is repeated after
/// silence.
fn under<E: Endpoint<Vendor: hudhud::Vendor>>(
    service: &hudhud::Service<E::Vendor>,
    call: E,
    options: CallOptions,
) -> (Method, bool, bool) {
    let mut exchange = service.exchange_with(call, options, ENTROPY).unwrap();
    let request = sent(&mut exchange, START);
    let method = request.header("x-http-method-override").and_then(<Method as hudhud::ClosedEnum>::from_name);
    let key = request.header("idempotency-key").map(str::to_owned);
    assert_eq!(exchange.idempotency_key().map(IdempotencyKey::as_str), key.as_deref());
    exchange.fail(TransportFault::Timeout, START).unwrap();
    let repeats = match exchange.step(START) {
        Step::Wait(_) => true,
        Step::Done(outcome) => {
            assert_eq!(
                outcome.err().and_then(|error| error.idempotency_key().cloned()).is_some(),
                key.is_some()
            );
            false
        }
        Step::Send(_) => panic!("expected a wait before the send"),
    };
    (method.unwrap_or(request.method), key.is_some(), repeats)
}

#[test]
fn the_method_decides_about_keys_and_repetitions() {
    let (zagely, key) = (zagely(), || IdempotencyKey::new("order-1").unwrap());
    let mutating = [Method::Post, Method::Put, Method::Patch, Method::Delete];
    for tunnel in [false, true] {
        let zagely = zagely.clone().method_override(tunnel);
        for given in [CallOptions::new(), CallOptions::new().idempotency_key(key())] {
            let with = |method| given.clone().method(method);
            for method in mutating {
                // Under /api/v1, every call with a changing method has a key, regardless of the catalog.
                let keyed = (method, true, true);
                assert_eq!(under(&zagely, ListContacts::new(), with(method)), keyed);
                assert_eq!(under(&zagely, message(), with(method)), keyed);
                let service = zagely.clone().method("contacts.list", method).unwrap();
                assert_eq!(under(&service, ListContacts::new(), given.clone()), keyed);
                // The app routes have no idempotency keys.
                let doubtful = (method, false, false);
                assert_eq!(under(&zagely, GetQrCode::new("s-1"), with(method)), doubtful);
                assert_eq!(under(&zagely, ToggleAutomation::new("a-1"), with(method)), doubtful);
                let service = zagely.clone().method("sessions.qr_code", method).unwrap();
                assert_eq!(under(&service, GetQrCode::new("s-1"), given.clone()), doubtful);
                let keyless = CallOptions::new().method(method);
                assert_eq!(under(&wazaj(), SendText::new("+50912345678", "hi"), keyless), doubtful);
            }
            // A call that only reads needs no key.
            let reads = (Method::Get, false, true);
            assert_eq!(under(&zagely, message(), with(Method::Get)), reads);
            assert_eq!(under(&zagely, ToggleAutomation::new("a-1"), with(Method::Get)), reads);
            assert_eq!(under(&wazaj(), SendText::new("+50912345678", "hi"), with(Method::Get)), reads);
            // The options of a call override those of its client.
            let service = zagely.clone().method("contacts.list", Method::Post).unwrap();
            assert_eq!(under(&service, ListContacts::new(), with(Method::Get)), reads);
        }
    }
}

#[test]
fn a_single_request_has_a_key_depending_on_its_method() {
    let options = CallOptions::new().idempotency_key(IdempotencyKey::new("order-1").unwrap());
    let key = |method| {
        let request = zagely().request(&ListContacts::new(), &options.clone().method(method)).unwrap();
        request.header("idempotency-key").map(str::to_owned)
    };
    assert_eq!(key(Method::Post).as_deref(), Some("order-1"));
    assert_eq!(key(Method::Get), None);
}

#[test]
fn put_and_patch_are_swapped_in_the_tunnel_too() {
    let zagely = zagely().method_override(true);
    let mut exchange = zagely.exchange(UpdateContact::new("c-1").name("Jane"), ENTROPY).unwrap();
    let first = sent(&mut exchange, START);
    assert_eq!((first.method, first.header("x-http-method-override")), (Method::Post, Some("PUT")));
    exchange.receive(respond(405, &[("Allow", "GET, PATCH")], ""), START).unwrap();
    let second = sent(&mut exchange, START);
    assert_eq!((second.method, second.header("x-http-method-override")), (Method::Post, Some("PATCH")));
    assert_eq!(second.header("idempotency-key"), first.header("idempotency-key"));
}

#[test]
fn every_repetition_is_the_same_request_with_the_same_key() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    let first = sent(&mut exchange, START);
    let key = first.header("idempotency-key").unwrap().to_owned();
    assert_eq!(exchange.idempotency_key().map(IdempotencyKey::as_str), Some(key.as_str()));
    let mut now = START;
    for attempt in 1..4 {
        assert_eq!(exchange.attempts(), attempt);
        match attempt {
            1 => exchange.fail(TransportFault::Timeout, now).unwrap(),
            2 => exchange.fail(TransportFault::Closed, now).unwrap(),
            _ => exchange.receive(respond(503, &[], ""), now).unwrap(),
        }
        now = now.after(waits(&mut exchange, now));
        assert_eq!(sent(&mut exchange, now), first);
    }
    // The fourth attempt is the last. Its error contains the key.
    exchange.fail(TransportFault::Timeout, now).unwrap();
    let error = ends(&mut exchange, now).unwrap_err();
    assert_eq!(error.transport_fault(), Some(TransportFault::Timeout));
    assert_eq!(error.idempotency_key().map(IdempotencyKey::as_str), Some(key.as_str()));

    // A new exchange with this key sends the same request.
    let options = CallOptions::new().idempotency_key(IdempotencyKey::new(&*key).unwrap());
    let mut again = zagely().exchange_with(message(), options, [9; 16]).unwrap();
    assert_eq!(sent(&mut again, now), first);
}

#[test]
fn calls_without_a_key_get_none_and_are_not_repeated_if_ambiguous() {
    let options = || CallOptions::new().idempotency_key(IdempotencyKey::new("order-1").unwrap());
    let mut toggle = zagely().exchange_with(ToggleAutomation::new("a-1"), options(), ENTROPY).unwrap();
    assert_eq!(sent(&mut toggle, START).header("idempotency-key"), None);
    assert_eq!(toggle.idempotency_key(), None);
    toggle.fail(TransportFault::Timeout, START).unwrap();
    let error = ends(&mut toggle, START).unwrap_err();
    assert!(error.hint().contains("may have taken effect"), "{}", error.hint());

    let mut text = wazaj().exchange(SendText::new("+50912345678", "hi"), ENTROPY).unwrap();
    assert_eq!(sent(&mut text, START).header("idempotency-key"), None);
    text.fail(TransportFault::Closed, START).unwrap();
    assert_eq!(ends(&mut text, START).unwrap_err().kind(), ErrorKind::Transport);
    // Wazaj takes no keys at all, so a key is refused: it would look like a protection.
    let refused = wazaj().exchange_with(SendText::new("+50912345678", "hi"), options(), ENTROPY).unwrap_err();
    assert!(refused.field_errors().get("idempotency_key").is_some(), "{refused}");
}

#[test]
fn every_call_is_repeated_if_nothing_was_sent() {
    let mut text = wazaj().exchange(SendText::new("+50912345678", "hi"), ENTROPY).unwrap();
    sent(&mut text, START);
    text.fail(TransportFault::Connect, START).unwrap();
    let wait = waits(&mut text, START);
    sent(&mut text, START.after(wait));
    // This time the request was sent.
    text.fail(TransportFault::Closed, START.after(wait)).unwrap();
    assert!(ends(&mut text, START.after(wait)).is_err());
}

#[test]
fn put_and_patch_are_swapped_once_after_a_405() {
    let update = || UpdateContact::new("c-1").name("Jane");
    for (first, second, allow) in [
        (Method::Put, Method::Patch, Some("GET, patch")),
        (Method::Patch, Method::Put, Some("GET,PUT")),
        (Method::Put, Method::Patch, None),
    ] {
        let zagely = zagely().update_method(first).unwrap();
        let mut exchange = zagely.exchange(update(), ENTROPY).unwrap();
        let request = sent(&mut exchange, START);
        assert_eq!(request.method, first);
        let headers: Vec<_> = allow.into_iter().map(|allow| ("Allow", allow)).collect();
        exchange.receive(respond(405, &headers, ""), START).unwrap();
        // The swapped request is sent at once and is otherwise the same.
        let swapped = sent(&mut exchange, START);
        assert_eq!(swapped.method, second);
        assert_eq!(
            (swapped.url, swapped.headers, swapped.body),
            (request.url, request.headers, request.body)
        );
        assert_eq!(exchange.attempts(), 1);
        exchange.receive(respond(405, &headers, ""), START).unwrap();
        assert_eq!(ends(&mut exchange, START).unwrap_err().kind(), ErrorKind::MethodNotAllowed);
    }
}

#[test]
fn other_methods_and_calls_are_not_swapped() {
    // The vendor allows another method, but neither PUT nor PATCH.
    let mut exchange = zagely().exchange(UpdateContact::new("c-1").name("Jane"), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(405, &[("Allow", "GET, POST")], ""), START).unwrap();
    assert_eq!(ends(&mut exchange, START).unwrap_err().allowed_methods(), ["GET", "POST"]);

    // The call is not an update.
    let mut exchange = zagely().exchange(CreateContact::new("+15551234567"), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(405, &[("Allow", "PUT, PATCH")], ""), START).unwrap();
    assert_eq!(ends(&mut exchange, START).unwrap_err().kind(), ErrorKind::MethodNotAllowed);
}

#[test]
fn after_a_swap_all_attempts_use_the_other_method() {
    let policy = RetryPolicy { max_attempts: 3, ..RetryPolicy::default() };
    let mut exchange =
        zagely().retry(policy).exchange(UpdateContact::new("c-1").name("Jane"), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(405, &[], ""), START).unwrap();
    let mut now = START;
    for attempt in 1..=3 {
        assert_eq!(sent(&mut exchange, now).method, Method::Patch);
        exchange.receive(respond(503, &[], ""), now).unwrap();
        if attempt < 3 {
            now = now.after(waits(&mut exchange, now));
        }
    }
    assert_eq!(ends(&mut exchange, now).unwrap_err().kind(), ErrorKind::Unavailable);
}

#[test]
fn a_policy_without_retries_sends_once() {
    let options = CallOptions::new().retry(RetryPolicy::never());
    let mut exchange = zagely().exchange_with(ListContacts::new(), options, ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.fail(TransportFault::Connect, START).unwrap();
    assert!(ends(&mut exchange, START).is_err());
}
