//! Tests of observed steps: the facts that cross with a step are those that calls of their own return.

use std::sync::Arc;
use std::time::Duration;

use hudhud::{CallOptions, KeyPair, RetryPolicy, Settings, TransportFault, Zagely};

use super::{ExchangeHandle, NextStep};
use crate::calls::RunningCall;
use crate::records::Response;
use crate::services::ZagelyService;

fn exchange() -> Arc<ExchangeHandle> {
    let zagely = Zagely::new(KeyPair::new("pk_a", "sk_b").unwrap());
    let service = ZagelyService(zagely.configure(Settings::default()).unwrap());
    let call = service.call_by_name("contacts.get".into(), r#"{"contact_id":"c-1"}"#.into()).unwrap().call;
    let retry = RetryPolicy { max_attempts: 2, base: Duration::from_secs(1), ..RetryPolicy::default() };
    let (decoders, call) = call.any();
    let options = CallOptions::new().retry(retry);
    let exchange = service.0.any_exchange(decoders.tape, call, options, [7; 16]).unwrap();
    ExchangeHandle::new(RunningCall::Call(Box::new(exchange)))
}

fn response(status: u16) -> Response {
    Response { status, headers: Vec::new(), body: br#"{"id":"c-1"}"#.to_vec() }
}

#[test]
fn facts_come_once_with_the_step_after_them() {
    let call = exchange();
    let described = call.description().unwrap();
    let first = call.observed_step(0).unwrap();
    assert_eq!((first.ended, first.description), (None, Some(described)));
    assert!(matches!(first.step, NextStep::Send { .. }));

    call.receive(response(503), 0).unwrap();
    let failed = call.last_attempt();
    let wait = call.observed_step(0).unwrap();
    assert_eq!((failed.as_ref().unwrap().status, &wait.ended), (Some(503), &failed));
    assert!(matches!(wait.step, NextStep::Wait { .. }));

    // The wait is over: its attempt was stated before.
    let second = call.observed_step(60_000).unwrap();
    assert_eq!((second.ended, second.description), (None, None));

    call.receive(response(200), 60_000).unwrap();
    let last = call.observed_step(60_000).unwrap();
    assert_eq!(last.ended.map(|attempt| (attempt.number, attempt.status)), Some((2, Some(200))));
    assert!(matches!(last.step, NextStep::Done { .. }));
}

#[test]
fn a_failed_step_keeps_the_facts_of_its_attempt() {
    let call = exchange();
    let mut now = 0;
    for _ in 0..2 {
        while !matches!(call.observed_step(now).unwrap().step, NextStep::Send { .. }) {
            now += 60_000;
        }
        call.fail(TransportFault::Connect, now, None).unwrap();
    }
    let failed = call.last_attempt();
    assert!(call.observed_step(now).is_err());
    assert_eq!((failed.as_ref().unwrap().number, &call.last_attempt()), (2, &failed));
}

#[test]
fn a_step_without_an_observer_keeps_no_facts() {
    let call = exchange();
    call.step(0).unwrap();
    call.receive(response(404), 0).unwrap();
    assert!(call.step(0).is_err());
    assert_eq!(call.last_attempt(), None);
}
