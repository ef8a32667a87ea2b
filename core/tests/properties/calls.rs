//! Properties of calls: their requests, and the decoding of responses.

use hudhud::schema::{Field, Type};
use hudhud::wazaj::EXAMPLE_BASE_URL;
use hudhud::webhook::{Verifier, sign};
use hudhud::{
    ApiResponse, CallOptions, DynamicCall, ENDPOINTS, Error, ErrorKind, Json, Method, Object, Request,
    Response, UnixTime, Wazaj, Zagely,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::inputs::{any_json, config, key, response, text, wazaj, zagely};

/// A call of either vendor.
pub(crate) enum AnyCall {
    Zagely(Zagely, DynamicCall<hudhud::zagely::Credentials>),
    Wazaj(Wazaj, DynamicCall<hudhud::wazaj::Credentials>),
}

impl AnyCall {
    pub(crate) fn new(index: Index, input: &str) -> Result<Self, Error> {
        let spec = index.get(ENDPOINTS);
        Ok(match spec.vendor.name {
            "zagely" => Self::Zagely(zagely(), zagely().call_by_name(spec.name, input)?),
            _ => Self::Wazaj(wazaj(), wazaj().call_by_name(spec.name, input)?),
        })
    }

    pub(crate) fn reply(&self, response: Response) -> Result<ApiResponse<Json>, Error> {
        match self {
            Self::Zagely(_, call) => call.decode(response, None),
            Self::Wazaj(_, call) => call.decode(response, None),
        }
    }

    pub(crate) fn request(&self, options: &CallOptions) -> Result<Request, Error> {
        match self {
            Self::Zagely(service, call) => call.request(service, options),
            Self::Wazaj(service, call) => call.request(service, options),
        }
    }
}

/// Checks the properties that every error has.
pub(crate) fn is_whole(error: &Error) {
    let message = error.to_string();
    assert!(message.contains(error.kind().as_str()) && message.ends_with(&*error.hint()));
    assert!(!error.message().is_empty());
    let json: Object = serde_json::to_string(error).unwrap().parse().unwrap();
    assert_eq!(json.text("kind").unwrap(), error.kind().as_str());
    let _ = (format!("{error:?}"), error.origin(), error.allowed_methods(), error.required_ability());
}

fn expected_kind(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Authentication,
        403 => ErrorKind::Permission,
        404 => ErrorKind::NotFound,
        405 => ErrorKind::MethodNotAllowed,
        422 => ErrorKind::Validation,
        429 => ErrorKind::RateLimited,
        502..=504 => ErrorKind::Unavailable,
        500..=599 => ErrorKind::Server,
        300..=399 => ErrorKind::Redirect,
        400..=499 => ErrorKind::Client,
        _ => ErrorKind::UnexpectedResponse,
    }
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn every_decoder_returns_a_response_or_an_error_of_the_right_kind(
        call in any::<Index>(), response in response(),
    ) {
        let spec = call.get(ENDPOINTS);
        let call = AnyCall::new(call, "{}").unwrap();
        match call.reply(response.clone()) {
            Ok(reply) => {
                let health = spec.name == "account.health" && response.status == 503;
                prop_assert!(health || (200..300).contains(&response.status));
                prop_assert_eq!(reply.meta.status, response.status);
                // The raw response is kept.
                prop_assert_eq!(&reply.response, &response);
                // Not parsed as a `Value`: with `arbitrary_precision`, `serde_json` refuses a member with a reserved
                // name.
                let (written, opening) = (reply.output.as_str(), ['{', '[']);
                prop_assert!(written.starts_with(opening));
                prop_assert!(is_json(written));
            }
            Err(error) => {
                is_whole(&error);
                let expected = expected_kind(response.status);
                let quota = error.kind() == ErrorKind::QuotaExceeded && response.status == 429;
                prop_assert!(error.kind() == expected || quota, "{:?} for {}", error.kind(), response.status);
                prop_assert_eq!(error.status(), Some(response.status));
                prop_assert_eq!(error.response(), Some(&response));
                prop_assert_eq!(error.call(), Some(spec.name));
            }
        }
    }
}

