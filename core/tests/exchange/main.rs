//! Tests of exchanges. Wrong uses are refused without effect. Waits keep their length regardless of clock changes.
//! Repetitions are the same request with the same key.

mod by_name;
mod by_route;
mod facts;
mod keys;
mod limits;
mod methods;
#[cfg(feature = "std")]
mod permits;
#[cfg(feature = "std")]
mod processes;
mod steps;
#[cfg(feature = "std")]
mod stores;

use std::time::Duration;

use hudhud::wazaj::EXAMPLE_BASE_URL;
use hudhud::zagely::SendMessage;
use hudhud::{
    ApiKey, Endpoint, Error, ErrorKind, Exchange, KeyPair, Request, Response, Step, UnixTime, Wazaj, Zagely,
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
    let text = error.to_string();
    error.kind() == ErrorKind::InvalidRequest
        && error.field_errors().get("exchange").is_some()
        // A request may have been sent already, so the error must not deny it.
        && !text.contains("not sent")
        && !text.contains("nothing was sent")
}
