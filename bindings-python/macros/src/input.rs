//! The class of a call, or of a record inside one. It holds core's values, each of which is converted when the
//! constructor reads it and when the attribute is read.

use proc_macro2::TokenStream;
use quote::quote;

use crate::declaration::{Declaration, Field, Unset};
use crate::members::{methods, signature};

pub(crate) fn expand(Declaration { doc, name, fields, .. }: &Declaration) -> TokenStream {
    let text = name.to_string();
    let definitions = fields.iter().map(|Field { doc, ident, ty, .. }| {
        quote! { #( #doc )* #ident: crate::declared::Native<#ty> }
    });
    // Required fields come first, regardless of the vendor's order.
    let (required, optional): (Vec<_>, Vec<_>) =
        fields.iter().partition(|field| field.unset == Unset::Refused);
    let in_order: Vec<_> = required.into_iter().chain(optional).collect();
    let parameters = in_order.iter().map(|field| &field.ident);
    let read = in_order.iter().map(|Field { ident, wire, unset, .. }| match unset {
        Unset::Refused => quote! { #ident: #ident.read(#wire)? },
        _ => quote! { #ident: #ident.read_or_default(#wire)? },
    });
    let signature = signature(&in_order);
    let methods = methods(fields);
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    quote! {
        const _: () = {
            #( #doc )*
            #[::pyo3::pyclass(frozen, get_all, name = #text, module = "hudhud")]
            pub(crate) struct Class { #( #definitions, )* }

            #[::pyo3::pymethods]
            impl Class {
                #[new]
                #signature
                #[allow(clippy::too_many_arguments)]
                fn __new__(#( #parameters: crate::declared::Argument<'_> ),*) -> ::pyo3::PyResult<Self> {
                    ::core::result::Result::Ok(Self { #( #read ),* })
                }

                #methods
            }

            impl crate::declared::Declared for #name {
                type Class = Class;
            }

            impl crate::declared::ToPython for #name {
                fn to_python(&self, py: ::pyo3::Python<'_>) -> ::pyo3::PyResult<::pyo3::Py<::pyo3::PyAny>> {
                    let class = Class {
                        #( #idents: crate::declared::Native(::core::clone::Clone::clone(&self.#idents)), )*
                    };
                    ::core::result::Result::Ok(::pyo3::Py::new(py, class)?.into_any())
                }
            }

            impl crate::declared::FromPython for #name {
                fn from_python(
                    object: ::pyo3::Borrowed<'_, '_, ::pyo3::PyAny>,
                ) -> ::pyo3::PyResult<Self> {
                    let class = object.cast::<Class>()?.get();
                    // Core's structs may get new fields, so they are not created by naming all fields.
                    let mut call = Self::default();
                    let _ = (class, &mut call);
                    #( call.#idents = ::core::clone::Clone::clone(&class.#idents.0); )*
                    ::core::result::Result::Ok(call)
                }
            }
        };
    }
}
