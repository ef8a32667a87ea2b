//! Tests of the fast reader against `serde_json`.

use super::{begins, read};
use crate::text::json_run::end_of_run;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::marker::PhantomData;
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};

fn ours(text: &str) -> Option<Value> {
    read(text, PhantomData::<Value>).ok()
}

fn theirs(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

#[test]
fn what_serde_json_takes_is_taken_and_what_it_refuses_refused() {
    let deep = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat();
    for text in [
        "",
        " ",
        "null",
        " true ",
        "false",
        "nul",
        "truefalse",
        "0",
        "-0",
        "00",
        "01",
        "-1",
        "-",
        "1.5",
        "1.",
        ".5",
        "1e3",
        "1e",
        "1-2",
        "18446744073709551615",
        "123456789012345678",
        "1234567890123456789012",
        "\"\"",
        "\"a",
        "\"a\\\"b\"",
        "\"a\\\\\"",
        "\"a\\\\\\\"\"",
        "\"\\u00e9\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\x\"",
        "\"\\",
        "\"\\\"",
        "\"tab\there\"",
        "\"line\nhere\"",
        "\"\u{7f}\u{e9}\u{1f600}\"",
        "[]",
        "[ ]",
        "[,]",
        "[1,]",
        "[1 2]",
        "[1,2]",
        "[1",
        "]",
        "{}",
        "{ }",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1}",
        "{\"a\" : 1 , \"b\\n\" : [ { } , null ] }",
        "{a:1}",
        "{1:1}",
        "{\"a\":1}}",
        "[1}",
        "{\"a\":1]",
        "1 1",
        "{\"a\":1 \"b\":2}",
        "\u{feff}1",
        "[\u{a0}1]",
        "NaN",
        "Infinity",
        "'a'",
    ] {
        assert_eq!(ours(text), theirs(text), "{text}");
    }
    for levels in [1, 126, 127, 128, 129, 100_000] {
        assert_eq!(ours(&deep(levels)).is_some(), levels <= 127, "{levels}");
        assert_eq!(theirs(&deep(levels)).is_some(), levels <= 127, "{levels}");
    }
}

#[test]
fn a_raw_value_is_the_text_it_was() {
    let text = r#"{"a": {"b" : [1.10, "]}\"", {}]} , "c":-0,"d":true}"#;
    let raw = PhantomData::<BTreeMap<String, &RawValue>>;
    let found = read(text, raw).unwrap();
    let found: Vec<_> = found.values().map(|value| value.get()).collect();
    assert_eq!(found, [r#"{"b" : [1.10, "]}\"", {}]}"#, "-0", "true"]);
    for broken in ["tru", "[1 2]", "{]", "\"", "01", ""] {
        assert!(read(&text.replace("true", broken), raw).is_err(), "{broken}");
    }
}

#[test]
fn a_run_ends_at_its_first_special_byte() {
    let plain = "abc\u{e9}\u{7f} !#[]xyz\u{1f600}".repeat(3);
    for at in (0..plain.len()).filter(|at| plain.is_char_boundary(*at)) {
        for special in ["\"", "\\", "\n", "\0", "\u{1f}"] {
            let text = [&plain[..at], special, "\"\\\u{1}", &plain].concat();
            assert_eq!(end_of_run(text.as_bytes(), 0), at);
        }
    }
    assert_eq!(end_of_run(plain.as_bytes(), 0), plain.len());
}

#[test]
fn a_text_begins_with_a_name_or_differs_somewhere() {
    let text = b"abcdefghijklmnopqrstuvwxyz";
    for length in 0..text.len() {
        assert!(begins(text, &text[..length]));
        assert_eq!(begins(&text[..20], &text[..length]), length <= 20);
        for at in 0..length {
            let mut other = text.to_vec();
            other[at] ^= 1;
            assert!(!begins(&other, &text[..length]), "{length} {at}");
        }
    }
}

proptest! {
    #[test]
    fn repaired_json_is_read_by_both_and_is_unchanged_elsewhere(
        pieces in prop::collection::vec(
            prop_oneof![
                r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}".boxed(), r#"\\[nt"\\/]"#.boxed(), r"\\u00[46][1-9]".boxed(), "[a-z\u{e9}\u{1f600}]".boxed(),
            ],
            0..8,
        ),
        exponent in 0..700_u32,
    ) {
        let inside: String = pieces.concat();
        let text = alloc::format!(r#"{{"a{inside}":["{inside}",{{"b":"{inside}","n":1.5e{exponent}}}],"c":"é"}}"#);
        let without_surrogates = crate::text::json_repair::surrogates(&text);
        prop_assert_eq!(without_surrogates.len(), text.len());
        prop_assert!(!crate::text::json_repair::has_lone_surrogate(&without_surrogates));
        let repaired = crate::text::json_repair::numbers(&without_surrogates, true);
        prop_assert_eq!(repaired.len(), text.len());
        let (ours, theirs) = (ours(&repaired), theirs(&repaired));
        prop_assert!(theirs.is_some(), "{repaired}");
        prop_assert_eq!(&ours, &theirs);
        // Nothing else was touched.
        if exponent <= 308 {
            prop_assert_eq!(&repaired, &without_surrogates);
        }
    }

    #[test]
    fn whatever_happens_to_a_document_both_see_the_same(
        at in 0..1000_usize, cut in 0..4_usize, piece in prop_oneof![
            r#"[\[\]{}",:\\a-z0-9 .eE+-]{0,3}"#.boxed(), any::<char>().prop_map(String::from).boxed(),
        ],
    ) {
        let item = json!({"id": "a-1", "n": 12, "r": 1.5, "t": ["x", "é\n", null], "o": {}});
        let document = json!({"data": [item, [], {"u": -3}], "total": 50, "next": "https://a.example/?a=b"}).to_string();
        let mut characters: Vec<char> = document.chars().collect();
        let at = at % characters.len();
        let end = (at + cut).min(characters.len());
        characters.splice(at..end, piece.chars());
        let text: String = characters.into_iter().collect();
        prop_assert_eq!(ours(&text), theirs(&text));
    }
}
