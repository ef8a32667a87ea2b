//! The measured entries. For each call of the catalog they grow every field of its input and of its response, unknown
//! members, and errors. Other entries cover code that is not a call. New calls and fields are measured automatically.

use std::fmt::Write as _;

use hudhud::endpoint::EndpointSpec;
use hudhud::schema::{Field, HasSchema, Schema, Type};
use hudhud::webhook::{self, EventName};
use hudhud::{ENDPOINTS, UnixTime};
use serde_json::{Map, Value, json};

/// An entry point, with a function that makes a case with a given number of parts.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) suite: &'static str,
    pub(crate) make: Box<dyn Fn(usize) -> Value>,
}

type Entries = Vec<Entry>;

/// Returns the JSON of a value with a given number of parts.
type Make = Box<dyn Fn(usize) -> String>;

/// A value that grows: its path, the way in which it grows, and the function that makes it.
struct Grown {
    path: Vec<&'static str>,
    shape: &'static str,
    make: Make,
}

impl Grown {
    fn name(&self) -> String {
        format!("{}, {}", self.path.join("."), self.shape)
    }
}

/// The number of characters of a text that count as one part.
const CHARACTERS: usize = 16;

/// Returns all entries.
pub(crate) fn all() -> Entries {
    let mut entries = Entries::new();
    for spec in ENDPOINTS {
        inputs(spec, &mut entries);
        answers(spec, &mut entries);
    }
    let mut surfaces = Vec::new();
    for spec in ENDPOINTS {
        if !surfaces.contains(&spec.surface) {
            surfaces.push(spec.surface);
            errors(spec, &mut entries);
            headers(spec, &mut entries);
            exchanges(spec, &mut entries);
        }
    }
    clients(&mut entries);
    deliveries(&mut entries);
    templates(&mut entries);
    phones(&mut entries);
    entries
}

fn add(entries: &mut Entries, name: String, suite: &'static str, make: impl Fn(usize) -> Value + 'static) {
    entries.push(Entry { name, suite, make: Box::new(make) });
}

fn client(spec: &EndpointSpec) -> Value {
    json!({"vendor": spec.vendor.name, "public_key": "pk_test", "secret_key": "sk_test", "api_key": "wzj_test"})
}

/// Returns a case of a call. `fields` are added to a valid input.
fn called(spec: &EndpointSpec, fields: Value) -> Value {
    let mut input = sample_of(spec.input);
    if let (Value::Object(input), Value::Object(fields)) = (&mut input, fields) {
        input.extend(fields);
    }
    json!({"client": client(spec), "call": spec.name, "input": input})
}

fn responded(spec: &EndpointSpec, status: u16, headers: Value, body: String) -> Value {
    let mut case = called(spec, json!({}));
    case["response"] = json!({"status": status, "headers": headers, "body": body});
    case
}

fn inputs(spec: &'static EndpointSpec, entries: &mut Entries) {
    let name = |what: &str| format!("{} {} input: {what}", spec.vendor.name, spec.name);
    add(entries, name("unknown members"), "request", |parts| called(spec, read(&members(parts))));
    let extra = |parts: usize| called(spec, json!({"extra": read(&members(parts))}));
    add(entries, name("extra members"), "request", extra);
    for grown in grown(spec.input) {
        let name = name(&grown.name());
        let make = move |parts: usize| {
            let mut case = called(spec, json!({}));
            put(&mut case["input"], &grown.path, read(&(grown.make)(parts)));
            case
        };
        add(entries, name, "request", make);
    }
}

