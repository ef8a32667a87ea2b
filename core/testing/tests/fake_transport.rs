//! The fake transport with both clients, and its messages to the author of a test.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hudhud::zagely::{GetContact, SendMessage};
use hudhud::{
    AsyncClient, Client, ErrorKind, KeyPair, RateLimiterStore, SharedRateLimiter, TransportFault, Zagely,
};
use hudhud_testing::{FakeTransport, ForgetfulStore, api_error, success};
use serde_json::json;

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new("pk_test", "sk_test").expect("keys"))
}

/// Returns the message of a panic.
fn message(run: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).expect_err("a panic");
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn a_lost_response_is_repeated_with_the_same_key() {
    let fake = FakeTransport::new();
    fake.fail("messages.send", TransportFault::Timeout);
    fake.respond("messages.send", success("messages.send", json!({"status": "queued"})));
    let sent =
        Client::new(zagely(), fake.clone()).call(SendMessage::text("+15551234567", "hi")).expect("sent");
    assert!(sent.message_id.as_deref().is_some_and(|id| id.len() == 36), "{sent:?}");
    let keys: Vec<_> =
        fake.requests().iter().map(|request| request.header("Idempotency-Key").map(String::from)).collect();
    assert!(keys.len() == 2 && keys[0].is_some() && keys[0] == keys[1], "{keys:?}");
    fake.assert_used();
}

#[tokio::test]
async fn the_asynchronous_client_has_it_too() {
    let fake = FakeTransport::new();
    fake.respond("contacts.get", api_error(404, "not_found"));
    let client = AsyncClient::new(zagely(), fake);
    let error = client.call(GetContact::new("c-1")).await.expect_err("an error");
    assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, Some("not_found")));
}

#[test]
fn mistakes_in_tests_are_named() {
    let client = Client::new(zagely(), FakeTransport::new());
    let unprepared = message(|| drop(client.call(SendMessage::text("+15551234567", "hi"))));
    assert_eq!(
        unprepared,
        "messages.send: no response was prepared for this request; call respond or fail first"
    );

    let unknown = message(|| FakeTransport::new().respond("messages.sned", api_error(404, "not_found")));
    assert_eq!(
        unknown,
        "\"messages.sned\" is not a call: expected one of messages.send, messages.list, messages.send_text, messages.send_template"
    );

    let field = message(|| drop(success("messages.send", json!({"state": "queued"}))));
    assert!(
        field.starts_with("the output of messages.send has no field \"state\": expected one of "),
        "{field}"
    );

    let fake = FakeTransport::new();
    fake.respond("contacts.get", success("contacts.get", json!({})));
    assert_eq!(
        message(move || fake.assert_used()),
        "prepared responses that no request used: contacts.get: 1"
    );
}

#[test]
fn clients_share_the_limits_of_a_key_by_a_store_that_forgets() {
    let (fake, store) = (FakeTransport::new(), ForgetfulStore::new());
    let limiters =
        [SharedRateLimiter::with_store(store.clone()), SharedRateLimiter::with_store(store.clone())];
    for number in 0..20 {
        let body = json!({"status": "queued"});
        fake.respond("messages.send", success("messages.send", body).header("X-RateLimit-Limit", "60"));
        let client =
            Client::new(zagely(), fake.clone()).with_rate_limiter(Some(limiters[number % 2].clone()));
        client.call(SendMessage::text("+15551234567", "hi")).expect("sent");
    }
    assert!(store.load().expect("loaded").is_some());
    // Two limiters that share nothing would send the half of it each.
    assert!(fake.waited().as_secs() >= 14, "{:?}", fake.waited());
}