/// Returns true if a text is JSON.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Generates a value that may be valid for a field.
fn fitting(field: &'static Field) -> BoxedStrategy<Value> {
    fn of(kind: &'static Type) -> BoxedStrategy<Value> {
        match kind {
            Type::Integer => any::<i64>().prop_map(Value::from).boxed(),
            Type::Number => any::<f64>().prop_map(Value::from).boxed(),
            Type::Boolean => any::<bool>().prop_map(Value::from).boxed(),
            Type::Json => any_json().boxed(),
            Type::Object => prop::collection::btree_map(key(), any_json(), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect()))
                .boxed(),
            Type::List(inner) | Type::Page(inner) => {
                prop::collection::vec(of(inner), 0..3).prop_map(Value::from).boxed()
            }
            Type::Nullable(inner) => prop_oneof![Just(Value::Null), of(inner)].boxed(),
            Type::Model(schema) => {
                let members: Vec<_> = schema
                    .fields
                    .iter()
                    .map(|field| {
                        prop::option::of(of(&field.kind).prop_map(|value| (field.name.to_owned(), value)))
                    })
                    .collect();
                members.prop_map(|members| Value::Object(members.into_iter().flatten().collect())).boxed()
            }
            _ => text().prop_map(Value::from).boxed(),
        }
    }
    prop_oneof![6 => of(&field.kind), 1 => any_json()].boxed()
}

/// Generates the index of a call and an input that is mostly valid for it.
fn call_with_input() -> impl Strategy<Value = (usize, Value)> {
    (0..ENDPOINTS.len()).prop_flat_map(|at| {
        let fields: Vec<_> = ENDPOINTS[at]
            .input
            .fields
            .iter()
            .map(|field| {
                let value = fitting(field).prop_map(|value| (field.name.to_owned(), value));
                if field.required { value.prop_map(Some).boxed() } else { prop::option::of(value).boxed() }
            })
            .collect();
        let extra = prop::collection::btree_map(key(), any_json(), 0..3);
        let more = prop_oneof![
            6 => Just(None),
            1 => (key(), any_json()).prop_map(Some),
            1 => extra.prop_map(|extra| Some(("extra".to_owned(), json!(extra)))),
        ];
        (fields, more).prop_map(move |(members, more)| {
            (at, Value::Object(members.into_iter().flatten().chain(more).collect()))
        })
    })
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn every_input_gives_a_valid_request_or_errors_by_field(
        (at, input) in call_with_input(), validate in any::<bool>(),
        method in prop::option::of(select(vec![Method::Get, Method::Post, Method::Patch, Method::Delete])),
    ) {
        let spec = ENDPOINTS[at];
        let call = match spec.vendor.name {
            "zagely" => AnyCall::Zagely(zagely(), zagely().call_by_name(spec.name, &input.to_string()).unwrap()),
            _ => AnyCall::Wazaj(wazaj(), wazaj().call_by_name(spec.name, &input.to_string()).unwrap()),
        };
        let mut options = CallOptions::new().validate(validate);
        options.method = method;
        match call.request(&options) {
            Ok(request) => {
                let base = if spec.vendor.name == "zagely" { "https://zagely.com" } else { EXAMPLE_BASE_URL };
                prop_assert!(request.url.starts_with(base));
                let legal = |byte: u8| byte.is_ascii_graphic() && !b"{}\"<>\\^`|#".contains(&byte);
                prop_assert!(request.url.bytes().all(legal));
                // A parameter is a single path segment, and not dots that would change the path.
                let path = request.url[base.len()..].split('?').next().unwrap();
                let segments = |path: &str| path.split('/').count();
                prop_assert_eq!(segments(path), segments(spec.route.path));
                prop_assert!(path.split('/').skip(1).all(|segment| !matches!(segment, "" | "." | "..")));
                let printable = |text: &String| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
                prop_assert!(request.headers.iter().all(|(_, value)| printable(value)));
                let is_json = request.header("content-type") == Some("application/json");
                if is_json {
                    let body: Value = serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
                    prop_assert!(body.is_object());
                }
                prop_assert_eq!(request.body.is_some(), request.header("content-type").is_some());
                if let Some(method) = method {
                    prop_assert_eq!(request.method, method);
                }
            }
            Err(error) => {
                is_whole(&error);
                prop_assert_eq!(error.kind(), ErrorKind::InvalidRequest);
                prop_assert!(!error.field_errors().is_empty());
                for (field, messages) in error.field_errors().iter() {
                    let is_about_value = |message: &&String| message.contains(" field ") && !message.starts_with("The field is unknown");
                    for message in messages.iter().filter(is_about_value) {
                        prop_assert!(message.starts_with(&format!("The {field} field ")), "{field}: {message}");
                    }
                }
            }
        }
    }

}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn an_input_that_is_not_an_object_is_an_error(
        call in any::<Index>(), text in text(), json in any_json(), name in text(),
    ) {
        for input in [text, json.to_string()] {
            match AnyCall::new(call, &input) {
                Ok(_) => {
                    let opens = input.trim_start().starts_with(char::from(b'{'));
                    prop_assert!(opens && is_json(&input));
                }
                Err(error) => {
                    is_whole(&error);
                    prop_assert!(error.field_errors().get("input").is_some());
                }
            }
        }
        if !ENDPOINTS.iter().any(|spec| spec.name == name) {
            let error = zagely().call_by_name(&name, "{}").unwrap_err();
            prop_assert!(error.field_errors().get("call").is_some());
        }
    }
}

