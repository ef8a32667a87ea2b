//! The attributes that UniFFI needs on a declared type, under its feature.
//!
//! Code that is the same for all declarations is in `core/src/bindings`. This module contains only the parts that
//! differ between declarations.

use proc_macro2::TokenStream;
use quote::quote;

use crate::field::{Field, Unset};

/// Returns the attributes of every struct.
pub(crate) fn record() -> TokenStream {
    quote! { #[cfg_attr(feature = "uniffi", derive(::uniffi::Record))] }
}

/// Returns the attributes of a field, with its default. Code that creates a response, such as a test, names only the
/// fields that it needs, so that new fields break no code.
pub(crate) fn field(field: &Field) -> TokenStream {
    match field.unset() {
        Unset::Refused => TokenStream::new(),
        Unset::Empty => quote! { #[cfg_attr(feature = "uniffi", uniffi(default))] },
        Unset::None | Unset::Absent => quote! { #[cfg_attr(feature = "uniffi", uniffi(default = None))] },
    }
}

/// Returns the attributes of an enum.
pub(crate) fn enumeration() -> TokenStream {
    quote! { #[cfg_attr(feature = "uniffi", derive(::uniffi::Enum))] }
}

/// Returns the attributes of the field that contains an unknown value.
pub(crate) fn other() -> TokenStream {
    quote! { #[cfg_attr(feature = "uniffi", uniffi(name = "value"))] }
}
