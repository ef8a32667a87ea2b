//! The declaration of one value of an enum: its name in Rust, its texts in JSON, its documentation.

use syn::{Ident, LitStr, Token, parse::Parser, punctuated::Punctuated};

use crate::documentation;

/// One value of an enum.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) wire: String,
    /// Other texts that are read as this value.
    pub(crate) also: Vec<String>,
    pub(crate) doc: String,
}

/// Reads a variant with its documentation and its attribute `#[wire(…)]`.
pub(crate) fn read(variant: &syn::Variant) -> syn::Result<Variant> {
    let doc = documentation::text(&variant.attrs);
    if doc.is_empty() {
        return Err(syn::Error::new_spanned(variant, "a value needs documentation"));
    }
    let mut names = vec![snake_case(&variant.ident.to_string())];
    for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("wire")) {
        let list = Punctuated::<LitStr, Token![,]>::parse_terminated
            .parse2(attribute.meta.require_list()?.tokens.clone())?;
        names = list.iter().map(LitStr::value).collect();
    }
    let wire = names.remove(0);
    Ok(Variant { ident: variant.ident.clone(), wire, also: names, doc })
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}
