//! Tests that calls by name are sent as calls by type.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::Write;
use crate::codec::field_errors::FieldErrors;
use crate::codec::input::from_json::{Read, refuse_unknown};
use crate::codec::input::{Input, Sink};
use crate::endpoint::Vendor;
use crate::endpoint::{Endpoint, EndpointSpec};
use crate::exchange::options::CallOptions;
use crate::exchange::paginator::Paged;
use crate::http::method::Method;
use crate::http::request::Request;
use crate::schema::{Field, Type};
use crate::service::Service;

use crate::types::json::Object;
use crate::{ApiKey, ENDPOINTS, Error, KeyPair, Wazaj, Zagely};

/// A call as a typed struct, for comparison with calls by name.
trait Typed: Write {
    fn check(&self, faults: &mut FieldErrors);
    fn page(&self) -> Option<u64>;
    fn set_page(&mut self, page: u64);
}

struct Call<E> {
    call: E,
    paging: Option<Paging<E>>,
}

type Paging<E> = (fn(&E) -> u64, fn(&E, u64) -> E);

impl<E: Endpoint> Write for Call<E> {
    fn write(&self, sink: &mut dyn Sink) {
        Input::write(&self.call, sink);
    }
}

impl<E: Endpoint> Typed for Call<E> {
    fn check(&self, faults: &mut FieldErrors) {
        Input::check(&self.call, "", faults);
    }

    fn page(&self) -> Option<u64> {
        self.paging.map(|(page, _)| page(&self.call))
    }

    fn set_page(&mut self, page: u64) {
        if let Some((_, with_page)) = self.paging {
            self.call = with_page(&self.call, page);
        }
    }
}

macro_rules! paging {
    (Page<$item:ident>) => {
        Some((Paged::page, Paged::with_page))
    };
    ($($output:tt)*) => {
        None
    };
}

macro_rules! generate {
    ([] $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> [$($output:tt)*]; )* } )* } )*) => {
        fn typed(spec: &EndpointSpec, object: &mut Object, faults: &mut FieldErrors) -> Box<dyn Typed> {
            match (spec.vendor.name, spec.name) {
                $( $( $(
                    (stringify!($vendor), concat!(stringify!($group), ".", stringify!($verb))) => {
                        let call = <crate::$vendor::$call as Input>::read(object, "", faults);
                        Box::new(Call { call, paging: paging!($($output)*) })
                    }
                )* )* )*
                _ => unreachable!(),
            }
        }
    };
}
crate::for_each_endpoint!(generate);

/// The options of one case.
#[derive(Clone, Debug)]
struct How {
    method: Option<Method>,
    validate: bool,
    words: bool,
    page: Option<u64>,
}

type Sent = (Option<u64>, Result<Request, Error>);

fn by_type<V: Vendor>(
    service: &Service<V>,
    spec: &'static EndpointSpec,
    input: &str,
    how: &How,
) -> Option<Sent> {
    let mut faults = FieldErrors::default();
    let text = crate::text::json_repair::surrogates(input);
    let mut object: Object = text.parse().ok()?;
    crate::codec::input::surrogates::report_lone_surrogates(input, &text, "", &mut faults);
    let extra = object.remove("extra").and_then(|extra| Object::read(extra, "", "extra", &mut faults));
    let mut call = typed(spec, &mut object, &mut faults);
    refuse_unknown(&object, "", spec.input.fields, &mut faults);
    if let Some(page) = how.page {
        call.set_page(page);
    }
    let mut options = options(how);
    options.extra = extra.unwrap_or_default();
    if how.validate {
        call.check(&mut faults);
    }
    Some((call.page(), service.build(spec, spec.route.path, &*call, &options, faults, &[])))
}

fn by_name<V: Vendor>(
    service: &Service<V>,
    spec: &'static EndpointSpec,
    input: &str,
    how: &How,
) -> Option<Sent> {
    let mut call = service.call_by_name(spec.name, input).ok()?;
    if let Some(page) = how.page {
        call = call.with_page(page);
    }
    Some((call.page(), call.request(service, &options(how))))
}

