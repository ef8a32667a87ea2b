//! Tests of single decisions.

use alloc::format;
use alloc::string::{String, ToString};
use core::time::Duration;

use crate::error::kind::{ErrorKind, TransportFault};
use crate::outbox::answers::{Added, Claim, Next};
use crate::outbox::calls::default_id;
use crate::outbox::error::OutboxError;
use crate::outbox::failure::Failure;
use crate::outbox::report::MessageState;
use crate::outbox::state_machine::Outbox;
use crate::outbox::tests::simulation::{HOUR, START, create, message, wazaj, zagely};
use crate::types::time::UnixTime;
use crate::wazaj::{SendTemplate, SendText};
use crate::zagely::SendMessage;

const NOW: UnixTime = UnixTime::from_millis(START);

fn after(millis: u64) -> UnixTime {
    UnixTime::from_millis(START + millis)
}

fn with_messages(keyed: bool, messages: u32) -> Outbox {
    let mut outbox = create(keyed, [9; 16], NOW);
    for number in 0..messages {
        let (id, fields) = message(number);
        assert_eq!(outbox.add(&id, number + 1, &fields), Ok(Added::New(number)));
    }
    outbox.close();
    outbox
}

fn claim(outbox: &mut Outbox, now: UnixTime) -> Claim {
    match outbox.next(now) {
        Next::Send(claim) => claim,
        other => panic!("{other:?}"),
    }
}

fn failure(kind: ErrorKind, fields: &[&str], may_have_happened: bool) -> Failure {
    let mut failure = Failure::new(kind);
    failure.fields = fields.iter().map(|name| String::from(*name)).collect();
    failure.may_have_happened = may_have_happened;
    failure
}

