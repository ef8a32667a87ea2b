//! The order of the checks, the ages, the hints and the replay keys.

use std::collections::BTreeMap;

use hudhud::UnixTime;
use hudhud::webhook::{Verifier, WebhookErrorOrigin, WebhookErrorReason, sign};

use crate::{BODY, NOW, headers, now};

#[test]
fn headers_are_found_in_any_case_and_collection() {
    let delivery = sign("whsec_test", BODY, now()).unwrap();
    let verifier = Verifier::new("whsec_test").unwrap();
    let lower =
        || delivery.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone().into_bytes()));
    let upper: Vec<_> = delivery.headers.iter().map(|(name, value)| (name.to_uppercase(), value)).collect();
    assert!(verifier.verify(&upper, BODY, now()).is_ok());
    assert!(verifier.verify(upper.as_slice(), BODY, now()).is_ok());
    assert!(verifier.verify(&lower().collect::<Vec<_>>(), BODY, now()).is_ok());
    assert!(verifier.verify(&lower().collect::<BTreeMap<_, _>>(), BODY, now()).is_ok());
    #[cfg(feature = "std")]
    assert!(verifier.verify(&lower().collect::<std::collections::HashMap<_, _>>(), BODY, now()).is_ok());
}

#[test]
fn a_delivery_may_be_signed_with_any_secret_and_the_index_is_returned() {
    let verifier = Verifier::with_secrets(["new", "old", "old"]).unwrap();
    for (secret, index) in [("new", 0), ("old", 1)] {
        let delivery = sign(secret, BODY, now()).unwrap();
        let verified = verifier.verify(&delivery.headers, BODY, now()).unwrap();
        assert_eq!((verified.secret_index(), verified.signed_at()), (index, now()));
    }
    for secret in ["ol", "older", "OLD", "newold", "new "] {
        let delivery = sign(secret, BODY, now()).unwrap();
        let refused = verifier.verify(&delivery.headers, BODY, now()).unwrap_err();
        assert_eq!(refused.reason(), WebhookErrorReason::SignatureMismatch, "{secret:?}");
    }
}

#[test]
fn a_verifier_without_a_secret_is_refused() {
    for secrets in [&[][..], &[""], &["whsec_test", ""]] {
        let error = Verifier::with_secrets(secrets).unwrap_err();
        assert!(error.field_errors().get("secrets").is_some());
    }
    assert!(sign("", BODY, now()).is_err());
}

#[test]
fn checks_run_in_the_order_signature_age_payload() {
    let verifier = Verifier::new("whsec_test").unwrap();
    let reason = |secret: &str, body: &[u8], signed_at: u64| {
        let delivery = sign(secret, body, UnixTime::from_secs(signed_at)).unwrap();
        verifier.verify(&delivery.headers, body, now()).map(|_| ()).map_err(|error| error.reason())
    };
    assert_eq!(reason("forged", b"[]", 1), Err(WebhookErrorReason::SignatureMismatch));
    assert_eq!(reason("whsec_test", b"[]", 1), Err(WebhookErrorReason::TimestampTooOld));
    assert_eq!(reason("whsec_test", b"[]", NOW), Err(WebhookErrorReason::MalformedPayload));
    assert_eq!(reason("whsec_test", BODY, NOW), Ok(()));
}

#[test]
fn ages_up_to_the_tolerance_are_accepted_in_both_directions() {
    let judge = |tolerance: Option<u64>, signed_at: u64, now: u64| {
        let verifier = Verifier::new("whsec_test").unwrap();
        let verifier = match tolerance {
            Some(seconds) => verifier.tolerance(seconds),
            None => verifier.without_tolerance(),
        };
        let delivery = sign("whsec_test", BODY, UnixTime::from_secs(signed_at)).unwrap();
        let verdict = verifier.verify(&delivery.headers, BODY, UnixTime::from_secs(now));
        verdict.map(|_| ()).map_err(|error| error.reason())
    };
    for tolerance in [0, 1, 300] {
        assert_eq!(judge(Some(tolerance), NOW, NOW + tolerance), Ok(()));
        assert_eq!(
            judge(Some(tolerance), NOW, NOW + tolerance + 1),
            Err(WebhookErrorReason::TimestampTooOld)
        );
        assert_eq!(judge(Some(tolerance), NOW, NOW - tolerance), Ok(()));
        assert_eq!(
            judge(Some(tolerance), NOW, NOW - tolerance - 1),
            Err(WebhookErrorReason::TimestampInFuture)
        );
    }
    let end = u64::MAX / 1000;
    for (signed_at, now) in [(0, end), (end, 0), (end, end), (0, 0)] {
        assert_eq!(judge(None, signed_at, now), Ok(()));
        assert_eq!(judge(Some(u64::MAX), signed_at, now), Ok(()));
    }
    assert_eq!(judge(Some(300), 0, end), Err(WebhookErrorReason::TimestampTooOld));
    assert_eq!(judge(Some(300), end, 0), Err(WebhookErrorReason::TimestampInFuture));
}

