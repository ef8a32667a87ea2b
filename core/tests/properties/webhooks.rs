//! Properties of the verification of deliveries.

use hudhud::webhook::{Verifier, WebhookErrorReason, sign};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::inputs::{body, config, moment, text};

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
