//! The class of a response, or of a record inside one. It holds Python values that are created while the JSON is read,
//! so that reading an attribute is cheap.

use proc_macro2::TokenStream;
use quote::quote;

use crate::declaration::{Declaration, Field};
use crate::members::{methods, signature};

pub(crate) fn expand(Declaration { doc, name, fields, .. }: &Declaration) -> TokenStream {
    let text = name.to_string();
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let read: Vec<_> = fields.iter().filter(|field| !field.is_rest).collect();
    let places = 0..read.len();
    let read_idents: Vec<_> = read.iter().map(|field| &field.ident).collect();
    let read_types: Vec<_> = read.iter().map(|field| &field.ty).collect();
    let host = quote! { crate::declared::field };
    let definitions = fields.iter().map(|Field { doc, ident, is_rest, .. }| {
        let ty = if *is_rest {
            quote! { #host::Extra }
        } else {
            quote! { ::pyo3::Py<::pyo3::PyAny> }
        };
        quote! { #( #doc )* #ident: #ty }
    });
    let in_order: Vec<_> = fields.iter().collect();
    let signature = signature(&in_order);
    let given = fields.iter().map(|Field { ident, ty, wire, is_rest, .. }| {
        if *is_rest {
            quote! { #ident: #host::Extra::given(#ident.accept_given::<#ty>(#wire)?) }
        } else {
            quote! { #ident: #ident.accept::<#ty>(py, #wire)? }
        }
    });
    let methods = methods(fields);
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
                fn __new__(
                    py: ::pyo3::Python<'_>, #( #idents: crate::declared::Argument<'_> ),*
                ) -> ::pyo3::PyResult<Self> {
                    let _ = py;
                    ::core::result::Result::Ok(Self { #( #given ),* })
                }

                #methods
            }

            /// The fields as they are read.
            struct Builder<'a, 'py> {
                texts: &'a #host::StringInterner<'py>,
                #( #read_idents: ::core::option::Option<::pyo3::Bound<'py, ::pyo3::PyAny>>, )*
                extra: ::hudhud::Object,
            }

            impl ::hudhud::host_support::Model for Builder<'_, '_> {
                const FIELDS: &'static [&'static str] = <#name as ::hudhud::host_support::Model>::FIELDS;

                fn fill<'de, A: ::serde::de::MapAccess<'de>>(
                    &mut self, field: usize, map: &mut A,
                ) -> ::core::result::Result<(), A::Error> {
                    match field {
                        #( #places => self.#read_idents = #host::next::<#read_types, A>(self.texts, map)?, )*
                        _ => {}
                    }
                    ::core::result::Result::Ok(())
                }

                fn extra(&mut self) -> &mut ::hudhud::Object {
                    &mut self.extra
                }
            }

            impl<'py> Builder<'_, 'py> {
                fn finish(self) -> ::pyo3::PyResult<::pyo3::Bound<'py, ::pyo3::PyAny>> {
                    let py = self.texts.py();
                    let class = Class {
                        #( #read_idents: #host::or_nothing::<#read_types>(py, self.#read_idents)?, )*
                        extra: #host::Extra::of(&self.extra, py)?,
                    };
                    ::core::result::Result::Ok(::pyo3::Bound::new(py, class)?.into_any())
                }
            }

            impl #host::PyField for #name {
                fn read<'de, 'py, D: ::serde::Deserializer<'de>>(
                    texts: &#host::StringInterner<'py>, json: D,
                ) -> ::core::result::Result<::core::option::Option<::pyo3::Bound<'py, ::pyo3::PyAny>>, D::Error>
                {
                    let mut draft = Builder {
                        texts,
                        #( #read_idents: ::core::option::Option::None, )*
                        extra: ::hudhud::Object::new(),
                    };
                    if ::hudhud::host_support::decode_model(json, || &mut draft)?.is_none() {
                        return ::core::result::Result::Ok(::core::option::Option::None);
                    }
                    draft.finish().map(::core::option::Option::Some).map_err(::serde::de::Error::custom)
                }

                fn from_py(
                    object: &::pyo3::Bound<'_, ::pyo3::PyAny>,
                ) -> ::pyo3::PyResult<::pyo3::Py<::pyo3::PyAny>> {
                    use ::pyo3::types::PyAnyMethods as _;
                    ::core::result::Result::Ok(object.cast::<Class>()?.as_any().clone().unbind())
                }
            }

            impl crate::declared::ToPython for #name {
                fn to_python(&self, py: ::pyo3::Python<'_>) -> ::pyo3::PyResult<::pyo3::Py<::pyo3::PyAny>> {
                    let class = Class {
                        #( #read_idents: crate::declared::ToPython::to_python(&self.#read_idents, py)?, )*
                        extra: #host::Extra::of(&self.extra, py)?,
                    };
                    ::core::result::Result::Ok(::pyo3::Py::new(py, class)?.into_any())
                }
            }

            impl crate::declared::Declared for #name {
                type Class = Class;
            }

            impl #host::PyModel for #name {}
        };
    }
}
