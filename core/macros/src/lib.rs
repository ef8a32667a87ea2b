//! The attribute macros with which `hudhud` declares calls, responses and names once.
//!
//! - [`macro@model`] turns a plain struct into a response or, as `#[model(input)]`, into a part of a call. It turns a
//!   plain enum into an open one that keeps unknown values.
//! - [`macro@endpoint`] turns a struct into a call: its fields become path parameters, query parameters or the body.
//! - [`macro@closed_enum`] turns a plain enum into a closed set of names that the library defines.
//!
//! The macros generate code that would otherwise be written by hand: decoding that accepts unknown values, encoding,
//! checks of the stated limits, and a `Debug` without secrets or personal text. They also generate the schema for the
//! documentation of every host, and a description of each type for the bindings in other crates.

mod closed_enum;
mod describe;
mod documentation;
mod endpoint;
mod field;
mod model;
mod open_enum;
mod record;
mod variant;

use proc_macro::TokenStream;
use syn::{Item, parse_macro_input};

/// Declares data: the struct of a response or an open enum. With `(manual)`, the struct implements its own decoding.
/// With `(input)`, it is a record inside a call.
///
/// The field attributes are those of [`macro@endpoint`]. The wire value of an enum's variant is its name in snake
/// case. `#[wire("name", "also read")]` overrides it.
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

/// Declares a closed set of names that the library defines, such as the faults of a transport.
///
/// The name of a variant is its Rust name in snake case. `#[wire("NAME")]` overrides it. `#[non_exhaustive]` after this
/// attribute allows new names.
#[proc_macro_attribute]
pub fn closed_enum(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let _ = parse_macro_input!(attribute as syn::parse::Nothing);
    let item = parse_macro_input!(item as syn::ItemEnum);
    closed_enum::expand(item).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Declares a call: `#[endpoint(GET "/api/v1/contacts", ability = "contacts.read", inferred(method))]`.
///
/// The route may be followed by `ability = "…"`, `anonymous` (no keys are sent), `update` (PUT or PATCH, as the
/// client is set), `inferred(…)` (the parts that the vendor's page does not state) and `multipart` (the body is a
/// form with a file).
///
/// A field may have `#[field(…)]` with `path`, `phone`, `e164`, `identifier` (errors may show it),
/// `session_if(field = "value", …)` (the client's settings supply the session then), `max = chars`,
/// `range(low, high)`, `min = number`,
/// `sent_default = "value sent when absent"`, `vendor_default = "value that the vendor uses when absent"`,
/// `required_if(field = "value", …)`, `required_unless(field = "value", …)`, `required_without(field)`, `secret` and
/// `inferred = "why"`.
#[proc_macro_attribute]
pub fn endpoint(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let route = parse_macro_input!(attribute as endpoint::Route);
    let item = parse_macro_input!(item as syn::ItemStruct);
    endpoint::expand(route, item).unwrap_or_else(|error| error.to_compile_error()).into()
}
