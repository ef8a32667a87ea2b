//! Tests of the feature `http`: requests and responses are converted to that crate's types and back without loss.
#![cfg(feature = "http")]

use hudhud::webhook::{Verifier, sign};
use hudhud::zagely::{CreateContact, ListContacts};
use hudhud::{CallOptions, KeyPair, Response, UnixTime, Zagely};

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap())
}

#[test]
fn requests_are_converted_without_loss() {
    let call = CreateContact::new("+15551234567").name("زفيرين");
    let request = zagely().request(&call, &CallOptions::new()).unwrap();
    let theirs = http::Request::<Vec<u8>>::try_from(request.clone()).unwrap();
    assert_eq!(theirs.method(), request.method.as_str());
    assert_eq!(theirs.uri().to_string(), request.url);
    assert_eq!(theirs.headers().len(), request.headers.len());
    for (name, value) in &request.headers {
        assert_eq!(theirs.headers()[name.as_ref()], **value);
    }
    assert_eq!(Some(theirs.into_body()), request.body);

    let list = zagely().request(&ListContacts::new().tags(["vip"]), &CallOptions::new()).unwrap();
    let theirs = http::Request::<Vec<u8>>::try_from(list).unwrap();
    assert_eq!(theirs.uri().query(), Some("tags%5B%5D=vip"));
    assert!(theirs.body().is_empty());
}

#[test]
fn an_invalid_header_is_an_error_and_does_not_panic() {
    let mut request = zagely().request(&ListContacts::new(), &CallOptions::new()).unwrap();
    request.headers.push(("X-Trace".into(), "a\r\nb".into()));
    let error = http::Request::<Vec<u8>>::try_from(request).unwrap_err();
    assert!(error.is::<http::header::InvalidHeaderValue>() || error.is::<http::header::InvalidHeaderName>());
}

#[test]
fn responses_are_converted_without_loss() {
    let theirs = http::Response::builder()
        .status(429)
        .header("Retry-After", "7")
        .header("X-Odd", &b"\xff"[..])
        .body("{}")
        .unwrap();
    let ours = Response::from(theirs);
    assert_eq!((ours.status, ours.header("RETRY-AFTER"), ours.body.as_slice()), (429, Some("7"), &b"{}"[..]));
    let error = zagely().decode::<ListContacts>(ours, None).unwrap_err();
    assert_eq!(error.meta().unwrap().retry_after.unwrap().as_secs(), 7);
}

#[test]
fn a_delivery_is_verified_with_a_header_map() {
    let now = UnixTime::from_secs(1_776_767_400);
    let delivery = sign("whsec_test", br#"{"event":"webhook.test"}"#, now).unwrap();
    let mut headers = http::HeaderMap::new();
    for (name, value) in &delivery.headers {
        headers.append(*name, value.parse().unwrap());
    }
    let verifier = Verifier::new("whsec_test").unwrap();
    assert!(verifier.verify(&headers, &delivery.body, now).is_ok());
    headers.append("x-zagely-signature", "sha256=".parse().unwrap());
    assert!(verifier.verify(&headers, &delivery.body, now).is_err());
}
