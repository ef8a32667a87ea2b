//! Webhooks, templates, phone numbers and JSON show no contents.

use std::collections::BTreeMap;
use std::fmt::Debug;

use hudhud::schema::Type;
use hudhud::webhook::{EventName, Verifier, sign};
use hudhud::zagely::*;
use hudhud::{
    ENDPOINTS, IdempotencyKey, InvalidJson, Json, MissingPolicy, Object, Phone, Template, Timestamp, UnixTime,
};
use serde_json::json;

use crate::{BARE, NOW, PRIVATE, all, clean, debug, shown};

#[test]
fn identifiers_are_shown() {
    let contact =
        r#"{"id":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","created_at":"2026-01-15T09:00:00Z","name":"Jane"}"#;
    let contact: Contact = serde_json::from_str(contact).unwrap();
    let text = format!("{contact:?}");
    assert!(
        text.contains("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee") && text.contains("2026-01-15T09:00:00Z"),
        "{text}"
    );
    assert!(!text.contains("Jane"), "{text}");
    let activity: MessageActivity =
        serde_json::from_str(r#"{"date":"2026-04-21","direction":"outbound"}"#).unwrap();
    let text = format!("{activity:?}");
    assert!(text.contains("2026-04-21") && text.contains("outbound"), "{text}");
}

#[test]
fn webhooks_do_not_show_secret_or_signature_or_body() {
    let names = ENDPOINTS.iter().flat_map(|spec| spec.input.fields).find_map(|field| match field.kind {
        Type::List(Type::Enum(values)) if field.name == "events" => Some(values.values),
        _ => None,
    });
    let names: Vec<_> = names.unwrap().iter().map(|(name, _)| *name).chain(["contact.merged"]).collect();
    assert_eq!(names.len(), 15);
    for private in all() {
        for name in names.iter().copied().chain(PRIVATE) {
            let body = json!({
                "event": name, "tenant_id": private, "occurred_at": private, "more": private, private: private,
                // Only identifiers with the expected form are shown.
                "delivery_id": if BARE.contains(&private) { "d-1" } else { private },
                "data": {"contact": {"id": "c-1", "name": private, "phone_number": private, "email": private},
                         "channel": "whatsapp", "content": private, private: private},
            });
            webhook(private, body.to_string().as_bytes());
        }
        webhook(private, private.as_bytes());
        webhook(private, b"{\"event\":\"webhook.test\"}");
    }
}

/// Checks the output of everything that results from a body signed with a secret.
fn webhook(secret: &str, body: &[u8]) {
    let delivery = sign(secret, body, NOW).unwrap();
    let signature =
        delivery.headers.iter().find(|(name, _)| *name == "X-Zagely-Signature").unwrap().1.clone();
    let clean = |what: &str, value: &dyn Debug| {
        debug(what, &value);
        let text = format!("{value:?}");
        // Not even eight digits of the signature may be shown.
        for at in 7..signature.len() - 8 {
            assert!(!text.contains(&signature[at..at + 8]), "{what} shows the signature: {text}");
        }
    };
    clean("Delivery", &delivery);
    let verifier = Verifier::new(secret).unwrap();
    clean("Verifier", &verifier);
    clean("Verified", &verifier.verify_signature(&delivery.headers, body, NOW));
    match verifier.verify(&delivery.headers, body, NOW) {
        Ok(event) => {
            clean("Verified", &event);
            clean("WebhookEvent", &*event);
            clean("EventData", &event.data);
            clean("EventName", &event.name);
        }
        Err(refusal) => shown("WebhookError", &refusal),
    }
    let padded = Verifier::with_secrets([format!("\"{secret}\"")]).unwrap();
    let late = UnixTime::from_secs(NOW.as_secs() + 9000);
    let early = UnixTime::from_secs(NOW.as_secs() - 9000);
    let no_headers: [(&str, &str); 0] = [];
    let malformed = [("X-Zagely-Timestamp", secret), ("X-Zagely-Signature", secret)];
    let unsigned = [("X-Zagely-Timestamp", "1776767400"), ("X-Zagely-Signature", secret)];
    for refusal in [
        padded.verify(&delivery.headers, body, NOW),
        verifier.verify(&delivery.headers, &[body, b" "].concat(), NOW),
        verifier.verify(&delivery.headers, &[b"\xef\xbb\xbf", body].concat(), NOW),
        verifier.verify(&delivery.headers, body, late),
        verifier.verify(&delivery.headers, body, early),
        verifier.verify(&no_headers, body, NOW),
        verifier.verify(&malformed, body, NOW),
        verifier.verify(&unsigned, body, NOW),
    ] {
        let refusal = refusal.unwrap_err();
        shown("WebhookError", &refusal);
        clean("WebhookError", &refusal);
        self::clean("a hint", refusal.hint());
    }
}

#[test]
fn templates_and_phone_numbers_and_json_do_not_show_their_contents() {
    for private in all() {
        let template = Template::parse(format!("{private} {{{{ {private} }}}} {{{{ name }}}}"));
        debug("Template", &template);
        let missing = template.render(&Object::new(), MissingPolicy::Error).unwrap_err();
        shown("MissingVariables", &missing);
        assert!(missing.to_string().contains("name"));

        match Phone::parse(private) {
            Ok(phone) => debug("Phone", &phone),
            Err(fault) => shown("PhoneError", &fault),
        }
        debug("Json", &Json::from(private));
        debug("Object", &Object::from([(private, private)]));
        let invalid: InvalidJson = private.parse::<Object>().unwrap_err();
        shown("InvalidJson", &invalid);
        debug("Bytes", &hudhud::Bytes::from(private));
        debug("Timestamp", &Timestamp::from(private));
    }
    for private in PRIVATE {
        debug("EventName", &EventName::from(private));
        if let Ok(key) = IdempotencyKey::new(private) {
            debug("IdempotencyKey", &key);
        }
    }
    let values = BTreeMap::from([("name", "Zephyrine")]);
    assert_eq!(Template::parse("{{name}}").render(&values, MissingPolicy::Error).unwrap(), "Zephyrine");
}
