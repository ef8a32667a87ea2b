//! Tests of exchanges. Wrong uses are refused without effect. Waits keep their length regardless of clock changes.
//! Repetitions are the same request with the same key.

use std::time::Duration;

use hudhud::wazaj::{EXAMPLE_BASE_URL, SendText};
use hudhud::zagely::{CreateContact, GetQrCode, ListContacts, SendMessage, ToggleAutomation, UpdateContact};
use hudhud::{
    AnyExchange, ApiKey, CallOptions, Endpoint, Error, ErrorKind, Exchange, IdempotencyKey, Json, KeyPair,
    Method, Request, Response, RetryPolicy, Step, TransportFault, UnixTime, Wazaj, Zagely,
};

const START: UnixTime = UnixTime::from_secs(1_776_767_400);
const ENTROPY: [u8; 16] = [7; 16];

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap())
}

fn wazaj() -> Wazaj {
    Wazaj::new(ApiKey::new("wzj_test").unwrap(), EXAMPLE_BASE_URL).unwrap()
}

fn message() -> SendMessage {
    SendMessage::text("+15551234567", "hi")
}

fn respond(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    Response::new(status, headers.iter().copied(), body)
}

fn queued() -> Response {
    respond(201, &[], r#"{"status":"queued","message_id":"m-1"}"#)
}

fn later(millis: u64) -> UnixTime {
    START.after(Duration::from_millis(millis))
}

fn sent<E: Endpoint>(exchange: &mut Exchange<E>, now: UnixTime) -> Request {
    match exchange.step(now) {
        Step::Send(request) => request,
        Step::Wait(wait) => panic!("expected a send, found a wait of {wait:?}"),
        Step::Done(outcome) => panic!("expected a send, found the end: {:?}", outcome.err()),
    }
}

fn waits<E: Endpoint>(exchange: &mut Exchange<E>, now: UnixTime) -> Duration {
    match exchange.step(now) {
        Step::Wait(wait) => wait,
        Step::Send(_) => panic!("expected a wait, found a send"),
        Step::Done(outcome) => panic!("expected a wait, found the end: {:?}", outcome.err()),
    }
}

fn ends<E: Endpoint>(exchange: &mut Exchange<E>, now: UnixTime) -> Result<E::Output, Error> {
    match exchange.step(now) {
        Step::Done(outcome) => outcome.map(hudhud::ApiResponse::into_output),
        Step::Send(_) => panic!("expected the end, found a send"),
        Step::Wait(wait) => panic!("expected the end, found a wait of {wait:?}"),
    }
}

fn is_misuse(error: &Error) -> bool {
    let told = error.to_string();
    error.kind() == ErrorKind::InvalidRequest
        && error.field_errors().get("exchange").is_some()
        // A request may have been sent already, so the error must not deny it.
        && !told.contains("not sent")
        && !told.contains("nothing was sent")
}

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
        let asked = [("Retry-After", "60"), ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")];
        exchange.receive(respond(429, &asked, "{}"), now).unwrap();
        let wait = waits(&mut exchange, now);
        assert!(wait <= Duration::from_secs(60));
        sent(&mut exchange, now.after(wait));
        exchange.fail(TransportFault::Timeout, UnixTime::default()).unwrap();
        assert!(waits(&mut exchange, UnixTime::default()) <= Duration::from_secs(1));
        // An idempotency key expires after a day, so it has expired by now.
        assert!(ends(&mut exchange, UnixTime::from_millis(u64::MAX)).unwrap_err().is_key_forgotten());
    }
}

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
                assert_eq!(under(&wazaj(), SendText::new("+50912345678", "hi"), with(method)), doubtful);
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

    let mut text = wazaj().exchange_with(SendText::new("+50912345678", "hi"), options(), ENTROPY).unwrap();
    assert_eq!(sent(&mut text, START).header("idempotency-key"), None);
    text.fail(TransportFault::Closed, START).unwrap();
    assert_eq!(ends(&mut text, START).unwrap_err().kind(), ErrorKind::Transport);
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
fn a_policy_with_zero_attempts_sends_once() {
    for policy in [RetryPolicy::never(), RetryPolicy { max_attempts: 0, ..RetryPolicy::default() }] {
        let options = CallOptions::new().retry(policy);
        let mut exchange = zagely().exchange_with(ListContacts::new(), options, ENTROPY).unwrap();
        sent(&mut exchange, START);
        exchange.fail(TransportFault::Connect, START).unwrap();
        assert!(ends(&mut exchange, START).is_err());
    }
}

