//! Calls by method and path, for routes that the catalog lacks.

use hudhud::{AnyExchange, CallOptions, ErrorKind, Json, Method, Step, TransportFault};

use crate::{ENTROPY, START, respond, wazaj, zagely};

fn send(exchange: &mut AnyExchange<Json>) -> hudhud::Request {
    match exchange.step(START) {
        Step::Send(request) => request,
        other => panic!("expected a send, found {other:?}"),
    }
}

#[test]
fn members_become_the_query_or_the_body_and_parameters_the_path() {
    for (method, path, input, url, body) in [
        (
            Method::Get,
            "/api/v1/labels",
            r#"{"tags":["a b"],"n":1}"#,
            "/api/v1/labels?tags%5B%5D=a%20b&n=1",
            None,
        ),
        (Method::Get, "/api/v1/labels?a=1", r#"{"n":1}"#, "/api/v1/labels?a=1&n=1", None),
        (Method::Post, "/api/v1/labels", r#"{"name":"Ann"}"#, "/api/v1/labels", Some(r#"{"name":"Ann"}"#)),
        (Method::Post, "/api/v1/labels", "{}", "/api/v1/labels", None),
        (Method::Delete, "/api/v1/labels/{id}", r#"{"id":"a/b"}"#, "/api/v1/labels/a%2Fb", None),
        (
            Method::Put,
            "/api/v1/labels/{id}",
            r#"{"id":7,"extra":{"x":1}}"#,
            "/api/v1/labels/7",
            Some(r#"{"x":1}"#),
        ),
    ] {
        let call = zagely().call_by_route(method, path, input).unwrap();
        let request = call.request(&zagely(), &CallOptions::new()).unwrap();
        assert_eq!(request.url, format!("https://zagely.com{url}"));
        assert_eq!(request.body.as_deref(), body.map(str::as_bytes), "{path}");
        assert_eq!((request.method, request.call), (method, "request"));
        assert!(request.header("X-Secret-Key").is_some());
    }
    let call = wazaj().call_by_route(Method::Post, "/messages/sticker", r#"{"to":"+1"}"#).unwrap();
    let request = call.request(&wazaj(), &CallOptions::new()).unwrap();
    assert!(request.url.ends_with("/api/wazaj/business/messages/sticker"), "{}", request.url);
}

#[test]
fn paths_that_libraries_read_differently_are_refused() {
    for path in [
        "",
        "api/v1/x",
        "//evil.example/x",
        "/api/../x",
        "/api/%2e%2E/x",
        "/api//x",
        "/a b",
        "/a#b",
        "/a\\b",
        "/é",
        "/a%2",
        "/a/",
        "https://evil.example/x",
        "/x?a#b",
        "/x?a b",
        "/{id}/x",
    ] {
        let call = zagely().call_by_route(Method::Get, path, "{}").unwrap();
        let error = call.request(&zagely(), &CallOptions::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{path}");
    }
    for id in ["\"\"", "\"..\"", "null", "{}", "-1"] {
        let input = format!(r#"{{"id":{id}}}"#);
        let call = zagely().call_by_route(Method::Get, "/api/v1/x/{id}", &input).unwrap();
        assert!(call.request(&zagely(), &CallOptions::new()).unwrap_err().field_errors().get("id").is_some());
    }
    assert!(zagely().call_by_route(Method::Get, "/x", "[]").is_err());
}

#[test]
fn retries_keys_and_errors_are_those_of_the_catalog() {
    let exchange = |method, path: &str| {
        let call = zagely().call_by_route(method, path, r#"{"name":"Ann Miller"}"#).unwrap();
        call.exchange(&zagely(), CallOptions::new(), ENTROPY).unwrap()
    };
    // The versioned routes accept an idempotency key, so that the call is repeated.
    let mut keyed = exchange(Method::Post, "/api/v1/labels");
    assert!(send(&mut keyed).header("Idempotency-Key").is_some());
    keyed.fail(TransportFault::Closed, START).unwrap();
    assert!(matches!(keyed.step(START), Step::Wait(_)));
    // Other routes do not.
    let mut unkeyed = exchange(Method::Post, "/api/labels");
    assert!(send(&mut unkeyed).header("Idempotency-Key").is_none());
    unkeyed.fail(TransportFault::Closed, START).unwrap();
    let Step::Done(Err(error)) = unkeyed.step(START) else { panic!("the call is not repeated") };
    assert!(error.may_have_happened() && !error.safe_to_retry());

    let mut refused = exchange(Method::Post, "/api/v1/labels");
    send(&mut refused);
    let body = r#"{"message":"The name Ann Miller is taken."}"#;
    refused.receive(respond(422, &[], body), START).unwrap();
    let Step::Done(Err(error)) = refused.step(START) else { panic!("the call has failed") };
    let text = error.to_string();
    assert!(text.starts_with("request: validation (HTTP 422") && !text.contains("Ann"), "{text}");

    let mut good = exchange(Method::Post, "/api/v1/labels");
    send(&mut good);
    good.receive(respond(201, &[], r#"{"id":7,"big":12345678901234567890123}"#), START).unwrap();
    let Step::Done(Ok(response)) = good.step(START) else { panic!("the call has succeeded") };
    assert_eq!(response.output.as_str(), r#"{"id":7,"big":12345678901234567890123}"#);

    let output = |status, body: &str| {
        let mut exchange = exchange(Method::Delete, "/api/v1/labels/1");
        send(&mut exchange);
        exchange.receive(respond(status, &[], body), START).unwrap();
        let Step::Done(outcome) = exchange.step(START) else { panic!("the call has ended") };
        outcome.map(|response| response.output.as_str().to_owned())
    };
    assert_eq!(output(204, "").unwrap(), "null");
    assert_eq!(output(200, "\u{feff}[1e999]").unwrap(), "[1e999]");
    assert_eq!(output(200, "<html>").unwrap_err().kind(), ErrorKind::UnexpectedResponse);
}

#[test]
fn values_in_the_path_are_neither_described_nor_repeated() {
    let call =
        zagely().call_by_route(Method::Get, "/api/v1/people/+15551234567/notes/{id}", r#"{"id":"Ann"}"#);
    let mut exchange = call.unwrap().exchange(&zagely(), CallOptions::new(), ENTROPY).unwrap();
    assert_eq!(exchange.description().url_template, "/api/v1/people/{value}/notes/{id}");
    send(&mut exchange);
    exchange
        .receive(respond(404, &[], r#"{"message":"Ann has no notes under +15551234567."}"#), START)
        .unwrap();
    let Step::Done(Err(error)) = exchange.step(START) else { panic!("the call has failed") };
    let text = error.to_string();
    assert!(!text.contains("Ann") && !text.contains("1555"), "{text}");
}
