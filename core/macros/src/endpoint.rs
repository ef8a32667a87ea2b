//! `#[endpoint]` declares a struct as a call; `#[model(input)]` declares a record inside a call.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, ItemStruct, LitStr, Token, Type};

use crate::field::{self, Field, Words, last_segment};
use crate::{documentation, record};

/// The arguments of `#[endpoint]`.
pub(crate) struct Route {
    method: Ident,
    path: LitStr,
    ability: Option<LitStr>,
    anonymous: bool,
    update: bool,
    multipart: bool,
    inferred: Vec<String>,
}

impl Parse for Route {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut route = Self {
            method: input.parse()?,
            path: input.parse()?,
            ability: None,
            anonymous: false,
            update: false,
            multipart: false,
            inferred: Vec::new(),
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let word = input.call(Ident::parse_any)?;
            match word.to_string().as_str() {
                "ability" => {
                    input.parse::<Token![=]>()?;
                    route.ability = Some(input.parse()?);
                }
                "anonymous" => route.anonymous = true,
                "update" => route.update = true,
                "multipart" => route.multipart = true,
                "inferred" => route.inferred = input.parse::<Words>()?.0,
                _ => return Err(syn::Error::new(word.span(), "unknown part of a route")),
            }
        }
        Ok(route)
    }
}

impl Route {
    /// Returns the sentences about the route that are appended to the call's documentation.
    fn sentences(&self) -> String {
        let path = self.path.value();
        let mut sentences = vec![format!("**Route:** `{} {path}`.", self.method)];
        sentences.push(match &self.ability {
            Some(ability) => format!("**Ability:** `{}`.", ability.value()),
            None if self.anonymous => "**Ability:** none; no key is sent.".into(),
            None => "**Ability:** none stated.".into(),
        });
        if path.starts_with("/api/v1/") && self.method != "GET" {
            sentences.push("Safe to repeat: the request has an idempotency key.".into());
        }
        if path.starts_with("/api/") && !path.starts_with("/api/v1/") {
            sentences
                .push("An app route: it may need an app token instead of the key pair (inferred).".into());
        }
        if self.update {
            sentences.push("Sent as PUT, or as PATCH if the client is set to PATCH. After a 405, the other method is tried once.".into());
        }
        if !self.inferred.is_empty() {
            sentences.push(format!("Inferred, not stated by the vendor: {}.", self.inferred.join(", ")));
        }
        sentences.join(" ")
    }
}