/// Converts a step to text, in the same form for typed and named exchanges.
fn said<T>(step: Step<T>, output: impl FnOnce(T) -> Json) -> String {
    match step {
        Step::Send(request) => {
            format!("{} {} {:?} {:?}", request.method, request.url, request.headers, request.body)
        }
        Step::Wait(wait) => format!("{wait:?}"),
        Step::Done(Ok(reply)) => output(reply).as_str().to_owned(),
        Step::Done(Err(error)) => Json::write(&error).unwrap().as_str().to_owned(),
    }
}

/// Plays one sequence of events to a typed and a named exchange, and checks that their steps are equal.
fn agree<E: Endpoint>(
    mut typed: Exchange<E>,
    mut named: AnyExchange<Json>,
    story: &[Result<Response, TransportFault>],
) {
    let mut now = START;
    let mut story = story.iter();
    for _ in 0..40 {
        let step = typed.step(now);
        let wait = if let Step::Wait(wait) = &step { *wait } else { Duration::ZERO };
        let (sends, done) = (matches!(step, Step::Send(_)), matches!(step, Step::Done(_)));
        let of_typed = said(step, |reply| Json::write(&reply.output).unwrap());
        let of_named = said(named.step(now), |reply| reply.output);
        assert_eq!(of_typed, of_named);
        now = now.after(wait);
        if done {
            return;
        }
        if sends {
            let both = match story.next() {
                Some(Ok(response)) => {
                    [typed.receive(response.clone(), now), named.receive(response.clone(), now)]
                }
                Some(Err(fault)) => [typed.fail(*fault, now), named.fail(*fault, now)],
                None => [typed.receive(queued(), now), named.receive(queued(), now)],
            };
            assert!(both.iter().all(Result::is_ok));
        }
    }
    panic!("the exchange did not end");
}

#[test]
fn named_and_typed_exchanges_take_the_same_steps() {
    let stories: [&[Result<Response, TransportFault>]; 6] = [
        &[],
        &[Err(TransportFault::Connect), Err(TransportFault::Timeout)],
        &[Ok(respond(429, &[("Retry-After", "3")], "{}")), Ok(respond(503, &[], "<html>"))],
        &[Ok(respond(422, &[], r#"{"message":"x","errors":{"to":["The to field is required."]}}"#))],
        &[Ok(respond(405, &[("Allow", "PATCH")], "")), Err(TransportFault::Closed)],
        &[Ok(respond(200, &[], "<html>"))],
    ];
    let (zagely, wazaj) = (zagely(), wazaj());
    let options = CallOptions::new;
    for story in stories {
        let named = zagely.call_by_name("messages.send", r#"{"to":"+15551234567","message":"hi"}"#).unwrap();
        let typed = zagely.exchange(message(), ENTROPY).unwrap();
        agree(typed, named.exchange(&zagely, options(), ENTROPY).unwrap(), story);

        let named = zagely.call_by_name("contacts.update", r#"{"contact_id":"c-1","name":"Jane"}"#).unwrap();
        let typed = zagely.exchange(UpdateContact::new("c-1").name("Jane"), ENTROPY).unwrap();
        agree(typed, named.exchange(&zagely, options(), ENTROPY).unwrap(), story);

        let named = zagely.call_by_name("automations.toggle", r#"{"automation_id":"a-1"}"#).unwrap();
        let typed = zagely.exchange(ToggleAutomation::new("a-1"), ENTROPY).unwrap();
        agree(typed, named.exchange(&zagely, options(), ENTROPY).unwrap(), story);

        let named = wazaj.call_by_name("messages.send_text", r#"{"to":"+50912345678","body":"hi"}"#).unwrap();
        let typed = wazaj.exchange(SendText::new("+50912345678", "hi"), ENTROPY).unwrap();
        agree(typed, named.exchange(&wazaj, options(), ENTROPY).unwrap(), story);
    }
}