fn options(how: &How) -> CallOptions {
    CallOptions { method: how.method, validate: Some(how.validate), ..CallOptions::new() }
}

fn agree(spec: &'static EndpointSpec, input: &str, how: &How) -> TestCaseResult {
    let (typed, named) = if spec.vendor.name == "wazaj" {
        let service = Wazaj::new(ApiKey::new("wzj_test").unwrap(), "https://wazaj.example").unwrap();
        let service = service.textual_booleans(how.words);
        (by_type(&service, spec, input, how), by_name(&service, spec, input, how))
    } else {
        let service = Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap()).textual_booleans(how.words);
        (by_type(&service, spec, input, how), by_name(&service, spec, input, how))
    };
    let comparable = |sent: Option<Sent>| {
        sent.map(|(page, request)| {
            let request = request.map_err(|error| {
                let fields =
                    error.field_errors().iter().map(|(name, messages)| (name.to_string(), messages.to_vec()));
                (error.to_string(), fields.collect::<Vec<_>>())
            });
            // `Debug` of a request must hide the same parts too.
            (
                page,
                request.map(|Request { call, method, url, headers, body, timeout }| {
                    (call, method, url, headers, body, timeout)
                }),
            )
        })
    };
    prop_assert_eq!(comparable(named), comparable(typed), "{} {:?}: {}", spec.name, how, input);
    Ok(())
}

/// Values of other types than the expected one.
const UNEXPECTED_VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "7.0",
    "2.5",
    "1e3",
    "1e999",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775808",
    "-9223372036854775808",
    "\"\"",
    "\".\"",
    "\"..\"",
    "\"12\"",
    "\" a/b?c&d=e \"",
    "\"a\\\"b\\n\\u00e9\"",
    "\"\\ud83d\"",
    "\"\\ud83d\\ude00\"",
    "[]",
    "{}",
    "[null]",
    "[1,\"a\",null,{},[]]",
    "[\"a\",\"\",\"b\\ud83d\"]",
    "[\"+1 555 123 4567\",\"12.0\",\"1(0)\",\"\"]",
    "{\"a\":1,\"b\":[1e999]}",
    "{\"base64\":\"AAE=\"}",
    "{\"base64\":7}",
    "{\"tags\":\"a\",\"created_from\":\"x\",\"other\":1}",
];

/// Texts that some fields treat specially.
const TEXTS: &[&str] = &[
    "+15551234567",
    "+1 (555) 123-4567",
    "15551234567",
    "+44 (0) 20 7946 0018",
    "1.5e10",
    "+1555\u{200e}1234567",
    "+١٥٥٥١٢٣٤٥٦٧",
    "2026-04-21",
    "2026-02-30",
    "2026-04-21T10:30:00Z",
    "data.csv",
    "data.xlsx",
    "c-1",
    "é",
];

fn value(field: &'static Field, kind: &'static Type) -> BoxedStrategy<String> {
    let text = prop::sample::select(TEXTS).prop_map(|text| format!("\"{text}\""));
    let unexpected = prop::sample::select(UNEXPECTED_VALUES).prop_map(String::from);
    let (low, high) = field.range.unwrap_or((-1, 100));
    let limits = [low.saturating_sub(1), low, high, high.saturating_add(1)].map(|number| number.to_string());
    let most = field.max_chars.unwrap_or(3) as usize;
    let long = (most.saturating_sub(1)..=most + 1, prop::sample::select(&["a", "é"][..]));
    let fitting = match kind {
        Type::Integer => prop::sample::select(limits.to_vec()).boxed(),
        Type::Boolean => prop::sample::select(&["true", "false"][..]).prop_map(String::from).boxed(),
        Type::Enum(open) => {
            let mut names: Vec<&str> = open.values.iter().map(|(name, _)| *name).collect();
            names.extend(open.also.iter().map(|(name, _)| *name));
            prop::sample::select(names).prop_map(|name| format!("\"{name}\"")).boxed()
        }
        Type::List(item) => prop::collection::vec(value(field, item), 0..4)
            .prop_map(|items| format!("[{}]", items.join(",")))
            .boxed(),
        Type::Nullable(kind) => value(field, kind),
        Type::Model(schema) => object(schema.fields),
        Type::Text => long.prop_map(|(count, letter)| format!("\"{}\"", letter.repeat(count))).boxed(),
        _ => text.clone().boxed(),
    };
    prop_oneof![4 => fitting, 2 => text, 2 => unexpected].boxed()
}

