//! The catalog for languages whose bindings have no generic types: each call, each response and each page has its own
//! name.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::{GenericArgument, Ident, LitStr, PathArguments, Token, Type, braced, bracketed};

/// The rows of `for_each_endpoint!`, after the name of the macro that receives them.
pub(crate) struct Catalog {
    callback: TokenStream,
    vendors: Vec<(Ident, Vec<Row>)>,
}

struct Row {
    group: Ident,
    verb: Ident,
    call: Ident,
    output: Type,
}

impl Parse for Catalog {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let context;
        bracketed!(context in input);
        let mut catalog = Self { callback: context.parse()?, vendors: Vec::new() };
        while !input.is_empty() {
            let vendor = input.parse()?;
            let groups;
            braced!(groups in input);
            let mut rows = Vec::new();
            while !groups.is_empty() {
                let group: Ident = groups.parse()?;
                let verbs;
                braced!(verbs in groups);
                while !verbs.is_empty() {
                    rows.push(Row::parse(&group, &verbs)?);
                }
            }
            catalog.vendors.push((vendor, rows));
        }
        Ok(catalog)
    }
}

impl Row {
    fn parse(group: &Ident, input: ParseStream<'_>) -> syn::Result<Self> {
        let verb = Ident::parse(input)?;
        input.parse::<Token![:]>()?;
        let call = input.parse()?;
        input.parse::<Token![->]>()?;
        let output;
        bracketed!(output in input);
        let output = output.parse()?;
        input.parse::<Token![;]>()?;
        Ok(Self { group: group.clone(), verb, call, output })
    }

    /// Returns the response's name and type, and for a page also the type of its items.
    fn output(&self, vendor: &Ident) -> (Ident, TokenStream, Option<TokenStream>) {
        let item = argument(&self.output).map(last_segment).unwrap_or_default();
        let item = |suffix| (format_ident!("{item}{suffix}"), Ident::new(&item, Span::call_site()));
        match last_segment(&self.output).as_str() {
            "Page" => {
                let (name, item) = item("Page");
                let item = quote! { ::hudhud::#vendor::#item };
                (name, quote! { ::hudhud::Page<#item> }, Some(item))
            }
            "Vec" => {
                let (name, item) = item("List");
                (name, quote! { ::std::vec::Vec<::hudhud::#vendor::#item> }, None)
            }
            name => {
                let name = Ident::new(name, Span::call_site());
                (name.clone(), quote! { ::hudhud::#vendor::#name }, None)
            }
        }
    }
}

pub(crate) fn expand(catalog: Catalog) -> TokenStream {
    let callback = catalog.callback;
    let (mut answers, mut pages, mut seen) = (TokenStream::new(), TokenStream::new(), Vec::new());
    let mut vendors = TokenStream::new();
    for (vendor, rows) in &catalog.vendors {
        let mut calls = TokenStream::new();
        for row in rows {
            let Row { group, verb, call, .. } = row;
            let variant = format_ident!("{}{}", camel(group), camel(verb));
            let name = LitStr::new(&format!("{group}.{verb}"), verb.span());
            let doc = LitStr::new(&format!(" `{group}.{verb}`"), verb.span());
            let (output, ty, item) = row.output(vendor);
            let shape = if item.is_some() {
                quote! { page }
            } else {
                quote! { one }
            };
            calls.extend(quote! { #variant #name #doc #call #shape; });
            if !seen.contains(&output) {
                answers.extend(quote! { #output [#ty]; });
                pages.extend(item.map(|item| quote! { #output [#item]; }));
                seen.push(output);
            }
        }
        let all = format_ident!("{}Call", camel(vendor));
        vendors.extend(quote! { #vendor #all { #calls } });
    }
    quote! { #callback! { vendors { #vendors } answers { #answers } pages { #pages } } }
}

/// Converts `contact_groups` to `ContactGroups`.
fn camel(name: &Ident) -> String {
    let capital = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    };
    name.to_string().split('_').map(capital).collect()
}

/// Returns the last name of a path type.
fn last_segment(ty: &Type) -> String {
    match ty {
        Type::Path(path) => {
            path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Returns `T` of `Wrapper<T>`.
fn argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
