//! Property tests: for any input, every parser returns a value or a typed error. The inputs are arbitrary bytes,
//! text, JSON, times and events. The tests also check general properties of the results.
//!
//! Failing inputs are printed in their smallest form and not stored. Important ones become separate tests.

use std::borrow::Cow;
use std::cell::Cell;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use hudhud::schema::{Field, Type};
use hudhud::wazaj::EXAMPLE_BASE_URL;
use hudhud::webhook::{Verifier, WebhookErrorReason, sign};
use hudhud::{
    ApiKey, ApiResponse, CallOptions, DynamicCall, ENDPOINTS, Error, ErrorKind, Json, KeyPair, Meta, Method,
    MissingPolicy, Object, Phone, Request, Response, RetryPolicy, Step, Template, TemplateValues, Timestamp,
    TransportFault, UnixTime, Wazaj, Zagely,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// Generates a decimal separator.
fn point() -> impl Strategy<Value = char> {
    select(vec!['.', ',', '\u{66b}', '\u{ff0e}', '\u{ff0c}', '\u{60c}'])
}

/// Generates a zero of some script.
fn zero() -> impl Strategy<Value = char> {
    select(vec!['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{ff10}', '\u{1d7ce}'])
}

/// Generates an invisible character or an empty text.
fn unseen() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", " ", "\u{a0}", "\u{200f}", "\u{200b}", "\u{feff}", "\u{2066}"])
}

/// Generates a separator between digits.
fn mark() -> impl Strategy<Value = String> {
    select(vec![" ", "-", ".", "\u{a0}", "\u{2011}", "\u{200e}"]).prop_map(String::from)
}

fn brackets() -> impl Strategy<Value = (char, char)> {
    select(vec![('(', ')'), ('[', ']'), ('{', '}'), ('\u{ff08}', '\u{ff09}'), (')', '('), ('<', '>')])
}

/// Returns a configuration with this number of cases, or with `PROPTEST_CASES`.
fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap())
}

fn wazaj() -> Wazaj {
    Wazaj::new(ApiKey::new("wzj_test").unwrap(), EXAMPLE_BASE_URL).unwrap()
}

// Generators of inputs.