#[test]
fn a_refusal_hints_at_its_cause() {
    let hint = |secrets: &[&str], body: &[u8], received: &[u8]| {
        let delivery = sign("whsec_test", body, now()).unwrap();
        let verifier = Verifier::with_secrets(secrets).unwrap();
        let error = verifier.verify(&delivery.headers, received, now()).unwrap_err();
        assert_eq!(error.reason(), WebhookErrorReason::SignatureMismatch);
        error.hint().to_owned()
    };
    let right: &[&str] = &["whsec_test"];
    let with_mark = [b"\xef\xbb\xbf", BODY].concat();
    assert!(hint(right, BODY, &with_mark).contains("byte order mark"));
    assert!(hint(right, BODY, b"").contains("empty"));
    for secret in ["\"whsec_test\"", "'whsec_test'", " whsec_test", "whsec_test\n", "\twhsec_test"] {
        assert!(hint(&[secret], BODY, BODY).contains("quotes or spaces"), "{secret:?}");
        assert!(hint(&["another", secret], BODY, BODY).contains("quotes or spaces"), "{secret:?}");
    }
    let pretty: &[&[u8]] =
        &[b"{\n  \"event\": \"webhook.test\"}", b"{\"event\": \"webhook.test\"}", b"{\"a\":1, \"b\":2}"];
    for body in pretty {
        assert!(hint(right, BODY, body).contains("parsed and written again"), "{body:?}");
    }
    // The encoded bodies begin with `{"`, `{` and a line feed, and `{}`.
    let encoded: [&[u8]; 5] = [
        b"eyJldmVudCI6IndlYmhvb2sudGVzdCJ9",
        b"eyJldmVudCI6IndlYmhvb2sudGVzdCJ9\n",
        b"ewogICJldmVudCI6ICJ3ZWJob29rLnRlc3QiCn0=",
        b"e30=",
        b"\"eyJldmVudCI6IndlYmhvb2sudGVzdCJ9\"",
    ];
    for body in encoded {
        assert!(hint(right, BODY, body).contains("base64"), "{}", body.escape_ascii());
        assert!(hint(&[" padded"], BODY, body).contains("base64"), "{}", body.escape_ascii());
    }
    for body in [&b"eyJ {"[..], b"W10=", b"e", b"every", b"\"", b"77"] {
        assert!(!hint(right, BODY, body).contains("base64"), "{}", body.escape_ascii());
    }
    // A space inside a JSON text is not such a sign.
    let quoted = br#"{"event":"webhook.test","data":{"content":"a, \"b: {"}}"#;
    assert!(!hint(right, BODY, quoted).contains("spaces"));
    assert!(hint(&["another"], BODY, BODY).contains("secret"));

    let late = |now: u64| {
        let delivery = sign("whsec_test", BODY, UnixTime::from_secs(NOW)).unwrap();
        let verifier = Verifier::new("whsec_test").unwrap();
        verifier.verify(&delivery.headers, BODY, UnixTime::from_secs(now)).unwrap_err().hint().to_owned()
    };
    assert!(late(NOW + 7200).contains("7200 seconds ago"));
    assert!(late(NOW - 7200).contains("7200 seconds in the future"));

    let missing = |left: usize| {
        let headers = headers("1776767400", "sha256=");
        let error = Verifier::new("x").unwrap().verify(&headers[left..=left], BODY, now()).unwrap_err();
        assert_eq!(error.reason(), WebhookErrorReason::MissingHeader);
        error.hint().to_owned()
    };
    assert!(missing(0).contains("X-Zagely-Signature"));
    assert!(missing(1).contains("X-Zagely-Timestamp"));
}

#[test]
fn each_reason_has_a_side_and_an_http_status() {
    let right = sign("whsec_test", BODY, now()).unwrap();
    let value = |name: &str| {
        right.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()).unwrap()
    };
    let (timestamp, signature) = (value("X-Zagely-Timestamp"), value("X-Zagely-Signature"));
    let payload = sign("whsec_test", b"7", now()).unwrap();
    let verifier = Verifier::new("whsec_test").unwrap();
    let at = UnixTime::from_secs;
    let no_headers: Vec<(&str, String)> = Vec::new();
    type Case<'a> =
        (&'a [(&'static str, String)], &'a [u8], UnixTime, WebhookErrorReason, WebhookErrorOrigin, u16);
    let cases: [Case<'_>; 7] = [
        (&no_headers, BODY, now(), WebhookErrorReason::MissingHeader, WebhookErrorOrigin::Sender, 400),
        (
            &headers("x", &signature),
            BODY,
            now(),
            WebhookErrorReason::MalformedTimestamp,
            WebhookErrorOrigin::Sender,
            400,
        ),
        (
            &headers(&timestamp, "x"),
            BODY,
            now(),
            WebhookErrorReason::MalformedSignature,
            WebhookErrorOrigin::Sender,
            400,
        ),
        (
            &right.headers,
            b"{}",
            now(),
            WebhookErrorReason::SignatureMismatch,
            WebhookErrorOrigin::Unknown,
            401,
        ),
        (
            &right.headers,
            BODY,
            at(NOW + 301),
            WebhookErrorReason::TimestampTooOld,
            WebhookErrorOrigin::Unknown,
            401,
        ),
        (
            &right.headers,
            BODY,
            at(NOW - 301),
            WebhookErrorReason::TimestampInFuture,
            WebhookErrorOrigin::Unknown,
            401,
        ),
        (
            &payload.headers,
            b"7",
            now(),
            WebhookErrorReason::MalformedPayload,
            WebhookErrorOrigin::Vendor,
            400,
        ),
    ];
    for (headers, body, now, reason, origin, status) in cases {
        let error = verifier.verify(headers, body, now).unwrap_err();
        assert_eq!((error.reason(), error.origin(), error.http_status()), (reason, origin, status));
        assert!(!error.hint().is_empty(), "{}", reason.as_str());
        assert!(error.to_string().contains(reason.as_str()));
    }
}

