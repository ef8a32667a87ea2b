//! The macro that writes the Python class of a declared type.
//!
//! Core exports a hidden macro for each declared type, with the type's name. It passes the declaration to another macro:
//! `hudhud::zagely::GetContact!(hudhud_python_macros::class)`. The output names the items of `hudhud-python` that are
//! the same for all types, by paths that begin with `crate::declared`.

mod declaration;
mod input;
mod members;
mod output;

use proc_macro::TokenStream;
use syn::parse_macro_input;

use crate::declaration::{Declaration, Kind};

/// Writes the class of a call, of a record inside one, or of a response. The scope must contain core's types.
#[proc_macro]
pub fn class(input: TokenStream) -> TokenStream {
    let declaration = parse_macro_input!(input as Declaration);
    match declaration.kind {
        Kind::Input => input::expand(&declaration).into(),
        Kind::Output => output::expand(&declaration).into(),
    }
}