/// Generates text of any script, and text that is nearly valid.
fn text() -> impl Strategy<Value = String> {
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

fn any_json() -> impl Strategy<Value = Value> {
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
fn key() -> impl Strategy<Value = String> {
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
fn body() -> impl Strategy<Value = Vec<u8>> {
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
static SAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
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
enum Mutation {
    Cut,
    Remove,
    Replace(u8),
    Insert(Vec<u8>),
}

fn mutation() -> impl Strategy<Value = Mutation> {
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
fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
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

fn header_value() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => text(),
        1 => "[0-9]{0,25}",
        1 => "(Mon|Sun|Xyz), [0-9]{1,2} (Jan|Nov|Foo) [0-9]{1,5} [0-9]{1,2}:[0-9]{2}:[0-9]{2} (GMT|UTC)",
        1 => select(vec!["Sun, 06 Nov 1994 08:49:37 GMT", "PUT, PATCH", ",,", "true", "application/json"])
            .prop_map(String::from),
    ]
}

fn status() -> impl Strategy<Value = u16> {
    let known = select(vec![201, 202, 204, 401, 403, 404, 405, 422, 429, 503]);
    prop_oneof![3 => Just(200), 1 => known, 1 => any::<u16>()]
}

fn response() -> impl Strategy<Value = Response> {
    (status(), headers(), body()).prop_map(|(status, headers, body)| Response { status, headers, body })
}

fn moment() -> impl Strategy<Value = UnixTime> {
    prop_oneof![
        3 => any::<u64>().prop_map(UnixTime::from_millis),
        1 => (0..4_000_000_000_u64).prop_map(UnixTime::from_secs),
        1 => select(vec![0, 1, 999, u64::MAX - 1, u64::MAX]).prop_map(UnixTime::from_millis),
    ]
}

// Webhooks.

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn deliveries_without_a_valid_signature_are_refused(
        names in prop::collection::vec(
            prop_oneof![
                2 => select(vec!["X-Zagely-Timestamp", "x-zagely-timestamp"]).prop_map(String::from),
                2 => select(vec!["X-Zagely-Signature", "x-zagely-signature"]).prop_map(String::from),
                1 => text(),
            ],
            0..5,
        ),
        values in prop::collection::vec(
            prop_oneof![
                1 => prop::collection::vec(any::<u8>(), 0..80),
                1 => "[0-9]{1,20}".prop_map(String::into_bytes),
                2 => "sha256=[0-9a-fA-F]{64}".prop_map(String::into_bytes),
            ],
            5,
        ),
        body in body(), now in moment(), tolerance in prop::option::of(any::<u64>()),
    ) {
        let verifier = Verifier::with_secrets(["whsec_test", "another"]).unwrap();
        let verifier = match tolerance {
            Some(seconds) => verifier.tolerance(seconds),
            None => verifier.without_tolerance(),
        };
        let headers: Vec<_> = names.into_iter().zip(values).collect();
        let error = verifier.verify(&headers, &body, now).unwrap_err();
        prop_assert!(matches!(error.http_status(), 400 | 401));
        prop_assert!(!error.hint().is_empty() && !error.to_string().is_empty());
    }

    #[test]
    fn signed_deliveries_are_accepted(
        secret in text().prop_filter("visible", |secret| secret.chars().any(char::is_alphanumeric)),
        body in body(), signed_at in moment(), now in moment(), tolerance in prop::option::of(any::<u64>()),
    ) {
        let delivery = sign(&secret, &body, signed_at).unwrap();
        let verifier = Verifier::with_secrets(["some other secret", &secret]).unwrap().without_tolerance();
        let verified = verifier.verify_signature(&delivery.headers, &delivery.body, now).unwrap();
        prop_assert_eq!(verified.signed_at().as_secs(), signed_at.as_secs());
        prop_assert_eq!(verified.deduplicate_until(), None);
        match verifier.verify(&delivery.headers, &delivery.body, now) {
            Ok(event) => {
                prop_assert!(!event.name.as_str().is_empty() && !event.replay_key().is_empty());
                let _ = format!("{event:?} {:?}", event.data);
            }
            Err(error) => prop_assert_eq!(error.reason(), WebhookErrorReason::MalformedPayload),
        }
        if let Some(tolerance) = tolerance {
            let apart = signed_at.as_secs().abs_diff(now.as_secs());
            let verdict = verifier.tolerance(tolerance).verify_signature(&delivery.headers, &delivery.body, now);
            prop_assert_eq!(verdict.is_ok(), apart <= tolerance);
            prop_assert!(verdict.is_err() || verdict.unwrap().deduplicate_until() >= Some(now));
        }
    }

    #[test]
    fn deliveries_with_one_changed_byte_are_refused(
        secret in "[!-~]{1,70}", body in body(), signed_at in moment(),
        at in any::<Index>(), byte in any::<u8>(),
    ) {
        let verifier = Verifier::new(&secret).unwrap().without_tolerance();
        let delivery = sign(&secret, &body, signed_at).unwrap();
        let changed = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let at = at.index(bytes.len());
            // Hex digits may be upper or lower case.
            (!bytes[at].eq_ignore_ascii_case(&byte)).then(|| {
                bytes[at] = byte;
                bytes
            })
        };
        if let Some(body) = (!body.is_empty()).then(|| changed(&body)).flatten() {
            let error = verifier.verify_signature(&delivery.headers, &body, signed_at).unwrap_err();
            prop_assert_eq!(error.reason(), WebhookErrorReason::SignatureMismatch);
        }
        let headers: Vec<_> =
            delivery.headers.iter().map(|(name, value)| (*name, value.clone().into_bytes())).collect();
        for (name, allowed) in [
            ("X-Zagely-Timestamp", [WebhookErrorReason::MalformedTimestamp, WebhookErrorReason::SignatureMismatch]),
            ("X-Zagely-Signature", [WebhookErrorReason::MalformedSignature, WebhookErrorReason::SignatureMismatch]),
        ] {
            let mut headers = headers.clone();
            let (_, value) = headers.iter_mut().find(|(key, _)| *key == name).unwrap();
            let Some(other) = changed(value) else { continue };
            *value = other;
            let error = verifier.verify_signature(&headers, &body, signed_at).unwrap_err();
            prop_assert!(allowed.contains(&error.reason()), "{} gives {:?}", name, error.reason());
        }
    }
}

// Templates.

/// Values that return the same text for every name and count their calls.
struct Same<'a>(&'a str, Cell<usize>);

