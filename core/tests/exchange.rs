//! An exchange is told what happened and says what to do: wrong uses are refused without harm, waits keep their
//! length whatever the clock does, and what is repeated is the same request under the same key.

use std::time::Duration;

use hudhud::wazaj::{EXAMPLE_BASE_URL, SendText};
use hudhud::zagely::{CreateContact, ListContacts, SendMessage, ToggleAutomation, UpdateContact};
use hudhud::{
    ApiKey, CallOptions, Endpoint, Error, ErrorKind, Exchange, IdempotencyKey, Json, KeyPair, Method,
    NamedExchange, Request, Response, RetryPolicy, Step, TransportFault, UnixTime, Wazaj, Zagely,
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
        Step::Wait(wait) => panic!("waits for {wait:?} instead of sending"),
        Step::Done(outcome) => panic!("is over instead of sending: {:?}", outcome.err()),
    }
}

fn waits<E: Endpoint>(exchange: &mut Exchange<E>, now: UnixTime) -> Duration {
    match exchange.step(now) {
        Step::Wait(wait) => wait,
        Step::Send(_) => panic!("sends instead of waiting"),
        Step::Done(outcome) => panic!("is over instead of waiting: {:?}", outcome.err()),
    }
}

fn ends<E: Endpoint>(exchange: &mut Exchange<E>, now: UnixTime) -> Result<E::Answer, Error> {
    match exchange.step(now) {
        Step::Done(outcome) => outcome.map(hudhud::Reply::into_answer),
        Step::Send(_) => panic!("sends instead of ending"),
        Step::Wait(wait) => panic!("waits for {wait:?} instead of ending"),
    }
}

fn is_misuse(error: &Error) -> bool {
    let told = error.to_string();
    error.kind() == ErrorKind::InvalidRequest
        && error.field_errors().get("exchange").is_some()
        // Something may well have been sent by then.
        && !told.contains("not sent")
        && !told.contains("nothing was sent")
}

#[test]
fn a_step_while_an_answer_is_awaited_is_refused_and_changes_nothing() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    let request = sent(&mut exchange, START);
    for _ in 0..3 {
        let error = ends(&mut exchange, START).unwrap_err();
        assert!(is_misuse(&error), "{error}");
        assert_eq!(error.call(), Some("messages.send"));
    }
    assert_eq!(exchange.attempts(), 1);
    // It still waits for the answer to that one request, and takes it.
    exchange.receive(respond(429, &[("Retry-After", "2")], "{}"), START).unwrap();
    assert_eq!(waits(&mut exchange, START), Duration::from_secs(2));
    assert_eq!(sent(&mut exchange, later(2000)), request);
}

#[test]
fn an_answer_nobody_awaits_is_refused_and_changes_nothing() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    let refused = |exchange: &mut Exchange<SendMessage>| {
        assert!(is_misuse(&exchange.receive(queued(), START).unwrap_err()));
        assert!(is_misuse(&exchange.fail(TransportFault::Closed, START).unwrap_err()));
    };
    refused(&mut exchange); // before the first step
    sent(&mut exchange, START);
    exchange.receive(respond(503, &[("Retry-After", "1")], ""), START).unwrap();
    refused(&mut exchange); // while it waits
    waits(&mut exchange, START);
    refused(&mut exchange);
    sent(&mut exchange, later(1000));
    exchange.receive(queued(), later(1000)).unwrap();
    refused(&mut exchange); // when the outcome is there
    assert_eq!(ends(&mut exchange, later(1000)).unwrap().message_id.as_deref(), Some("m-1"));
    refused(&mut exchange); // and behind the end
}

