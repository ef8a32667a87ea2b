//! Tests of forms with a file: the file, its name or a text must not be able to add a field.

use hudhud::zagely::ImportContacts;
use hudhud::{CallOptions, IdempotencyKey, KeyPair, Method, Object, Request, Step, UnixTime, Zagely};
use proptest::collection::vec;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap())
}

fn boundary(request: &Request) -> &str {
    request.header("content-type").unwrap().strip_prefix("multipart/form-data; boundary=").unwrap()
}

/// Parses a form as RFC 7578 defines it. Returns the headers and the body of each part. Fails if the body is not a
/// form.
fn parts(request: &Request) -> Vec<(String, Vec<u8>)> {
    let mark = format!("--{}", boundary(request));
    let body = [b"\r\n", request.body.as_deref().unwrap()].concat();
    let at = |from: usize, searched: &[u8]| {
        body[from..].windows(searched.len()).position(|window| window == searched).map(|at| from + at)
    };
    let (mark, mut from, mut parts) = ([b"\r\n", mark.as_bytes()].concat(), 0, Vec::new());
    assert_eq!(at(0, &mark), Some(0), "the body starts with something other than a boundary");
    loop {
        from += mark.len();
        if &body[from..] == b"--\r\n" {
            return parts;
        }
        assert_eq!(&body[from..from + 2], b"\r\n");
        let head = at(from, b"\r\n\r\n").unwrap();
        let end = at(head + 2, &mark).unwrap();
        parts.push((String::from_utf8(body[from + 2..head].to_vec()).unwrap(), body[head + 4..end].to_vec()));
        from = end;
    }
}

/// Escapes a name for use between quotes.
fn escaped(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the name of a field and normalizes its line ends.
fn escaped_name(text: &str) -> String {
    escaped(&text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n"))
}

fn holds_what_was_given(file: &[u8], file_name: &str, field_name: &str, extra: &[(String, String)]) {
    let call = ImportContacts::new(file).file_name(file_name).field_name(field_name);
    let given: Object = extra.iter().cloned().collect();
    let request = zagely().request(&call, &CallOptions::new().extra(given.clone()).validate(false)).unwrap();
    let parts = parts(&request);
    let mut expected: Vec<_> = given
        .iter()
        .map(|(name, value)| {
            let head = format!("Content-Disposition: form-data; name=\"{}\"", escaped_name(name));
            (head, value.as_text().unwrap().as_bytes().to_vec())
        })
        .collect();
    let head = format!(
        "Content-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: ",
        escaped_name(field_name),
        escaped(file_name)
    );
    expected.push((head.clone(), file.to_vec()));
    assert_eq!(parts.len(), expected.len());
    for ((head, body), (expected_head, expected_body)) in parts.iter().zip(&expected) {
        assert!(
            head.starts_with(expected_head.as_str()),
            "expected headers that start with {expected_head:?}, found {head:?}"
        );
        assert_eq!(body, expected_body);
    }
    assert_eq!(parts.last().unwrap().0.lines().count(), 2);
}

#[test]
fn a_field_with_the_digest_of_the_file_stays_one_field() {
    let file = b"phone_number\n+15551234567\n";
    let digest: String = Sha256::digest(file)[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let forged = format!("x\r\n--hudhud-{digest}\r\nContent-Disposition: form-data; name=\"admin\"\r\n\r\n1");
    holds_what_was_given(file, "contacts.csv", "file", &[("note".into(), forged)]);
}

#[test]
fn a_form_inside_a_form_stays_a_file() {
    let request = zagely().request(&ImportContacts::new("a,b"), &CallOptions::new()).unwrap();
    let inner = request.body.clone().unwrap();
    holds_what_was_given(&inner, "contacts.csv", "file", &[]);
    let text = String::from_utf8(inner.clone()).unwrap();
    holds_what_was_given(&inner, &text, &text, &[(text.clone(), text.clone())]);
}

#[test]
fn the_boundary_does_not_follow_from_the_file_alone() {
    let import = || ImportContacts::new("a,b").file_name("c.csv");
    let with = |zagely: &Zagely, options: CallOptions, entropy: u8| {
        let mut exchange = zagely.exchange_with(import(), options, [entropy; 16]).unwrap();
        match exchange.step(UnixTime::from_secs(1_776_767_400)) {
            Step::Send(request) => boundary(&request).to_owned(),
            _ => panic!("expected a send"),
        }
    };
    let other = Zagely::new(KeyPair::new("pk_test", "sk_other").unwrap());
    let token = zagely().app_token("7|token").unwrap();
    let alone = |zagely: &Zagely, options: &CallOptions| {
        boundary(&zagely.request(&import(), options).unwrap()).to_owned()
    };
    let key = CallOptions::new().idempotency_key(IdempotencyKey::new("order-1").unwrap());
    let mut all = vec![
        with(&zagely(), CallOptions::new(), 1),
        with(&zagely(), CallOptions::new(), 2),
        with(&other, CallOptions::new(), 1),
        with(&token, CallOptions::new(), 1),
        with(&zagely(), CallOptions::new().method(Method::Put).extra([("a", "b")]), 1),
        alone(&zagely(), &CallOptions::new()),
        alone(&other, &CallOptions::new()),
        alone(&zagely(), &key),
    ];
    // The same call, options and entropy give the same bytes.
    assert_eq!(with(&zagely(), CallOptions::new(), 1), all[0]);
    assert_eq!(alone(&zagely(), &CallOptions::new()), all[5]);
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
    // The boundary has at most the length that RFC 2046 allows, and only characters that need no quotes.
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    assert!(all.iter().all(|boundary| boundary.len() <= 70 && boundary.bytes().all(legal)));
}

#[test]
fn the_content_type_follows_from_the_extension_in_any_case() {
    for (name, kind) in [
        ("a.csv", "text/csv"),
        ("A.CSV", "text/csv"),
        ("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("csv", "application/octet-stream"),
        ("a.csv\r\nX: y", "application/octet-stream"),
    ] {
        let request =
            zagely().request(&ImportContacts::new("x").file_name(name), &CallOptions::new()).unwrap();
        assert!(parts(&request)[0].0.ends_with(&format!("\r\nContent-Type: {kind}")), "{name}");
    }
}

/// Generates text that consists of parts of forms.
fn form_like() -> impl Strategy<Value = String> {
    vec(
        prop_oneof![
            "\r\n",
            "\r",
            "\n",
            "--",
            "\"",
            "hudhud-",
            "name=",
            "; ",
            "\\\\",
            "[0-9a-f]{32}",
            "é",
            ".{0,4}"
        ],
        0..8,
    )
    .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_form_contains_exactly_the_given_fields(
        file in prop_oneof![vec(any::<u8>(), 1..200), form_like().prop_map(String::into_bytes)],
        file_name in form_like(),
        field_name in form_like(),
        extra in vec((form_like(), form_like()), 0..3),
    ) {
        holds_what_was_given(&file, &file_name, &field_name, &extra);
    }
}