impl TemplateValues for Same<'_> {
    fn value(&self, _: &str) -> Option<Cow<'_, str>> {
        self.1.set(self.1.get() + 1);
        Some(Cow::Borrowed(self.0))
    }
}

/// Values that return nothing and count their calls.
struct Nothing(Cell<usize>);

impl TemplateValues for Nothing {
    fn value(&self, _: &str) -> Option<Cow<'_, str>> {
        self.0.set(self.0.get() + 1);
        None
    }
}

/// Generates text with many braces.
fn braces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(vec!["{", "}", "{{", "}}", "{{{", "}}}", "{{}}", "{{ }}", " ", "x", "{{x}}", "{{ y }}"])
            .prop_map(String::from),
        1 => text(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn variable() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z_]{1,8}", "[\\p{Arabic}&&\\p{L}]{1,6}", "[a-z]{1,4}[ .-][0-9a-z]{1,4}"]
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn a_template_without_values_is_kept_unchanged(source in braces()) {
        let template = Template::parse(source.as_str());
        let nothing = Nothing(Cell::new(0));
        prop_assert_eq!(template.render(&nothing, MissingPolicy::Keep).unwrap(), source.as_str());
        // A variable has at least five bytes and is requested once, so the work is proportional to the length.
        prop_assert!(nothing.0.get() <= source.len() / 5);
        let variables = template.variables();
        match template.render(&nothing, MissingPolicy::Error) {
            Ok(text) => {
                prop_assert!(variables.is_empty());
                prop_assert_eq!(text, source.as_str());
            }
            Err(missing) => prop_assert_eq!(missing.names(), variables.clone()),
        }
        prop_assert!(nothing.0.get() <= 3 * (source.len() / 5) + 1);
        for name in variables {
            let has_braces = name.contains(['{', '}']);
            prop_assert!(!name.is_empty() && name.trim() == name && !has_braces);
            prop_assert!(source.contains(name));
        }
        prop_assert!(template.render(&nothing, MissingPolicy::Empty).unwrap().len() <= source.len());
    }

    #[test]
    fn values_are_not_parsed_for_variables(source in braces(), value in braces()) {
        let template = Template::parse(source.as_str());
        let same = Same(&value, Cell::new(0));
        let text = template.render(&same, MissingPolicy::Error).unwrap();
        prop_assert!(same.1.get() <= source.len() / 5);
        // Renders with a unique mark and then replaces the mark. The result must be the same, which proves that
        // values are not parsed again.
        let mark = "\u{1}MARK\u{1}";
        prop_assume!(!source.contains('\u{1}'));
        let marked = template.render(&Same(mark, Cell::new(0)), MissingPolicy::Error).unwrap();
        prop_assert_eq!(text, marked.replace(mark, &value));
    }

    #[test]
    fn templates_render_to_the_expected_text(
        pieces in prop::collection::vec((any::<String>(), variable(), " {0,3}", " {0,3}", braces()), 0..8),
        tail in any::<String>(),
    ) {
        let plain = |text: &str| text.replace(['{', '}'], "");
        let (mut source, mut expected) = (String::new(), String::new());
        let (mut names, mut values) = (Vec::new(), Vec::<(String, String)>::new());
        for (before, name, left, right, value) in pieces {
            let name = name.trim().to_owned();
            let known = values.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
            let value = known.unwrap_or_else(|| {
                names.push(name.clone());
                values.push((name.clone(), value.clone()));
                value
            });
            source += &format!("{}{{{{{left}{name}{right}}}}}", plain(&before));
            expected += &(plain(&before) + &value);
        }
        source += &plain(&tail);
        expected += &plain(&tail);
        let template = Template::parse(source);
        prop_assert_eq!(template.variables(), names);
        prop_assert_eq!(template.render(values.as_slice(), MissingPolicy::Error).unwrap(), expected);
    }
}

