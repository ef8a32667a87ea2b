//! Faults on request. The header `X-Sandbox-Fault` selects a fault for one request. `POST /_sandbox/faults` selects
//! one for a number, or a share, of the matching requests that follow.

use std::str::FromStr;
use std::time::Duration;

use axum::http::Method;
use serde::{Deserialize, Serialize};

use crate::calls::CALLS;
use crate::entry::Entry;
use crate::state::rng::{Rng, Stream};

/// The header that selects a fault.
pub(crate) const HEADER: &str = "x-sandbox-fault";

/// The maximum of delays and of drip intervals, in milliseconds. It prevents requests that never end.
const LONGEST: u64 = 10 * 60 * 1000;

/// The words of faults.
const WORDS: &str =
    "delay, status, retry-after, code, processed, close, lost, truncate, html, broken-json or drip";

/// The fault of one request.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The delay before anything else happens.
    pub(crate) delay: Duration,
    /// The status that replaces the call's own response.
    pub(crate) status: Option<u16>,
    pub(crate) retry_after: Option<u64>,
    /// The error code, if it differs from the usual one for the status.
    pub(crate) code: Option<String>,
    /// True if the call takes effect despite the fault. A client cannot know this after a 500 or a lost response.
    pub(crate) processed: bool,
    pub(crate) shape: Shape,
}

/// The change to the response on its way to the client.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The response arrives unchanged.
    #[default]
    Whole,
    /// The connection ends before the call is read.
    Close,
    /// The call takes effect, then the connection ends without a response.
    Lost,
    /// Half of the body arrives, then the connection ends.
    Truncate,
    /// A proxy's error page arrives instead.
    Html,
    /// The body is incomplete JSON, and `Content-Length` matches it.
    BrokenJson,
    /// The body arrives byte by byte, with this interval.
    Drip(Duration),
}

impl FromStr for Fault {
    type Err = String;

    /// Parses `status=429;retry-after=2`, `delay=500`, `close` and so on. Several parts are joined with `;`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut fault = Self::default();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (word, value) =
                part.split_once('=').map_or((part, None), |(word, value)| (word, Some(value)));
            let number = || -> Result<u64, String> {
                let value = value.ok_or_else(|| format!("`{word}`: expected a number, as in `{word}=1`"))?;
                value.parse().map_err(|_| format!("`{word}`: expected a number, found `{value}`"))
            };
            match word {
                "delay" => fault.delay = Duration::from_millis(number()?.min(LONGEST)),
                "status" => {
                    let status = u16::try_from(number()?).ok().filter(|status| (200..600).contains(status));
                    fault.status = Some(status.ok_or("`status`: expected a number between 200 and 599")?);
                }
                "retry-after" => fault.retry_after = Some(number()?),
                "code" => fault.code = value.map(str::to_owned),
                "processed" => fault.processed = true,
                "close" => fault.shape = Shape::Close,
                "lost" => fault.shape = Shape::Lost,
                "truncate" => fault.shape = Shape::Truncate,
                "html" => fault.shape = Shape::Html,
                "broken-json" => fault.shape = Shape::BrokenJson,
                "drip" => {
                    let between = if value.is_some() { number()? } else { 5 };
                    fault.shape = Shape::Drip(Duration::from_millis(between.min(LONGEST)));
                }
                _ => {
                    return Err(format!(
                        "`{word}` is not a fault: expected {WORDS}, separated by semicolons"
                    ));
                }
            }
        }
        if fault == Self::default() { Err("expected at least one fault".to_owned()) } else { Ok(fault) }
    }
}

/// The requests that a rule applies to. A field that is not set matches every request.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Match {
    /// The call: `messages.send`, or with its vendor `wazaj.messages.send_text`.
    pub(crate) call: Option<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) method: Option<String>,
    /// The prefix of the path.
    pub(crate) path: Option<String>,
}

impl Match {
    /// Returns `true` if the rule applies to requests of this call, or of all calls.
    fn fits_call(&self, entry: &Entry) -> bool {
        self.call.as_ref().is_none_or(|name| {
            name == entry.name
                || name
                    .strip_prefix(entry.vendor)
                    .is_some_and(|rest| rest.strip_prefix('.') == Some(entry.name))
        })
    }