pub(crate) fn expand(route: Route, item: ItemStruct) -> syn::Result<TokenStream> {
    let fields = field::read_all(&item)?;
    let name = &item.ident;
    let doc = documentation::with_paragraph(&documentation::text(&item.attrs), &route.sentences());
    let parts = parts(&item, &fields, &doc)?;
    let Route { method, path, anonymous, update, multipart, inferred, .. } = &route;
    let ability = match &route.ability {
        Some(ability) => quote! { ::core::option::Option::Some(#ability) },
        None => quote! { ::core::option::Option::None },
    };
    let method = match method.to_string().as_str() {
        "GET" => quote! { Get },
        "POST" => quote! { Post },
        "PUT" => quote! { Put },
        "PATCH" => quote! { Patch },
        "DELETE" => quote! { Delete },
        _ => return Err(syn::Error::new(method.span(), "a method of HTTP, in capitals")),
    };
    let page = fields.iter().find(|field| field.wire == "page").map(|field| {
        let ident = &field.ident;
        quote! {
            impl crate::macro_support::Paged for #name {
                fn page(&self) -> u64 {
                    self.#ident.unwrap_or(1).max(1)
                }

                fn with_page(&self, page: u64) -> Self {
                    let mut call = ::core::clone::Clone::clone(self);
                    call.#ident = ::core::option::Option::Some(page);
                    call
                }
            }
        }
    });
    Ok(quote! {
        #parts

        impl crate::macro_support::Call for #name {
            const ROUTE: crate::macro_support::Route = crate::macro_support::Route {
                method: crate::macro_support::Method::#method,
                path: #path,
                ability: #ability,
                anonymous: #anonymous,
                update: #update,
                multipart: #multipart,
                inferred: &[ #( #inferred ),* ],
            };
        }

        #page
    })
}

pub(crate) fn expand_record(item: ItemStruct) -> syn::Result<TokenStream> {
    let fields = field::read_all(&item)?;
    let name = &item.ident;
    let parts = parts(&item, &fields, &documentation::text(&item.attrs))?;
    Ok(quote! {
        #parts
        crate::macro_support::implement_record!(#name);
    })
}

/// Returns the items that calls and records share: the struct, its builder and its `Input` implementation.
fn parts(item: &ItemStruct, fields: &[Field], doc: &str) -> syn::Result<TokenStream> {
    let name = &item.ident;
    let record = record::declare(item, fields, doc, false);
    let builder = builder(name, fields);
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let positions: Vec<_> = (0..fields.len()).collect();
    let conditions =
        fields.iter().enumerate().filter_map(|(at, field)| Some((at, field, field.condition.as_ref()?)));
    let conditions = conditions.map(|(at, field, condition)| {
        let named = |other: &Field| other.wire == condition.other;
        let Some(other_at) = fields.iter().position(named) else {
            return Err(syn::Error::new(field.ident.span(), "there is no field of the name it depends on"));
        };
        let (ident, other) = (&field.ident, &fields[other_at].ident);
        Ok(quote! {
            crate::macro_support::check_condition(
                at, (&fields[#at], &self.#ident), (&fields[#other_at], &self.#other), faults,
            );
        })
    });
    let conditions = conditions.collect::<syn::Result<Vec<_>>>()?;
    let puts = fields.iter().enumerate().map(|(at, field)| {
        let ident = &field.ident;
        let other = field.condition.as_ref().filter(|_| field.e164);
        match other.and_then(|condition| fields.iter().position(|other| other.wire == condition.other)) {
            Some(other_at) => {
                let other = &fields[other_at].ident;
                quote! {
                    crate::macro_support::put_if(sink, (&fields[#at], &self.#ident), (&fields[#other_at], &self.#other));
                }
            }
            None => quote! { sink.put(&fields[#at], &self.#ident); },
        }
    });
    Ok(quote! {
        #record
        #builder

        impl crate::macro_support::Input for #name {
            fn read(
                object: &mut crate::macro_support::Object, at: &str, faults: &mut crate::macro_support::FieldErrors,
            ) -> Self {
                let fields = <Self as crate::macro_support::Input>::fields();
                let _ = (&fields, &object, at, &faults);
                Self { #( #idents: crate::macro_support::take(object, at, &fields[#positions], faults), )* }
            }

            fn check(&self, at: &str, faults: &mut crate::macro_support::FieldErrors) {
                let fields = <Self as crate::macro_support::Input>::fields();
                let _ = (&fields, at, &faults);
                #( crate::macro_support::Value::check(&self.#idents, at, &fields[#positions], faults); )*
                #( #conditions )*
            }

            fn write(&self, sink: &mut dyn crate::macro_support::Sink) {
                let fields = <Self as crate::macro_support::Input>::fields();
                let _ = (&fields, &sink);
                #( #puts )*
            }
        }
    })
}

/// Returns the constructor `new` with the required fields, and a setter for each optional field.
fn builder(name: &Ident, fields: &[Field]) -> TokenStream {
    let (required, optional): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.is_required());
    let (parameters, values): (Vec<_>, Vec<_>) = required
        .iter()
        .map(|field| {
            let Field { ident, ty, .. } = field;
            let (accepts, convert) = accepted(ty);
            (quote! { #ident: #accepts }, quote! { #ident: { let value = #ident; #convert } })
        })
        .unzip();
    let summary = if required.is_empty() {
        "The call with nothing but defaults.".to_owned()
    } else {
        let names: Vec<_> = required.iter().map(|field| format!("`{}`", field.wire)).collect();
        format!("With what is required: {}.", names.join(", "))
    };
    let many = (required.len() > 6).then(|| quote! { #[allow(clippy::too_many_arguments)] });
    let setters = optional.iter().map(|field| {
        let Field { ident, .. } = field;
        let doc = documentation::attributes(&field.doc);
        let (accepts, convert) = accepted(field.inner());
        let nullable = field.outer() == "Nullable";
        let (accepts, convert) = if nullable {
            let inner = field.inner();
            (
                quote! { impl ::core::convert::Into<crate::macro_support::Nullable<#inner>> },
                quote! { value.into() },
            )
        } else {
            (accepts, quote! { ::core::option::Option::Some(#convert) })
        };
        quote! {
            #doc
            #[must_use]
            pub fn #ident(mut self, value: #accepts) -> Self {
                self.#ident = #convert;
                self
            }
        }
    });
    quote! {
        impl #name {
            #[doc = #summary]
            #[must_use]
            #many
            #[allow(clippy::needless_update)]
            pub fn new(#( #parameters ),*) -> Self {
                Self { #( #values, )* ..::core::default::Default::default() }
            }

            #( #setters )*
        }
    }
}

/// Returns the parameter type that a constructor accepts for a field, and the expression that converts `value`. Lists
/// come from any iterator, texts from anything that converts to text, other values unchanged.
fn accepted(ty: &Type) -> (TokenStream, TokenStream) {
    match last_segment(ty).as_str() {
        "Vec" => {
            let inner = field::argument(ty);
            (
                quote! { impl ::core::iter::IntoIterator<Item = impl ::core::convert::Into<#inner>> },
                quote! { value.into_iter().map(::core::convert::Into::into).collect() },
            )
        }
        "bool" | "u64" | "i64" | "f64" => (quote! { #ty }, quote! { value }),
        _ => (quote! { impl ::core::convert::Into<#ty> }, quote! { value.into() }),
    }
}
