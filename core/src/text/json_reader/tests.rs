//! Tests of the compact reader against `serde_json`.

use super::{position, raw_value, read, string};
use crate::text::json_number::float;
use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::marker::PhantomData;
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Reads a text with both readers, as a value, as a raw value, and without keeping anything.
fn compare(text: &str) -> Result<(), TestCaseError> {
    let ours = read(text, PhantomData::<Value>).ok();
    prop_assert_eq!(ours, serde_json::from_str(text).ok(), "{}", text);
    let ours = read(text, PhantomData::<&RawValue>).ok().map(RawValue::get);
    prop_assert_eq!(ours, serde_json::from_str(text).ok().map(RawValue::get), "{}", text);
    let ours = read(text, PhantomData::<IgnoredAny>).is_ok();
    prop_assert_eq!(ours, serde_json::from_str::<IgnoredAny>(text).is_ok(), "{}", text);
    let ours = read(text, PhantomData::<Option<String>>).ok();
    prop_assert_eq!(ours, serde_json::from_str(text).ok(), "{}", text);
    let ours = string(text).map(String::from);
    let theirs = serde_json::from_str::<String>(text).ok().filter(|_| text.trim() == text);
    prop_assert_eq!(ours, theirs, "{}", text);
    Ok(())
}

#[test]
fn single_texts_are_accepted_and_refused_as_by_serde_json() {
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
        "-01",
        "-1",
        "-",
        "+1",
        "1.5",
        "1.",
        ".5",
        "1e3",
        "1E+3",
        "1e-3",
        "1e",
        "1e+",
        "1-2",
        "1e999",
        "-1e999",
        "0e999",
        "1e-999",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "123456789012345678901234567890",
        "0.1234567890123456789",
        "\"\"",
        "\"a",
        "\"a\\\"b\"",
        "\"a\\\\\"",
        "\"a\\\\\\\"\"",
        "\"\\u00e9\"",
        "\"\\u00E9\\/\\b\\f\\n\\r\\t\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ud83d\\u0041\"",
        "\"\\ud83dx\"",
        "\"\\ud83d\\ud83d\"",
        "\"\\u12\"",
        "\"\\u123g\"",
        "\"\\x\"",
        "\"\\",
        "\"\\\"",
        "\"\\u",
        "\"tab\there\"",
        "\"line\nhere\"",
        "\"\u{7f}\u{e9}\u{1f600}\"",
        " \"a\" ",
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
        "{\"\\ud83d\":1}",
        "\u{feff}1",
        "[\u{a0}1]",
        "NaN",
        "Infinity",
        "'a'",
        "[[[]],{\"a\":[{}]}]",
        "[\"a\":1]",
        "{\"a\",1}",
    ] {
        compare(text).unwrap();
    }
    for levels in [1, 126, 127, 128, 129, 100_000] {
        let deep = ["[".repeat(levels), "]".repeat(levels)].concat();
        assert_eq!(read(&deep, PhantomData::<Value>).is_ok(), levels <= 127, "{levels}");
        // A value that is not looked into may have any depth.
        assert!(read(&deep, PhantomData::<&RawValue>).is_ok());
    }
}

#[test]
fn numbers_are_finite_and_positions_count_from_one() {
    assert_eq!((float("1.5"), float("1e999"), float("x")), (Some(1.5), None, None));
    assert_eq!((position(b"", 0), position(b" \n", 2)), ((0, 0), (0, 0)));
    assert_eq!((position(b"<", 0), position(b"a\nbc", 4)), ((1, 1), (2, 3)));
    assert_eq!(read("[1,\n x]", PhantomData::<Value>), Err(5));
}

#[test]
fn a_valid_text_becomes_a_raw_value_as_it_is() {
    assert_eq!(raw_value("[1.10, 2]".to_owned()).get(), "[1.10, 2]");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn arbitrary_texts_are_read_as_by_serde_json(
        pieces in prop::collection::vec(
            prop_oneof![
                r#"[\[\]{}",:\\ ]"#.boxed(), r"-?[0-9]{1,3}(\.[0-9]{1,2})?([eE][+-]?[0-9]{1,3})?".boxed(),
                r#"\\[nt"\\/bfrux]"#.boxed(), r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}".boxed(),
                prop::sample::select(&["null", "true", "false", "\"a\":", "\"b\"", "{\"c\":"][..]).prop_map(String::from).boxed(),
                any::<char>().prop_map(String::from).boxed(),
            ],
            0..10,
        ),
    ) {
        let text = pieces.concat();
        compare(&text)?;
        compare(&alloc::format!("\"{text}\""))?;
    }

    #[test]
    fn changed_documents_are_read_as_by_serde_json(
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
        compare(&characters.into_iter().collect::<String>())?;
    }
}
