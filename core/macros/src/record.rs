//! A declared struct of a call or a response: its fields with their documentation, the bindings' attributes, a
//! `Debug` without secrets, and its schema.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemStruct;

use crate::field::Field;
use crate::{bindings, describe, documentation};

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
        let bindings = bindings::field(field);
        quote! { #doc #bindings pub #ident: #ty }
    });
    let record = bindings::record();
    let description = describe::record((visibility, name), doc, open, fields);
    let debug = debug(name, fields);
    let schemas = fields.iter().filter(|field| !field.is_extra).map(Field::schema);
    quote! {
        #outer
        #( #others )*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        #record
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