#[test]
fn the_replay_key_is_the_same_for_each_attempt() {
    let verifier = Verifier::new("whsec_test").unwrap();
    let key = |body: &[u8], signed_at: u64| {
        let delivery = sign("whsec_test", body, UnixTime::from_secs(signed_at)).unwrap();
        verifier.verify(&delivery.headers, body, now()).unwrap().replay_key().to_owned()
    };
    assert_eq!(key(BODY, NOW), "d-1");
    assert_eq!(key(BODY, NOW - 10), "d-1");
    // Without an id, the key is the start of the signature, which only a repetition of the same signed delivery
    // contains.
    let nameless = br#"{"event":"webhook.test","delivery_id":""}"#;
    assert_eq!(key(nameless, NOW).len(), 32);
    assert_eq!(key(nameless, NOW), key(nameless, NOW));
    assert_ne!(key(nameless, NOW), key(nameless, NOW - 10));
    // The header that repeats the id is not signed and therefore not used.
    let mut delivery = sign("whsec_test", BODY, now()).unwrap();
    for (name, value) in &mut delivery.headers {
        if *name == "X-Zagely-Delivery" {
            *value = "forged".into();
        }
    }
    assert_eq!(verifier.verify(&delivery.headers, BODY, now()).unwrap().replay_key(), "d-1");
}

#[test]
fn a_delivery_is_deduplicated_for_a_day_or_twice_the_tolerance() {
    let delivery = sign("whsec_test", BODY, now()).unwrap();
    let until = |verifier: Verifier| {
        let verified = verifier.verify(&delivery.headers, BODY, now()).unwrap();
        verified.deduplicate_until().map(|until| until.as_secs() - NOW)
    };
    let verifier = || Verifier::new("whsec_test").unwrap();
    assert_eq!(until(verifier()), Some(86_400));
    assert_eq!(until(verifier().tolerance(0)), Some(86_400));
    assert_eq!(until(verifier().tolerance(7 * 86_400)), Some(14 * 86_400));
    // A delivery that may be of any age may arrive again at any time.
    assert_eq!(until(verifier().without_tolerance()), None);
    assert_eq!(until(verifier().without_tolerance().tolerance(300)), Some(86_400));
    let end = verifier().tolerance(u64::MAX).verify(&delivery.headers, BODY, now()).unwrap();
    assert_eq!(end.deduplicate_until(), Some(UnixTime::from_millis(u64::MAX)));
}

#[test]
fn secrets_without_visible_characters_are_refused() {
    for blank in [
        "",
        " ",
        "   ",
        "\t",
        "\r\n",
        "\0",
        "\u{1b}",
        "\u{7f}",
        "\u{85}",
        "\u{a0}",
        "\u{ad}",
        "\u{1680}",
        "\u{180e}",
        "\u{2003}\u{2009}",
        "\u{200b}",
        "\u{200c}\u{200d}",
        "\u{200e}\u{200f}",
        "\u{2028}\u{2029}",
        "\u{202a}\u{202e}",
        "\u{202f}",
        "\u{205f}",
        "\u{2060}",
        "\u{2066}\u{2069}",
        "\u{2800}",
        "\u{3000}",
        "\u{3164}",
        "\u{fe0f}",
        "\u{feff}",
        "\u{ffa0}",
        "\u{fffe}",
        "\u{e0001}\u{e0020}",
        " \u{feff}\n\u{200b}\0 ",
    ] {
        for refused in [
            Verifier::new(blank).err(),
            Verifier::with_secrets(["whsec_test", blank]).err(),
            Verifier::with_secrets([blank, "whsec_test"]).err(),
            sign(blank, BODY, now()).err(),
        ] {
            let error = refused.unwrap_or_else(|| panic!("{blank:?} is accepted as a secret"));
            assert!(error.field_errors().get("secrets").is_some(), "{error}");
        }
    }
    // One visible character makes a secret valid, with any characters around it.
    for secret in [".", " x ", "\u{feff}x", "é", "س", "漢", "😀", "\u{200b}0"] {
        let delivery = sign(secret, BODY, now()).unwrap();
        assert!(Verifier::new(secret).unwrap().verify(&delivery.headers, BODY, now()).is_ok(), "{secret:?}");
    }
}
