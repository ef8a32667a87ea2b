//! `#[model]` on a struct: the data of an answer.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemStruct, parse_quote};

use crate::field::{self, Field};
use crate::{bindings, documentation};

pub(crate) fn expand(mut item: ItemStruct, answers: bool) -> syn::Result<TokenStream> {
    let syn::Fields::Named(named) = &mut item.fields else {
        return Err(syn::Error::new_spanned(item, "an answer has named fields"));
    };
    let declared: Vec<Field> = named.named.iter().map(Field::read).collect::<syn::Result<_>>()?;
    named.named.push(parse_quote! {
        /// What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order.
        #[field(extra)]
        pub extra: crate::json::Object
    });
    let fields: Vec<Field> = field::read_all(&item)?.into_iter().map(Field::answered).collect();
    let name = &item.ident;
    let text = name.to_string();
    let doc = documentation::text(&item.attrs);
    let outer = documentation::attributes(&doc);
    let plain = documentation::for_hosts(&doc);
    let others = documentation::others(&item.attrs, &[]);
    let visibility = &item.vis;
    let definitions = fields.iter().map(|field| {
        let Field { ident, ty, .. } = field;
        let doc = documentation::attributes(&field.doc);
        let bindings = if field.is_extra { bindings::extra_field() } else { bindings::answer_field(field) };
        quote! { #doc #bindings pub #ident: #ty }
    });
    let record = bindings::record();
    let items = bindings::answer(name, &doc, &fields);
    let debug = debug(name, &fields);
    let schemas = declared.iter().map(Field::schema);
    let idents: Vec<_> = declared.iter().map(|field| &field.ident).collect();
    let wires: Vec<_> = declared.iter().map(|field| &field.wire).collect();
    let answer = answers.then(|| {
        quote! {
            impl crate::answer::Answer for #name {
                fn read(_: u16, body: &[u8]) -> ::core::result::Result<Self, crate::answer::Unreadable> {
                    crate::answer::read_model(body)
                }
            }
        }
    });
    Ok(quote! {
        #outer
        #( #others )*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        #record
        #visibility struct #name { #( #definitions, )* }

        #debug
        #items

        impl crate::schema::Described for #name {
            const KIND: crate::schema::Kind = crate::schema::Kind::Model(&crate::schema::Schema {
                name: #text, doc: crate::schema::doc_text!(#plain), open: true, fields: &[ #( #schemas, )* ],
            });
        }

        impl crate::answer::Model for #name {
            fn fill<'de, A: ::serde::de::MapAccess<'de>>(
                &mut self, key: &str, map: &mut A,
            ) -> ::core::result::Result<bool, A::Error> {
                match key {
                    #( #wires => crate::answer::Slot::fill(&mut self.#idents, map)?, )*
                    _ => return ::core::result::Result::Ok(false),
                }
                ::core::result::Result::Ok(true)
            }

            fn extra(&mut self) -> &mut crate::json::Object {
                &mut self.extra
            }
        }

        impl crate::answer::Decode for #name {
            fn decode<'de, D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<::core::option::Option<Self>, D::Error> {
                crate::answer::decode_model(deserializer)
            }
        }

        #answer

        crate::redact::shown!(#name);

        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                crate::answer::require_model(deserializer)
            }
        }

        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(
                &self, serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(::core::option::Option::None)?;
                #( map.serialize_entry(#wires, &self.#idents)?; )*
                for (name, value) in self.extra.iter() {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    })
}

/// `Debug` without secrets and personal text.
pub(crate) fn debug(name: &syn::Ident, fields: &[Field]) -> TokenStream {
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
