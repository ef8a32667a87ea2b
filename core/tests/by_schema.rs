//! Answers are read by their types, and for calls by name by their schema: both readings see the same in every body.

use hudhud::endpoint::{Endpoint, EndpointSpec};
use hudhud::schema::{Field, Type};
use hudhud::{ApiKey, ENDPOINTS, KeyPair, Response, Service, Vendor, Wazaj, Zagely};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// The outcome of a reading: the answer as JSON, or the error.
type Decoded = Result<String, String>;

fn typed<E: Endpoint>(service: &Service<E::Vendor>, response: Response) -> Decoded {
    match service.decode::<E>(response, None) {
        Ok(reply) => Ok(serde_json::to_string(&reply.output).unwrap()),
        Err(error) => Err(error.to_string()),
    }
}

fn named<V: Vendor>(service: &Service<V>, name: &str, response: Response) -> Decoded {
    match service.decode_by_name(name, response, None) {
        Ok(reply) => Ok(reply.output.as_str().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap())
}

fn wazaj() -> Wazaj {
    Wazaj::new(ApiKey::new("wzj_test").unwrap(), "https://wazaj.example").unwrap()
}

macro_rules! generate {
    ([] $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> [$output:ty]; )* } )* } )*) => {
        /// Both readings of a response to a call.
        fn both(spec: &EndpointSpec, response: Response) -> (Decoded, Decoded) {
            match (spec.vendor.name, spec.name) {
                $( $( $(
                    (stringify!($vendor), concat!(stringify!($group), ".", stringify!($verb))) => (
                        typed::<hudhud::$vendor::$call>(&$vendor(), response.clone()),
                        named(&$vendor(), spec.name, response),
                    ),
                )* )* )*
                _ => unreachable!(),
            }
        }
    };
}
hudhud::for_each_endpoint!(generate);

fn agree(spec: &EndpointSpec, body: &str) {
    agree_with(spec, &[200, 503], body.as_bytes());
}

fn agree_with(spec: &EndpointSpec, statuses: &[u16], body: &[u8]) {
    for &status in statuses {
        let response = Response::new(status, [("Content-Type", "application/json")], body);
        let (typed, named) = both(spec, response);
        assert_eq!(named, typed, "{} {status}: {}", spec.name, String::from_utf8_lossy(body));
    }
}

/// Values that come in the place of others.
const UNEXPECTED_VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "7.0",
    "2.5",
    "-0",
    "1e3",
    "1e999",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775808",
    "-9223372036854775808",
    "123456789012345678901234567890",
    "\"\"",
    "\"12\"",
    "\" 12.0 \"",
    "\"-3\"",
    "\"95.17\"",
    "\"1e999\"",
    "\"true\"",
    "\"a\\\"b\\n\\u00e9\"",
    "\"\\ud83d\"",
    "\"\\ud83d\\ude00\"",
    "\"read\"",
    "\"active\"",
    "\"message.received\"",
    "\"2026-04-21T10:30:00Z\"",
    "[]",
    "{}",
    "[null]",
    "[1,\"a\",null,{},[]]",
    "[{\"id\":1},null,[],[1],{\"x\":[1e999]}]",
    "{\"0\":\"a\",\"2\":null,\"10\":{\"id\":\"b\"}}",
    "{\"0\":\"a\",\"x\":1}",
    "{\"x\":{\"y\":[ 1 , 1e999 ]},\"x\":2}",
    "{\"$serde_json::private::Number\":\"12\"}",
    "{\"data\":[{\"id\":1}]}",
    "{\"data\":{\"id\":\"c\"}}",
    "{\"current_page\":\"2\",\"last_page\":3,\"total\":null,\"next\":\"https://a.example/?page=3\"}",
];

/// A body of the shape that is expected, with strays in it.
fn shaped(kind: &'static Type) -> BoxedStrategy<String> {
    let unexpected = prop::sample::select(UNEXPECTED_VALUES).prop_map(String::from);
    let shaped = match kind {
        Type::Model(schema) => object(schema.fields),
        Type::List(item) => list(item).boxed(),
        Type::Page(item) => page(item),
        _ => return unexpected.boxed(),
    };
    prop_oneof![1 => unexpected, 5 => shaped].boxed()
}

fn list(item: &'static Type) -> impl Strategy<Value = String> {
    prop::collection::vec(shaped(item), 0..3).prop_flat_map(|items| {
        let array = format!("[{}]", items.join(","));
        let positions = items.iter().enumerate().map(|(at, item)| format!("\"{}\": {item}", at * 2));
        let holes = format!("{{{}}}", positions.collect::<Vec<_>>().join(" , "));
        prop_oneof![4 => Just(array), 1 => Just(holes)]
    })
}

