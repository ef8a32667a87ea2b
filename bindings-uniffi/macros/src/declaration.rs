//! The declaration of a type, as core's macro passes it (`core/macros/src/describe.rs`), and the same type as UniFFI reads
//! it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Token, Type, braced, bracketed};

/// A declared type. It is written as a type of another crate, of which UniFFI needs only the conversions.
pub(crate) struct Remote {
    /// The documentation, and `#[non_exhaustive]` on a closed enum that may get new values.
    attributes: Vec<Attribute>,
    name: Ident,
    members: Members,
}

enum Members {
    /// The fields of a struct.
    Fields(Vec<TokenStream>),
    /// The values of a closed enum.
    Values(Vec<TokenStream>),
    /// The values of an open enum.
    OpenValues(Vec<TokenStream>),
}

impl Parse for Remote {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (context, inside);
        bracketed!(context in input);
        context.parse::<TokenStream>()?;
        let attributes = Attribute::parse_outer(input)?;
        let kind: Ident = input.parse()?;
        let name = input.parse()?;
        braced!(inside in input);
        let all = |read| Ok::<_, syn::Error>(inside.parse_terminated(read, Token![,])?.into_iter().collect());
        let members = match kind.to_string().as_str() {
            "input" | "output" => Members::Fields(all(field)?),
            "closed_enum" => Members::Values(all(value)?),
            "open_enum" => Members::OpenValues(all(value)?),
            _ => {
                let expected = "expected `input`, `output`, `closed_enum` or `open_enum`";
                return Err(syn::Error::new(kind.span(), expected));
            }
        };
        Ok(Self { attributes, name, members })
    }
}

/// Reads a field, and returns it with its default. Code that creates a response, such as a test, names only the fields
/// that it needs, so that new fields break no code.
fn field(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let doc = Attribute::parse_outer(input)?;
    let ident: Ident = input.parse()?;
    input.parse::<Token![:]>()?;
    let ty: Type = input.parse()?;
    input.parse::<Token![=]>()?;
    let words;
    bracketed!(words in input);
    words.parse::<LitStr>()?;
    let unset: Ident = words.parse()?;
    // UniFFI needs neither the wire name nor the words after the default.
    words.parse::<TokenStream>()?;
    let default = match unset.to_string().as_str() {
        "refused" => TokenStream::new(),
        "empty" => quote! { #[uniffi(default)] },
        "none" | "absent" => quote! { #[uniffi(default = None)] },
        _ => return Err(syn::Error::new(unset.span(), "unknown default")),
    };
    Ok(quote! { #( #doc )* #default #ident: #ty })
}

/// Reads a value of an enum, and returns it without its wire value.
fn value(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let doc = Attribute::parse_outer(input)?;
    let ident: Ident = input.parse()?;
    input.parse::<Token![=]>()?;
    let wire;
    bracketed!(wire in input);
    wire.parse::<LitStr>()?;
    Ok(quote! { #( #doc )* #ident })
}

impl ToTokens for Remote {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, name, members } = self;
        tokens.extend(match members {
            Members::Fields(fields) => quote! {
                #[::uniffi::remote(Record)]
                #( #attributes )*
                struct #name { #( #fields, )* }
            },
            Members::Values(values) => quote! {
                #[::uniffi::remote(Enum)]
                #( #attributes )*
                enum #name { #( #values, )* }
            },
            Members::OpenValues(values) => quote! {
                #[::uniffi::remote(Enum)]
                #( #attributes )*
                #[non_exhaustive]
                enum #name {
                    #( #values, )*
                    /// A value that this version of the library does not know, verbatim.
                    Other(#[uniffi(name = "value")] ::std::string::String),
                }
            },
        });
    }
}