/// Runs every decoder, every parser of errors and the verifier on deeply nested bodies. They must not need a stack of
/// that depth.
#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    let depth = 4_000;
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(depth), close.repeat(depth)).into_bytes();
    let mut bodies: Vec<Vec<u8>> = ["data", "error", "errors", "details", "meta", "links", "id", "x"]
        .iter()
        .map(|name| deep(&format!("{{\"{name}\":"), "}"))
        .collect();
    bodies.push(deep("[", "]"));
    bodies.push(deep("{\"errors\":[", "]}"));
    bodies.push([b"{\"errors\":".as_slice(), &deep("[", "]"), b"}"].concat());
    bodies.push([b"{\"event\":\"x\",\"data\":".as_slice(), &deep("[", "]"), b"}"].concat());
    bodies.push("[".repeat(depth).into_bytes());
    let mut seen = Vec::new();
    for spec in ENDPOINTS {
        // One call per kind of response, and per vendor's errors.
        let name = answer_of(&spec.output);
        let statuses: &[u16] = if spec.group == "messages" { &[200, 422] } else { &[200] };
        if seen.contains(&name) && statuses.len() == 1 {
            continue;
        }
        seen.push(name);
        for (body, status) in
            bodies.iter().flat_map(|body| statuses.iter().map(move |status| (body, *status)))
        {
            let response = Response::new(status, [("a", "b")], body.clone());
            let outcome = match spec.vendor.name {
                "zagely" => zagely().call_by_name(spec.name, "{}").unwrap().decode(response, None),
                _ => wazaj().call_by_name(spec.name, "{}").unwrap().decode(response, None),
            };
            if let Err(error) = outcome {
                is_whole(&error);
            }
        }
    }
    let now = UnixTime::from_secs(1_776_767_400);
    for body in bodies {
        let delivery = sign("whsec_test", &body, now).unwrap();
        let _ = Verifier::new("whsec_test").unwrap().verify(&delivery.headers, &body, now);
    }
}

/// Returns the name of a call's response, with brackets for lists.
fn answer_of(kind: &'static Type) -> String {
    match kind {
        Type::Page(inner) | Type::List(inner) => format!("[{}]", answer_of(inner)),
        Type::Model(schema) => schema.name.to_owned(),
        other => format!("{other:?}"),
    }
}
