//! The invariants: the allowed outcomes of a case.

use std::time::Duration;

use crate::behaviours::{Behaviour, Expect};
use crate::calls::{Call, KEYS, MARK, PHONE, WORD};
use crate::driver::Outcome;

/// The number of consecutive digits of the phone number that an error must not contain.
const DIGITS: usize = 7;

/// The observations of a case.
#[derive(Clone)]
pub(crate) struct Observed {
    pub(crate) outcome: Result<Outcome, String>,
    /// The number of requests of the tested call that were read completely.
    pub(crate) whole: u32,
    pub(crate) spoke_http2: bool,
}

impl Observed {
    /// Returns true if a good response came over HTTP/1.1.
    pub(crate) fn is_good_without_http2(&self) -> bool {
        let is_good = |outcome: &Outcome| outcome.warm_up_failed().is_none() && outcome.outcome == "ok";
        !self.spoke_http2 && self.outcome.as_ref().is_ok_and(is_good)
    }

    /// Returns the reason if the outcome depends on something other than the library: the driver returned none, the
    /// warm-up call failed, or the time of the call was over where no timeout is expected.
    pub(crate) fn inconclusive_reason(&self, behaviour: &Behaviour, verdict: &Verdict) -> Option<String> {
        let outcome = match &self.outcome {
            Ok(outcome) => outcome,
            Err(reason) => return Some(reason.clone()),
        };
        if let Some(reason) = outcome.warm_up_failed() {
            return Some(format!("the warm-up call failed: {reason}"));
        }
        // Over HTTP/1.1, the vendor of an HTTP/2 behaviour responds at once.
        let is_answered = behaviour.is_http2() && !self.spoke_http2;
        let is_late = outcome.fault.as_deref() == Some("timeout")
            && (is_answered || matches!(verdict, Verdict::Breach { .. }));
        is_late.then(|| format!("the time was over after {:.0} ms, on a busy machine", outcome.elapsed_ms))
    }
}

/// The verdict on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The transport cannot be tested with this behaviour: it does not support HTTP/2 or proxies, or refuses the
    /// call.
    Absent,
    /// The invariants hold, with this outcome.
    Held(String),
    /// An invariant does not hold.
    Breach { cell: String, why: Vec<String> },
}

/// Judges a case. It may take longer than its timeouts by `allowance`. Where a timeout is tested, the vendor
/// continues for much longer than that. `is_limited` means that the library cannot produce the expected outcome.
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
    if let Some(reason) = outcome.warm_up_failed() {
        let why = vec![format!("the warm-up call failed: {reason}")];
        return Verdict::Breach { cell: "no warm-up".into(), why };
    }
    // A client that does not support HTTP/2 got a good response over HTTP/1.1.
    if behaviour.is_http2() && observed.is_good_without_http2() {
        return Verdict::Absent;
    }
    let mut why = Vec::new();
    if !matches!(outcome.outcome.as_str(), "ok" | "error") {
        why.push(format!("`{}` is not an outcome of the library", outcome.outcome));
    }
    // A limited library may repeat calls for which a repetition does no harm.
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

/// Returns the outcome in one word.
fn word(expect: Expect, outcome: &Outcome) -> String {
    match (&outcome.fault, outcome.status, outcome.outcome.as_str()) {
        _ if expect == Expect::AtMostOnce => "ok or lost".into(),
        (_, _, "ok") => "ok".into(),
        // The timing decides which of the two a library detects first.
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

/// Checks the number of requests: at most one if the call must not be repeated, otherwise at most the client's
/// attempts.
fn count(behaviour: &Behaviour, call: Call, outcome: &Outcome, whole: u32) -> Option<String> {
    let most = if call.is_repeatable() { behaviour.attempts } else { 1 };
    if whole > most {
        return Some(format!("the request was read {whole} times, but at most {most} allowed"));
    }
    let answered = outcome.outcome == "ok" || outcome.status.is_some();
    (answered && whole == 0).then(|| "a response without a request".into())
}

/// Checks that `connect` is reported only if nothing was sent.
fn fault(outcome: &Outcome, whole: u32) -> Option<String> {
    let is_connect = outcome.fault.as_deref() == Some("connect");
    (is_connect && whole > 0)
        .then(|| format!("`connect` means that nothing was sent, but {whole} request(s) were read"))
}

/// Checks the fault, status or response of the behaviour.
fn expected(expect: Expect, call: Call, outcome: &Outcome, whole: u32) -> Option<String> {
    let fault = outcome.fault.as_deref();
    let is_ok = outcome.outcome == "ok";
    let output = outcome.output.as_ref().map(ToString::to_string).unwrap_or_default();
    // The response to a deletion has no content to check.
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

/// Checks that the timeout bounds each attempt.
fn time(behaviour: &Behaviour, outcome: &Outcome, allowance: Duration) -> Option<String> {
    let most = behaviour.timeout * behaviour.attempts + allowance;
    let elapsed_ms = outcome.elapsed_ms;
    (elapsed_ms > most.as_secs_f64() * 1000.0).then(|| {
        format!(
            "it took {elapsed_ms:.0} ms, with a timeout of {} ms per attempt",
            behaviour.timeout.as_millis()
        )
    })
}

/// Checks that an error shows no personal data and no key.
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
                "`closed` or `timeout` after the request was read, or a response to the second".into()
            }
            Self::Closed => "`closed` after the request was read".into(),
            Self::Timeout => "`timeout` after the request was read".into(),
            Self::NothingSent => "`connect`, and no request read".into(),
            Self::NothingSentInTime => "`connect` or `timeout`, and no request read".into(),
            Self::GoodOrNothingSent => "a response, or `connect` or `timeout` and no request read".into(),
            Self::Good => "a decoded response to one request".into(),
            Self::Empty => "success after one request".into(),
            Self::GoodOrNamed(encoding) => format!("a response, or an error that names `{encoding}`"),
            Self::Status(status) => format!("an error with the status {status}, after one request"),
            Self::Error => "an error that is not `connect`, after one request".into(),
            Self::AtMostOnce => "success or a fault".into(),
            Self::Redirect(status) => {
                format!("an error with the status {status} or without one, after one request")
            }
        }
    }
}
