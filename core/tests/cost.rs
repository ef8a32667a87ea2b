//! Tests that time grows no faster than the input. With inputs of this size, quadratic code takes minutes; linear
//! code takes a second or two without optimisation. `cargo xtask bench scaling` measures every entry point.

use std::fmt::Write as _;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use hudhud::{
    CallOptions, Error, ErrorKind, KeyPair, MissingPolicy, Object, Response, Template, Zagely, zagely::*,
};

/// The number of parts of an input.
const MANY: usize = 100_000;

/// Runs a function that must end within a minute.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, awaited) = channel();
    thread::spawn(move || done.send(work()));
    awaited.recv_timeout(Duration::from_secs(60)).expect("the work ends within a minute")
}

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap())
}

/// Returns a JSON object with `MANY` members.
fn members(value: &str) -> String {
    let mut text = String::from("{");
    for number in 0..MANY {
        let _ = write!(text, "{}\"m{number}\":{value}", if number > 0 { "," } else { "" });
    }
    text + "}"
}

fn refused(call: &'static str, input: String) -> Error {
    in_time(move || {
        let zagely = zagely();
        let call = zagely.call_by_name(call, &input).unwrap();
        call.request(&zagely, &CallOptions::new()).unwrap_err()
    })
}

fn answered(body: String) -> Error {
    in_time(move || {
        let response = Response::new(422, [("Content-Type", "application/json")], body);
        zagely().decode::<GetContact>(response, None).unwrap_err()
    })
}

/// Checks that an error keeps the first faults, counts the omitted ones, and has a short message.
fn is_bounded(error: &Error, count: usize) {
    let fields = error.field_errors();
    assert_eq!(fields.iter().map(|(_, messages)| messages.len()).sum::<usize>(), count);
    assert_eq!(fields.omitted(), MANY - count);
    let text = error.to_string();
    assert!(text.len() < 4000, "{} bytes", text.len());
    assert!(text.contains(" more. "), "{text}");
}

#[test]
fn unknown_members_of_a_call() {
    let error = refused("contacts.list", members("1"));
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    is_bounded(&error, 1000);
    assert!(error.to_string().contains("… and 99,980 more."), "{error}");
}

#[test]
fn bad_items_of_a_list() {
    let items = vec!["1"; MANY].join(",") + ",\"c\"";
    let error =
        refused("contact_groups.add_contacts", format!(r#"{{"group_id":"g","contact_ids":[{items}]}}"#));
    is_bounded(&error, 1000);
    assert_eq!(error.field_errors().get("contact_ids.7").map(<[String]>::len), Some(1));
}

#[test]
fn errors_of_many_fields() {
    let errors = members(r#"["The field is required."]"#);
    is_bounded(&answered(format!(r#"{{"message":"Invalid.","errors":{errors}}}"#)), 1000);
}

#[test]
fn many_errors_of_one_field() {
    let mut errors = String::new();
    for number in 0..MANY {
        let _ = write!(errors, "{}\"Row {number} is invalid.\"", if number > 0 { "," } else { "" });
    }
    let error = answered(format!(r#"{{"errors":{{"file":[{errors}]}}}}"#));
    is_bounded(&error, 1000);
    assert_eq!(error.field_errors().len(), 1);
}

#[test]
fn a_long_name_around_many_fields() {
    let outer = "o".repeat(MANY);
    let error = answered(format!(r#"{{"errors":{{"{outer}":{}}}}}"#, members("[\"No.\"]")));
    let longest = error.field_errors().iter().map(|(name, _)| name.len()).max();
    assert!(longest.is_some_and(|longest| longest < 300), "{longest:?}");
}

#[test]
fn incomplete_characters_within_a_long_name() {
    let lone_surrogates = members(r#""\ud83d""#);
    let extra = format!(r#"{{"contact_id":"c","extra":{{"{}":{lone_surrogates}}}}}"#, "o".repeat(MANY));
    let error = refused("contacts.update", extra);
    assert_eq!(error.field_errors().omitted(), MANY - 1000);
}

#[test]
fn a_message_of_many_words() {
    let message = "Jane ".repeat(MANY);
    let error = answered(format!(r#"{{"message":"{message}","errors":{{"name":["{message}"]}}}}"#));
    assert!(error.to_string().len() < 200, "{error}");
}

#[test]
fn objects_of_many_members() {
    let pairs = || (0..MANY).chain(0..MANY).map(|number| (format!("m{number}"), number as u64));
    let object: Object = in_time(move || pairs().collect());
    assert_eq!(object.len(), MANY);
    assert_eq!(object.iter().last().map(|(name, _)| name), Some("m99999"));
}

#[test]
fn extra_members_of_a_call() {
    let request = in_time(|| {
        let zagely = zagely();
        let input = format!(r#"{{"contact_id":"c","extra":{}}}"#, members("1"));
        let options = CallOptions::new().extra(members("2").parse::<Object>().unwrap());
        zagely.call_by_name("contacts.update", &input).unwrap().request(&zagely, &options).unwrap()
    });
    let body = request.body.unwrap();
    assert!(body.starts_with(br#"{"m0":1,"m1":1,"#) && body.ends_with(br#""m99999":1}"#));
}

#[test]
fn templates_of_many_variables() {
    let text: String = (0..MANY).map(|number| format!("{{{{m{number}}}}}")).collect();
    let (filled, missing) = in_time(move || {
        let (template, values) = (Template::parse(text), members("7").parse::<Object>().unwrap());
        (
            template.render(&values, MissingPolicy::Error),
            template.render(&Object::new(), MissingPolicy::Error),
        )
    });
    assert_eq!(filled.unwrap().len(), MANY);
    let missing = missing.unwrap_err();
    assert_eq!(missing.names().len(), MANY);
    assert!(missing.to_string().len() < 1000 && missing.to_string().ends_with("more"), "{missing}");
}
