//! The invariants: what a case may come to, and what it must never.

use std::time::Duration;

use crate::behaviours::{Behaviour, Expect};
use crate::calls::{Call, KEYS, MARK, PHONE, WORD};
use crate::driver::Outcome;

/// The shortest part of the phone number that counts as the number.
const DIGITS: usize = 7;

/// All that is known of a case once it is over.
pub(crate) struct Observed {
    pub(crate) outcome: Result<Outcome, String>,
    /// The requests of the call that were read whole.
    pub(crate) whole: u32,
    pub(crate) spoke_http2: bool,
}

/// The judgement on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The transport has no way to meet this behaviour: it does not speak HTTP/2, or knows no proxy.
    Absent,
    /// The invariants hold; this came out.
    Held(String),
    /// They do not.
    Breach { cell: String, why: Vec<String> },
}

/// Judges a case, which may have taken so much longer than its timeouts. Where a timeout is tested, the vendor goes on
/// for far longer than that. `is_limited` says that the library cannot make of the behaviour what is expected.
pub(crate) fn judge(
    behaviour: &Behaviour,
    call: Call,
    observed: &Observed,
    allowance: Duration,
    is_limited: bool,
) -> Verdict {
    let outcome = match &observed.outcome {
        Ok(outcome) => outcome,
        Err(reason) => return Verdict::Breach { cell: "no outcome".into(), why: vec![reason.clone()] },
    };
    if outcome.outcome == "unsupported" {
        return Verdict::Absent;
    }
    if let Some(reason) = outcome.warm_up_failed.as_ref().filter(|reason| !reason.is_null()) {
        let why = vec![format!("the call before this one failed: {reason}")];
        return Verdict::Breach { cell: "no warm-up".into(), why };
    }
    // A client that does not speak HTTP/2 was answered well.
    if behaviour.is_http2() && !observed.spoke_http2 && outcome.outcome == "ok" {
        return Verdict::Absent;
    }
    let mut why = Vec::new();
    if !matches!(outcome.outcome.as_str(), "ok" | "error") {
        why.push(format!("`{}` is no outcome of the library", outcome.outcome));
    }
    // Only of a repetition that does no harm may a library be the judge.
    if !(is_limited && call.is_repeatable()) {
        why.extend(count(behaviour, call, outcome, observed.whole));
    }
    why.extend(fault(outcome, observed.whole));
    if !is_limited {
        why.extend(expected(behaviour.expect, call, outcome, observed.whole));
    }
    why.extend(time(behaviour, outcome, allowance));
    why.extend(shown(outcome.shown.as_deref().unwrap_or_default()));
    let mut cell = word(behaviour.expect, outcome);
    if behaviour.expect != Expect::AtMostOnce {
        cell.push_str(&format!(" ×{}", observed.whole));
    }
    if is_limited {
        cell.push_str(" °");
    }
    if why.is_empty() { Verdict::Held(cell) } else { Verdict::Breach { cell, why } }
}

/// The outcome in one word.
fn word(expect: Expect, outcome: &Outcome) -> String {
    match (&outcome.fault, outcome.status, outcome.outcome.as_str()) {
        _ if expect == Expect::AtMostOnce => "ok or lost".into(),
        (_, _, "ok") => "ok".into(),
        // Luck decides which of the two a library sees first.
        (Some(fault), ..)
            if matches!(expect, Expect::Unanswered | Expect::UnansweredOrAgain) && fault != "connect" =>
        {
            "lost".into()
        }
        (Some(fault), ..) => fault.clone(),
        (None, Some(200..300), _) => "unreadable".into(),
        (None, Some(status), _) => status.to_string(),
        (None, None, _) => outcome.kind.clone().unwrap_or_else(|| outcome.outcome.clone()),
    }
}

/// A call that may not be repeated is read at most once; another one at most as often as the client may try.
fn count(behaviour: &Behaviour, call: Call, outcome: &Outcome, whole: u32) -> Option<String> {
    let most = if call.is_repeatable() { behaviour.attempts } else { 1 };
    if whole > most {
        return Some(format!("the request was read {whole} times, {most} at most are allowed"));
    }
    let answered = outcome.outcome == "ok" || outcome.status.is_some();
    (answered && whole == 0).then(|| "an answer to a request that was never read".into())
}

