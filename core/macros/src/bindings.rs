//! What UniFFI, PyO3 and tsify want to see on a declared type, each behind its feature.
//!
//! Everything that can be said once for a leaf type stands in `core/src/hosts`; here is only what differs from one
//! declaration to the next.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Type};

use crate::field::{self, Field};
use crate::open_enum::Variant;

/// On an answer.
pub(crate) fn answer(name: &Ident, fields: &[Field]) -> (TokenStream, TokenStream) {
    record(name, fields, None)
}

/// On a call, or a record inside one: with a constructor in Python, of keywords only.
pub(crate) fn input(name: &Ident, fields: &[Field]) -> (TokenStream, TokenStream) {
    let (required, optional): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.is_required());
    let in_order: Vec<_> = required.iter().chain(&optional).collect();
    let idents: Vec<_> = in_order.iter().map(|field| &field.ident).collect();
    let types = in_order.iter().map(|field| &field.ty);
    let required = required.iter().map(|Field { ident, .. }| quote! { #ident });
    let optional = optional.iter().map(|field| {
        let ident = &field.ident;
        match field.outer().as_str() {
            "Nullable" => quote! { #ident = crate::nullable::Nullable::Absent },
            _ => quote! { #ident = ::core::option::Option::None },
        }
    });
    let star = (!fields.is_empty()).then(|| quote! { *, });
    let constructor = quote! {
        #[new]
        #[pyo3(signature = (#star #( #required, )* #( #optional, )*))]
        #[allow(clippy::too_many_arguments)]
        fn __new__(#( #idents: #types ),*) -> Self {
            Self { #( #idents ),* }
        }
    };
    record(name, fields, Some(constructor))
}

/// The attributes of a struct, and the items that stand behind it.
fn record(name: &Ident, fields: &[Field], constructor: Option<TokenStream>) -> (TokenStream, TokenStream) {
    let attributes = quote! {
        #[cfg_attr(feature = "python", ::pyo3::pyclass(frozen, get_all, eq, from_py_object, module = "hudhud"))]
        #[cfg_attr(feature = "uniffi", derive(::uniffi::Record), ::uniffi::export(Debug))]
        #[cfg_attr(feature = "wasm", derive(::tsify::Tsify))]
    };
    let shown = fields.iter().map(|field| {
        let (wire, hidden) = (&field.wire, field.is_hidden());
        quote! { (#wire, #hidden) }
    });
    let items = quote! {
        #[cfg(feature = "python")]
        #[::pyo3::pymethods]
        impl #name {
            #constructor

            fn __repr__(slf: &::pyo3::Bound<'_, Self>) -> ::pyo3::PyResult<::alloc::string::String> {
                crate::hosts::python::repr(slf.as_any(), &[ #( #shown ),* ])
            }
        }
    };
    (attributes, items)
}

/// On a field of a call: what it is when it is not given.
pub(crate) fn input_field(field: &Field) -> TokenStream {
    let typescript = typescript(&field.ty);
    if field.is_required() {
        return quote! { #[cfg_attr(feature = "wasm", tsify(type = #typescript))] };
    }
    // Not given is not `null`, but for an update, where `null` is a wish of its own.
    let typescript = match field.outer().as_str() {
        "Nullable" => typescript,
        _ => self::typescript(field.inner()),
    };
    quote! {
        #[cfg_attr(feature = "uniffi", uniffi(default = None))]
        #[cfg_attr(feature = "wasm", tsify(optional, type = #typescript))]
    }
}

/// On a field of an answer: always there, and `null` where the vendor says nothing.
pub(crate) fn answer_field(field: &Field) -> TokenStream {
    let typescript = typescript(&field.ty);
    quote! { #[cfg_attr(feature = "wasm", tsify(type = #typescript))] }
}

/// On an open enum: in TypeScript the known values, and any other text.
pub(crate) fn open_enum(variants: &[Variant]) -> TokenStream {
    let known: String = variants.iter().map(|variant| format!("\"{}\" | ", variant.wire)).collect();
    let typescript = format!("{known}(string & {{}})");
    quote! {
        #[cfg_attr(feature = "uniffi", derive(::uniffi::Enum), ::uniffi::export(Debug))]
        #[cfg_attr(feature = "wasm", derive(::tsify::Tsify), tsify(type = #typescript))]
    }
}

/// Behind an open enum: in Python it is text.
pub(crate) fn open_enum_items(name: &Ident, variants: &[Variant]) -> TokenStream {
    let wires = variants.iter().map(|variant| &variant.wire);
    quote! {
        #[cfg(feature = "python")]
        crate::hosts::python::open_enum!(#name, #( #wires ),*);
    }
}

/// On the field of the variant that holds an unknown value.
pub(crate) fn other() -> TokenStream {
    quote! { #[cfg_attr(feature = "uniffi", uniffi(name = "value"))] }
}

/// A Rust type in TypeScript.
fn typescript(ty: &Type) -> String {
    let argument = || field::argument(ty).map(typescript).unwrap_or_default();
    match field::last_segment(ty).as_str() {
        "Option" | "Nullable" => format!("{} | null", argument()),
        "Vec" => format!("Array<{}>", argument()),
        "String" | "Id" | "Date" | "Timestamp" => "string".into(),
        "bool" => "boolean".into(),
        "u64" | "i64" | "f64" => "number".into(),
        "Json" => "unknown".into(),
        "Object" => "Record<string, unknown>".into(),
        "Bytes" => "Uint8Array".into(),
        name => name.into(),
    }
}
