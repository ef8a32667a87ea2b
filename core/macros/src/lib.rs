//! The three attributes by which `hudhud` declares a thing once.
//!
//! - [`macro@model`] turns a plain struct into an answer (or, as `#[model(input)]`, into a part of a call)
//!   and a plain enum into an open one that keeps values nobody knew when it was written.
//! - [`macro@endpoint`] turns a struct into a call: its fields become path parameters, query or body.
//! - [`macro@choice`] turns a plain enum into a closed set of names of our own.
//!
//! They write what a reader would otherwise have to: decoding that never fails on the unknown, encoding,
//! checks of the stated limits, a `Debug` without secrets or personal text, the schema from which every
//! host's documentation comes, and, behind features, what the binding frameworks want to see.
//! They are the only place beside the bindings that names a binding framework.

mod bindings;
mod choice;
mod documentation;
mod endpoint;
mod field;
mod flat;
mod model;
mod open_enum;
mod record;

use proc_macro::TokenStream;
use proc_macro2::Span;
use syn::{Item, parse_macro_input};

/// Declares data: the struct of an answer, with `(manual)` one that reads itself from a body in its own way,
/// with `(input)` a record inside a call, or an open enum.
///
/// Field attributes are those of [`macro@endpoint`]. In an enum the wire value of a variant is its name in
/// snake case; `#[wire("name", "also read")]` says otherwise.
#[proc_macro_attribute]
pub fn model(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let kind = attribute.to_string();
    let expanded = match (parse_macro_input!(item as Item), kind.as_str()) {
        (Item::Struct(item), "input") => endpoint::expand_record(item),
        (Item::Struct(item), "manual") => model::expand(item, false),
        (Item::Struct(item), "") => model::expand(item, true),
        (Item::Enum(item), "") => open_enum::expand(item),
        (other, _) => Err(syn::Error::new_spanned(
            other,
            "#[model] stands on a struct, as `input` or `manual` if need be, or on an enum",
        )),
    };
    expanded.unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Declares a closed set of names of our own, such as the ways in which a transport fails; with `(typed)` one that is a
/// type of its own in Kotlin and Swift, and not only a text.
///
/// The name of a variant is its name in snake case; `#[wire("NAME")]` says otherwise.
#[proc_macro_attribute]
pub fn choice(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let is_typed = match attribute.to_string().as_str() {
        "" => Ok(false),
        "typed" => Ok(true),
        _ => Err(syn::Error::new(Span::call_site(), "#[choice] takes nothing but `typed`")),
    };
    let item = parse_macro_input!(item as syn::ItemEnum);
    let expanded = is_typed.and_then(|is_typed| choice::expand(item, is_typed));
    expanded.unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Declares a call: `#[endpoint(GET "/api/v1/contacts", ability = "contacts.read", inferred(method))]`.
///
/// After the route may follow `ability = "…"`, `anonymous` (no keys are sent), `update` (PUT or PATCH as the
/// client is set), `inferred(…)` (what the vendor's page does not state) and `multipart` (the body is a form with a file).
///
/// A field may carry `#[field(…)]` with `path`, `phone`, `max = chars`, `range(low, high)`,
/// `min = number`, `default = "value sent when absent"`, `taken_as = "what the vendor takes when absent"`,
/// `required_if(field = "value", …)`, `required_unless(field = "value", …)`, `required_without(field)`, `secret` and
/// `inferred = "why"`.
#[proc_macro_attribute]
pub fn endpoint(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let route = parse_macro_input!(attribute as endpoint::Route);
    let item = parse_macro_input!(item as syn::ItemStruct);
    endpoint::expand(route, item).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Adds to the rows of `for_each_endpoint!` the names that a language without generic types needs, and hands all to
/// another macro: `for_each_endpoint!(hudhud_macros::flat_names, stamp)` expands to `stamp! { … }` with
///
/// - `vendors { zagely ZagelyCall { ContactsList "contacts.list" " doc" ListContacts page; … } … }`, where the last
///   word of a call is `one` if its answer is no page;
/// - `answers { ContactPage [Page<Contact>]; … }`, each once;
/// - `pages { ContactPage [Contact]; … }`.
#[proc_macro]
pub fn flat_names(input: TokenStream) -> TokenStream {
    flat::expand(parse_macro_input!(input as flat::Catalog)).into()
}
