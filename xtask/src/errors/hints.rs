//! Reads the hints for each kind of error from `core/src/error/hint.rs`.

use std::fs;

use quote::ToTokens;
use syn::{Arm, Expr, ExprMatch, ImplItem, Item, Lit, Stmt};

use crate::command::root;

const FILE: &str = "core/src/error/hint.rs";

/// A hint, and the errors that have it.
#[derive(Debug, PartialEq)]
pub(super) struct Hint {
    /// The kind of error, such as `invalid_request`, perhaps with a condition: `transport, connect`.
    pub(super) kind: String,
    pub(super) text: String,
}

/// The conditions in the patterns and guards of `Error::hint`, in words. An arm with two of them has the first.
const CONDITIONS: [(&str, &str); 8] = [
    ("safe_to_retry", "safe to retry"),
    ("is_none", "without a code"),
    ("\"session_id\"", "of session_id"),
    ("may_have_happened", "a call that only reads"),
    ("key_forgotten", "key forgotten"),
    ("EXCHANGE_FIELD", "use of an exchange"),
    ("is_cut_short", "list cut short"),
    ("TransportFault :: Connect", "connect"),
];

/// Returns the hints, in the order of the source.
pub(super) fn read() -> Result<Vec<Hint>, String> {
    let code = fs::read_to_string(root().join(FILE)).map_err(|error| format!("{FILE}: {error}"))?;
    parse(&code).ok_or_else(|| format!("{FILE}: expected `fn hint` with a `match` of kinds and texts"))
}

fn parse(code: &str) -> Option<Vec<Hint>> {
    let file = syn::parse_file(code).ok()?;
    let members = file.items.into_iter().filter_map(|item| match item {
        Item::Impl(item) => Some(item.items),
        _ => None,
    });
    let mut hints = Vec::new();
    for member in members.flatten() {
        let ImplItem::Fn(member) = member else { continue };
        match (member.sig.ident.to_string().as_str(), member.block.stmts.last()) {
            ("general_hint", Some(Stmt::Expr(Expr::Match(arms), _))) => {
                read_arms(arms, "any kind", &mut hints)
            }
            ("doubt", Some(Stmt::Expr(body, _))) => {
                read_body(body, "added: may have taken effect", &mut hints)
            }
            _ => {}
        }
    }
    (!hints.is_empty()).then_some(hints)
}

fn read_arms(arms: &ExprMatch, outer: &str, hints: &mut Vec<Hint>) {
    for arm in &arms.arms {
        let kind = kind_of(arm, outer);
        read_body(&arm.body, &kind, hints);
    }
}

fn read_body(body: &Expr, kind: &str, hints: &mut Vec<Hint>) {
    match body {
        Expr::Lit(literal) => {
            if let Lit::Str(text) = &literal.lit {
                hints.push(Hint { kind: kind.to_owned(), text: text.value() });
            }
        }
        Expr::Block(block) => {
            if let Some(Stmt::Expr(body, _)) = block.block.stmts.last() {
                read_body(body, kind, hints);
            }
        }
        Expr::Match(arms) => read_arms(arms, kind, hints),
        Expr::Call(call) => call.args.iter().for_each(|argument| read_body(argument, kind, hints)),
        Expr::If(branches) => {
            let condition = branches.cond.to_token_stream().to_string();
            let words =
                CONDITIONS.iter().find(|(code, _)| condition.contains(code)).map_or("", |(_, words)| words);
            if let Some(Stmt::Expr(body, _)) = branches.then_branch.stmts.last() {
                read_body(body, &format!("{kind}, {words}"), hints);
            }
            if let Some((_, body)) = &branches.else_branch {
                read_body(body, kind, hints);
            }
        }
        _ => {}
    }
}

/// Returns the kind that an arm names, or `outer`, with the condition of the arm.
fn kind_of(arm: &Arm, outer: &str) -> String {
    let pattern = arm.pat.to_token_stream().to_string();
    let guard = arm.guard.as_ref().map(|(_, guard)| guard.to_token_stream().to_string()).unwrap_or_default();
    let named = pattern.split_once("ErrorKind :: ").map(|(_, kind)| {
        snake(kind.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default())
    });
    let kind = named.unwrap_or_else(|| outer.to_owned());
    let condition = CONDITIONS.iter().find(|(code, _)| pattern.contains(code) || guard.contains(code));
    match condition {
        Some((_, words)) => format!("{kind}, {words}"),
        None if kind == "transport" && pattern == "_" => format!("{kind}, timeout or closed"),
        None => kind,
    }
}

/// Writes `InvalidRequest` as `invalid_request`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_have_the_kinds_and_conditions_of_their_arms() {
        let code = r#"impl Error { fn doubt(&self) -> Option<&str> { Some(if self.safe_to_retry() { "e" } else { "f" }) }
            fn general_hint(&self) -> &str { let x = 1; match (self.0.kind, x) {
            _ if self.0.key_forgotten => { "a" } (_, Some(hint)) => hint, (ErrorKind::NotFound, _) => "b",
            (ErrorKind::Transport, _) => match y { Some(TransportFault::Connect) | None => "c", _ => "d" } } } }"#;
        let expected = [
            ("added: may have taken effect, safe to retry", "e"),
            ("added: may have taken effect", "f"),
            ("any kind, key forgotten", "a"),
            ("not_found", "b"),
            ("transport, connect", "c"),
            ("transport, timeout or closed", "d"),
        ];
        let expected = expected.map(|(kind, text)| Hint { kind: kind.into(), text: text.into() });
        assert_eq!(parse(code), Some(expected.into()));
        assert_eq!(parse("fn hint() {}"), None);
    }

    #[test]
    fn every_kind_of_error_has_a_hint() {
        let hints = read().unwrap();
        let code = fs::read_to_string(root().join("core/src/error/kind.rs")).unwrap();
        let (_, kinds) = code.split_once("pub enum ErrorKind {").unwrap();
        let (kinds, _) = kinds.split_once("\n}").unwrap();
        let mut count = 0;
        for kind in kinds.lines().map(str::trim).filter_map(|line| line.strip_suffix(',')) {
            if kind.chars().all(char::is_alphanumeric) {
                let kind = snake(kind);
                assert!(hints.iter().any(|hint| hint.kind.split(',').next() == Some(&kind)), "{kind}");
                count += 1;
            }
        }
        assert_eq!(count, 16);
    }
}