#[test]
fn the_same_message_is_added_once() {
    let mut outbox = create(true, [9; 16], NOW);
    assert_eq!(outbox.add("a", 0, r#"{"x": 1, "y": "é"}"#), Ok(Added::New(0)));
    assert_eq!(outbox.add("a", 7, r#"{"y":"\u00e9","x":1}"#), Ok(Added::Known(0)));
    assert_eq!(outbox.add("a", 0, r#"{"x": 2}"#), Err(OutboxError::Differs { number: 0, row: 0 }));
    assert_eq!(outbox.add("", 0, "{}"), Err(OutboxError::Id { row: 0 }));
    assert_eq!(outbox.add("b", 0, "[]"), Err(OutboxError::Fields { row: 0 }));
    assert_eq!(
        outbox.add("b", 0, &format!("{{\"x\":\"{}\"}}", "a".repeat(1_000_000))),
        Err(OutboxError::Fields { row: 0 })
    );
    let differs = outbox.add("a", 17, r#"{"x": 2}"#).unwrap_err().to_string();
    assert!(
        differs.starts_with("row 17 of the list: the outbox has another message under this id"),
        "{differs}"
    );
    outbox.close();
    assert_eq!(outbox.add("b", 0, "{}"), Err(OutboxError::Closed { row: 0 }));
    assert_eq!(outbox.report().total, 1);
}

#[test]
fn spellings_of_a_phone_number_have_one_default_id() {
    for to in ["+15551234567", "+1-555-123-4567", " +1 (555) 123-4567 ", "+١٥٥٥١٢٣٤٥٦٧"] {
        let fields = format!("{{\"to\": {to:?}, \"message\": \"Hi\"}}");
        assert_eq!(default_id(&fields).as_deref(), Some("+15551234567"), "{to}");
    }
    assert_eq!(default_id(r#"{"to": "jane@example.com"}"#).as_deref(), Some("jane@example.com"));
    for fields in ["{}", r#"{"to": null}"#, r#"{"to": 1}"#, "[]", ""] {
        assert_eq!(default_id(fields), None, "{fields}");
    }
}

#[test]
fn ten_thousand_ids_are_distinguished() {
    let outbox = with_messages(true, 10_000);
    for number in [0, 1, 4_711, 9_999] {
        assert_eq!(outbox.number_of(&message(number).0), Some(number));
    }
    assert_eq!(outbox.number_of("+1"), None);
}

#[test]
fn a_journal_belongs_to_its_call_and_key() {
    let outbox = with_messages(true, 1);
    assert_eq!(outbox.check::<SendMessage>(&zagely("pk_test")), Ok(()));
    assert_eq!(outbox.check::<SendMessage>(&zagely("pk_other")), Err(OutboxError::OtherSender));
    let elsewhere = zagely("pk_test").base_url("https://other.example").expect("a URL");
    assert_eq!(outbox.check::<SendMessage>(&elsewhere), Err(OutboxError::OtherSender));
    assert_eq!(outbox.check::<SendText>(&wazaj()), Err(OutboxError::OtherCall));
    let outbox = with_messages(false, 1);
    assert_eq!(outbox.check::<SendText>(&wazaj()), Ok(()));
    assert_eq!(outbox.check::<SendTemplate>(&wazaj()), Err(OutboxError::OtherCall));
}

#[test]
fn a_lost_response_is_repeated_with_the_same_key_and_without_one_reported() {
    let lost = failure(ErrorKind::Transport, &[], true);
    let mut outbox = with_messages(true, 1);
    let first = claim(&mut outbox, NOW);
    assert_eq!(first.deadline, Some(Duration::from_secs(600)));
    outbox.failed(0, &lost, after(1_000)).expect("in flight");
    assert!(matches!(outbox.next(after(2_000)), Next::Wait(_)));
    let second = claim(&mut outbox, after(11_000));
    assert_eq!((second.key.clone(), second.number), (first.key, 0));
    assert_eq!(second.deadline, Some(Duration::from_secs(600)));
    outbox.failed(0, &lost, after(12_000)).expect("in flight");
    let last = claim(&mut outbox, after(24 * HOUR - 301_000));
    assert_eq!(last.deadline, Some(Duration::from_secs(1)));
    let mut outbox = with_messages(false, 1);
    assert_eq!(claim(&mut outbox, NOW).key, None);
    outbox.failed(0, &lost, NOW).expect("in flight");
    assert_eq!((outbox.state(0), outbox.next(NOW)), (Some(MessageState::Unknown), Next::Done));
}

#[test]
fn each_kind_of_failure_has_its_consequence() {
    use ErrorKind::*;
    use MessageState::{InDoubt, Refused, Unknown, Waiting};
    for (failure, keyed, unkeyed, stops) in [
        (failure(Validation, &["to"], false), Refused, Refused, false),
        (failure(Validation, &[], false), Refused, Refused, false),
        (failure(InvalidRequest, &["message"], false), Refused, Refused, false),
        (failure(Validation, &["session_id"], false), Waiting, Waiting, true),
        (failure(InvalidRequest, &["rate_limiter"], false), Waiting, Waiting, true),
        (failure(InvalidRequest, &["max_attempts"], false), Waiting, Waiting, true),
        (failure(InvalidRequest, &["update_method"], false), Waiting, Waiting, true),
        (failure(Authentication, &[], false), Waiting, Waiting, true),
        (failure(Permission, &[], false), Waiting, Waiting, true),
        (failure(NotFound, &[], false), Waiting, Waiting, true),
        (failure(QuotaExceeded, &[], false), Waiting, Waiting, true),
        (failure(QuotaExceeded, &[], true), InDoubt, Unknown, true),
        (failure(RateLimited, &[], false), Waiting, Waiting, false),
        (failure(Transport, &[], false), Waiting, Waiting, false),
        (failure(Transport, &[], true), InDoubt, Unknown, false),
        (failure(Validation, &["to"], true), InDoubt, Unknown, false),
        (failure(Unavailable, &[], true), InDoubt, Unknown, false),
        (failure(Server, &[], true), Unknown, Unknown, false),
        (failure(UnexpectedResponse, &[], true), Unknown, Unknown, false),
    ] {
        for (is_keyed, state) in [(true, keyed), (false, unkeyed)] {
            let mut outbox = with_messages(is_keyed, 2);
            let _ = claim(&mut outbox, NOW);
            outbox.failed(0, &failure, NOW).expect("in flight");
            assert_eq!(outbox.state(0), Some(state), "{failure:?}");
            let stopped = matches!(outbox.next(after(90_000)), Next::Stopped(_));
            assert_eq!(stopped, stops && state != Unknown, "{failure:?}");
        }
    }
}

#[test]
fn a_forgotten_key_is_not_repeated() {
    let mut forgotten = failure(ErrorKind::Transport, &[], true);
    forgotten.key_forgotten = true;
    let mut outbox = with_messages(true, 1);
    let _ = claim(&mut outbox, NOW);
    outbox.failed(0, &forgotten, NOW).expect("in flight");
    assert_eq!(outbox.state(0), Some(MessageState::Unknown));
}

#[test]
fn reasons_are_counted_and_contain_no_personal_text() {
    let mut outbox = with_messages(true, 3);
    for (number, code) in [(0, "validation_failed"), (1, "+15551234567"), (2, "validation_failed")] {
        let mut refused = failure(ErrorKind::Validation, &["to.0", "to.1", "jane@example.com"], false);
        refused.code = Some(code.into());
        let _ = claim(&mut outbox, NOW);
        outbox.failed(number, &refused, NOW).expect("in flight");
    }
    let report = outbox.report();
    let reasons: alloc::vec::Vec<_> =
        report.refused_by_reason.iter().map(|(reason, count)| (reason.as_str(), *count)).collect();
    assert_eq!(reasons, [("validation: validation_failed (to, …)", 2), ("validation (to, …)", 1)]);
    assert_eq!(outbox.reason(1), Some("validation (to, …)"));
    assert_eq!(outbox.next(NOW), Next::Done);
    assert!(report.is_complete());
}

#[test]
fn the_reason_of_a_call_without_a_response_names_the_fault() {
    let mut closed = failure(ErrorKind::Transport, &[], true);
    closed.fault = Some(TransportFault::Closed);
    let mut outbox = with_messages(false, 1);
    let _ = claim(&mut outbox, NOW);
    outbox.failed(0, &closed, NOW).expect("in flight");
    assert_eq!(outbox.reason(0), Some("transport: closed"));
}

#[test]
fn the_vendors_reason_of_a_stop_is_kept_and_the_limiters_is_replaced() {
    let quota = failure(ErrorKind::QuotaExceeded, &[], false);
    let late = failure(ErrorKind::WaitTooLong, &[], false);
    // The calls of two messages end at the same moment, in one order or the other.
    for outcomes in [[&quota, &late], [&late, &quota]] {
        let mut outbox = with_messages(true, 3);
        let numbers = [claim(&mut outbox, NOW).number, claim(&mut outbox, NOW).number];
        for (number, outcome) in numbers.into_iter().zip(outcomes) {
            outbox.failed(number, outcome, NOW).expect("in flight");
        }
        assert_eq!(outbox.next(NOW), Next::Stopped("quota_exceeded".to_string()));
    }
}

#[test]
fn many_refusals_in_turn_stop_the_outbox() {
    let mut outbox = with_messages(true, 50);
    let refused = failure(ErrorKind::Validation, &[], false);
    let refuse = |outbox: &mut Outbox| {
        let mut count = 0;
        while let Next::Send(Claim { number, .. }) = outbox.next(NOW) {
            outbox.failed(number, &refused, NOW).expect("in flight");
            count += 1;
        }
        count
    };
    assert_eq!(refuse(&mut outbox), 20);
    assert_eq!(
        outbox.next(NOW),
        Next::Stopped("20 messages in a row were refused, the last one: validation".to_string())
    );
    outbox.restart();
    let number = claim(&mut outbox, NOW).number;
    outbox.sent(number, None).expect("in flight");
    assert_eq!(refuse(&mut outbox), 20);
    let mut patient = with_messages(true, 50);
    patient.stop_after_refusals(0);
    assert_eq!(refuse(&mut patient), 50);
}

#[test]
fn an_outage_pauses_longer_and_longer_and_then_stops() {
    let mut outbox = with_messages(true, 2);
    let refused = failure(ErrorKind::Unavailable, &[], false);
    let (mut time, mut pauses) = (0, 0);
    loop {
        match outbox.next(after(time)) {
            Next::Send(Claim { number, .. }) => {
                outbox.failed(number, &refused, after(time)).expect("in flight")
            }
            Next::Wait(wait) => {
                pauses += 1;
                assert!(wait >= Duration::from_millis(250) && wait <= Duration::from_secs(60));
                time += wait.as_millis() as u64;
            }
            other => {
                assert_eq!(other, Next::Stopped("unavailable".into()));
                break;
            }
        }
    }
    assert_eq!(pauses, 12);
    assert!((240_000..600_000).contains(&time), "{time}");
    assert_eq!(outbox.report().waiting, 2);
}

#[test]
fn the_vendors_wait_is_kept_and_a_success_ends_the_count() {
    let mut outbox = with_messages(true, 3);
    let mut limited = failure(ErrorKind::RateLimited, &[], false);
    limited.retry_after = Some(Duration::from_secs(40));
    let _ = (claim(&mut outbox, NOW), claim(&mut outbox, NOW));
    outbox.failed(0, &limited, NOW).expect("in flight");
    outbox.failed(1, &limited, NOW).expect("in flight");
    assert_eq!(outbox.next(after(1_000)), Next::Wait(Duration::from_secs(39)));
    // A clock that goes back lengthens no pause.
    assert_eq!(outbox.next(UnixTime::from_millis(START - HOUR)), Next::Wait(Duration::from_secs(40)));
    assert_eq!(claim(&mut outbox, after(40_000)).number, 0);
}

#[test]
fn an_outcome_is_reported_once() {
    let mut outbox = with_messages(true, 1);
    assert_eq!(outbox.sent(0, None), Err(OutboxError::NotInFlight(0)));
    assert_eq!(outbox.sent(5, None), Err(OutboxError::NotInFlight(5)));
    let _ = claim(&mut outbox, NOW);
    assert_eq!(outbox.next(NOW), Next::Busy);
    outbox.not_sent(0, NOW).expect("in flight");
    assert_eq!(outbox.lost(0, NOW), Err(OutboxError::NotInFlight(0)));
    let _ = claim(&mut outbox, NOW);
    outbox.lost(0, NOW).expect("in flight");
    assert_eq!(outbox.state(0), Some(MessageState::InDoubt));
    assert_eq!(format!("{outbox:?}").find("1555"), None);
}

#[test]
fn a_million_messages_take_64_megabytes() {
    let (message, slots) = with_messages(true, 3_000).memory();
    assert_eq!(message, 48);
    // A table of twice to four times as many numbers.
    assert!((2 * 3_000..=4 * 3_000).contains(&slots), "{slots}");
    let million = 1_000_000 * (message + 4 * 4);
    assert!(million <= 64_000_000, "{million}");
}