#[test]
fn a_step_behind_the_end_is_refused_each_time() {
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
fn an_early_step_is_told_the_rest_of_the_wait() {
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
fn a_wait_that_is_over_before_it_was_told_is_told_all_the_same() {
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
    // What was left is left, from the new time on, and not until the old one comes round again.
    assert_eq!(waits(&mut exchange, hour(1)), Duration::from_secs(6));
    assert_eq!(waits(&mut exchange, hour(1).after(Duration::from_secs(5))), Duration::from_secs(1));
    assert_eq!(waits(&mut exchange, hour(2)), Duration::from_secs(1));
    sent(&mut exchange, hour(2).after(Duration::from_secs(1)));
}

#[test]
fn a_host_that_only_sleeps_gets_on_while_its_clock_runs_backwards() {
    let mut exchange = zagely().exchange(message(), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(429, &[("Retry-After", "10")], "{}"), START).unwrap();
    assert_eq!(waits(&mut exchange, UnixTime::default()), Duration::from_secs(10));
    sent(&mut exchange, UnixTime::from_secs(10));
}

#[test]
fn no_moment_is_too_late_or_too_early() {
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
        sent(&mut exchange, UnixTime::from_millis(u64::MAX));
        exchange.receive(queued(), now).unwrap();
        assert!(ends(&mut exchange, now).is_ok());
    }
}

#[test]
fn every_repetition_is_the_same_request_under_the_same_key() {
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
    // The fourth is the last, and its error hands the key on.
    exchange.fail(TransportFault::Timeout, now).unwrap();
    let error = ends(&mut exchange, now).unwrap_err();
    assert_eq!(error.transport_fault(), Some(TransportFault::Timeout));
    assert_eq!(error.idempotency_key().map(IdempotencyKey::as_str), Some(key.as_str()));

    // A new exchange with that key is the same wish.
    let options = CallOptions::new().idempotency_key(IdempotencyKey::new(&*key).unwrap());
    let mut again = zagely().exchange_with(message(), options, [9; 16]).unwrap();
    assert_eq!(sent(&mut again, now), first);
}

#[test]
fn what_carries_no_key_is_not_given_one_and_is_not_sent_twice_in_doubt() {
    let options = || CallOptions::new().idempotency_key(IdempotencyKey::new("order-1").unwrap());
    let mut toggle = zagely().exchange_with(ToggleAutomation::new("a-1"), options(), ENTROPY).unwrap();
    assert_eq!(sent(&mut toggle, START).header("idempotency-key"), None);
    assert_eq!(toggle.idempotency_key(), None);
    toggle.fail(TransportFault::Timeout, START).unwrap();
    let error = ends(&mut toggle, START).unwrap_err();
    assert!(error.advice().contains("may have had its effect"), "{}", error.advice());

    let mut text = wazaj().exchange_with(SendText::new("+50912345678", "hi"), options(), ENTROPY).unwrap();
    assert_eq!(sent(&mut text, START).header("idempotency-key"), None);
    text.fail(TransportFault::Closed, START).unwrap();
    assert_eq!(ends(&mut text, START).unwrap_err().kind(), ErrorKind::Transport);
}

#[test]
fn what_never_left_is_sent_again_by_every_call() {
    let mut text = wazaj().exchange(SendText::new("+50912345678", "hi"), ENTROPY).unwrap();
    sent(&mut text, START);
    text.fail(TransportFault::Connect, START).unwrap();
    let wait = waits(&mut text, START);
    sent(&mut text, START.after(wait));
    // This time it left.
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
        let zagely = zagely().update_method(first);
        let mut exchange = zagely.exchange(update(), ENTROPY).unwrap();
        let request = sent(&mut exchange, START);
        assert_eq!(request.method, first);
        let headers: Vec<_> = allow.into_iter().map(|allow| ("Allow", allow)).collect();
        exchange.receive(respond(405, &headers, ""), START).unwrap();
        // At once, and otherwise the same.
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
fn nothing_else_is_swapped() {
    // Another method is allowed, and not the one an update may be.
    let mut exchange = zagely().exchange(UpdateContact::new("c-1").name("Jane"), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(405, &[("Allow", "GET, POST")], ""), START).unwrap();
    assert_eq!(ends(&mut exchange, START).unwrap_err().allowed_methods(), ["GET", "POST"]);

    // No update.
    let mut exchange = zagely().exchange(CreateContact::new("+15551234567"), ENTROPY).unwrap();
    sent(&mut exchange, START);
    exchange.receive(respond(405, &[("Allow", "PUT, PATCH")], ""), START).unwrap();
    assert_eq!(ends(&mut exchange, START).unwrap_err().kind(), ErrorKind::MethodNotAllowed);
}

#[test]
fn after_a_swap_the_other_method_is_repeated_and_the_attempts_are_all_there() {
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
fn a_policy_of_no_attempts_at_all_still_sends_once() {
    for policy in [RetryPolicy::never(), RetryPolicy { max_attempts: 0, ..RetryPolicy::default() }] {
        let options = CallOptions::new().retry(policy);
        let mut exchange = zagely().exchange_with(ListContacts::new(), options, ENTROPY).unwrap();
        sent(&mut exchange, START);
        exchange.fail(TransportFault::Connect, START).unwrap();
        assert!(ends(&mut exchange, START).is_err());
    }
}

/// What an exchange says, in words that do not tell a typed one from a named one.
fn said<T>(step: Step<T>, answer: impl FnOnce(T) -> Json) -> String {
    match step {
        Step::Send(request) => {
            format!("{} {} {:?} {:?}", request.method, request.url, request.headers, request.body)
        }
        Step::Wait(wait) => format!("{wait:?}"),
        Step::Done(Ok(reply)) => answer(reply).as_str().to_owned(),
        Step::Done(Err(error)) => Json::write(&error).unwrap().as_str().to_owned(),
    }
}

/// Plays one story to a typed and to a named exchange, and has them say the same throughout.
fn agree<E: Endpoint>(
    mut typed: Exchange<E>,
    mut named: NamedExchange,
    story: &[Result<Response, TransportFault>],
) {
    let mut now = START;
    let mut story = story.iter();
    for _ in 0..40 {
        let step = typed.step(now);
        let wait = if let Step::Wait(wait) = &step { *wait } else { Duration::ZERO };
        let (sends, done) = (matches!(step, Step::Send(_)), matches!(step, Step::Done(_)));
        let of_typed = said(step, |reply| Json::write(&reply.answer).unwrap());
        let of_named = said(named.step(now), |reply| reply.answer);
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
    panic!("the story has no end");
}

#[test]
fn a_named_exchange_does_what_the_typed_one_does() {
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
        let named = zagely.named("messages.send", r#"{"to":"+15551234567","message":"hi"}"#).unwrap();
        let typed = zagely.exchange(message(), ENTROPY).unwrap();
        agree(typed, named.exchange(&zagely, options(), ENTROPY).unwrap(), story);

        let named = zagely.named("contacts.update", r#"{"contact_id":"c-1","name":"Jane"}"#).unwrap();
        let typed = zagely.exchange(UpdateContact::new("c-1").name("Jane"), ENTROPY).unwrap();
        agree(typed, named.exchange(&zagely, options(), ENTROPY).unwrap(), story);

        let named = zagely.named("automations.toggle", r#"{"automation_id":"a-1"}"#).unwrap();
        let typed = zagely.exchange(ToggleAutomation::new("a-1"), ENTROPY).unwrap();
        agree(typed, named.exchange(&zagely, options(), ENTROPY).unwrap(), story);

        let named = wazaj.named("messages.send_text", r#"{"to":"+50912345678","body":"hi"}"#).unwrap();
        let typed = wazaj.exchange(SendText::new("+50912345678", "hi"), ENTROPY).unwrap();
        agree(typed, named.exchange(&wazaj, options(), ENTROPY).unwrap(), story);
    }
}
