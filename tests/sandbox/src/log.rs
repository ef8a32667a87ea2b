//! The log of calls: a ring buffer for the page, and lines for a terminal. The lines contain no keys, numbers or
//! texts. The page shows bodies, but requires the admin token.

use std::collections::VecDeque;
use std::io::Write as _;

use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::clock::SimTime;
use crate::config::Log;
use crate::state::webhook::DeliveryStatus;

/// The number of calls that the page can show.
const KEPT: usize = 500;
/// The number of bytes of a body that the page can show.
pub(crate) const BODY_SHOWN: usize = 2048;

/// Details of a call in addition to its status. They travel with the response.
#[derive(Debug, Default, Clone)]
pub(crate) struct LogEntry {
    pub(crate) call: Option<&'static str>,
    pub(crate) who: Option<String>,
    pub(crate) fault: Option<String>,
    pub(crate) is_replay: bool,
    pub(crate) request: String,
    pub(crate) response: String,
}

/// The outcome of an attempt to deliver an event.
pub(crate) struct DeliveryReport {
    pub(crate) at: SimTime,
    pub(crate) event: String,
    pub(crate) status: DeliveryStatus,
    pub(crate) number: usize,
    pub(crate) response_status: Option<u16>,
    pub(crate) error: Option<String>,
    pub(crate) next_attempt_at: Option<SimTime>,
}

/// A call that was answered or dropped.
#[derive(Debug, Clone)]
struct Line {
    number: u64,
    at: SimTime,
    method: String,
    path: String,
    /// The status; 0 if the connection was dropped.
    status: u16,
    micros: u64,
    note: LogEntry,
}

/// The log of calls.
#[derive(Debug)]
pub(crate) struct CallLog {
    to: Log,
    lines: Mutex<(u64, VecDeque<Line>)>,
}

impl CallLog {
    pub(crate) fn new(to: Log) -> Self {
        Self { to, lines: Mutex::new((0, VecDeque::new())) }
    }

    pub(crate) fn call(
        &self,
        at: SimTime,
        method: String,
        path: String,
        status: u16,
        micros: u64,
        note: LogEntry,
    ) {
        if self.to == Log::Stdout {
            let outcome = if status == 0 { "---".to_owned() } else { status.to_string() };
            let mut line = format!(
                "{at}  {outcome}  {method:6} {path}  {call}  {ms:.1} ms",
                call = note.call.unwrap_or("-"),
                ms = micros as f64 / 1000.0,
            );
            if let Some(who) = &note.who {
                line += &format!("  by \"{who}\"");
            }
            if note.is_replay {
                line += "  replayed";
            }
            if let Some(fault) = &note.fault {
                line += &format!("  fault: {fault}");
            }
            print(&line);
        }
        let mut lines = self.lines.lock();
        lines.0 += 1;
        let number = lines.0;
        lines.1.push_back(Line { number, at, method, path, status, micros, note });
        if lines.1.len() > KEPT {
            lines.1.pop_front();
        }
    }

    pub(crate) fn delivery(&self, report: &DeliveryReport) {
        if self.to != Log::Stdout {
            return;
        }
        let outcome = match (report.response_status, &report.error) {
            (Some(status), _) => status.to_string(),
            (None, Some(error)) => error.clone(),
            (None, None) => "nothing".to_owned(),
        };
        let next = match (report.status, report.next_attempt_at) {
            (DeliveryStatus::Failed, _) => "  given up".to_owned(),
            (_, Some(at)) => format!("  again at {at}"),
            _ => String::new(),
        };
        let DeliveryReport { at, event, number, .. } = report;
        print(&format!("{at}  webhook {event}  attempt {number}: {outcome}{next}"));
    }

    /// Logs a remark about the sandbox itself.
    pub(crate) fn remark(&self, at: SimTime, text: &str) {
        if self.to == Log::Stdout {
            print(&format!("{at}  {text}"));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.lock().1.len()
    }

    /// Returns the calls after a number, oldest first.
    pub(crate) fn after(&self, number: u64) -> Vec<Value> {
        let lines = self.lines.lock();
        lines
            .1
            .iter()
            .filter(|line| line.number > number)
            .map(|line| {
                json!({
                    "number": line.number,
                    "at": line.at.to_string(),
                    "method": line.method,
                    "path": line.path,
                    "call": line.note.call,
                    "status": if line.status == 0 { Value::Null } else { line.status.into() },
                    "ms": line.micros as f64 / 1000.0,
                    "who": line.note.who,
                    "fault": line.note.fault,
                    "replayed": line.note.is_replay,
                    "request": line.note.request,
                    "response": line.note.response,
                })
            })
            .collect()
    }
}

/// Prints a line. A reader that went away (a closed pipe) does not end the sandbox.
fn print(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Returns the part of a body that the page can show.
pub(crate) fn shown(body: &[u8]) -> String {
    let cut = &body[..body.len().min(BODY_SHOWN)];
    let mut text = String::from_utf8_lossy(cut).into_owned();
    if body.len() > BODY_SHOWN {
        text.push('…');
    }
    text
}
