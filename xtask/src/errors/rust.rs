//! Reads the string literals of a Rust file: those outside tests, attributes and comments.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, LitStr, TraitItem};

use super::literal::Literal;

/// Returns the string literals of a file, in their order.
pub(super) fn literals(file: &str, code: &str) -> Result<Vec<Literal>, String> {
    let parsed = syn::parse_file(code).map_err(|error| format!("{file}: {error}"))?;
    let mut reader = Reader { file, context: Vec::new(), found: Vec::new() };
    reader.items(parsed.items);
    Ok(reader.found)
}

struct Reader<'a> {
    file: &'a str,
    context: Vec<String>,
    found: Vec<Literal>,
}

impl Reader<'_> {
    fn items(&mut self, items: Vec<Item>) {
        for item in items {
            match item {
                Item::Fn(item) if !is_test(&item.attrs) => {
                    self.inside(&format!("fn {}", item.sig.ident), item.block);
                }
                Item::Mod(item) if !is_test(&item.attrs) => {
                    self.items(item.content.map(|(_, items)| items).unwrap_or_default());
                }
                Item::Impl(item) if !is_test(&item.attrs) => {
                    let name = last_ident(&item.self_ty.to_token_stream());
                    let name = match &item.trait_ {
                        Some((_, path, _)) => {
                            let of = path.segments.last().map(|last| last.ident.to_string());
                            format!("impl {} for {name}", of.unwrap_or_default())
                        }
                        None => format!("impl {name}"),
                    };
                    self.context.push(name);
                    for member in item.items {
                        match member {
                            ImplItem::Fn(member) if is_test(&member.attrs) => {}
                            ImplItem::Fn(member) => {
                                self.inside(&format!("fn {}", member.sig.ident), member.block);
                            }
                            ImplItem::Const(member) => {
                                self.inside(&format!("const {}", member.ident), member.expr);
                            }
                            ImplItem::Macro(member) => self.tokens(&member.mac.tokens),
                            _ => {}
                        }
                    }
                    self.context.pop();
                }
                Item::Trait(item) => {
                    for member in item.items {
                        if let TraitItem::Fn(member) = member
                            && let Some(block) = member.default
                        {
                            self.inside(&format!("fn {}", member.sig.ident), block);
                        }
                    }
                }
                Item::Const(item) if !is_test(&item.attrs) => {
                    self.inside(&format!("const {}", item.ident), item.expr);
                }
                Item::Static(item) => self.inside(&format!("const {}", item.ident), item.expr),
                Item::Macro(item) => {
                    let name = item.ident.map(|name| name.to_string());
                    let name = name.unwrap_or_else(|| last_ident(&item.mac.path.to_token_stream()));
                    self.inside(&format!("macro {name}"), item.mac.tokens);
                }
                _ => {}
            }
        }
    }

    fn inside(&mut self, name: &str, code: impl ToTokens) {
        self.context.push(name.to_owned());
        self.tokens(&code.to_token_stream());
        self.context.pop();
    }

    fn tokens(&mut self, tokens: &TokenStream) {
        let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
        self.trees(&trees);
    }

    fn trees(&mut self, trees: &[TokenTree]) {
        for (at, tree) in trees.iter().enumerate() {
            match tree {
                TokenTree::Group(group) if !is_attribute(&trees[..at], group) => {
                    self.context.push(head(&trees[..at]));
                    self.group(group);
                    self.context.pop();
                }
                _ => {
                    if let Some(text) = text_of(tree) {
                        self.add(text);
                    }
                }
            }
        }
    }

    fn group(&mut self, group: &Group) {
        let trees: Vec<TokenTree> = group.stream().into_iter().collect();
        let parts: Vec<&[TokenTree]> = trees
            .split(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ','))
            .filter(|part| !part.is_empty())
            .collect();
        let head = self.context.last().cloned().unwrap_or_default();
        if FORMATS.contains(&head.as_str())
            && let Some(at) = parts.iter().position(|part| sole_text(part).is_some())
            && let Some(template) = sole_text(parts[at])
        {
            self.add(filled(&template, &parts[at + 1..]));
            for part in parts[..at].iter().chain(&parts[at + 1..]) {
                self.trees(part);
            }
        } else if group.delimiter() == Delimiter::Bracket && is_joined(&parts) {
            let text =
                |part: &&[TokenTree]| sole_text(part).unwrap_or_else(|| format!("{{{}}}", name_of(part)));
            self.add(parts.iter().map(text).collect());
        } else {
            self.trees(&trees);
        }
    }

    fn add(&mut self, text: String) {
        let context = self.context.iter().filter(|name| !name.is_empty()).cloned().collect();
        self.found.push(Literal { file: self.file.to_owned(), text, context });
    }
}

/// The macros with a template and its values.
const FORMATS: [&str; 6] = ["format!", "write!", "writeln!", "format_args!", "panic!", "unreachable!"];

/// Returns `true` for items that exist only in tests.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| needs_test(list.tokens.clone()))
    })
}

/// Returns `true` for the conditions `test` and `all(test, …)`.
fn needs_test(condition: TokenStream) -> bool {
    let mut head = String::new();
    for tree in condition {
        match tree {
            TokenTree::Ident(name) if name == "test" => return true,
            TokenTree::Ident(name) => head = name.to_string(),
            TokenTree::Group(group) if head == "all" && needs_test(group.stream()) => return true,
            _ => {}
        }
    }
    false
}

/// Returns `true` for the brackets of `#[…]`.
fn is_attribute(before: &[TokenTree], group: &Group) -> bool {
    let is = |tree: &TokenTree, mark| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == mark);
    group.delimiter() == Delimiter::Bracket
        && match before {
            [.., hash, bang] if is(bang, '!') => is(hash, '#'),
            [.., hash] => is(hash, '#'),
            [] => false,
        }
}

