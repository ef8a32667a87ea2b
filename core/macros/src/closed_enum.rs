//! `#[closed_enum]`: a closed set of names that the library defines, the same in every host.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, ItemEnum};

use crate::{describe, documentation, record, variant};

/// Expands the enum, its names and its description.
pub(crate) fn expand(mut item: ItemEnum) -> syn::Result<TokenStream> {
    let variants = item.variants.iter().map(variant::read).collect::<syn::Result<Vec<_>>>()?;
    let name = item.ident.clone();
    let idents: Vec<&Ident> = variants.iter().map(|variant| &variant.ident).collect();
    let names: Vec<_> = variants.iter().map(|variant| &variant.wire).collect();
    let doc = format!(" The name in every host, such as `{}`.", names[names.len() - 1]);
    let text = documentation::text(&item.attrs);
    let outer = documentation::attributes(&text);
    let rest = documentation::others(&item.attrs, &["non_exhaustive"]);
    let is_open = item.attrs.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"));
    let non_exhaustive = is_open.then(record::non_exhaustive);
    let attributes = quote! { #outer #( #rest )* #non_exhaustive };
    let description = describe::closed_enum(&name, &text, is_open, &variants);
    for (variant, read) in item.variants.iter_mut().zip(&variants) {
        variant.attrs.retain(|attribute| !["doc", "wire"].iter().any(|name| attribute.path().is_ident(name)));
        let doc = documentation::attributes(&read.doc);
        let rest = &variant.attrs;
        let ident = &variant.ident;
        *variant = syn::parse_quote! { #doc #( #rest )* #ident };
    }
    let (visibility, variants) = (&item.vis, &item.variants);
    Ok(quote! {
        #attributes
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #visibility enum #name { #variants }

        impl #name {
            #[doc = #doc]
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { #( Self::#idents => #names, )* }
            }
        }

        impl crate::macro_support::ClosedEnum for #name {
            const ALL: &'static [Self] = &[ #( Self::#idents, )* ];

            fn as_str(self) -> &'static str {
                Self::as_str(self)
            }
        }

        #description
    })
}
