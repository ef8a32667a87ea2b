//! Properties of exchanges.

use std::time::Duration;

use hudhud::{CallOptions, ENDPOINTS, Request, Response, RetryPolicy, Step, TransportFault, UnixTime};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::calls::is_whole;
use crate::inputs::{SAMPLES, config, moment, status, wazaj, zagely};

#[derive(Clone, Debug)]
enum Event {
    Step,
    Receive(Response),
    Fail(TransportFault),
}

fn event() -> impl Strategy<Value = Event> {
    let fault = select(vec![TransportFault::Connect, TransportFault::Timeout, TransportFault::Closed]);
    let known = select(vec![200, 201, 302, 400, 401, 405, 422, 429, 429, 500, 502, 503, 503, 504]);
    let plain = (known, prop::option::of("[0-9]{1,3}"), any::<bool>()).prop_map(|(status, wait, quota)| {
        let headers: Vec<(&str, String)> = wait.map(|wait| ("Retry-After", wait)).into_iter().collect();
        let code = if quota { "daily_quota_exceeded" } else { "rate_limit_exceeded" };
        Response::new(status, headers, format!(r#"{{"error":{{"code":"{code}","message":"Too many."}}}}"#))
    });
    prop_oneof![
        3 => Just(Event::Step),
        2 => fault.prop_map(Event::Fail),
        3 => plain.prop_map(Event::Receive),
        1 => (status(), any::<Index>()).prop_map(|(status, which)| {
            Event::Receive(Response { status, headers: Vec::new(), body: which.get(&SAMPLES).clone() })
        }),
    ]
}

/// Returns true if a failure leaves open whether the request took effect, and the vendor does not ask for a
/// repetition.
fn is_ambiguous(vendor: &str, event: &Event) -> bool {
    match event {
        Event::Step => false,
        Event::Fail(fault) => *fault != TransportFault::Connect,
        Event::Receive(response) => match response.status {
            405 => false, // the router's response
            429 => vendor == "wazaj",
            503 => vendor != "wazaj",
            _ => true,
        },
    }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn an_exchange_handles_every_event_and_repeats_nothing_ambiguous(
        which in 0..7_usize,
        events in prop::collection::vec((event(), moment()), 0..30),
        steady in any::<bool>(),
        (max_attempts, base, cap, max_retry_after) in (1..6_u32, any::<u64>(), any::<u64>(), any::<u64>()),
        entropy in any::<[u8; 16]>(),
    ) {
        let policy = RetryPolicy {
            max_attempts,
            base: Duration::from_millis(base),
            cap: Duration::from_millis(cap),
            max_retry_after: Duration::from_millis(max_retry_after),
        };
        let (zagely, wazaj) = (zagely().retry(policy), wazaj().retry(policy));
        let calls = [
            ("contacts.list", r#"{}"#),
            ("messages.send", r#"{"to":"+15551234567","message":"hi"}"#),
            ("contacts.update", r#"{"contact_id":"c-1","name":"Jane"}"#),
            ("automations.toggle", r#"{"automation_id":"a-1"}"#),
            ("sessions.update", r#"{"session_id":"s-1","name":"Jane"}"#),
            ("analytics.overview", r#"{}"#),
            ("messages.send_text", r#"{"to":"+50912345678","body":"hi"}"#),
        ];
        let (name, input) = calls[which];
        let options = CallOptions::new();
        let spec = *ENDPOINTS.iter().find(|spec| spec.name == name).unwrap();
        let safe = spec.idempotency != hudhud::endpoint::Idempotency::None;
        let mut exchange = if spec.vendor.name == "zagely" {
            zagely.call_by_name(name, input).unwrap().exchange(&zagely, options, entropy).unwrap()
        } else {
            wazaj.call_by_name(name, input).unwrap().exchange(&wazaj, options, entropy).unwrap()
        };
        let (mut awaited, mut over, mut sends, mut in_doubt) = (false, false, 0_u32, false);
        let mut first: Option<Request> = None;
        let mut steady_now = UnixTime::from_secs(1_776_767_400);
        for (event, moment) in events {
            let now = if steady { steady_now } else { moment };
            match &event {
                Event::Step => match exchange.step(now) {
                    Step::Send(request) => {
                        prop_assert!(!awaited && !over);
                        prop_assert!(!in_doubt || safe, "{} is repeated although it may have taken effect", name);
                        sends += 1;
                        awaited = true;
                        let known = first.get_or_insert_with(|| request.clone());
                        prop_assert_eq!(&request.url, &known.url);
                        prop_assert_eq!((&request.headers, &request.body), (&known.headers, &known.body));
                        prop_assert!(request.method == known.method || spec.route.update);
                    }
                    Step::Wait(wait) => {
                        prop_assert!(!awaited && !over && sends > 0);
                        prop_assert!(wait <= policy.max_retry_after);
                        steady_now = steady_now.after(wait);
                    }
                    Step::Done(outcome) => {
                        if awaited || over {
                            let error = outcome.unwrap_err();
                            prop_assert!(error.field_errors().get("exchange").is_some());
                        } else {
                            if let Err(error) = outcome {
                                is_whole(&error);
                            }
                            over = true;
                        }
                    }
                },
                Event::Receive(response) => {
                    prop_assert_eq!(exchange.receive(response.clone(), now).is_ok(), awaited);
                    in_doubt |= awaited && is_ambiguous(spec.vendor.name, &event);
                    awaited = false;
                }
                Event::Fail(fault) => {
                    prop_assert_eq!(exchange.fail(*fault, now).is_ok(), awaited);
                    in_doubt |= awaited && is_ambiguous(spec.vendor.name, &event);
                    awaited = false;
                }
            }
        }
        prop_assert!(sends <= max_attempts + u32::from(spec.route.update));
    }
}