/// `connect` says that nothing was sent.
fn fault(outcome: &Outcome, whole: u32) -> Option<String> {
    let is_connect = outcome.fault.as_deref() == Some("connect");
    (is_connect && whole > 0)
        .then(|| format!("`connect` says that nothing was sent, and {whole} request(s) were read"))
}

/// The fault, status or answer of the behaviour.
fn expected(expect: Expect, call: Call, outcome: &Outcome, whole: u32) -> Option<String> {
    let fault = outcome.fault.as_deref();
    let is_ok = outcome.outcome == "ok";
    let output = outcome.output.as_ref().map(ToString::to_string).unwrap_or_default();
    // Of a deletion there is nothing to say.
    let is_decoded = is_ok && (output.contains(MARK) || call == Call::Delete);
    let held = match expect {
        Expect::Unanswered => matches!(fault, Some("closed" | "timeout")) && whole > 0,
        Expect::UnansweredOrAgain => {
            matches!(fault, Some("closed" | "timeout")) && whole > 0
                || is_decoded && call.is_repeatable() && whole == 2
        }
        Expect::Closed => fault == Some("closed") && whole > 0,
        Expect::Timeout => fault == Some("timeout") && whole > 0,
        Expect::NothingSent => fault == Some("connect") && whole == 0,
        Expect::NothingSentInTime => matches!(fault, Some("connect" | "timeout")) && whole == 0,
        Expect::GoodOrNothingSent => {
            is_decoded && whole == 1 || matches!(fault, Some("connect" | "timeout")) && whole == 0
        }
        Expect::Good => is_decoded && whole == 1,
        Expect::Empty => is_ok && whole == 1,
        Expect::GoodOrNamed(encoding) => {
            let shown = outcome.shown.as_deref().unwrap_or_default();
            let is_named =
                shown.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word == encoding);
            is_decoded && whole == 1 || !is_ok && fault != Some("connect") && is_named
        }
        Expect::Status(status) => outcome.status == Some(status) && whole == 1,
        Expect::Error => !is_ok && fault != Some("connect") && whole == 1,
        Expect::AtMostOnce => is_ok || fault.is_some(),
        Expect::Redirect(status) => {
            !is_ok && fault.is_none() && outcome.status.is_none_or(|found| found == status) && whole == 1
        }
    };
    (!held).then(|| format!("expected {}", expect.words()))
}

/// The stated timeout bounds each attempt.
fn time(behaviour: &Behaviour, outcome: &Outcome, allowance: Duration) -> Option<String> {
    let most = behaviour.timeout * behaviour.attempts + allowance;
    let taken = outcome.elapsed_ms;
    (taken > most.as_secs_f64() * 1000.0).then(|| {
        format!("it took {taken:.0} ms, with a timeout of {} ms an attempt", behaviour.timeout.as_millis())
    })
}

/// Nothing personal, and no key, stands in what a user sees.
fn shown(shown: &str) -> Vec<String> {
    let mut found = Vec::new();
    let digits = PHONE.trim_start_matches('+').as_bytes();
    let is_number =
        digits.windows(DIGITS).any(|part| shown.as_bytes().windows(DIGITS).any(|text| text == part));
    if is_number {
        found.push("the error shows the phone number".into());
    }
    if shown.contains(WORD) {
        found.push("the error shows the text".into());
    }
    if KEYS.iter().any(|key| shown.contains(key)) {
        found.push("the error shows a key".into());
    }
    found
}

impl Expect {
    fn words(self) -> String {
        match self {
            Self::Unanswered => "`closed` or `timeout` after the request was read".into(),
            Self::UnansweredOrAgain => {
                "`closed` or `timeout` after the request was read, or an answer to the second".into()
            }
            Self::Closed => "`closed` after the request was read".into(),
            Self::Timeout => "`timeout` after the request was read".into(),
            Self::NothingSent => "`connect`, and no request read".into(),
            Self::NothingSentInTime => "`connect` or `timeout`, and no request read".into(),
            Self::GoodOrNothingSent => "an answer, or `connect` or `timeout` and no request read".into(),
            Self::Good => "an answer, decoded, to one request".into(),
            Self::Empty => "success, to one request".into(),
            Self::GoodOrNamed(encoding) => format!("an answer, or an error that names `{encoding}`"),
            Self::Status(status) => format!("an error with the status {status}, after one request"),
            Self::Error => "an error that is not `connect`, after one request".into(),
            Self::AtMostOnce => "success or a fault".into(),
            Self::Redirect(status) => {
                format!("an error with the status {status} or without one, after one request")
            }
        }
    }
}
