//! Doc comments as text: read from attributes, and written again as plain string literals, the only form
//! that rustdoc, UniFFI, PyO3 and tsify all take.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, Lit, Meta};

/// The text of all `///` lines, without the space that follows the slashes.
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

/// The attributes that say `text`.
pub(crate) fn attributes(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| format!(" {line}"));
    quote! { #( #[doc = #lines] )* }
}

/// `text` with a further paragraph, if there is one to add.
pub(crate) fn with_paragraph(text: &str, paragraph: &str) -> String {
    if paragraph.is_empty() { text.to_owned() } else { format!("{text}\n\n{paragraph}") }
}

/// Every attribute that is neither documentation nor one of ours.
pub(crate) fn others<'a>(attributes: &'a [Attribute], ours: &[&str]) -> Vec<&'a Attribute> {
    attributes
        .iter()
        .filter(|attribute| {
            let path = attribute.path();
            !path.is_ident("doc") && !ours.iter().any(|name| path.is_ident(name))
        })
        .collect()
}
