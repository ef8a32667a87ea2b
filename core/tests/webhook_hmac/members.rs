//! Repeated members of a delivery.

use hudhud::Object;
use hudhud::webhook::{EventData, EventName, Verifier, sign};

use crate::now;

/// Returns the event's name, the delivery id and the message's text of a body.
fn read(body: &str) -> Option<(String, Option<String>, Option<String>)> {
    let delivery = sign("whsec_test", body.as_bytes(), now()).unwrap();
    let verified =
        Verifier::new("whsec_test").unwrap().verify(&delivery.headers, body.as_bytes(), now()).ok()?;
    let content = match &verified.data {
        EventData::MessageReceived(message) => message.content.clone(),
        other => other.to_json().read::<Object>().ok().and_then(|data| data.text("content").map(Into::into)),
    };
    // The type of the data follows from the event's name.
    assert_eq!(
        matches!(verified.data, EventData::MessageReceived(_)),
        verified.name == EventName::MessageReceived
    );
    Some((verified.name.as_str().to_owned(), verified.delivery_id.clone(), content))
}

#[test]
fn the_last_of_repeated_members_counts() {
    let members = [
        (
            "event",
            [r#""message.received""#, r#""message.failed""#, r#""new.kind""#, "5", "null", r#""""#]
                .as_slice(),
        ),
        ("delivery_id", [r#""d-1""#, r#""d-2""#, "7", "null", r#""""#, "{}"].as_slice()),
        ("data", [r#"{"content":"A"}"#, r#"{"content":"B","content":"C"}"#, "null", "[]"].as_slice()),
    ];
    let all: Vec<_> =
        members.iter().flat_map(|(name, values)| values.iter().map(move |value| (*name, *value))).collect();
    // Tries four members in every order and selection, each name with each value, repeated or missing.
    let mut bodies = 0;
    for first in &all {
        for second in &all {
            for third in &all {
                for fourth in [
                    ("event", r#""message.received""#),
                    ("event", r#""message.sent""#),
                    ("data", r#"{"content":"D"}"#),
                ] {
                    let given = [*first, *second, *third, fourth];
                    let body = given.map(|(name, value)| format!("\"{name}\":{value}")).join(",");
                    let last = |name| {
                        given.iter().rev().find(|(member, _)| *member == name).map(|(_, value)| *value)
                    };
                    let text = |value: Option<&str>| {
                        let inside = value?.strip_prefix('"')?.strip_suffix('"')?;
                        (!inside.is_empty()).then(|| inside.to_owned())
                    };
                    let content = last("data")
                        .and_then(|data| ["D", "C", "A"].into_iter().find(|text| data.contains(text)));
                    let expected = text(last("event"))
                        .map(|name| (name, text(last("delivery_id")), content.map(String::from)));
                    assert_eq!(read(&format!("{{{body}}}")), expected, "{body}");
                    bodies += 1;
                }
            }
        }
    }
    assert_eq!(bodies, 16 * 16 * 16 * 3);
}
