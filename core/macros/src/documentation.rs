//! Converts doc comments: reads them from attributes and writes them as plain string literals, the only form that
//! rustdoc and all binding frameworks accept.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, Lit, Meta};

/// Returns the text of all `///` lines, without the space after the slashes.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes {
        let Meta::NameValue(pair) = &attribute.meta else { continue };
        if !pair.path.is_ident("doc") {
            continue;
        }
        if let Expr::Lit(literal) = &pair.value
            && let Lit::Str(line) = &literal.lit
        {
            let line = line.value();
            lines.push(line.strip_prefix(' ').unwrap_or(&line).to_owned());
        }
    }
    lines.join("\n")
}

/// Returns the doc attributes for `text`, one for each line.
pub(crate) fn attributes(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote! { #( #[doc = #lines] )* }
}

/// Returns the doc attributes for `text`, converted by [`for_hosts`].
pub(crate) fn attributes_for_hosts(text: &str) -> TokenStream {
    attributes(&for_hosts(text))
}

/// Converts `text` for readers of any language: removes Rust examples and rustdoc links.
pub(crate) fn for_hosts(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let (mut in_example, mut in_code) = (false, false);
    for line in text.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            if in_example {
                in_example = false;
                continue;
            }
            // A code block without a language, or with one of rustdoc's own words, is Rust.
            in_example = !in_code && matches!(language, "" | "rust" | "no_run" | "ignore" | "compile_fail");
            in_code = !in_code && !in_example;
        }
        let blank = line.is_empty() && lines.last().is_none_or(String::is_empty);
        if !in_example && !blank {
            lines.push(if in_code { line.to_owned() } else { unlink(line) });
        }
    }
    lines.join("\n").trim_end().to_owned()
}

/// Replaces ``[`Page`](crate::Page)`` and ``[`Page`]`` with `` `Page` ``. Keeps links to the web.
fn unlink(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, inside)) = rest.split_once("[`") {
        let Some((name, after)) = inside.split_once("`]") else { break };
        let (target, after) = match after.strip_prefix('(').and_then(|after| after.split_once(')')) {
            Some((target, after)) => (target, after),
            None => ("", after),
        };
        out.push_str(before);
        if target.contains("://") {
            out.push_str(&format!("[`{name}`]({target})"));
        } else {
            out.push_str(&format!("`{}`", name.rsplit("::").next().unwrap_or(name)));
        }
        rest = after;
    }
    out + rest
}

/// Appends a paragraph to `text`, unless the paragraph is empty.
pub(crate) fn with_paragraph(text: &str, paragraph: &str) -> String {
    if paragraph.is_empty() { text.to_owned() } else { format!("{text}\n\n{paragraph}") }
}

/// Returns the attributes that are neither documentation nor named in `ours`.
pub(crate) fn others<'a>(attributes: &'a [Attribute], ours: &[&str]) -> Vec<&'a Attribute> {
    attributes
        .iter()
        .filter(|attribute| {
            let path = attribute.path();
            !path.is_ident("doc") && !ours.iter().any(|name| path.is_ident(name))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::for_hosts;

    #[test]
    fn links_of_rustdoc_become_names() {
        for (rust, plain) in [
            ("Returns [`Page`](crate::Page) of [`Contact`].", "Returns `Page` of `Contact`."),
            ("See [`crate::Error`] and `x[0]`.", "See `Error` and `x[0]`."),
            ("See [`the page`](https://example.com/a).", "See [`the page`](https://example.com/a)."),
            ("Not closed: [`Page", "Not closed: [`Page"),
        ] {
            assert_eq!(for_hosts(rust), plain);
        }
    }

    #[test]
    fn examples_in_rust_are_left_out_and_others_stay() {
        let rust = "One.\n\nTwo.\n\n```\nlet x = 1;\n```\n\n```json\n[`a`]\n```\n\nThree.\n";
        assert_eq!(for_hosts(rust), "One.\n\nTwo.\n\n```json\n[`a`]\n```\n\nThree.");
        assert_eq!(for_hosts("One.\n\n```\nx\n```"), "One.");
    }
}
