//! The attributes and items that UniFFI, PyO3 and tsify need on a declared type, each under its feature.
//!
//! Code that is the same for all declarations is in `core/src/bindings`. This module contains only the parts that
//! differ between declarations.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Type};

use crate::documentation;
use crate::field::{Field, Unset, argument, last_segment};
use crate::variant::Variant;

/// Returns the attributes of every struct.
pub(crate) fn record() -> TokenStream {
    quote! {
        #[cfg_attr(feature = "uniffi", derive(::uniffi::Record))]
        #[cfg_attr(feature = "wasm", derive(::tsify::Tsify))]
    }
}

/// Returns the Python attributes and items of a call, or of a record inside one. Its constructor takes keywords only.
pub(crate) fn input(name: &Ident, fields: &[Field]) -> (TokenStream, TokenStream) {
    let attributes = quote! {
        #[cfg_attr(feature = "python", ::pyo3::pyclass(frozen, get_all, from_py_object, module = "hudhud"))]
    };
    // Required fields come first, regardless of the vendor's order.
    let (required, optional): (Vec<_>, Vec<_>) =
        fields.iter().partition(|field| matches!(field.unset(), Unset::Refused));
    let in_order: Vec<_> = required.iter().chain(&optional).copied().collect();
    let idents: Vec<_> = in_order.iter().map(|field| &field.ident).collect();
    let read = in_order.iter().map(|field| {
        let Field { ident, wire, .. } = field;
        match field.unset() {
            Unset::Refused => quote! { #ident: #ident.read(#wire)? },
            _ => quote! { #ident: #ident.read_or_default(#wire)? },
        }
    });
    let signature = signature(&in_order);
    let methods = methods(fields);
    let items = quote! {
        #[cfg(feature = "python")]
        const _: () = {
            #[::pyo3::pymethods]
            impl #name {
                #[new]
                #signature
                #[allow(clippy::too_many_arguments)]
                fn __new__(#( #idents: crate::macro_support::pyo3::Argument<'_> ),*) -> ::pyo3::PyResult<Self> {
                    ::core::result::Result::Ok(Self { #( #read ),* })
                }

                #methods
            }

            impl crate::macro_support::pyo3::Declared for #name {
                type Class = Self;
            }
        };
    };
    (attributes, items)
}

/// Returns the Python class of a response. It contains Python values that are created while the JSON is read, so that
/// reading an attribute is cheap.
pub(crate) fn output(name: &Ident, doc: &str, fields: &[Field]) -> TokenStream {
    let outer = documentation::attributes(doc);
    let text = name.to_string();
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let read: Vec<_> = fields.iter().filter(|field| !field.is_extra).collect();
    let places = 0..read.len();
    let read_idents: Vec<_> = read.iter().map(|field| &field.ident).collect();
    let read_types: Vec<_> = read.iter().map(|field| &field.ty).collect();
    let host = quote! { crate::macro_support::pyo3::field };
    let definitions = fields.iter().map(|field| {
        let ident = &field.ident;
        let doc = documentation::attributes(&field.doc);
        let ty = if field.is_extra {
            quote! { #host::Extra }
        } else {
            quote! { ::pyo3::Py<::pyo3::PyAny> }
        };
        quote! { #doc #ident: #ty }
    });
    let in_order: Vec<_> = fields.iter().collect();
    let signature = signature(&in_order);
    let given = fields.iter().map(|Field { ident, ty, wire, is_extra, .. }| {
        if *is_extra {
            quote! { #ident: #host::Extra::given(#ident.accept_given::<#ty>(#wire)?) }
        } else {
            quote! { #ident: #ident.from_py::<#ty>(py, #wire)? }
        }
    });
    let methods = methods(fields);
    quote! {
        #[cfg(feature = "python")]
        const _: () = {
            #outer
            #[::pyo3::pyclass(frozen, get_all, name = #text, module = "hudhud")]
            pub struct Class { #( #definitions, )* }

            #[::pyo3::pymethods]
            impl Class {
                #[new]
                #signature
                #[allow(clippy::too_many_arguments)]
                fn __new__(
                    py: ::pyo3::Python<'_>, #( #idents: crate::macro_support::pyo3::Argument<'_> ),*
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
                extra: crate::macro_support::Object,
            }

            impl crate::macro_support::Model for Builder<'_, '_> {
                const FIELDS: &'static [&'static str] = <#name as crate::macro_support::Model>::FIELDS;

                fn fill<'de, A: ::serde::de::MapAccess<'de>>(
                    &mut self, field: usize, map: &mut A,
                ) -> ::core::result::Result<(), A::Error> {
                    match field {
                        #( #places => self.#read_idents = #host::next::<#read_types, A>(self.texts, map)?, )*
                        _ => {}
                    }
                    ::core::result::Result::Ok(())
                }

                fn extra(&mut self) -> &mut crate::macro_support::Object {
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
                        extra: crate::macro_support::Object::new(),
                    };
                    if crate::macro_support::decode_model(json, || &mut draft)?.is_none() {
                        return ::core::result::Result::Ok(::core::option::Option::None);
                    }
                    draft.finish().map(::core::option::Option::Some).map_err(::serde::de::Error::custom)
                }

                fn to_py(&self, py: ::pyo3::Python<'_>) -> ::pyo3::PyResult<::pyo3::Py<::pyo3::PyAny>> {
                    let class = Class {
                        #( #read_idents: <#read_types as #host::PyField>::to_py(&self.#read_idents, py)?, )*
                        extra: #host::Extra::of(&self.extra, py)?,
                    };
                    ::core::result::Result::Ok(::pyo3::Py::new(py, class)?.into_any())
                }

                fn from_py(
                    object: &::pyo3::Bound<'_, ::pyo3::PyAny>,
                ) -> ::pyo3::PyResult<::pyo3::Py<::pyo3::PyAny>> {
                    use ::pyo3::types::PyAnyMethods as _;
                    ::core::result::Result::Ok(object.cast::<Class>()?.as_any().clone().unbind())
                }
            }

            impl crate::macro_support::pyo3::Declared for #name {
                type Class = Class;
            }

            impl #host::PyModel for #name {}
        };
    }
}

/// Returns the signature of a constructor, which takes keywords only: for PyO3, and as text for Python.
fn signature(fields: &[&Field]) -> TokenStream {
    if fields.is_empty() {
        return quote! { #[pyo3(signature = ())] };
    }
    let parameters = fields.iter().map(|field| {
        let ident = &field.ident;
        match field.unset() {
            Unset::Refused => quote! { #ident },
            _ => quote! { #ident = crate::macro_support::pyo3::Argument::default_value() },
        }
    });
    let shown = fields.iter().map(|field| {
        let name = &field.wire;
        match field.unset() {
            Unset::Refused => name.clone(),
            Unset::None => format!("{name}=None"),
            // The stubs use `...` too, because no literal represents this default.
            Unset::Absent => format!("{name}=..."),
            Unset::Empty if last_segment(&field.ty) == "Vec" => format!("{name}=[]"),
            Unset::Empty => format!("{name}={{}}"),
        }
    });
    let shown = format!("(*, {})", shown.collect::<Vec<_>>().join(", "));
    quote! { #[pyo3(signature = (*, #( #parameters, )*), text_signature = #shown)] }
}

/// Returns the methods that the classes of all declared structs have.
fn methods(fields: &[Field]) -> TokenStream {
    let shown = fields.iter().map(|field| {
        let (wire, hidden) = (&field.wire, field.is_hidden());
        quote! { (#wire, #hidden) }
    });
    let fields = quote! { &[ #( #shown ),* ] };
    quote! {
        #[classattr]
        fn __match_args__(
            py: ::pyo3::Python<'_>,
        ) -> ::pyo3::PyResult<::pyo3::Bound<'_, ::pyo3::types::PyTuple>> {
            crate::macro_support::pyo3::match_args(py, #fields)
        }

        fn __eq__(
            slf: &::pyo3::Bound<'_, Self>, other: &::pyo3::Bound<'_, Self>,
        ) -> ::pyo3::PyResult<bool> {
            crate::macro_support::pyo3::equal(slf.as_any(), other.as_any(), #fields)
        }

        fn __repr__(slf: &::pyo3::Bound<'_, Self>) -> ::pyo3::PyResult<::alloc::string::String> {
            crate::macro_support::pyo3::repr(slf.as_any(), #fields)
        }

        fn __reduce__<'py>(
            slf: &::pyo3::Bound<'py, Self>,
        ) -> ::pyo3::PyResult<crate::macro_support::pyo3::Reduced<'py>> {
            crate::macro_support::pyo3::reduce(slf.as_any(), #fields)
        }

        /// Converts the object to a dict of JSON values, under the vendor's names.
        fn to_dict<'py>(
            slf: &::pyo3::Bound<'py, Self>,
        ) -> ::pyo3::PyResult<::pyo3::Bound<'py, ::pyo3::types::PyDict>> {
            crate::macro_support::pyo3::to_dict(slf.as_any(), #fields)
        }
    }
}

/// Returns the attributes of a field.
pub(crate) fn field(field: &Field) -> TokenStream {
    match field {
        field if field.is_extra => extra_field(),
        field if field.is_answer => answer_field(field),
        field => input_field(field),
    }
}

/// Returns the attributes of a call's field, with its default.
fn input_field(field: &Field) -> TokenStream {
    let typescript = typescript(&field.ty);
    if field.is_required() {
        return quote! { #[cfg_attr(feature = "wasm", tsify(type = #typescript))] };
    }
    // A missing field is not `null`, except in an update, where `null` has its own meaning.
    let typescript = match field.outer().as_str() {
        "Nullable" => typescript,
        _ => self::typescript(field.inner()),
    };
    // `undefined` is stated explicitly: with the strictest settings, the compiler otherwise rejects it for optional
    // fields.
    let typescript = format!("{typescript} | undefined");
    quote! {
        #[cfg_attr(feature = "uniffi", uniffi(default = None))]
        #[cfg_attr(feature = "wasm", tsify(optional, type = #typescript))]
    }
}

/// Returns the attributes of a response's field. The field is always present, and `null` if the vendor sent none.
/// Code that creates a response, such as a test, names only the fields that it needs, so that new fields break no
/// code.
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

/// Returns the attributes of the field for unknown members of a response. In JSON, and therefore in JavaScript, these
/// members are next to the known ones, without a field around them. The TypeScript type does not name them, so that a
/// misspelt field is an error.
fn extra_field() -> TokenStream {
    quote! {
        #[cfg_attr(feature = "uniffi", uniffi(default))]
        #[cfg_attr(feature = "wasm", serde(skip))]
    }
}

/// Returns the attributes of an open enum. In TypeScript it is a union of the known values and any other text.
pub(crate) fn open_enum(variants: &[Variant]) -> TokenStream {
    let known: String = variants.iter().map(|variant| format!("\"{}\" | ", variant.wire)).collect();
    let typescript = format!("{known}(string & {{}})");
    quote! {
        #[cfg_attr(feature = "uniffi", derive(::uniffi::Enum))]
        #[cfg_attr(feature = "wasm", derive(::tsify::Tsify), tsify(type = #typescript))]
    }
}

/// Returns the attributes of a closed set of names that is a separate type in Kotlin and Swift.
pub(crate) fn closed_enum() -> TokenStream {
    quote! { #[cfg_attr(feature = "uniffi", derive(::uniffi::Enum))] }
}

/// Returns the Python items of an open enum, which is text in Python.
pub(crate) fn open_enum_items(name: &Ident) -> TokenStream {
    quote! {
        #[cfg(feature = "python")]
        crate::macro_support::pyo3::open_enum!(#name);
        #[cfg(feature = "python")]
        crate::macro_support::pyo3::field::open_enum!(#name);
    }
}

/// Returns the attributes of the field that contains an unknown value.
pub(crate) fn other() -> TokenStream {
    quote! { #[cfg_attr(feature = "uniffi", uniffi(name = "value"))] }
}

/// Returns the TypeScript name of a Rust type.
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
