//! `#[model]` on a struct: the data of a response.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemStruct, parse_quote};

use crate::field::{self, Field};
use crate::{documentation, record};

pub(crate) fn expand(mut item: ItemStruct, answers: bool) -> syn::Result<TokenStream> {
    let syn::Fields::Named(named) = &mut item.fields else {
        return Err(syn::Error::new_spanned(item, "an answer has named fields"));
    };
    let declared: Vec<Field> = named.named.iter().map(Field::read).collect::<syn::Result<_>>()?;
    named.named.push(parse_quote! {
        /// Members of the response that have no field above: name and value, verbatim, in the vendor's order.
        #[field(extra)]
        pub extra: crate::macro_support::Object
    });
    let fields: Vec<Field> = field::read_all(&item)?.into_iter().map(Field::answered).collect();
    let name = &item.ident;
    let record = record::declare(&item, &fields, &documentation::text(&item.attrs), true);
    let idents: Vec<_> = declared.iter().map(|field| &field.ident).collect();
    let wires: Vec<_> = declared.iter().map(|field| &field.wire).collect();
    let places = 0..idents.len();
    let output = answers.then(|| {
        quote! {
            impl crate::macro_support::Output for #name {
                fn read(_: u16, body: &[u8]) -> ::core::result::Result<Self, crate::macro_support::DecodeError> {
                    crate::macro_support::read_model(body)
                }
            }
        }
    });
    Ok(quote! {
        #record

        impl crate::macro_support::Model for #name {
            const FIELDS: &'static [&'static str] = &[ #( #wires ),* ];

            // A wasm module and the library for Kotlin and Swift must be small: there, one shared function decodes each type.
            #[cfg_attr(feature = "compact-json", inline(never))]
            fn fill<'de, A: ::serde::de::MapAccess<'de>>(
                &mut self, field: usize, map: &mut A,
            ) -> ::core::result::Result<(), A::Error> {
                match field {
                    #( #places => crate::macro_support::Slot::fill(&mut self.#idents, map), )*
                    _ => ::core::result::Result::Ok(()),
                }
            }

            fn extra(&mut self) -> &mut crate::macro_support::Object {
                &mut self.extra
            }
        }

        impl crate::macro_support::Decode for #name {
            fn decode<'de, D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<::core::option::Option<Self>, D::Error> {
                crate::macro_support::decode_model(deserializer, Self::default)
            }
        }

        #output

        crate::macro_support::debug_is_safe!(#name);

        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                crate::macro_support::require_model(deserializer)
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
