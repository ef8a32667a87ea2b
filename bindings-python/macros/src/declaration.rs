//! The declaration of a struct, as core's macro passes it: see `core/macros/src/describe.rs`.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, PathArguments, Token, Type, braced, bracketed};

/// The declaration of a struct.
pub(crate) struct Declaration {
    /// The documentation.
    pub(crate) doc: Vec<Attribute>,
    pub(crate) kind: Kind,
    pub(crate) name: Ident,
    pub(crate) fields: Vec<Field>,
}

/// The use of a struct.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// A call, or a record inside one.
    Input,
    /// A response, or a record inside one.
    Output,
}

/// A field of a struct.
pub(crate) struct Field {
    /// The documentation.
    pub(crate) doc: Vec<Attribute>,
    /// The name in Rust, including `r#` as in `r#type`.
    pub(crate) ident: Ident,
    /// The type in core.
    pub(crate) ty: Type,
    /// The vendor's name.
    pub(crate) wire: String,
    pub(crate) unset: Unset,
    /// True if the value must not be shown.
    pub(crate) is_hidden: bool,
    /// True for the field with the members that have no field.
    pub(crate) is_rest: bool,
}

/// The default of a field that a constructor does not name.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Unset {
    /// No default: the field must be named.
    Refused,
    None,
    Absent,
    /// An empty list or object.
    Empty,
}

impl Parse for Declaration {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let context;
        bracketed!(context in input);
        context.parse::<TokenStream>()?;
        let doc = Attribute::parse_outer(input)?;
        let kind: Ident = input.parse()?;
        let kind = match kind.to_string().as_str() {
            "input" => Kind::Input,
            "output" => Kind::Output,
            _ => return Err(syn::Error::new(kind.span(), "expected `input` or `output`")),
        };
        let name = input.parse()?;
        let inside;
        braced!(inside in input);
        let fields = inside.parse_terminated(Field::parse, Token![,])?.into_iter().collect();
        Ok(Self { doc, kind, name, fields })
    }
}

impl Parse for Field {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let doc = Attribute::parse_outer(input)?;
        let ident = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        input.parse::<Token![=]>()?;
        let words;
        bracketed!(words in input);
        let wire = words.parse::<LitStr>()?.value();
        let unset: Ident = words.parse()?;
        let unset = match unset.to_string().as_str() {
            "refused" => Unset::Refused,
            "none" => Unset::None,
            "absent" => Unset::Absent,
            "empty" => Unset::Empty,
            _ => return Err(syn::Error::new(unset.span(), "unknown default")),
        };
        let is_hidden = words.parse::<Ident>()? == "hidden";
        let is_rest = words.parse::<Option<Ident>>()?.is_some();
        Ok(Self { doc, ident, ty, wire, unset, is_hidden, is_rest })
    }
}

impl Field {
    /// Returns true if the type is a list.
    pub(crate) fn is_list(&self) -> bool {
        match &self.ty {
            Type::Path(path) => path.path.segments.last().is_some_and(|last| {
                last.ident == "Vec" && matches!(last.arguments, PathArguments::AngleBracketed(_))
            }),
            _ => false,
        }
    }
}
