//! A declared struct of a call or a response: its fields with their documentation, a `Debug` without secrets, and its
//! schema.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemStruct;

use crate::field::Field;
use crate::{describe, documentation};

/// Declares a struct. An `open` one accepts unknown members, like responses.
pub(crate) fn declare(item: &ItemStruct, fields: &[Field], doc: &str, open: bool) -> TokenStream {
    let name = &item.ident;
    let text = name.to_string();
    let outer = documentation::attributes(doc);
    let plain = documentation::for_hosts(doc);
    let others = documentation::others(&item.attrs, &[]);
    let visibility = &item.vis;
    let definitions = fields.iter().map(|field| {
        let Field { ident, ty, .. } = field;
        let doc = documentation::attributes(&field.doc);
        quote! { #doc pub #ident: #ty }
    });
    let non_exhaustive = non_exhaustive();
    let description = describe::record((visibility, name), doc, open, fields);
    let debug = debug(name, fields);
    let schemas = fields.iter().filter(|field| !field.is_extra).map(Field::schema);
    quote! {
        #outer
        #( #others )*
        #[derive(Clone, Default, PartialEq)]
        #non_exhaustive
        #visibility struct #name { #( #definitions, )* }

        #debug
        #description

        impl crate::macro_support::HasSchema for #name {
            const TYPE: crate::macro_support::Type = crate::macro_support::Type::Model(&crate::macro_support::Schema {
                name: #text, doc: crate::macro_support::doc_text!(#plain), open: #open, fields: &[ #( #schemas, )* ],
            });
        }
    }
}

/// Returns the attribute of a type that may get new fields or values. A binding in another crate builds such a type from
/// its description, with all its fields, so core's feature `exhaustive` removes the attribute.
pub(crate) fn non_exhaustive() -> TokenStream {
    quote! { #[cfg_attr(not(feature = "exhaustive"), non_exhaustive)] }
}

/// Returns a `Debug` implementation without secrets and personal text.
fn debug(name: &syn::Ident, fields: &[Field]) -> TokenStream {
    let text = name.to_string();
    let wires = fields.iter().map(|field| &field.wire);
    let shown = fields.iter().map(Field::shown);
    quote! {
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                formatter.debug_struct(#text) #( .field(#wires, #shown) )* .finish()
            }
        }
    }
}