// Phone numbers, dates and times.

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn parsed_phone_numbers_are_a_plus_and_up_to_15_digits(
        text in prop_oneof![
            text(),
            "\\+?[0-9٠-٩۰-۹０-９ ().\u{200e}\u{202f}–-]{0,24}",
            "[+＋][1-9]([ -]?[0-9]){0,15}",
        ],
    ) {
        if let Ok(phone) = Phone::parse(&text) {
            let digits = phone.as_str().strip_prefix('+').unwrap();
            prop_assert!((1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
            prop_assert!(!digits.starts_with('0'));
            prop_assert_eq!(&Phone::parse(phone.as_str()).unwrap(), &phone);
            // Parsing invents no digits: the number has as many as the text.
            prop_assert_eq!(text.chars().filter(|letter| letter.is_numeric()).count(), digits.len());
        }
    }

    #[test]
    fn phone_numbers_with_decimals_or_a_trunk_zero_are_refused(
        digits in "[1-9][0-9]{6,12}", groups in prop::collection::vec((0..13_usize, mark()), 0..4), point in point(),
        zeros in prop::collection::vec(zero(), 1..3), unseen in prop::collection::vec(unseen(), 4), at in 1..7_usize,
        brackets in brackets(),
    ) {
        let mut number: String = digits.clone();
        for (at, mark) in groups {
            if let Some((place, _)) = number.char_indices().nth(at) {
                number.insert_str(place, &mark);
            }
        }
        let zeros: String = zeros.into_iter().collect();
        let float = format!("+{number}{}{point}{}{zeros}{}", unseen[0], unseen[1], unseen[2]);
        prop_assert!(Phone::parse(&float).is_err(), "{float}");
        let bare = format!("+{digits}{point}{zeros}");
        prop_assert!(Phone::parse(&bare).is_err(), "{bare}");
        let exponent = format!("+{}.{}E+{}", &digits[..1], &digits[1..], digits.len() - 1);
        prop_assert!(Phone::parse(&exponent).is_err(), "{exponent}");
        let (front, rest) = digits.split_at(at);
        let (open, close) = brackets;
        let trunk = format!("+{front}{open}{}{zeros}{}{close}{rest}", unseen[0], unseen[3]);
        prop_assert!(Phone::parse(&trunk).is_err(), "{trunk}");
        // They are also refused where a number need not be in E.164 format.
        for text in [float, bare, exponent, trunk] {
            let call = hudhud::zagely::CreateContact::new(text.trim_start_matches('+'));
            let error = zagely().request(&call, &CallOptions::new()).unwrap_err();
            prop_assert!(error.field_errors().get("phone_number").is_some(), "{text}");
        }
    }

    #[test]
    fn times_never_overflow(
        first in any::<u64>(), second in any::<u64>(), seconds in any::<u64>(), nanos in 0..1_000_000_000_u32,
    ) {
        let (first, second) = (UnixTime::from_millis(first), UnixTime::from_millis(second));
        let wait = Duration::new(seconds, nanos);
        prop_assert!(first.after(wait) >= first);
        prop_assert_eq!(first.after(first.until(second)), first.max(second));
        prop_assert!(UnixTime::from_secs(seconds).as_secs() <= seconds);
        prop_assert_eq!(UnixTime::from_secs(seconds % 1_000_000_000).as_secs(), seconds % 1_000_000_000);
    }

    #[test]
    fn timestamps_keep_their_text_and_have_an_optional_time(
        text in prop_oneof![
            text(),
            "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,30})?([Zz]|[+-][0-9]{2}:[0-9]{2})",
            "2026-04-21.{0,20}",
        ],
    ) {
        let timestamp = Timestamp::from(text.as_str());
        prop_assert_eq!(timestamp.as_str(), text.as_str());
        let _ = (timestamp.unix(), format!("{timestamp:?}"));
    }

    #[test]
    fn a_wait_is_the_valid_value_of_retry_after_or_none(
        value in header_value(), date in prop::option::of(header_value()), now in prop::option::of(moment()),
    ) {
        let mut response = Response::new(429, [("Retry-After", value.as_str())], "");
        response.headers.extend(date.map(|date| ("Date".to_owned(), date)));
        let wait = Meta::read(&response, None, now).retry_after;
        let digits = value.trim();
        match digits.parse::<u64>() {
            Ok(seconds) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                prop_assert_eq!(wait, Some(Duration::from_secs(seconds)));
            }
            _ if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                prop_assert!(wait.unwrap() > Duration::from_secs(1 << 40));
            }
            _ => prop_assert!(wait.is_none() || digits.ends_with("GMT")),
        }
    }
}

