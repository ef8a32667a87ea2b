//! `#[model]` on an enum: a set of names that the vendor may extend at any time.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemEnum;

use crate::variant::{Variant, read};
use crate::{describe, documentation, record};

pub(crate) fn expand(item: ItemEnum) -> syn::Result<TokenStream> {
    let variants: Vec<Variant> = item.variants.iter().map(read).collect::<syn::Result<_>>()?;
    let name = &item.ident;
    let text = name.to_string();
    let doc = documentation::text(&item.attrs);
    let outer = documentation::attributes(&doc);
    let plain = documentation::for_hosts(&doc);
    let visibility = &item.vis;
    let idents: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    let wires: Vec<_> = variants.iter().map(|variant| &variant.wire).collect();
    let docs = variants.iter().map(|variant| documentation::for_hosts(&variant.doc));
    let definitions = variants.iter().map(|variant| {
        let ident = &variant.ident;
        let doc = documentation::attributes(&variant.doc);
        quote! { #doc #ident }
    });
    let readings = variants.iter().map(|variant| {
        let (wire, also) = (&variant.wire, &variant.also);
        quote! { #wire #( | #also )* }
    });
    let also = variants
        .iter()
        .enumerate()
        .flat_map(|(position, variant)| variant.also.iter().map(move |text| quote! { (#text, #position) }));
    let non_exhaustive = record::non_exhaustive();
    let description = describe::open_enum((visibility, name), &doc, &variants);
    Ok(quote! {
        #outer
        #[derive(Clone, PartialEq, Eq, Hash)]
        #non_exhaustive
        #visibility enum #name {
            #( #definitions, )*
            /// A value that this version of the library does not know, verbatim.
            Other(::alloc::string::String),
        }

        impl #name {
            /// Returns the value as the vendor writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    #( Self::#idents => #wires, )*
                    Self::Other(text) => text,
                }
            }
        }

        impl ::core::convert::From<&str> for #name {
            fn from(text: &str) -> Self {
                match text {
                    #( #readings => Self::#idents, )*
                    other => Self::Other(other.into()),
                }
            }
        }

        impl ::core::convert::From<::alloc::string::String> for #name {
            fn from(text: ::alloc::string::String) -> Self {
                match Self::from(text.as_str()) {
                    Self::Other(_) => Self::Other(text),
                    known => known,
                }
            }
        }

        impl ::core::convert::AsRef<str> for #name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::core::cmp::PartialEq<str> for #name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl ::core::cmp::PartialEq<&str> for #name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl ::core::default::Default for #name {
            fn default() -> Self {
                Self::Other(::alloc::string::String::new())
            }
        }

        impl ::core::fmt::Debug for #name {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&crate::macro_support::RedactUnlessToken(self.as_str()), formatter)
            }
        }

        impl crate::macro_support::HasSchema for #name {
            const TYPE: crate::macro_support::Type = crate::macro_support::Type::Enum(&crate::macro_support::OpenEnum {
                name: #text, doc: crate::macro_support::doc_text!(#plain), values: &[ #( (#wires, crate::macro_support::doc_text!(#docs)), )* ], also: &[ #( #also ),* ],
            });
        }

        #description

        crate::macro_support::implement_open_enum!(#name);
    })
}