    fn fits(&self, entry: &Entry, method: &Method, path: &str) -> bool {
        self.fits_call(entry)
            && self.vendor.as_ref().is_none_or(|vendor| vendor == entry.vendor)
            && self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()))
            && self.path.as_ref().is_none_or(|prefix| path.starts_with(prefix.as_str()))
    }
}

/// A fault for later requests.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: u64,
    pub(crate) matches: Match,
    /// The number of requests that the rule still applies to; `None` means all.
    pub(crate) times: Option<u64>,
    /// The share of the matching requests that get the fault, from 0 to 1.
    pub(crate) share: f64,
    pub(crate) fault: Fault,
    /// The fault as the caller wrote it.
    pub(crate) text: String,
    pub(crate) applied: u64,
}

/// The active rules, and the random source for their shares.
#[derive(Debug)]
pub(crate) struct Faults {
    pub(crate) rules: Vec<Rule>,
    next: u64,
    chance: Rng,
}

/// The maximum number of rules. A larger number is probably a mistake.
const MOST_RULES: usize = 1000;

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self { rules: Vec::new(), next: 1, chance: Rng::new(seed, Stream::Faults) }
    }

    pub(crate) fn add(
        &mut self,
        matches: Match,
        times: Option<u64>,
        share: f64,
        text: &str,
    ) -> Result<u64, String> {
        let fault = text.parse()?;
        if let Some(name) = &matches.call
            && !CALLS.iter().any(|entry| matches.fits_call(entry))
        {
            return Err(format!("`{name}` is not a call: write a name such as messages.send"));
        }
        if self.rules.len() >= MOST_RULES {
            return Err(format!("too many rules: at most {MOST_RULES} may exist"));
        }
        let id = self.next;
        self.next += 1;
        self.rules.push(Rule { id, matches, times, share, fault, text: text.to_owned(), applied: 0 });
        Ok(id)
    }

    /// Returns the fault of this request: the first rule that matches and whose share selects the request.
    pub(crate) fn draw(&mut self, entry: &Entry, method: &Method, path: &str) -> Option<(Fault, String)> {
        let mut drawn = None;
        for rule in &mut self.rules {
            if !rule.matches.fits(entry, method, path) || rule.times == Some(0) {
                continue;
            }
            if rule.share >= 1.0 || self.chance.happens(rule.share) {
                rule.applied += 1;
                rule.times = rule.times.map(|times| times - 1);
                drawn = Some((rule.fault.clone(), rule.text.clone()));
                break;
            }
        }
        self.rules.retain(|rule| rule.times != Some(0));
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_the_readme_are_parsed() {
        let fault: Fault = "status=429;retry-after=2".parse().unwrap();
        assert_eq!((fault.status, fault.retry_after, fault.processed), (Some(429), Some(2), false));
        let fault: Fault = "delay=500; drip=2".parse().unwrap();
        assert_eq!(fault.delay, Duration::from_millis(500));
        assert_eq!(fault.shape, Shape::Drip(Duration::from_millis(2)));
        for (text, shape) in [
            ("close", Shape::Close),
            ("lost", Shape::Lost),
            ("truncate", Shape::Truncate),
            ("html", Shape::Html),
            ("broken-json", Shape::BrokenJson),
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().shape, shape);
        }
        for wrong in ["", "status", "status=99", "status=x", "explode", ";;"] {
            assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_same_seed_selects_the_same_requests() {
        let entry = &crate::calls::CALLS[2];
        let run = |seed| {
            let mut faults = Faults::new(seed);
            faults.add(Match::default(), None, 0.3, "status=503").unwrap();
            (0..100).map(|_| faults.draw(entry, &Method::POST, "/x").is_some()).collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let hits = run(1).into_iter().filter(|is_hit| *is_hit).count();
        assert!((15..45).contains(&hits), "{hits}");
    }

    #[test]
    fn a_rule_applies_to_its_call_for_its_number_of_times() {
        let entry = &crate::calls::CALLS[2];
        let mut faults = Faults::new(0);
        let only = |call: &str| Match { call: Some(call.to_owned()), ..Match::default() };
        faults.add(only("contacts.list"), None, 1.0, "close").unwrap();
        faults.add(only("zagely.messages.send"), Some(2), 1.0, "status=503").unwrap();
        let hits: Vec<bool> = (0..3).map(|_| faults.draw(entry, &Method::POST, "/x").is_some()).collect();
        assert_eq!(hits, [true, true, false]);
        assert_eq!(faults.rules.len(), 1);
    }
}
