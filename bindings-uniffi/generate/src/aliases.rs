//! Replaces UniFFI's type aliases by the types that they stand for, so that users see these.

use std::collections::BTreeMap;

/// Returns the source with every public alias resolved and its declaration removed.
pub(crate) fn resolved(text: &str) -> String {
    let aliases: BTreeMap<_, _> =
        text.lines().filter_map(alias).map(|(name, ty)| (name, ty.to_owned())).collect();
    // An alias may stand for another alias.
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

/// Returns the name and the type if the line declares an alias. Aliases of converters are excluded, because they are not
/// public in the packages.
fn alias(line: &str) -> Option<(&str, &str)> {
    let (name, ty) = line.strip_prefix("public typealias ")?.split_once(" = ")?;
    (!name.starts_with("FfiConverter")).then_some((name, ty))
}

/// Replaces each alias in a line by its type. A case or a nested class with the name of an alias is left unchanged.
fn replaced(line: &str, aliases: &BTreeMap<&str, String>) -> String {
    let mut out = String::with_capacity(line.len());
    for word in line.split_inclusive(|letter: char| !letter.is_alphanumeric() && letter != '_') {
        let name = word.trim_end_matches(|letter: char| !letter.is_alphanumeric() && letter != '_');
        // UniFFI writes a Kotlin type with its package where a case may have the same name.
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
