//! The names of fields and options in errors, as Kotlin and Swift write them.

use hudhud::schema::{Field, Type};
use hudhud::{Error, ErrorKind};

/// Converts the name of a field or an option, so that `first_name` becomes `firstName`. In a path such as
/// `custom_fields.shoe_size` only the first name is converted: the others are keys of the program's own objects. In a path
/// of a record, `filters.created_from`, all names are converted.
pub(crate) fn in_host(name: &str) -> String {
    let Some((first, inner)) = name.split_once('.') else { return camel(name) };
    let inner = if is_record(first) { in_host(inner) } else { inner.to_owned() };
    [&camel(first), ".", &inner].concat()
}

/// Returns `true` if a field of this name holds a record.
fn is_record(name: &str) -> bool {
    let holds = |field: &Field| field.name == name && matches!(kind(field), Type::Model(_));
    hudhud::ENDPOINTS.iter().any(|spec| spec.input.fields.iter().any(holds))
}

/// Returns the type of a field's value, without `Nullable`.
fn kind(field: &Field) -> &Type {
    match &field.kind {
        Type::Nullable(kind) => kind,
        kind => kind,
    }
}

/// Converts the name of an option of a call by route. The other names are keys of the program's own object.
pub(crate) fn in_route(name: &str) -> String {
    match name {
        "idempotency_key" | "max_attempts" => camel(name),
        _ => name.to_owned(),
    }
}

