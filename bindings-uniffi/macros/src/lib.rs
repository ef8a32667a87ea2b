//! The macros that write what UniFFI needs of core's declared types and of its catalog.
//!
//! Core exports a hidden macro for each declared type, with the type's name. It passes the declaration to another macro:
//! `hudhud::zagely::GetContact!(hudhud_uniffi_macros::remote)`.

mod declaration;
mod flat_catalog;

use proc_macro::TokenStream;
use quote::ToTokens as _;
use syn::parse_macro_input;

/// Writes UniFFI's conversions of a struct or an enum. The scope must contain core's types. Core must be built with its
/// feature `exhaustive`, because the conversions create the type with all its fields.
#[proc_macro]
pub fn remote(input: TokenStream) -> TokenStream {
    parse_macro_input!(input as declaration::Remote).into_token_stream().into()
}

/// Adds the names that a language without generic types needs to the rows of `for_each_endpoint!`, and passes all of
/// them to another macro. `for_each_endpoint!(hudhud_uniffi_macros::flat_names, generate)` expands to `generate! { … }`
/// with
///
/// - `vendors { zagely ZagelyCall { ContactsList "contacts.list" " doc" ListContacts page; … } … }`, where the last
///   word of a call is `page` if its response is a page, and `one` otherwise;
/// - `answers { ContactPage [Page<Contact>]; … }`, without duplicates;
/// - `pages { ContactPage [Contact]; … }`.
#[proc_macro]
pub fn flat_names(input: TokenStream) -> TokenStream {
    flat_catalog::expand(parse_macro_input!(input as flat_catalog::Catalog)).into()
}
