//! Faults on request: what goes wrong between a client and a service, wished for by the header `X-Sandbox-Fault`
//! for one request, or by `POST /_sandbox/faults` for the next few, or a share, of those that match.

use std::str::FromStr;
use std::time::Duration;

use axum::http::Method;
use serde::{Deserialize, Serialize};

use crate::calls::Entry;
use crate::state::chance::{Chance, Stream};

/// The header that wishes for a fault.
pub(crate) const HEADER: &str = "x-sandbox-fault";

/// The longest delay and the slowest drip: a fault is to disturb a client, not to be forgotten in here.
const LONGEST: u64 = 10 * 60 * 1000;

/// What is to go wrong with one request.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Waited before anything else.
    pub(crate) delay: Duration,
    /// Answered instead of what the call would answer.
    pub(crate) status: Option<u16>,
    pub(crate) retry_after: Option<u64>,
    /// The error code, where the usual one of the status is not meant.
    pub(crate) code: Option<String>,
    /// The call takes effect all the same: what a client cannot know after a 500 or a lost answer.
    pub(crate) processed: bool,
    pub(crate) shape: Shape,
}

/// What becomes of the answer on its way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// It arrives.
    #[default]
    Whole,
    /// The connection ends before the call was read.
    Close,
    /// The call takes effect, then the connection ends without an answer.
    Lost,
    /// Half of the body arrives, then the connection ends.
    Truncate,
    /// A proxy's page arrives instead.
    Html,
    /// The body is JSON that breaks off, with a length that says it is whole.
    BrokenJson,
    /// The body arrives byte by byte, with this long between them.
    Drip(Duration),
}

impl FromStr for Fault {
    type Err = String;

    /// `status=429;retry-after=2`, `delay=500`, `close`, …; several, joined by `;`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut fault = Self::default();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (word, value) =
                part.split_once('=').map_or((part, None), |(word, value)| (word, Some(value)));
            let number = || -> Result<u64, String> {
                let value = value.ok_or_else(|| format!("`{word}` needs a number, as in `{word}=1`"))?;
                value.parse().map_err(|_| format!("`{value}` of `{word}` is not a number"))
            };
            match word {
                "delay" => fault.delay = Duration::from_millis(number()?.min(LONGEST)),
                "status" => {
                    let status = u16::try_from(number()?).ok().filter(|status| (200..600).contains(status));
                    fault.status = Some(status.ok_or("a status is between 200 and 599")?);
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
                _ => return Err(format!("`{word}` is no fault: see the README")),
            }
        }
        if fault == Self::default() { Err("no fault was named".to_owned()) } else { Ok(fault) }
    }
}

/// Which requests a rule is for. What is not said matches everything.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Match {
    /// `messages.send`, or with the vendor `wazaj.messages.send_text`.
    pub(crate) call: Option<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) method: Option<String>,
    /// How the path begins.
    pub(crate) path: Option<String>,
}

impl Match {
    fn fits(&self, entry: &Entry, method: &Method, path: &str) -> bool {
        let is_call = |name: &String| {
            name == entry.name
                || name
                    .strip_prefix(entry.vendor)
                    .is_some_and(|rest| rest.strip_prefix('.') == Some(entry.name))
        };
        self.call.as_ref().is_none_or(is_call)
            && self.vendor.as_ref().is_none_or(|vendor| vendor == entry.vendor)
            && self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()))
            && self.path.as_ref().is_none_or(|prefix| path.starts_with(prefix.as_str()))
    }
}

/// A fault for requests to come.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: u64,
    pub(crate) matches: Match,
    /// How many more requests it is for; `None` is all.
    pub(crate) times: Option<u64>,
    /// Which share of them it befalls.
    pub(crate) share: f64,
    pub(crate) fault: Fault,
    /// The fault as it was wished for.
    pub(crate) text: String,
    pub(crate) befell: u64,
}

/// The rules that are in force, and the chance that shares are drawn from.
#[derive(Debug)]
pub(crate) struct Faults {
    pub(crate) rules: Vec<Rule>,
    next: u64,
    chance: Chance,
}

/// More rules than this are a mistake.
const MOST_RULES: usize = 1000;

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self { rules: Vec::new(), next: 1, chance: Chance::new(seed, Stream::Faults) }
    }

    pub(crate) fn add(
        &mut self,
        matches: Match,
        times: Option<u64>,
        share: f64,
        text: &str,
    ) -> Result<u64, String> {
        let fault = text.parse()?;
        if self.rules.len() >= MOST_RULES {
            return Err(format!("there are {MOST_RULES} rules already"));
        }
        let id = self.next;
        self.next += 1;
        self.rules.push(Rule { id, matches, times, share, fault, text: text.to_owned(), befell: 0 });
        Ok(id)
    }

    /// What befalls this request: the first rule that fits and whose share it falls into.
    pub(crate) fn draw(&mut self, entry: &Entry, method: &Method, path: &str) -> Option<(Fault, String)> {
        let mut drawn = None;
        for rule in &mut self.rules {
            if !rule.matches.fits(entry, method, path) || rule.times == Some(0) {
                continue;
            }
            if rule.share >= 1.0 || self.chance.happens(rule.share) {
                rule.befell += 1;
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
    fn reads_what_the_readme_shows() {
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
    fn a_seed_repeats_which_requests_are_befallen() {
        let entry = &crate::calls::CALLS[2];
        let run = |seed| {
            let mut faults = Faults::new(seed);
            faults.add(Match::default(), None, 0.3, "status=503").unwrap();
            (0..100).map(|_| faults.draw(entry, &Method::POST, "/x").is_some()).collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let befallen = run(1).into_iter().filter(|befell| *befell).count();
        assert!((15..45).contains(&befallen), "{befallen}");
    }

    #[test]
    fn a_rule_is_for_its_calls_and_its_number_of_times() {
        let entry = &crate::calls::CALLS[2];
        let mut faults = Faults::new(0);
        let only = |call: &str| Match { call: Some(call.to_owned()), ..Match::default() };
        faults.add(only("contacts.list"), None, 1.0, "close").unwrap();
        faults.add(only("zagely.messages.send"), Some(2), 1.0, "status=503").unwrap();
        let befell: Vec<bool> = (0..3).map(|_| faults.draw(entry, &Method::POST, "/x").is_some()).collect();
        assert_eq!(befell, [true, true, false]);
        assert_eq!(faults.rules.len(), 1);
    }
}