/// Returns the name before a group: `Error::invalid` of `Error::invalid(…)`, `format!` of `format!(…)`, `hints:` of
/// `hints: &[…]`.
fn head(before: &[TokenTree]) -> String {
    let mark = |tree: &TokenTree| match tree {
        TokenTree::Punct(punct) => Some(punct.as_char()),
        _ => None,
    };
    match before {
        [.., TokenTree::Ident(name), bang] if mark(bang) == Some('!') => format!("{name}!"),
        [.., TokenTree::Ident(name), colon, and] if mark(colon) == Some(':') && mark(and) == Some('&') => {
            format!("{name}:")
        }
        [.., TokenTree::Ident(of), first, second, TokenTree::Ident(name)]
            if mark(first) == Some(':') && mark(second) == Some(':') =>
        {
            format!("{of}::{name}")
        }
        [.., TokenTree::Ident(name)] => name.to_string(),
        _ => String::new(),
    }
}

fn text_of(tree: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = tree else { return None };
    syn::parse2::<LitStr>(TokenTree::from(literal.clone()).into()).ok().map(|text| text.value())
}

/// Returns the text of an argument that is nothing but a string literal.
fn sole_text(part: &[TokenTree]) -> Option<String> {
    match part {
        [tree] => text_of(tree),
        _ => None,
    }
}

/// Returns `true` for the parts of a text that must be joined: `["at ", name]`.
fn is_joined(parts: &[&[TokenTree]]) -> bool {
    let texts = || parts.iter().filter_map(|part| sole_text(part));
    texts().any(|text| text.starts_with(' ') || text.ends_with(' ')) && texts().count() < parts.len()
}

/// Writes the names of the values into a template: `{} bytes` with `body.len()` is `{body} bytes`.
fn filled(template: &str, values: &[&[TokenTree]]) -> String {
    let is_named =
        |value: &&&[TokenTree]| matches!(value, [_, TokenTree::Punct(punct), ..] if punct.as_char() == '=');
    let mut values = values.iter().filter(|value| !is_named(value));
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let (mark, behind) = rest[at..].split_at(1);
        if behind.starts_with(mark) {
            out.push_str(mark);
            rest = &behind[1..];
            continue;
        }
        let (placeholder, after) = behind.split_once('}').unwrap_or((behind, ""));
        let name = placeholder.split(':').next().unwrap_or_default();
        let name = match values.next_if_unnamed(name) {
            Some(value) => name_of(value),
            None => name.to_owned(),
        };
        out.push_str(&format!("{{{name}}}"));
        rest = after;
    }
    out + rest
}

/// Takes the next value of a template for a placeholder without a name.
trait NextIfUnnamed<'a> {
    fn next_if_unnamed(&mut self, name: &str) -> Option<&'a [TokenTree]>;
}

impl<'a, I: Iterator<Item = &'a &'a [TokenTree]>> NextIfUnnamed<'a> for I {
    fn next_if_unnamed(&mut self, name: &str) -> Option<&'a [TokenTree]> {
        if name.is_empty() { self.next().copied() } else { None }
    }
}

/// Names a value: by its last variable or member, or by its last function if it has neither.
fn name_of(value: &[TokenTree]) -> String {
    let (mut variable, mut function) = (None, None);
    for (at, tree) in value.iter().enumerate() {
        if let TokenTree::Ident(name) = tree {
            let name = name.to_string();
            match value.get(at + 1) {
                Some(TokenTree::Group(_)) => function = Some(name),
                _ if name != "self" && name != "mut" => variable = Some(name),
                _ => {}
            }
        }
    }
    variable.or(function).unwrap_or_else(|| "…".into())
}

/// Returns the last identifier of a type or path, without its arguments.
fn last_ident(tokens: &TokenStream) -> String {
    let mut last = String::new();
    for tree in tokens.clone() {
        match tree {
            TokenTree::Ident(name) => last = name.to_string(),
            TokenTree::Punct(punct) if punct.as_char() == '<' => break,
            _ => {}
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(code: &str) -> Vec<(String, String)> {
        let found = literals("a.rs", code).unwrap();
        found.into_iter().map(|literal| (literal.context.join(" > "), literal.text)).collect()
    }

    #[test]
    fn literals_have_the_names_around_them() {
        let code = r#"impl fmt::Display for crate::A<'_> { fn fmt(&self) { f.write_str("one") } }
            fn f() { Error::invalid("field", "two"); } const C: &str = "three"; static S: T = T { hints: &[("a", "b")] };"#;
        let expected = [
            ("impl Display for A > fn fmt > write_str", "one"),
            ("fn f > Error::invalid", "field"),
            ("fn f > Error::invalid", "two"),
            ("const C", "three"),
            ("const S > T > hints:", "a"),
            ("const S > T > hints:", "b"),
        ];
        assert_eq!(read(code), expected.map(|(context, text)| (context.into(), text.into())));
    }

    #[test]
    fn placeholders_get_the_names_of_their_values() {
        let code = r#"fn f() { format!("{} {a:?} {{}} {} {}", self.b.len(), x.c(), d()); ["at ", &e.to_string(), "."].concat() }"#;
        let texts: Vec<_> = read(code).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["{b} {a} {} {x} {d}", "at {e}."]);
    }

    #[test]
    fn tests_attributes_and_comments_are_left_out() {
        let code = r#"//! a
            #[cfg(test)] mod tests { fn f() { "b" } } #[cfg(all(test, x))] fn g() { "c" }
            /// d
            fn h() { #[expect(x, reason = "e")] let x = 1; "kept" }"#;
        assert_eq!(read(code).iter().map(|(_, text)| text).collect::<Vec<_>>(), ["kept"]);
    }
}
