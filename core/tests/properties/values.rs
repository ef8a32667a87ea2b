//! Properties of phone numbers, dates and times.

use std::time::Duration;

use hudhud::{CallOptions, Meta, Phone, Response, Timestamp, UnixTime};
use proptest::prelude::*;
use proptest::sample::select;

use crate::inputs::{config, header_value, moment, text, zagely};

/// Generates a decimal separator.
fn point() -> impl Strategy<Value = char> {
    select(vec!['.', ',', '\u{66b}', '\u{ff0e}', '\u{ff0c}', '\u{60c}'])
}

/// Generates a zero of some script.
fn zero() -> impl Strategy<Value = char> {
    select(vec!['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{ff10}', '\u{1d7ce}'])
}

/// Generates an invisible character or an empty text.
fn invisible() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", " ", "\u{a0}", "\u{200f}", "\u{200b}", "\u{feff}", "\u{2066}"])
}

/// Generates a separator between digits.
fn mark() -> impl Strategy<Value = String> {
    select(vec![" ", "-", ".", "\u{a0}", "\u{2011}", "\u{200e}"]).prop_map(String::from)
}

fn brackets() -> impl Strategy<Value = (char, char)> {
    select(vec![('(', ')'), ('[', ']'), ('{', '}'), ('\u{ff08}', '\u{ff09}'), (')', '('), ('<', '>')])
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn parsed_phone_numbers_are_a_plus_and_up_to_15_digits(
        text in prop_oneof![
            text(),
            "\\+?[0-9٠-٩۰-۹０-９ ().\u{200e}\u{202f}–-]{0,24}",
            "[+＋][1-9]([ -]?[0-9]){0,15}",
        ],
    ) {
        if let Ok(phone) = Phone::parse(&text) {
            let digits = phone.as_str().strip_prefix('+').unwrap();
            prop_assert!((1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
            prop_assert!(!digits.starts_with('0'));
            prop_assert_eq!(&Phone::parse(phone.as_str()).unwrap(), &phone);
            // Parsing invents no digits: the number has as many as the text.
            prop_assert_eq!(text.chars().filter(|letter| letter.is_numeric()).count(), digits.len());
        }
    }

    #[test]
    fn phone_numbers_with_decimals_or_a_trunk_zero_are_refused(
        digits in "[1-9][0-9]{6,12}", groups in prop::collection::vec((0..13_usize, mark()), 0..4), point in point(),
        zeros in prop::collection::vec(zero(), 1..3), invisible in prop::collection::vec(invisible(), 4), at in 1..7_usize,
        brackets in brackets(),
    ) {
        let mut number: String = digits.clone();
        for (at, mark) in groups {
            if let Some((place, _)) = number.char_indices().nth(at) {
                number.insert_str(place, &mark);
            }
        }
        let zeros: String = zeros.into_iter().collect();
        let float = format!("+{number}{}{point}{}{zeros}{}", invisible[0], invisible[1], invisible[2]);
        prop_assert!(Phone::parse(&float).is_err(), "{float}");
        let bare = format!("+{digits}{point}{zeros}");
        prop_assert!(Phone::parse(&bare).is_err(), "{bare}");
        let exponent = format!("+{}.{}E+{}", &digits[..1], &digits[1..], digits.len() - 1);
        prop_assert!(Phone::parse(&exponent).is_err(), "{exponent}");
        let (front, rest) = digits.split_at(at);
        let (open, close) = brackets;
        let trunk = format!("+{front}{open}{}{zeros}{}{close}{rest}", invisible[0], invisible[3]);
        prop_assert!(Phone::parse(&trunk).is_err(), "{trunk}");
        // They are also refused where a number need not be in E.164 format.
        for text in [float, bare, exponent, trunk] {
            let call = hudhud::zagely::CreateContact::new(text.trim_start_matches('+'));
            let error = zagely().request(&call, &CallOptions::new()).unwrap_err();
            prop_assert!(error.field_errors().get("phone_number").is_some(), "{text}");
        }
    }

    #[test]
    fn times_never_overflow(
        first in any::<u64>(), second in any::<u64>(), seconds in any::<u64>(), nanos in 0..1_000_000_000_u32,
    ) {
        let (first, second) = (UnixTime::from_millis(first), UnixTime::from_millis(second));
        let wait = Duration::new(seconds, nanos);
        prop_assert!(first.after(wait) >= first);
        prop_assert_eq!(first.after(first.until(second)), first.max(second));
        prop_assert!(UnixTime::from_secs(seconds).as_secs() <= seconds);
        prop_assert_eq!(UnixTime::from_secs(seconds % 1_000_000_000).as_secs(), seconds % 1_000_000_000);
    }

    #[test]
    fn timestamps_keep_their_text_and_have_an_optional_time(
        text in prop_oneof![
            text(),
            "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,30})?([Zz]|[+-][0-9]{2}:[0-9]{2})",
            "2026-04-21.{0,20}",
        ],
    ) {
        let timestamp = Timestamp::from(text.as_str());
        prop_assert_eq!(timestamp.as_str(), text.as_str());
        let _ = (timestamp.unix(), format!("{timestamp:?}"));
    }

    #[test]
    fn a_wait_is_the_valid_value_of_retry_after_or_none(
        value in header_value(), date in prop::option::of(header_value()), now in prop::option::of(moment()),
    ) {
        let mut response = Response::new(429, [("Retry-After", value.as_str())], "");
        response.headers.extend(date.map(|date| ("Date".to_owned(), date)));
        let wait = Meta::read(&response, None, now).retry_after;
        let digits = value.trim();
        match digits.parse::<u64>() {
            Ok(seconds) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                prop_assert_eq!(wait, Some(Duration::from_secs(seconds)));
            }
            _ if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                prop_assert!(wait.unwrap() > Duration::from_secs(1 << 40));
            }
            _ => prop_assert!(wait.is_none() || digits.ends_with("GMT")),
        }
    }
}
