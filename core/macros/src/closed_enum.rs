//! `#[closed_enum]`: a closed set of names that the library defines, the same in every host.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, ItemEnum};

use crate::{bindings, documentation, variant};

/// Expands the enum and its names. A `typed` enum is a separate type in Kotlin and Swift. Elsewhere its names are
/// text.
pub(crate) fn expand(mut item: ItemEnum, is_typed: bool) -> syn::Result<TokenStream> {
    let variants = item.variants.iter().map(variant::read).collect::<syn::Result<Vec<_>>>()?;
    let name = item.ident.clone();
    let idents: Vec<&Ident> = variants.iter().map(|variant| &variant.ident).collect();
    let names: Vec<_> = variants.iter().map(|variant| &variant.wire).collect();
    let doc = format!(" The name in every host, such as `{}`.", names[names.len() - 1]);
    let outer = documentation::attributes(&documentation::text(&item.attrs));
    let rest = item.attrs.iter().filter(|attribute| !attribute.path().is_ident("doc"));
    let binding = is_typed.then(bindings::enumeration);
    let attributes = quote! { #outer #( #rest )* #binding };
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
    })
}
