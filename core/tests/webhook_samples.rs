//! Tests the sample deliveries: each is accepted by the verifier and decoded to its event, and all of them equal those in
//! `tests/webhook-samples.json`. The tests of the other hosts compare their samples with that file.

use std::path::Path;

use hudhud::schema::{HasSchema as _, Type};
use hudhud::webhook::{EventData, EventName, Verifier, sample_delivery, sign};
use hudhud::{Json, Object, UnixTime};

/// The id and the time of the vendor's own sample.
const DELIVERY_ID: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
const OCCURRED_AT: &str = "2026-04-21T10:30:00Z";

/// Set to any value, it lets the test write the file instead of comparing it.
const WRITE: &str = "HUDHUD_WRITE_SAMPLES";

fn names() -> impl Iterator<Item = EventName> {
    let Type::Enum(open) = EventName::TYPE else { panic!("the names of events are an enum") };
    open.values.iter().map(|(name, _)| EventName::from(*name))
}

fn sample(name: &EventName) -> Object {
    sample_delivery(name, DELIVERY_ID, &OCCURRED_AT.into())
}

fn is_object(json: &Json) -> bool {
    json.read::<Object>().is_ok_and(|object| !object.is_empty())
}

#[test]
fn each_sample_is_verified_and_decoded_to_its_event() {
    let now = UnixTime::from_secs(1_776_767_400);
    let verifier = Verifier::new("whsec_test").unwrap();
    assert_eq!(names().count(), 14);
    for name in names() {
        let declared = sample(&name);
        let members: Vec<_> = declared.iter().map(|(member, _)| member).collect();
        assert_eq!(members, ["event", "tenant_id", "delivery_id", "occurred_at", "data"], "{name:?}");
        let body = Json::write(&declared).unwrap();
        let delivery = sign("whsec_test", body.as_str().as_bytes(), now).unwrap();
        let event = verifier.verify(&delivery.headers, &delivery.body, now).unwrap();
        assert!(event.name.is_known(), "{name:?}");
        assert_eq!(event.name, name);
        assert_eq!(event.delivery_id.as_deref(), Some(DELIVERY_ID));
        assert_eq!(event.occurred_at, Some(OCCURRED_AT.into()));
        assert!(event.tenant_id.is_some() && event.extra.is_empty(), "{name:?}");
        let data = declared.get("data").unwrap();
        assert!(is_object(data), "{name:?}: its data is not an object of JSON, or is empty");
        assert_eq!(present(&event.data.to_json()), present(data), "{name:?}");
    }
}

/// Returns JSON without empty members: a type writes its absent fields as empty ones.
fn present(json: &Json) -> serde_json::Value {
    fn without_empty(value: serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Object(members) => {
                let members = members.into_iter().map(|(name, value)| (name, without_empty(value)));
                members
                    .filter(|(_, value)| !matches!(value.to_string().as_str(), "null" | "[]" | "{}"))
                    .collect()
            }
            // 0 and 0.0 are the same number.
            serde_json::Value::Number(number) => number.as_f64().into(),
            other => other,
        }
    }
    without_empty(serde_json::from_str(json.as_str()).unwrap())
}

#[test]
fn the_sample_of_a_received_message_is_the_vendors() {
    let now = UnixTime::from_secs(1_776_767_400);
    let body = Json::write(&sample(&EventName::MessageReceived)).unwrap();
    let delivery = sign("whsec_test", body.as_str().as_bytes(), now).unwrap();
    let event = Verifier::new("whsec_test").unwrap().verify(&delivery.headers, &delivery.body, now).unwrap();
    let EventData::MessageReceived(message) = &event.data else { panic!("{:?}", event.name) };
    let contact = message.contact.as_ref().unwrap();
    assert_eq!(contact.name.as_deref(), Some("Jane Doe"));
    assert_eq!(contact.phone_number.as_deref(), Some("+15551234567"));
    assert_eq!(contact.email, None);
    assert_eq!(message.channel.as_ref().map(|channel| channel.as_str()), Some("whatsapp"));
    assert_eq!(message.content.as_deref(), Some("Hello, I need help with my order."));
}

#[test]
fn the_sample_of_an_unknown_event_has_empty_data() {
    let sample = sample(&EventName::from("moon.landed"));
    assert_eq!(sample.text("event").as_deref(), Some("moon.landed"));
    assert_eq!(sample.get("data").map(Json::as_str), Some("{}"));
}

#[test]
fn texts_of_the_caller_are_escaped() {
    let odd = "\"\\\u{1}\u{1f680}";
    let sample = sample_delivery(&EventName::from(odd), odd, &odd.into());
    let sample: Object = Json::write(&sample).unwrap().as_str().parse().unwrap();
    for member in ["event", "delivery_id", "occurred_at"] {
        assert_eq!(sample.text(member).as_deref(), Some(odd), "{member}");
    }
}

#[test]
fn the_file_for_the_other_hosts_holds_these_samples() {
    let rows: Vec<String> = names()
        .map(|name| format!("  \"{}\": {}", name.as_str(), Json::write(&sample(&name)).unwrap().as_str()))
        .collect();
    let declared = format!("{{\n{}\n}}\n", rows.join(",\n"));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/webhook-samples.json");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, declared).expect("tests/webhook-samples.json can be written");
        return;
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == declared,
        "tests/webhook-samples.json differs from the samples that core declares: write it again with \
         `{WRITE}=1 cargo test --package hudhud --test webhook_samples`"
    );
}