fn answers(spec: &'static EndpointSpec, entries: &mut Entries) {
    let name = |what: &str| format!("{} {} answer: {what}", spec.vendor.name, spec.name);
    let mut answer = |what: &str, make: Make| {
        add(entries, name(what), "response", move |parts| responded(spec, 200, json!({}), make(parts)));
    };
    let (schema, is_list) = match &spec.output {
        Type::Model(schema) => (*schema, false),
        Type::Page(Type::Model(schema)) | Type::List(Type::Model(schema)) => (*schema, true),
        other => panic!("{}: the response has an unsupported kind {other:?}", spec.name),
    };
    let around = move |item: &Value| if is_list { json!({"data": [item]}) } else { item.clone() };
    if is_list {
        let item = sample_of(schema);
        let items = move |parts: usize| vec![item.to_string(); parts / 16].join(",");
        let (bare, gaps) = (items.clone(), items.clone());
        answer("items", Box::new(move |parts| format!(r#"{{"current_page":1,"data":[{}]}}"#, items(parts))));
        answer("items of a bare list", Box::new(move |parts| format!("[{}]", bare(parts))));
        answer("items that are null", Box::new(|parts| format!("[{}]", vec!["null"; parts].join(","))));
        answer("lists", Box::new(|parts| repeated("data", "[]", parts)));
        let item = gaps(16);
        let map = move |parts: usize| format!(r#"{{"data":{}}}"#, many(parts / 16, |_| item.clone()));
        answer("items of a map", Box::new(map));
    } else {
        let whole = sample_of(schema);
        let wrapped = move |parts: usize| {
            format!(r#"{{"data":{whole},{}"#, members(parts).strip_prefix('{').unwrap_or_default())
        };
        answer("members next to the wrapped object", Box::new(wrapped));
    }
    let whole = around(&sample_of(schema)).to_string();
    let beside = move |parts: usize| {
        format!("{},{}", whole.strip_suffix('}').unwrap_or_default(), members(parts).trim_start_matches('{'))
    };
    answer("unknown members", Box::new(beside));
    if let Some(first) = schema.fields.first() {
        let value = sample(&first.kind, Some(first)).to_string();
        let item = move |parts: usize| repeated(first.name, &value, parts);
        let make = move |parts: usize| if is_list { format!("[{}]", item(parts)) } else { item(parts) };
        answer("one repeated member", Box::new(make));
    }
    for grown in grown(schema) {
        let name = grown.name();
        let make = move |parts: usize| {
            let mut item = sample_of(schema);
            put(&mut item, &grown.path, json!("MARK"));
            // Inserted as text, because parsing it here would normalize unusual JSON.
            around(&item).to_string().replacen("\"MARK\"", &(grown.make)(parts), 1)
        };
        answer(&name, Box::new(make));
    }
}

fn errors(spec: &'static EndpointSpec, entries: &mut Entries) {
    let mut error = |what: &str, make: fn(usize) -> String| {
        let name = format!("{} {} error: {what}", spec.vendor.name, spec.name);
        add(entries, name, "response", move |parts| responded(spec, 422, json!({}), make(parts)));
    };
    const TEXT: &str = "The name field is required for Jane.";
    error("fields", |parts| {
        format!(r#"{{"message":"No.","errors":{}}}"#, many(parts, |_| json!([TEXT]).to_string()))
    });
    error("fields of details", |parts| {
        format!(
            r#"{{"error":{{"code":"a_b","details":{{"errors":{}}}}}}}"#,
            many(parts, |_| json!(TEXT).to_string())
        )
    });
    error("messages of a field", |parts| {
        let messages: Vec<String> = (0..parts).map(|at| format!("Row {at} is wrong.")).collect();
        json!({"errors": {"file": messages}}).to_string()
    });
    error("fields within a field", |parts| {
        format!(r#"{{"errors":{{"{}":{}}}}}"#, "o".repeat(parts), many(parts, |_| json!([TEXT]).to_string()))
    });
    error("one repeated field", |parts| format!(r#"{{"errors":{}}}"#, repeated("a", "[\"No.\"]", parts)));
    error("details", |parts| format!(r#"{{"error":{{"message":"No.","details":{}}}}}"#, members(parts)));
    error("members", members);
    error("a long sentence", |parts| json!({"message": TEXT.repeat(parts / 2)}).to_string());
    error("a long word", |parts| json!({"message": "a".repeat(parts * CHARACTERS)}).to_string());
    error("a long code", |parts| json!({"error": {"code": "a_".repeat(parts * CHARACTERS)}}).to_string());
    error("a page of HTML", |parts| "<p>Jane</p>\n".repeat(parts));
}

fn headers(spec: &'static EndpointSpec, entries: &mut Entries) {
    let mut header = |what: &str, make: fn(usize, &'static str) -> Value, named: &'static str| {
        for status in [200, 405, 429] {
            let name = format!("{} {} headers of a {status}: {what}{named}", spec.vendor.name, spec.name);
            let body = sample(&spec.output, None).to_string();
            let make = move |parts: usize| responded(spec, status, make(parts, named), body.clone());
            add(entries, name, "response", make);
        }
    };
    header("many", |parts, _| read(&many(parts, |at| json!(at.to_string()).to_string())), "");
    for name in ["allow", "content-type", "retry-after", "x-ratelimit-limit", "idempotent-replay"] {
        header("a long ", |parts, name| json!({name: "1 a,".repeat(parts * CHARACTERS / 4)}), name);
    }
}

/// Adds an exchange that sends a large body twice.
fn exchanges(spec: &'static EndpointSpec, entries: &mut Entries) {
    let name = format!("{} {} exchange", spec.vendor.name, spec.name);
    add(entries, name, "exchange", |parts| {
        let mut case = called(spec, json!({"extra": read(&members(parts))}));
        let answer =
            |status: u16| json!({"respond": {"status": status, "headers": {}, "body": members(parts)}});
        case["script"] = json!([answer(429), answer(200)]);
        case
    });
}

fn clients(entries: &mut Entries) {
    let texts = |text: &'static str| move |parts: usize| text.repeat(parts * CHARACTERS / text.len());
    let mut options = |name: &'static str, before: &'static str, text: &'static str| {
        let text = texts(text);
        for spec in [ENDPOINTS.first(), ENDPOINTS.last()].into_iter().flatten() {
            add(
                entries,
                format!("{} client: {name} {before}…", spec.vendor.name),
                "request",
                move |parts| {
                    let mut case = called(spec, json!({}));
                    case["client"][name] = json!(format!("{before}{}", text(parts)));
                    case
                },
            );
        }
    };
    for (before, text) in
        [("https://", "ab.c"), ("https://a/", "/b%2"), ("https://", "a:1@"), ("https://a", "////")]
    {
        options("base_url", before, text);
    }
    for name in ["public_key", "secret_key", "api_key", "app_token", "app_prefix", "auth"] {
        options(name, "/", "ab c");
    }
    add(entries, "options: idempotency_key".into(), "request", move |parts| {
        let mut case = called(ENDPOINTS[2], json!({}));
        case["options"] = json!({"idempotency_key": texts("ab-1")(parts)});
        case
    });
}

fn deliveries(entries: &mut Entries) {
    const NOW: UnixTime = UnixTime::from_secs(1_776_767_400);
    let delivered = |body: &str| {
        let headers = webhook::sign("whsec_test", body.as_bytes(), NOW).expect("the secret is valid").headers;
        let headers: Map<_, _> =
            headers.into_iter().map(|(name, value)| (name.into(), json!(value))).collect();
        json!({"secrets": ["whsec_test"], "tolerance_s": 300, "now_s": NOW.as_secs(), "headers": headers, "body": body})
    };
    let Type::Enum(names) = EventName::TYPE else { panic!("expected an enum for the event's name") };
    for event in names.values.iter().map(|(name, _)| *name).chain(["no.such"]) {
        type Body = fn(&str, usize) -> String;
        let bodies: [(&str, Body); 4] = [
            ("data", |event, parts| format!(r#"{{"event":"{event}","data":{}}}"#, members(parts))),
            ("members", |event, parts| format!(r#"{{"event":"{event}",{}"#, &members(parts)[1..])),
            ("repeated data", |event, parts| {
                format!(r#"{{"event":"{event}",{}"#, &repeated("data", "{\"content\":\"a\"}", parts)[1..])
            }),
            ("content", |event, parts| {
                json!({"event": event, "data": {"content": "a ".repeat(parts * CHARACTERS)}}).to_string()
            }),
        ];
        for (what, body) in bodies {
            add(entries, format!("delivery of {event}: {what}"), "webhook", move |parts| {
                delivered(&body(event, parts))
            });
        }
    }
    let mut odd = |what: &str, change: fn(&mut Value, usize)| {
        add(entries, format!("delivery: {what}"), "webhook", move |parts| {
            let mut case = delivered(r#"{"event":"webhook.test"}"#);
            change(&mut case, parts);
            case
        });
    };
    odd("headers", |case, parts| {
        for at in 0..parts {
            case["headers"][format!("x-zagely-{at}")] = json!("v");
        }
    });
    odd("secrets", |case, parts| case["secrets"] = (0..parts).map(|at| format!("s{at}")).collect());
    for name in [webhook::TIMESTAMP_HEADER, webhook::SIGNATURE_HEADER] {
        let mut case = |what: &str, change: fn(&mut Value, usize)| odd(&format!("{what} {name}"), change);
        match name {
            webhook::TIMESTAMP_HEADER => case("a long", |case, parts| {
                case["headers"][webhook::TIMESTAMP_HEADER] = json!("1".repeat(parts * CHARACTERS));
            }),
            _ => case("a long", |case, parts| {
                case["headers"][webhook::SIGNATURE_HEADER] = json!("sha256=".repeat(parts * CHARACTERS));
            }),
        }
    }
    odd("an unsigned body", |case, parts| case["body"] = json!("{\"a\":[1,2]}".repeat(parts)));
}

fn templates(entries: &mut Entries) {
    let variables = |parts: usize| (0..parts).map(|at| format!("Hi {{{{ m{at} }}}}")).collect::<String>();
    for missing in ["error", "keep", "empty"] {
        for (what, has_values) in [("values", true), ("variables without a value", false)] {
            add(entries, format!("template: {what}, {missing}"), "template", move |parts| {
                let values = if has_values { read(&members(parts)) } else { json!({}) };
                json!({"template": variables(parts), "values": values, "missing": missing})
            });
        }
    }
    for text in ["{{", "}}", "{{ a {{", "{{}", "{{ a }}", "{ {{ b", "text "] {
        add(
            entries,
            format!("template: repeated {text}"),
            "template",
            move |parts| json!({"template": text.repeat(parts * CHARACTERS / text.len()), "values": {"a": "b"}, "missing": "keep"}),
        );
    }
    add(
        entries,
        "template: a long value in many places".into(),
        "template",
        |parts| json!({"template": "{{a}}".repeat(100), "values": {"a": "v".repeat(parts)}}),
    );
}

fn phones(entries: &mut Entries) {
    for text in ["+1 ", "1", " ", "+", "\u{660}", "(a)"] {
        add(
            entries,
            format!("phone: repeated {text:?}"),
            "phone",
            move |parts| json!({"input": text.repeat(parts * CHARACTERS)}),
        );
    }
}

/// Returns a short value of a kind that is valid for the field.
fn sample(kind: &Type, field: Option<&Field>) -> Value {
    match kind {
        Type::Text if field.is_some_and(|field| field.phone) => json!("+15551234567"),
        Type::Text | Type::Id => json!("c-1"),
        Type::Timestamp => json!("2026-01-15T09:00:00Z"),
        Type::Date => json!("2026-01-15"),
        Type::Integer | Type::Number => json!(field.and_then(|field| field.range).map_or(1, |(low, _)| low)),
        Type::Boolean => json!(true),
        Type::Bytes => json!("phone\n+15551234567"),
        Type::Json | Type::Object => json!({"a": 1}),
        Type::List(item) | Type::Page(item) => json!([sample(item, field)]),
        Type::Nullable(inner) => sample(inner, field),
        Type::Model(schema) => sample_of(schema),
        Type::Enum(open) => json!(open.values.first().map(|(name, _)| *name)),
        other => panic!("{other:?} has no sample"),
    }
}

fn sample_of(schema: &Schema) -> Value {
    let members =
        schema.fields.iter().map(|field| (field.name.to_string(), sample(&field.kind, Some(field))));
    Value::Object(members.collect())
}

/// Returns all values that can grow in a struct: each field in each way that its kind allows, including nested
/// structs.
fn grown(schema: &'static Schema) -> Vec<Grown> {
    let fields = schema.fields.iter();
    fields.flat_map(|field| grown_field(vec![field.name], &field.kind, field)).collect()
}

fn grown_field(path: Vec<&'static str>, kind: &'static Type, field: &'static Field) -> Vec<Grown> {
    let mut all = Vec::new();
    let mut add = |shape: &'static str, make: Make| all.push(Grown { path: path.clone(), shape, make });
    let text = |text: &'static str| -> Make {
        Box::new(move |parts| json!(text.repeat(parts * CHARACTERS / text.len())).to_string())
    };
    match kind {
        Type::Nullable(inner) => return grown_field(path, inner, field),
        Type::List(item) => {
            let value = sample(item, Some(field)).to_string();
            let list = |item: String| -> Make {
                Box::new(move |parts| format!("[{}]", vec![item.as_str(); parts].join(",")))
            };
            add("items", list(value));
            add("items of another type", list("[{}]".into()));
            add("long text", text("a b"));
        }
        Type::Json | Type::Object => {
            add("members", Box::new(members));
            add("lists", Box::new(|parts| many(parts, |_| "[[{}],{}]".into())));
            add("long number", Box::new(|parts| many(1, |_| "7".repeat(parts))));
            add("long text", text("a b"));
        }
        _ => {
            add("long text", text(if field.phone { "+1 5" } else { "a \u{e9}" }));
            add("digits", text("12"));
            add("members", Box::new(members));
        }
    }
    if let Type::Model(schema) = kind {
        for inner in schema.fields {
            let path = path.iter().copied().chain([inner.name]).collect();
            all.extend(grown_field(path, &inner.kind, inner));
        }
    }
    all
}

/// Replaces the value at a path in an object.
fn put(object: &mut Value, path: &[&str], value: Value) {
    let place = path.iter().fold(object, |inner, name| &mut inner[*name]);
    *place = value;
}

/// Returns an object with the given number of members.
fn many(parts: usize, value: impl Fn(usize) -> String) -> String {
    let mut text = String::from("{");
    for at in 0..parts {
        let _ = write!(text, "{}\"m{at}\":{}", if at > 0 { "," } else { "" }, value(at));
    }
    text + "}"
}

fn members(parts: usize) -> String {
    many(parts, |at| at.to_string())
}

/// Returns an object that repeats one member the given number of times.
fn repeated(name: &str, value: &str, times: usize) -> String {
    format!("{{{}}}", vec![format!("\"{name}\":{value}"); times].join(","))
}

fn read(json: &str) -> Value {
    serde_json::from_str(json).expect("the generated JSON is valid")
}
