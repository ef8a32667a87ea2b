//! The members that the classes of all declared structs have.

use proc_macro2::TokenStream;
use quote::quote;

use crate::declaration::{Field, Unset};

/// Returns the signature of a constructor, which takes keywords only: for PyO3, and as text for Python.
pub(crate) fn signature(fields: &[&Field]) -> TokenStream {
    if fields.is_empty() {
        return quote! { #[pyo3(signature = ())] };
    }
    let parameters = fields.iter().map(|field| {
        let ident = &field.ident;
        match field.unset {
            Unset::Refused => quote! { #ident },
            _ => quote! { #ident = crate::declared::Argument::default_value() },
        }
    });
    let shown = fields.iter().map(|field| {
        let name = &field.wire;
        match field.unset {
            Unset::Refused => name.clone(),
            Unset::None => format!("{name}=None"),
            // The stubs use `...` too, because no literal represents this default.
            Unset::Absent => format!("{name}=..."),
            Unset::Empty if field.is_list() => format!("{name}=[]"),
            Unset::Empty => format!("{name}={{}}"),
        }
    });
    let shown = format!("(*, {})", shown.collect::<Vec<_>>().join(", "));
    quote! { #[pyo3(signature = (*, #( #parameters, )*), text_signature = #shown)] }
}

/// Returns the methods.
pub(crate) fn methods(fields: &[Field]) -> TokenStream {
    let shown = fields.iter().map(|Field { wire, is_hidden, .. }| quote! { (#wire, #is_hidden) });
    let fields = quote! { &[ #( #shown ),* ] };
    quote! {
        #[classattr]
        fn __match_args__(
            py: ::pyo3::Python<'_>,
        ) -> ::pyo3::PyResult<::pyo3::Bound<'_, ::pyo3::types::PyTuple>> {
            crate::declared::match_args(py, #fields)
        }

        fn __eq__(
            slf: &::pyo3::Bound<'_, Self>, other: &::pyo3::Bound<'_, Self>,
        ) -> ::pyo3::PyResult<bool> {
            crate::declared::equal(slf.as_any(), other.as_any(), #fields)
        }

        fn __repr__(slf: &::pyo3::Bound<'_, Self>) -> ::pyo3::PyResult<::std::string::String> {
            crate::declared::repr(slf.as_any(), #fields)
        }

        fn __reduce__<'py>(
            slf: &::pyo3::Bound<'py, Self>,
        ) -> ::pyo3::PyResult<crate::declared::Reduced<'py>> {
            crate::declared::reduce(slf.as_any(), #fields)
        }

        /// Converts the object to a dict of JSON values, under the vendor's names.
        fn to_dict<'py>(
            slf: &::pyo3::Bound<'py, Self>,
        ) -> ::pyo3::PyResult<::pyo3::Bound<'py, ::pyo3::types::PyDict>> {
            crate::declared::to_dict(slf.as_any(), #fields)
        }
    }
}
