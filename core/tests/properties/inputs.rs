//! The generators of inputs, and the clients that get them.

use std::path::Path;
use std::sync::LazyLock;

use hudhud::wazaj::EXAMPLE_BASE_URL;
use hudhud::{ApiKey, ENDPOINTS, KeyPair, Response, UnixTime, Wazaj, Zagely};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

/// Returns a configuration with this number of cases, or with `PROPTEST_CASES`.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

pub(crate) fn zagely() -> Zagely {
    Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap())
}

pub(crate) fn wazaj() -> Wazaj {
    Wazaj::new(ApiKey::new("wzj_test").unwrap(), EXAMPLE_BASE_URL).unwrap()
}

/// Generates text of any script, and text that is nearly valid.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<String>(),
        1 => "[ -~]{0,20}",
        1 => select(vec![
            "", "null", "0", "-1", "1e999", "sha256=", "+", "+15551234567", ".", "..", "/", "a/../b", "{{x}}", "\0",
            "\u{feff}", "\u{202e}", "9999-99-99", "2026-04-21T10:30:00Z", "18446744073709551616", "data:",
        ])
        .prop_map(String::from),
    ]
}

pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Generates a member's name: any text, or a name that has a meaning.
pub(crate) fn key() -> impl Strategy<Value = String> {
    let fields = ENDPOINTS.iter().flat_map(|spec| spec.input.fields).map(|field| field.name);
    let shapes = [
        "data",
        "meta",
        "links",
        "next",
        "current_page",
        "last_page",
        "per_page",
        "total",
        "next_page_url",
        "error",
        "code",
        "message",
        "details",
        "errors",
        "success",
        "required_ability",
        "event",
        "delivery_id",
        "occurred_at",
        "qr_code",
        "id",
        "status",
        "extra",
    ];
    let known: Vec<String> = fields.chain(shapes).map(String::from).collect();
    prop_oneof![3 => select(known), 1 => text()]
}

/// Generates bytes, JSON, or a modified sample of a vendor's page.
pub(crate) fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => prop::collection::vec(any::<u8>(), 0..200),
        2 => any_json().prop_map(|json| json.to_string().into_bytes()),
        3 => (any::<Index>(), prop::collection::vec((any::<Index>(), mutation()), 0..4))
            .prop_map(|(which, changes)| {
                let mut sample = which.get(&SAMPLES).clone();
                changes.into_iter().for_each(|(at, change)| change.apply(&mut sample, at));
                sample
            }),
    ]
}

/// The bodies of all responses in the vectors: the vendors' samples, and errors in all formats.
pub(crate) static SAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let mut samples = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(file) = serde_json::from_slice::<Value>(&std::fs::read(path).unwrap()) else { continue };
        for case in file["cases"].as_array().into_iter().flatten() {
            let holder = if case["response"].is_object() { &case["response"] } else { case };
            match (&holder["body_json"], &holder["body"]) {
                (Value::Null, Value::String(text)) if text.len() < 5000 => {
                    samples.push(text.clone().into_bytes())
                }
                (Value::Null, _) => {}
                (json, _) => samples.push(json.to_string().into_bytes()),
            }
        }
    }
    assert!(samples.len() > 100);
    samples
});

/// A modification of a body.
#[derive(Clone, Debug)]
pub(crate) enum Mutation {
    Cut,
    Remove,
    Replace(u8),
    Insert(Vec<u8>),
}

pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    let insert = prop_oneof![
        any_json().prop_map(|json| json.to_string().into_bytes()),
        any::<[u8; 2]>().prop_map(Vec::from)
    ];
    prop_oneof![
        Just(Mutation::Cut),
        Just(Mutation::Remove),
        any::<u8>().prop_map(Mutation::Replace),
        select(b"{}[]\",:0 \\".to_vec()).prop_map(Mutation::Replace),
        insert.prop_map(Mutation::Insert),
    ]
}

impl Mutation {
    fn apply(self, body: &mut Vec<u8>, at: Index) {
        if body.is_empty() {
            return;
        }
        let at = at.index(body.len());
        match self {
            Self::Cut => body.truncate(at),
            Self::Remove => drop(body.remove(at)),
            Self::Replace(byte) => body[at] = byte,
            Self::Insert(bytes) => drop(body.splice(at..at, bytes)),
        }
    }
}

/// Generates the headers of a response: known names among others, with any values.
pub(crate) fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    let names = vec![
        "Retry-After",
        "retry-after",
        "Date",
        "Content-Type",
        "Allow",
        "Idempotent-Replay",
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "X-RateLimit-Daily-Limit",
        "X-RateLimit-Daily-Remaining",
    ];
    let name = prop_oneof![4 => select(names).prop_map(String::from), 1 => text()];
    prop::collection::vec((name, header_value()), 0..5)
}

pub(crate) fn header_value() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => text(),
        1 => "[0-9]{0,25}",
        1 => "(Mon|Sun|Xyz), [0-9]{1,2} (Jan|Nov|Foo) [0-9]{1,5} [0-9]{1,2}:[0-9]{2}:[0-9]{2} (GMT|UTC)",
        1 => select(vec!["Sun, 06 Nov 1994 08:49:37 GMT", "PUT, PATCH", ",,", "true", "application/json"])
            .prop_map(String::from),
    ]
}

pub(crate) fn status() -> impl Strategy<Value = u16> {
    let known = select(vec![201, 202, 204, 401, 403, 404, 405, 422, 429, 503]);
    prop_oneof![3 => Just(200), 1 => known, 1 => any::<u16>()]
}

pub(crate) fn response() -> impl Strategy<Value = Response> {
    (status(), headers(), body()).prop_map(|(status, headers, body)| Response { status, headers, body })
}

pub(crate) fn moment() -> impl Strategy<Value = UnixTime> {
    prop_oneof![
        3 => any::<u64>().prop_map(UnixTime::from_millis),
        1 => (0..4_000_000_000_u64).prop_map(UnixTime::from_secs),
        1 => select(vec![0, 1, 999, u64::MAX - 1, u64::MAX]).prop_map(UnixTime::from_millis),
    ]
}
