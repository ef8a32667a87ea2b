//! The description of a declared type: a hidden macro with the type's name and path, which passes the declaration to
//! another macro. The bindings build their types from it, so that core names no binding framework.
//!
//! `hudhud::zagely::GetContact!(callback)` expands to
//!
//! ```text
//! callback! {
//!     []
//!     #[doc = " Reads a contact …"]
//!     input GetContact {
//!         #[doc = " The contact."]
//!         contact_id: Id = ["contact_id" refused shown],
//!     }
//! }
//! ```
//!
//! The kind of a type is `input`, `output`, `open_enum` or `closed_enum`. The words after a field's type are its wire
//! name, the default of a field that is not named (`refused`, `none`, `absent` or `empty`), and `hidden` if its value
//! must not be shown. The last field of an output ends with the word `rest`: it holds the members that have no field. A
//! variant of an enum has its wire value. A closed enum that may get new values has the attribute `#[non_exhaustive]`,
//! and its macro has the path `hudhud::__Method!`. Tokens after the callback's name are passed in front of the
//! declaration, in brackets.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Visibility};

use crate::documentation;
use crate::field::{Field, Unset};
use crate::variant::Variant;

/// Returns the macro that describes a struct.
pub(crate) fn record(
    (visibility, name): (&Visibility, &Ident),
    doc: &str,
    open: bool,
    fields: &[Field],
) -> TokenStream {
    let kind = format_ident!("{}", if open { "output" } else { "input" });
    let fields = fields.iter().map(|field| {
        let Field { ident, ty, wire, .. } = field;
        // The type of this field is a path that exists in core only.
        let ty = if field.is_extra {
            quote! { Object }
        } else {
            quote! { #ty }
        };
        let doc = documentation::attributes_for_hosts(&field.doc);
        let unset = format_ident!(
            "{}",
            match field.unset() {
                Unset::Refused => "refused",
                Unset::None => "none",
                Unset::Absent => "absent",
                Unset::Empty => "empty",
            }
        );
        let shown = format_ident!("{}", if field.is_hidden() { "hidden" } else { "shown" });
        let rest = field.is_extra.then(|| quote! { rest });
        quote! { #doc #ident: #ty = [#wire #unset #shown #rest], }
    });
    exported((visibility, name), doc, &quote! { #kind #name { #( #fields )* } })
}

/// Returns the macro that describes a closed enum. It is only at the root of the crate, because rustdoc lists an import of
/// it as a re-export.
pub(crate) fn closed_enum(name: &Ident, doc: &str, is_open: bool, variants: &[Variant]) -> TokenStream {
    let non_exhaustive = is_open.then(|| quote! { #[non_exhaustive] });
    let variants = values(variants);
    at_root(name, doc, &quote! { #non_exhaustive closed_enum #name { #variants } })
}

/// Returns the macro that describes an open enum.
pub(crate) fn open_enum(
    (visibility, name): (&Visibility, &Ident),
    doc: &str,
    variants: &[Variant],
) -> TokenStream {
    let variants = values(variants);
    exported((visibility, name), doc, &quote! { open_enum #name { #variants } })
}

/// Returns the values of an enum.
fn values(variants: &[Variant]) -> TokenStream {
    let variants = variants.iter().map(|Variant { ident, wire, doc, .. }| {
        let doc = documentation::attributes_for_hosts(doc);
        quote! { #doc #ident = [#wire], }
    });
    quote! { #( #variants )* }
}

/// Returns a macro that passes a declaration to another macro, under the name of the declared type.
fn exported((visibility, name): (&Visibility, &Ident), doc: &str, declaration: &TokenStream) -> TokenStream {
    let definition = at_root(name, doc, declaration);
    // Exported macros are all at the root of the crate. The import gives this one the path of its type.
    let at_root = name_at_root(name);
    quote! {
        #definition
        #[doc(hidden)]
        #visibility use #at_root as #name;
    }
}

/// Returns a macro at the root of the crate that passes a declaration to another macro.
fn at_root(name: &Ident, doc: &str, declaration: &TokenStream) -> TokenStream {
    let doc = documentation::attributes_for_hosts(doc);
    let name = name_at_root(name);
    quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #name {
            ($callback:path $(, $($context:tt)*)?) => {
                $callback! { [ $($($context)*)? ] #doc #declaration }
            };
        }
    }
}

fn name_at_root(name: &Ident) -> Ident {
    format_ident!("__{name}")
}
