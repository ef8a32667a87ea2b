//! `cargo xtask errors`: writes the table of all error messages, `docs/errors.md`, from the sources.
//!
//! Every string literal with two words is a message, unless a rule says that it is not one. A rule also gives the kind of each
//! message that its code does not show. A message for which there is no rule fails the command, and so does a rule for which
//! there is no message. Literals of one word are not read: no message is that short.

mod hints;
mod literal;
mod rules;
mod rust;
mod script;
mod sources;
mod table;

use std::fs;
use std::process::ExitCode;

use crate::check_error::{self, CheckError};
use crate::command::root;

const FILE: &str = "docs/errors.md";

/// Returns the contents of the document.
fn document() -> Result<String, String> {
    let hints = hints::read()?;
    let mut used = vec![false; rules::RULES.len()];
    let mut sections = Vec::new();
    let mut unknown = Vec::new();
    let found = sources::SECTIONS.iter().map(sources::literals).collect::<Result<Vec<_>, _>>()?;
    let all = found.concat();
    for (section, literals) in sources::SECTIONS.iter().zip(&found) {
        match rules::messages(literals, &all, &mut used) {
            Ok(messages) => sections.push((section.title, messages)),
            Err(missing) => unknown.extend(missing),
        }
    }
    let idle = rules::RULES.iter().zip(used).filter(|(_, used)| !used);
    unknown.extend(
        idle.map(|(rule, _)| format!("xtask/src/errors/rules.rs: no message for {rule:?}; delete the rule")),
    );
    if !unknown.is_empty() {
        return Err(unknown.join("\n"));
    }
    Ok(table::document(&hints, &sections))
}

/// Writes the document.
pub(crate) fn run() -> ExitCode {
    check_error::exit_code(write().map_err(CheckError::from))
}

fn write() -> Result<(), String> {
    fs::write(root().join(FILE), document()?).map_err(|error| format!("{FILE}: {error}"))?;
    println!("{FILE}: written");
    Ok(())
}

/// Fails if a message has no kind, or if the document is not that of the sources.
pub(crate) fn check() -> Result<(), String> {
    let document = document()?;
    if fs::read_to_string(root().join(FILE)).is_ok_and(|found| found == document) {
        return Ok(());
    }
    Err(format!("{FILE} is out of date: run `cargo xtask errors`"))
}