/// Converts a name of [`in_host`] back, up to the first dot. The outbox reads no more of it.
pub(crate) fn in_core(name: &str) -> String {
    let mut snake = Vec::with_capacity(2 * name.len());
    for letter in name.bytes() {
        if letter.is_ascii_uppercase() {
            snake.push(b'_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    text(snake)
}

/// Converts the names in the message of a wrong field: that of the field, and that of the field on which it depends, as in "The
/// contact_ids field is required when phone_numbers is not present."
pub(crate) fn in_message(message: &str, field: &str, rename: fn(&str) -> String) -> String {
    let Some(what) = message.strip_prefix(&["The ", field, " field "].concat()) else {
        return message.to_owned();
    };
    let mut what = what.to_owned();
    for word in [" when ", " unless "] {
        let other = what.split_once(word).and_then(|(_, condition)| condition.split_once(" is "));
        if let Some((other, _)) = other {
            let (old, new) = ([word, other].concat(), [word, &rename(other)].concat());
            replace(&mut what, 0, &old, &new);
        }
    }
    ["The ", &rename(field), " field ", &what].concat()
}

/// Returns the hint of an error, and its text with this hint and with other names for the fields of a local error.
pub(crate) fn hint_and_summary(error: &Error, rename: fn(&str) -> String) -> (String, String) {
    let mut text = error.to_string();
    let original = error.hint();
    let hint = camel(&original);
    if text.ends_with(&*original) {
        text.truncate(text.len() - original.len());
        text.push_str(&hint);
    }
    let mut at = 0;
    if error.kind() == ErrorKind::InvalidRequest {
        for (field, messages) in error.field_errors().iter().take(SHOWN) {
            // The text hides a name that may be private.
            let new = [" ", &rename(field), ":"].concat();
            at = replace(&mut text, at, &[" ", field, ":"].concat(), &new).unwrap_or(at);
            for message in messages {
                let new = in_message(message, field, rename);
                if new != *message {
                    at = replace(&mut text, at, message, &new).unwrap_or(at);
                }
            }
        }
    }
    (hint, text)
}

/// The greatest number of fields that the text of an error shows.
const SHOWN: usize = 20;

/// Replaces the first part that is `old`, from a position on. Returns the end of the new part.
// One copy of the search is enough, and the texts are short.
#[inline(never)]
fn replace(text: &mut String, from: usize, old: &str, new: &str) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    let at = from + rest.windows(old.len()).position(|part| part == old.as_bytes())?;
    let (before, after) = (text.get(..at)?, text.get(at + old.len()..)?);
    *text = [before, new, after].concat();
    Some(at + new.len())
}

/// Converts names in snake case to camel case. Environment variables stay.
#[inline(never)]
fn camel(name: &str) -> String {
    let mut given = name.to_owned();
    // These options belong to a record in Kotlin and Swift.
    replace(&mut given, 0, "app_", "appRoutes.");
    let mut camel = Vec::with_capacity(given.len());
    for letter in given.into_bytes() {
        if letter.is_ascii_lowercase() && camel.last() == Some(&b'_') {
            camel.pop();
            camel.push(letter.to_ascii_uppercase());
        } else {
            camel.push(letter);
        }
    }
    text(camel)
}

/// Converts bytes that are UTF-8.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use hudhud::schema::Type;

    use super::{in_core, in_host, is_record, kind};
    use crate::error::HudhudError;
    use crate::options::{AppRoutes, CallOptions, RetryPolicy, Settings};
    use crate::outbox::OutboxStep;
    use crate::services::{RouteCall, ZagelyService};

    fn zagely() -> ZagelyService {
        ZagelyService::new("pk_a".into(), "sk_b".into(), None, None, settings()).unwrap()
    }

    fn settings() -> Settings {
        Settings { retry: None, ..defaults() }
    }

    fn defaults() -> Settings {
        Settings {
            session_id: None,
            user_agent: None,
            update_method: None,
            methods: HashMap::new(),
            method_override: false,
            textual_booleans: false,
            validate: true,
            retry: None,
        }
    }

    fn options() -> CallOptions {
        CallOptions {
            idempotency_key: None,
            method: None,
            extra: Default::default(),
            validate: None,
            retry: None,
            headers: HashMap::new(),
            timeout: None,
            deadline: None,
            lane: None,
        }
    }

    fn never() -> RetryPolicy {
        RetryPolicy { max_attempts: 0, base: None, cap: None, max_retry_after: None }
    }

    /// Returns the names of an error's fields, each of which its text must contain.
    fn names<T>(refused: Result<T, HudhudError>) -> Vec<String> {
        let Err(error) = refused else { panic!("nothing was refused") };
        let fields: Vec<_> = error.failure().field_errors.iter().map(|errors| errors.field.clone()).collect();
        for field in &fields {
            assert!(error.to_string().contains(&format!(" {field}: ")), "{error}");
        }
        fields
    }

    #[test]
    fn names_are_in_camel_case_up_to_the_first_dot() {
        for (core, host) in [
            ("first_name", "firstName"),
            ("to", "to"),
            ("max_retry_after", "maxRetryAfter"),
            ("custom_fields.shoe_size", "customFields.shoe_size"),
            ("response_buttons.0.reply_text", "responseButtons.0.reply_text"),
            ("filters.created_from", "filters.createdFrom"),
            ("headers.x_y", "headers.x_y"),
            ("methods.contacts.send_all", "methods.contacts.send_all"),
            ("app_prefix", "appRoutes.prefix"),
            ("ZAGELY_PUBLIC_KEY", "ZAGELY_PUBLIC_KEY"),
        ] {
            assert_eq!(in_host(core), host);
        }
    }

    #[test]
    fn every_field_of_a_call_is_converted_and_back() {
        for field in hudhud::ENDPOINTS.iter().flat_map(|spec| spec.input.fields) {
            assert_eq!(in_core(&in_host(field.name)), field.name);
            // `in_host` knows records, but no lists of them, and it knows them by the name of their field alone.
            assert!(!matches!(kind(field), Type::List(Type::Model(_))), "{}", field.name);
            let is_model = matches!(kind(field), Type::Model(_));
            assert_eq!(is_model, is_record(field.name), "{}", field.name);
        }
    }

    #[test]
    fn fields_and_options_of_a_call_have_the_names_of_the_host() {
        let named = zagely().call_by_name("contacts.list".into(), r#"{"per_page":1000}"#.into()).unwrap();
        let retry = CallOptions { retry: Some(never()), ..options() };
        assert_eq!(names(zagely().request(named.call.clone(), retry)), ["perPage", "maxAttempts"]);
        let key = CallOptions { idempotency_key: Some("not a key".into()), ..options() };
        assert_eq!(names(zagely().request(named.call, key)), ["idempotencyKey"]);
    }

    #[test]
    fn the_messages_of_fields_have_the_names_of_the_host() {
        for (call, input, field, message) in [
            (
                "contacts.list",
                r#"{"per_page":1000}"#,
                "perPage",
                "The perPage field must be between 1 and 200.",
            ),
            (
                "contact_groups.add_contacts",
                r#"{"group_id":"g-1"}"#,
                "contactIds",
                "The contactIds field is required when phoneNumbers is not present.",
            ),
        ] {
            let named = zagely().call_by_name(call.into(), input.into()).unwrap();
            let error = zagely().request(named.call, options()).unwrap_err();
            let errors = &error.failure().field_errors[0];
            assert_eq!((&*errors.field, &*errors.messages[0]), (field, message));
            assert!(error.to_string().contains(&format!(" {field}: {message} ")), "{error}");
        }
    }

    #[test]
    fn options_of_a_client_have_the_names_of_the_host() {
        let new = |base_url: Option<&str>, app_routes, settings| {
            ZagelyService::new("pk_a".into(), "sk_b".into(), base_url.map(Into::into), app_routes, settings)
        };
        assert_eq!(names(new(Some("nonsense"), None, settings())), ["baseUrl"]);
        let routes = AppRoutes { token: None, auth: None, prefix: Some("..".into()) };
        assert_eq!(names(new(None, Some(routes), settings())), ["appRoutes.prefix"]);
        let retry = Settings { retry: Some(never()), ..defaults() };
        assert_eq!(names(new(None, None, retry)), ["maxAttempts"]);
        assert_eq!(names(crate::inbox::check_inbox(60_000, 0)), ["maxAttempts"]);
    }

    #[test]
    fn names_that_the_program_wrote_stay() {
        let input = r#"{"page_number":1}"#;
        assert_eq!(names(zagely().call_by_name("contacts.list".into(), input.into())), ["page_number"]);
        let path = "/api/v1/labels/{label_id}".into();
        let call = RouteCall { method: hudhud::Method::Get, path, fields: Default::default() };
        let retry = CallOptions { retry: Some(never()), ..options() };
        assert_eq!(names(zagely().request_by_route(call, retry)), ["label_id", "maxAttempts"]);
        let missing = crate::webhook::render_template(
            "Hi {{ first_name }}".into(),
            Default::default(),
            hudhud::MissingPolicy::Error,
        );
        assert_eq!(names(missing), ["first_name"]);
    }

    #[test]
    fn a_journal_has_the_names_of_core() {
        let path = std::env::temp_dir().join(format!("hudhud-names-{}.outbox", std::process::id()));
        let path = path.to_str().unwrap().to_owned();
        let outbox = zagely().open_outbox(path.clone(), "messages.send".into(), vec![7; 16], 0).unwrap();
        outbox.add(None, 1, r#"{"to":"+15551234567","message":"hi"}"#.into()).unwrap();
        assert!(matches!(outbox.next(0).unwrap(), OutboxStep::Send { number: 0, .. }));
        let error = HudhudError::from(hudhud::Error::invalid("session_id", "No."));
        assert_eq!(error.failure().field_errors[0].field, "sessionId");
        outbox.failed(0, error.failure().clone(), 0).unwrap();
        let report = outbox.report();
        outbox.release().unwrap();
        std::fs::remove_file(path).unwrap();
        let reasons = format!("{:?} {:?}", report.stopped, report.refused_by_reason);
        assert!(reasons.contains("invalid_request (session_id)"), "{reasons}");
    }

    #[test]
    fn fields_of_the_vendors_errors_stay_and_the_hint_has_the_name_of_the_host() {
        let body = r#"{"message":"No.","errors":{"session_id":["The session is unknown."]}}"#;
        let response = crate::records::Response { status: 422, headers: Vec::new(), body: body.into() };
        let error = crate::services::decode_response("zagely".into(), "messages.send".into(), response, None);
        let error = error.unwrap_err();
        assert_eq!(error.failure().field_errors[0].field, "session_id");
        assert!(error.failure().hint.contains("as sessionId,"), "{}", error.failure().hint);
        assert!(error.to_string().ends_with(&error.failure().hint), "{error}");
    }
}
