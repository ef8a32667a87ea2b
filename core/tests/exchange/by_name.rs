//! Calls by name take the same steps as calls by type.

use std::time::Duration;

use hudhud::wazaj::SendText;
use hudhud::zagely::{ToggleAutomation, UpdateContact};
use hudhud::{AnyExchange, CallOptions, Endpoint, Exchange, Json, Response, Step, TransportFault};

use crate::{ENTROPY, START, message, queued, respond, wazaj, zagely};

/// Converts a step to text, in the same form for typed and named exchanges.
fn text_of<T>(step: Step<T>, output: impl FnOnce(T) -> Json) -> String {
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
    events: &[Result<Response, TransportFault>],
) {
    let mut now = START;
    let mut events = events.iter();
    for _ in 0..40 {
        let step = typed.step(now);
        let wait = if let Step::Wait(wait) = &step { *wait } else { Duration::ZERO };
        let (sends, done) = (matches!(step, Step::Send(_)), matches!(step, Step::Done(_)));
        let of_typed = text_of(step, |reply| Json::write(&reply.output).unwrap());
        let of_named = text_of(named.step(now), |reply| reply.output);
        assert_eq!(of_typed, of_named);
        now = now.after(wait);
        if done {
            return;
        }
        if sends {
            let both = match events.next() {
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
    for events in stories {
        let named = zagely.call_by_name("messages.send", r#"{"to":"+15551234567","message":"hi"}"#).unwrap();
        let typed = zagely.exchange(message(), ENTROPY).unwrap();
        agree(typed, named.exchange(&zagely, options(), ENTROPY).unwrap(), events);

        let named = zagely.call_by_name("contacts.update", r#"{"contact_id":"c-1","name":"Jane"}"#).unwrap();
        let typed = zagely.exchange(UpdateContact::new("c-1").name("Jane"), ENTROPY).unwrap();
        agree(typed, named.exchange(&zagely, options(), ENTROPY).unwrap(), events);

        let named = zagely.call_by_name("automations.toggle", r#"{"automation_id":"a-1"}"#).unwrap();
        let typed = zagely.exchange(ToggleAutomation::new("a-1"), ENTROPY).unwrap();
        agree(typed, named.exchange(&zagely, options(), ENTROPY).unwrap(), events);

        let named = wazaj.call_by_name("messages.send_text", r#"{"to":"+50912345678","body":"hi"}"#).unwrap();
        let typed = wazaj.exchange(SendText::new("+50912345678", "hi"), ENTROPY).unwrap();
        agree(typed, named.exchange(&wazaj, options(), ENTROPY).unwrap(), events);
    }
}