// Calls.

/// A call of either vendor.
enum AnyCall {
    Zagely(Zagely, DynamicCall<hudhud::zagely::Credentials>),
    Wazaj(Wazaj, DynamicCall<hudhud::wazaj::Credentials>),
}

impl AnyCall {
    fn new(index: Index, input: &str) -> Result<Self, Error> {
        let spec = index.get(ENDPOINTS);
        Ok(match spec.vendor.name {
            "zagely" => Self::Zagely(zagely(), zagely().call_by_name(spec.name, input)?),
            _ => Self::Wazaj(wazaj(), wazaj().call_by_name(spec.name, input)?),
        })
    }

    fn reply(&self, response: Response) -> Result<ApiResponse<Json>, Error> {
        match self {
            Self::Zagely(_, call) => call.decode(response, None),
            Self::Wazaj(_, call) => call.decode(response, None),
        }
    }

    fn request(&self, options: &CallOptions) -> Result<Request, Error> {
        match self {
            Self::Zagely(service, call) => call.request(service, options),
            Self::Wazaj(service, call) => call.request(service, options),
        }
    }
}

/// Checks the properties that every error has.
fn is_whole(error: &Error) {
    let said = error.to_string();
    assert!(said.contains(error.kind().as_str()) && said.ends_with(error.hint()));
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

// Exchanges.

#[derive(Clone, Debug)]
enum Event {
    Step,
    Receive(Response),
    Fail(TransportFault),
}

fn event() -> impl Strategy<Value = Event> {
    let fault = select(vec![TransportFault::Connect, TransportFault::Timeout, TransportFault::Closed]);
    let known = select(vec![200, 201, 302, 400, 401, 405, 422, 429, 429, 500, 502, 503, 503, 504]);
    let plain = (known, prop::option::of("[0-9]{1,3}"), any::<bool>()).prop_map(|(status, wait, quota)| {
        let headers: Vec<(&str, String)> = wait.map(|wait| ("Retry-After", wait)).into_iter().collect();
        let code = if quota { "daily_quota_exceeded" } else { "rate_limit_exceeded" };
        Response::new(status, headers, format!(r#"{{"error":{{"code":"{code}","message":"Too many."}}}}"#))
    });
    prop_oneof![
        3 => Just(Event::Step),
        2 => fault.prop_map(Event::Fail),
        3 => plain.prop_map(Event::Receive),
        1 => (status(), any::<Index>()).prop_map(|(status, which)| {
            Event::Receive(Response { status, headers: Vec::new(), body: which.get(&SAMPLES).clone() })
        }),
    ]
}

/// Returns true if a failure leaves open whether the request took effect, and the vendor does not ask for a
/// repetition.
fn is_ambiguous(vendor: &str, event: &Event) -> bool {
    match event {
        Event::Step => false,
        Event::Fail(fault) => *fault != TransportFault::Connect,
        Event::Receive(response) => match response.status {
            405 => false, // the router's response
            429 => vendor == "wazaj",
            503 => vendor != "wazaj",
            _ => true,
        },
    }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn an_exchange_handles_every_event_and_repeats_nothing_ambiguous(
        which in 0..7_usize,
        events in prop::collection::vec((event(), moment()), 0..30),
        steady in any::<bool>(),
        (max_attempts, base, cap, max_retry_after) in (0..6_u32, any::<u64>(), any::<u64>(), any::<u64>()),
        entropy in any::<[u8; 16]>(),
    ) {
        let policy = RetryPolicy {
            max_attempts,
            base: Duration::from_millis(base),
            cap: Duration::from_millis(cap),
            max_retry_after: Duration::from_millis(max_retry_after),
        };
        let (zagely, wazaj) = (zagely().retry(policy), wazaj().retry(policy));
        let calls = [
            ("contacts.list", r#"{}"#),
            ("messages.send", r#"{"to":"+15551234567","message":"hi"}"#),
            ("contacts.update", r#"{"contact_id":"c-1","name":"Jane"}"#),
            ("automations.toggle", r#"{"automation_id":"a-1"}"#),
            ("sessions.update", r#"{"session_id":"s-1","name":"Jane"}"#),
            ("analytics.overview", r#"{}"#),
            ("messages.send_text", r#"{"to":"+50912345678","body":"hi"}"#),
        ];
        let (name, input) = calls[which];
        let options = CallOptions::new();
        let spec = *ENDPOINTS.iter().find(|spec| spec.name == name).unwrap();
        let safe = spec.idempotency != hudhud::endpoint::Idempotency::None;
        let mut exchange = if spec.vendor.name == "zagely" {
            zagely.call_by_name(name, input).unwrap().exchange(&zagely, options, entropy).unwrap()
        } else {
            wazaj.call_by_name(name, input).unwrap().exchange(&wazaj, options, entropy).unwrap()
        };
        let (mut awaited, mut over, mut sends, mut in_doubt) = (false, false, 0_u32, false);
        let mut first: Option<Request> = None;
        let mut steady_now = UnixTime::from_secs(1_776_767_400);
        for (event, moment) in events {
            let now = if steady { steady_now } else { moment };
            match &event {
                Event::Step => match exchange.step(now) {
                    Step::Send(request) => {
                        prop_assert!(!awaited && !over);
                        prop_assert!(!in_doubt || safe, "{} is repeated although it may have taken effect", name);
                        sends += 1;
                        awaited = true;
                        let known = first.get_or_insert_with(|| request.clone());
                        prop_assert_eq!(&request.url, &known.url);
                        prop_assert_eq!((&request.headers, &request.body), (&known.headers, &known.body));
                        prop_assert!(request.method == known.method || spec.route.update);
                    }
                    Step::Wait(wait) => {
                        prop_assert!(!awaited && !over && sends > 0);
                        prop_assert!(wait <= policy.max_retry_after);
                        steady_now = steady_now.after(wait);
                    }
                    Step::Done(outcome) => {
                        if awaited || over {
                            let error = outcome.unwrap_err();
                            prop_assert!(error.field_errors().get("exchange").is_some());
                        } else {
                            if let Err(error) = outcome {
                                is_whole(&error);
                            }
                            over = true;
                        }
                    }
                },
                Event::Receive(response) => {
                    prop_assert_eq!(exchange.receive(response.clone(), now).is_ok(), awaited);
                    in_doubt |= awaited && is_ambiguous(spec.vendor.name, &event);
                    awaited = false;
                }
                Event::Fail(fault) => {
                    prop_assert_eq!(exchange.fail(*fault, now).is_ok(), awaited);
                    in_doubt |= awaited && is_ambiguous(spec.vendor.name, &event);
                    awaited = false;
                }
            }
        }
        prop_assert!(sends <= max_attempts.max(1) + u32::from(spec.route.update));
    }
}
