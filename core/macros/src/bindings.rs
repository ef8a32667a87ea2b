//! What UniFFI, PyO3 and tsify want to see on a declared type, each behind its feature.

use proc_macro2::TokenStream;
use syn::Ident;

use crate::field::Field;
use crate::open_enum::Variant;

/// On an answer.
pub(crate) fn answer(_name: &Ident, _fields: &[Field]) -> TokenStream {
    TokenStream::new()
}

/// On a call, or a record inside one.
pub(crate) fn input(_name: &Ident, _fields: &[Field]) -> TokenStream {
    TokenStream::new()
}

/// On one of their fields.
pub(crate) fn field(_field: &Field) -> TokenStream {
    TokenStream::new()
}

/// On an open enum.
pub(crate) fn open_enum(_name: &Ident, _variants: &[Variant]) -> TokenStream {
    TokenStream::new()
}
