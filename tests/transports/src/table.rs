//! Writes `docs/transports.md`: an introduction, and a section for each host.

use std::fmt::Write as _;

use crate::behaviours::Behaviour;
use crate::calls::Call;
use crate::driver::Transport;
use crate::verdict::Verdict;

/// All hosts with their headings, in the order of the sections.
pub(crate) const HOSTS: [(&str, &str); 9] = [
    ("rust", "Rust"),
    ("python", "Python"),
    ("node", "Node"),
    ("deno", "Deno"),
    ("bun", "Bun"),
    ("workerd", "workerd"),
    ("chromium", "Chromium"),
    ("kotlin", "Kotlin"),
    ("swift", "Swift"),
];

/// The prefix of the line with versions, which may differ between machines.
const MEASURED: &str = "Measured with ";

/// The verdicts of one host: by behaviour, then by transport, one per call.
pub(crate) type Verdicts = Vec<Vec<Vec<(Call, Verdict)>>>;

/// Returns the section of a host.
pub(crate) fn section(transports: &[Transport], behaviours: &[Behaviour], verdicts: &Verdicts) -> String {
    let versions: Vec<String> =
        transports.iter().map(|transport| format!("{} {}", transport.name, transport.version)).collect();
    let mut text = format!("{MEASURED}{}.\n\n| behaviour |", versions.join("; "));
    for transport in transports {
        let _ = write!(text, " {} |", transport.name);
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(transports.len()));
    text.push('\n');
    for (behaviour, row) in behaviours.iter().zip(verdicts) {
        let _ = write!(text, "| {} |", behaviour.name);
        for cell in row {
            let _ = write!(text, " {} |", self::cell(cell));
        }
        text.push('\n');
    }
    for transport in transports {
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for (behaviour, reason) in &transport.limits {
            match reasons.iter_mut().find(|(found, _)| found == reason) {
                Some((_, named)) => named.push(behaviour),
                None => reasons.push((reason, vec![behaviour])),
            }
        }
        for (reason, named) in reasons {
            let _ = write!(text, "\n° {}, {}: {reason}\n", transport.name, named.join("; "));
        }
    }
    text
}

/// Returns the outcomes of a cell: first those of the calls that must not be repeated, then those of the others,
/// unless all are equal.
pub(crate) fn cell(verdicts: &[(Call, Verdict)]) -> String {
    if verdicts.iter().all(|(_, verdict)| *verdict == Verdict::Absent) {
        return "–".into();
    }
    let of = |is_repeatable| {
        let calls = verdicts.iter().filter(move |(call, _)| call.is_repeatable() == is_repeatable);
        let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
        for (call, verdict) in calls {
            let text = match verdict {
                Verdict::Absent => "–".into(),
                Verdict::Held(text) if is_repeatable => without_count(text),
                Verdict::Held(text) => text.clone(),
                Verdict::Breach { cell, .. } => format!("**✗ {cell}**"),
            };
            match groups.iter_mut().find(|(found, _)| *found == text) {
                Some((_, calls)) => calls.push(call.short()),
                None => groups.push((text, vec![call.short()])),
            }
        }
        match groups.as_slice() {
            [(text, _)] => text.clone(),
            groups => {
                let parts: Vec<String> =
                    groups.iter().map(|(text, calls)| format!("{text} ({})", calls.join(", "))).collect();
                parts.join(", ")
            }
        }
    };
    let (first, second) = (of(false), of(true));
    if second.is_empty() || without_count(&first) == second { first } else { format!("{first}; {second}") }
}

/// Removes the number of requests from a cell. For calls that may be repeated, it depends on the speed of the
/// machine.
fn without_count(text: &str) -> String {
    text.split(' ').filter(|word| !word.starts_with('×')).collect::<Vec<_>>().join(" ")
}

/// Returns the document with a new section of one host, and the other sections from the old document.
pub(crate) fn document(old: &str, behaviours: &[Behaviour], host: &str, section: &str) -> String {
    let mut text = String::from(include_str!("introduction.md"));
    for behaviour in behaviours {
        let calls: Vec<&str> = behaviour.calls.iter().map(|call| call.short()).collect();
        let _ = writeln!(text, "| {} | {} | {} |", behaviour.name, behaviour.description, calls.join(", "));
    }
    for (name, heading) in HOSTS {
        let of_host = if name == host { Some(section) } else { find(old, name) };
        let of_host = of_host.unwrap_or("Not measured yet.\n").trim();
        let _ = write!(text, "\n## {heading}\n\n{}\n{of_host}\n{}\n", begin(name), end(name));
    }
    text
}

/// Returns the cells of a host's table in the document, without its headings, by behaviour and transport.
pub(crate) fn documented(document: &str, host: &str) -> Option<Vec<Vec<String>>> {
    let rows = find(document, host)?.lines().filter(|line| line.starts_with("| ")).skip(1);
    let cells = |row: &str| row.trim_matches('|').split('|').skip(1).map(|cell| cell.trim().into()).collect();
    Some(rows.map(cells).collect())
}

/// Returns true if two documents are equal except for versions.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let lines = |text: &'_ str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with(MEASURED)).map(String::from).collect()
    };
    lines(one) == lines(other)
}

fn begin(host: &str) -> String {
    format!("<!-- begin {host} -->")
}

fn end(host: &str) -> String {
    format!("<!-- end {host} -->")
}

fn find<'a>(text: &'a str, host: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&begin(host))?;
    Some(rest.split_once(&end(host))?.0)
}

/// Returns the lines that differ between two documents.
pub(crate) fn differences(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let only = |these: &[&str], others: &[&str], mark: &str| {
        let lines = these.iter().filter(|line| !others.contains(line) && !line.starts_with(MEASURED));
        lines.map(|line| format!("{mark} {line}\n")).collect::<String>()
    };
    only(&old, &new, "-") + &only(&new, &old, "+")
}

#[cfg(test)]
mod tests {
    use super::{HOSTS, differences, document, find};
    use crate::behaviours;

    /// Finds a stale introduction before the tests of transports, which run last.
    #[test]
    fn the_document_has_the_introduction_and_the_behaviours_of_this_code() {
        let old = include_str!("../../../docs/transports.md");
        let (host, _) = HOSTS[0];
        let section = find(old, host).expect("the document has a section of the first host");
        let new = document(old, &behaviours::all(), host, section);
        assert!(old == new, "run `cargo xtask transports` with `--write`:\n{}", differences(old, &new));
    }
}