/// Some of these members in any order, some of them twice, and some that are unknown.
fn members(known: Vec<(&'static str, BoxedStrategy<String>)>) -> BoxedStrategy<String> {
    let mut pairs: Vec<BoxedStrategy<String>> = Vec::new();
    for (name, value) in known {
        pairs.push(value.prop_map(move |value| format!("\"{name}\":{value}")).boxed());
    }
    let names = prop::sample::select(
        &["extra", "data", "d\\u0061ta", "meta", "x\\\"y", "\\ud83d", "id", "current_page"][..],
    );
    let unknown = (names, prop::sample::select(UNEXPECTED_VALUES))
        .prop_map(|(name, value)| format!("\"{name}\": {value}"));
    pairs.push(unknown.boxed());
    prop::collection::vec(prop::strategy::Union::new(pairs), 0..9)
        .prop_map(|pairs| format!("{{{}}}", pairs.join(",")))
        .boxed()
}

fn object(fields: &'static [Field]) -> BoxedStrategy<String> {
    members(fields.iter().map(|field| (field.name, shaped(&field.kind))).collect())
}

fn page(item: &'static Type) -> BoxedStrategy<String> {
    let unexpected = || prop::sample::select(UNEXPECTED_VALUES).prop_map(String::from).boxed();
    let names = ["current_page", "last_page", "per_page", "total", "next_page_url", "meta", "links"];
    let mut known: Vec<_> = names.into_iter().map(|name| (name, unexpected())).collect();
    known.extend(["data", "data", "data"].map(|name| (name, list(item).boxed())));
    prop_oneof![list(item), members(known)].boxed()
}

/// A body as it is, wrapped, marked, or broken.
fn body(kind: &'static Type) -> impl Strategy<Value = String> {
    let broken = (shaped(kind), any::<prop::sample::Index>(), "[\\[\\]{}\",:a0 ]?");
    let broken = broken.prop_map(|(text, at, piece)| {
        let at = text.floor_char_boundary(at.index(text.len()));
        let rest: String = text[at..].chars().skip(1).collect();
        [&text[..at], &piece, &rest].concat()
    });
    prop_oneof![
        6 => shaped(kind),
        2 => (shaped(kind), prop::sample::select(UNEXPECTED_VALUES)).prop_map(|(data, unexpected)| format!("{{\"a\":{unexpected},\"data\":{data}, \"id\":{unexpected}}}")),
        1 => shaped(kind).prop_map(|text| format!("\u{feff} {text}\n")),
        1 => broken,
    ]
}

#[test]
fn both_readings_see_the_same_in_odd_bodies() {
    let deep = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat();
    let bodies = ["", " ", "null", "\u{feff}", "nul", "{", "[1 2]", "\"ok\"", "data:image/png;base64,AA=="];
    for spec in ENDPOINTS {
        for text in bodies.iter().chain(UNEXPECTED_VALUES) {
            agree(spec, text);
            agree(spec, &format!("{{\"data\":{text}}}"));
            agree(spec, &format!("[{text},{text}]"));
        }
        for levels in [100, 126, 127, 128, 200] {
            agree(spec, &deep(levels));
            agree(spec, &format!("{{\"data\":{0},\"x\":{0}}}", deep(levels)));
            agree(spec, &format!("[{{\"x\":{}}}]", deep(levels)));
        }
    }
}

/// Collects the responses in the shared vectors: their status and their body.
fn responses(value: &Value, found: &mut BTreeSet<(u16, Vec<u8>)>) {
    match value {
        Value::Object(members) => {
            if let Some(status) = members.get("status").and_then(Value::as_u64) {
                let text = members.get("body").and_then(Value::as_str).map(|text| text.as_bytes().to_vec());
                let json = || members.get("body_json").map(|json| json.to_string().into_bytes());
                found.insert((status.try_into().unwrap(), text.or_else(json).unwrap_or_default()));
            }
            members.values().for_each(|member| responses(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| responses(item, found)),
        _ => {}
    }
}

/// Every response of the shared vectors, as the response to every call.
#[test]
fn both_readings_see_the_same_in_the_shared_vectors() {
    let mut found = BTreeSet::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors");
    for entry in fs::read_dir(folder).unwrap() {
        let vectors: Value =
            serde_json::from_str(&fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        responses(&vectors, &mut found);
    }
    assert!(found.len() > 300, "{} responses", found.len());
    for (status, body) in &found {
        for spec in ENDPOINTS {
            agree_with(spec, &[*status, 200], body);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn both_readings_see_the_same((spec, body) in prop::sample::select(ENDPOINTS).prop_flat_map(|spec| {
        body(&spec.output).prop_map(move |body| (spec, body))
    })) {
        agree(spec, &body);
    }
}