/// Most of the fields, in order or shuffled, some twice, and some unknown members.
fn object(fields: &'static [Field]) -> BoxedStrategy<String> {
    let known: Vec<_> = fields
        .iter()
        .map(|field| {
            let member =
                value(field, &field.kind).prop_map(move |value| format!("\"{}\":{value}", field.name));
            let share = if field.required || field.condition.is_some() { 0.9 } else { 0.4 };
            prop::option::weighted(share, member)
        })
        .collect();
    let names = prop::sample::select(&["extra", "data", "id", "page", "x\\\"y", "\\ud83d"][..]);
    let unknown = (names, prop::sample::select(UNEXPECTED_VALUES))
        .prop_map(|(name, value)| format!("\"{name}\":{value}"));
    let own = prop::sample::select(fields.iter().map(|field| field.name).chain(["a"]).collect::<Vec<_>>());
    let own = (own, prop::sample::select(UNEXPECTED_VALUES))
        .prop_map(|(name, value)| format!("\"{name}\":{value}"));
    let extra = own.clone().prop_map(|member| format!("\"extra\":{{{member}}}"));
    let odd = prop_oneof![unknown, own, extra];
    (known, prop::option::weighted(0.3, odd))
        .prop_map(|(known, odd)| {
            format!("{{{}}}", known.into_iter().flatten().chain(odd).collect::<Vec<_>>().join(","))
        })
        .boxed()
}

fn how() -> impl Strategy<Value = How> {
    let methods = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
    let method = prop::option::weighted(0.2, prop::sample::select(methods.to_vec()));
    let page = prop::option::weighted(0.2, prop::sample::select([0, 1, 2, u64::MAX].to_vec()));
    (method, prop::bool::weighted(0.6), any::<bool>(), page).prop_map(|(method, validate, words, page)| How {
        method,
        validate,
        words,
        page,
    })
}

#[test]
fn calls_by_name_are_sent_as_by_type_in_odd_cases() {
    for spec in ENDPOINTS {
        for validate in [true, false] {
            let how = How { method: None, validate, words: false, page: None };
            agree(spec, "{}", &how).unwrap();
            for unexpected in UNEXPECTED_VALUES {
                agree(spec, unexpected, &how).unwrap();
                let all: Vec<_> = spec
                    .input
                    .fields
                    .iter()
                    .map(|field| format!("\"{}\":{unexpected}", field.name))
                    .collect();
                agree(spec, &format!("{{{}}}", all.join(",")), &how).unwrap();
                for member in &all {
                    agree(spec, &format!("{{{member}}}"), &how).unwrap();
                }
            }
        }
    }
}

#[test]
fn calls_by_name_are_sent_as_by_type_in_the_shared_vectors() {
    let mut inputs = 0;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors");
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
        for case in vectors["cases"].as_array().unwrap() {
            let vendor = case["client"]["vendor"].as_str().unwrap_or_default();
            let call = case["call"].as_str().unwrap_or_default();
            let spec = ENDPOINTS.iter().find(|spec| spec.name == call && spec.vendor.name == vendor);
            let (Some(spec), Some(input)) = (spec, case.get("input")) else { continue };
            inputs += 1;
            for validate in [true, false] {
                let how = How { method: None, validate, words: false, page: None };
                agree(spec, &input.to_string(), &how).unwrap();
            }
        }
    }
    assert!(inputs > 700, "{inputs} inputs");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn calls_by_name_are_sent_as_by_type((spec, input, how) in prop::sample::select(ENDPOINTS).prop_flat_map(|spec| {
        (Just(spec), object(spec.input.fields), how())
    })) {
        agree(spec, &input, &how)?;
    }
}
