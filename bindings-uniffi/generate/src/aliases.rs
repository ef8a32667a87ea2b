//! Names that UniFFI gives to types for its own use: what users read says what they stand for.

use std::collections::BTreeMap;

/// The sources with every public alias resolved, and the aliases gone.
pub(crate) fn resolved(text: &str) -> String {
    let aliases: BTreeMap<_, _> =
        text.lines().filter_map(alias).map(|(name, ty)| (name, ty.to_owned())).collect();
    // One may stand for another.
    let whole = aliases.iter().map(|(name, ty)| (*name, replaced(ty, &aliases))).collect();
    let mut out = String::with_capacity(text.len());
    for line in text.lines().filter(|line| alias(line).is_none()) {
        let begin = line.trim_start();
        if begin.starts_with("* ") || begin.starts_with("//") {
            out.push_str(line);
        } else {
            out.push_str(&replaced(line, &whole));
        }
        out.push('\n');
    }
    out
}

/// The name and the type in a line that declares an alias, unless it is for a converter, which nobody sees.
fn alias(line: &str) -> Option<(&str, &str)> {
    let (name, ty) = line.strip_prefix("public typealias ")?.split_once(" = ")?;
    (!name.starts_with("FfiConverter")).then_some((name, ty))
}

/// Each word that is an alias as what it stands for; a case or a nested class of that name is none.
fn replaced(line: &str, aliases: &BTreeMap<&str, String>) -> String {
    let mut out = String::with_capacity(line.len());
    for word in line.split_inclusive(|letter: char| !letter.is_alphanumeric() && letter != '_') {
        let name = word.trim_end_matches(|letter: char| !letter.is_alphanumeric() && letter != '_');
        // Kotlin's types stand with their package where a case may have the same name.
        let before = out.strip_suffix("dev.hudhud.").unwrap_or(&out).len();
        let is_other = out[..before].ends_with(['.', '`']) || out.ends_with("class ");
        match aliases.get(name).filter(|_| !is_other) {
            Some(ty) => {
                out.truncate(before);
                out.push_str(ty);
                out.push_str(&word[name.len()..]);
            }
            None => out.push_str(word),
        }
    }
    out
}
