//! What UniFFI, PyO3 and tsify want to see on a declared type, each behind its feature.
//!
//! Everything that can be said once for a leaf type stands in `core/src/hosts`; here is only what differs from one
//! declaration to the next.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Type};

use crate::field::{Field, Unset, argument, last_segment};
use crate::open_enum::Variant;

/// On a struct: its attributes, and the items that stand behind it. In Python its constructor takes keywords only.
pub(crate) fn record(name: &Ident, fields: &[Field]) -> (TokenStream, TokenStream) {
    let attributes = quote! {
        #[cfg_attr(feature = "python", ::pyo3::pyclass(frozen, get_all, eq, from_py_object, module = "hudhud"))]
        #[cfg_attr(feature = "uniffi", derive(::uniffi::Record), ::uniffi::export(Debug))]
        #[cfg_attr(feature = "wasm", derive(::tsify::Tsify))]
    };
    // What must be given stands first, wherever the vendor has it.
    let (required, optional): (Vec<_>, Vec<_>) =
        fields.iter().partition(|field| matches!(field.unset(), Unset::Refused));
    let in_order: Vec<_> = required.iter().chain(&optional).collect();
    let idents: Vec<_> = in_order.iter().map(|field| &field.ident).collect();
    let types = in_order.iter().map(|field| &field.ty);
    let required = required.iter().map(|Field { ident, .. }| quote! { #ident });
    let optional = optional.iter().map(|field| {
        let ident = &field.ident;
        match field.unset() {
            Unset::Absent => quote! { #ident = crate::nullable::Nullable::Absent },
            Unset::Empty => quote! { #ident = ::core::default::Default::default() },
            // Without its path: so Python's own signature says `None`, and not `...`.
            Unset::None | Unset::Refused => quote! { #ident = None },
        }
    });
    let star = (!fields.is_empty()).then(|| quote! { *, });
    let shown = fields.iter().map(|field| {
        let (wire, hidden) = (&field.wire, field.is_hidden());
        quote! { (#wire, #hidden) }
    });
    let items = quote! {
        #[cfg(feature = "python")]
        #[::pyo3::pymethods]
        impl #name {
            #[new]
            #[pyo3(signature = (#star #( #required, )* #( #optional, )*))]
            #[allow(clippy::too_many_arguments)]
            fn __new__(#( #idents: #types ),*) -> Self {
                Self { #( #idents ),* }
            }

            fn __repr__(slf: &::pyo3::Bound<'_, Self>) -> ::pyo3::PyResult<::alloc::string::String> {
                crate::hosts::python::repr(slf.as_any(), &[ #( #shown ),* ])
            }
        }
    };
    (attributes, items)
}

/// On a field.
pub(crate) fn field(field: &Field) -> TokenStream {
    match field {
        field if field.is_extra => extra_field(),
        field if field.is_answer => answer_field(field),
        field => input_field(field),
    }
}

/// On a field of a call: what it is when it is not given.
fn input_field(field: &Field) -> TokenStream {
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

/// On a field of an answer: always there, and `null` where the vendor says nothing. Whoever makes one, as tests do,
/// names only the fields that matter; so a field more breaks nobody.
fn answer_field(field: &Field) -> TokenStream {
    let typescript = typescript(&field.ty);
    let uniffi = match field.unset() {
        Unset::Refused => None,
        Unset::Empty => Some(quote! { #[cfg_attr(feature = "uniffi", uniffi(default))] }),
        Unset::None | Unset::Absent => {
            Some(quote! { #[cfg_attr(feature = "uniffi", uniffi(default = None))] })
        }
    };
    quote! {
        #uniffi
        #[cfg_attr(feature = "wasm", tsify(type = #typescript))]
    }
}

/// On what an answer holds beside its fields. As JSON, and so in JavaScript, these members stand among the others and
/// under no name of ours; the type names none, so that a misspelt field is an error.
fn extra_field() -> TokenStream {
    quote! {
        #[cfg_attr(feature = "uniffi", uniffi(default))]
        #[cfg_attr(feature = "wasm", serde(skip))]
    }
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
    let inner = || argument(ty).map(typescript).unwrap_or_default();
    match last_segment(ty).as_str() {
        "Option" | "Nullable" => format!("{} | null", inner()),
        "Vec" => format!("Array<{}>", inner()),
        "String" | "Id" | "Date" | "Timestamp" => "string".into(),
        "bool" => "boolean".into(),
        "u64" | "i64" | "f64" => "number".into(),
        "Json" => "unknown".into(),
        "Object" => "Record<string, unknown>".into(),
        "Bytes" => "Uint8Array".into(),
        name => name.into(),
    }
}
