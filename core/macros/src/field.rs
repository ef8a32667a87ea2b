//! One field of a declared struct: its wire name, its limits and its documentation, from `#[field(…)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::Parse;
use syn::spanned::Spanned;
use syn::{Field as Source, GenericArgument, Ident, LitInt, LitStr, PathArguments, Token, Type};

use crate::documentation;

/// The properties of a field. They are read once and used by every part of the expansion.
pub(crate) struct Field {
    /// The Rust name, including `r#` as in `r#type`.
    pub(crate) ident: Ident,
    /// The vendor's name.
    pub(crate) wire: String,
    pub(crate) ty: Type,
    /// The documentation, including the sentences that follow from the limits.
    pub(crate) doc: String,
    pub(crate) is_path: bool,
    /// True for the field that contains a response's unknown members.
    pub(crate) is_extra: bool,
    /// True for a field of a response.
    pub(crate) is_answer: bool,
    phone: bool,
    pub(crate) e164: bool,
    secret: bool,
    identifier: bool,
    /// The condition under which the client's settings supply the session.
    session: Option<Requirement>,
    max: Option<u32>,
    range: Option<(i64, i64)>,
    sent_default: Option<String>,
    vendor_default: Option<String>,
    pub(crate) condition: Option<Requirement>,
    inferred: Option<String>,
}

/// The condition under which an optional field is required.
pub(crate) struct Requirement {
    /// The kind: `If`, `Unless` or `Without`.
    kind: Ident,
    /// The field that the condition depends on.
    pub(crate) other: String,
    values: Vec<String>,
}

impl Requirement {
    /// Parses `required_if(other = "one", "two")`, `required_unless(…)` or `required_without(other)`.
    fn read(kind: &str, meta: &ParseNestedMeta<'_>) -> syn::Result<Self> {
        let inside;
        syn::parenthesized!(inside in meta.input);
        let other = inside.call(Ident::parse_any)?.unraw().to_string();
        let kind = Ident::new(kind, meta.path.span());
        let mut values = Vec::new();
        if kind != "Without" {
            inside.parse::<Token![=]>()?;
            let listed = inside.parse_terminated(<LitStr as Parse>::parse, Token![,])?;
            values.extend(listed.iter().map(LitStr::value));
        }
        Ok(Self { kind, other, values })
    }

    fn sentence(&self) -> String {
        let values: Vec<_> = self.values.iter().map(|value| format!("`{value}`")).collect();
        let (other, values) = (&self.other, values.join(" or "));
        match self.kind.to_string().as_str() {
            "If" => format!("Required when `{other}` is {values}."),
            "Unless" => format!("Required unless `{other}` is {values}."),
            _ => format!("Required when `{other}` is not given."),
        }
    }

    fn schema(&self) -> TokenStream {
        let Self { kind, other, values } = self;
        let values = (kind != "Without").then(|| quote! { , &[ #( #values ),* ] });
        quote! { &crate::macro_support::Requirement::#kind(#other #values) }
    }
}

/// The default of a field that a constructor does not name.
#[derive(Clone, Copy)]
pub(crate) enum Unset {
    /// No default: the field must be named.
    Refused,
    /// `None`.
    None,
    /// `Nullable::Absent`.
    Absent,
    /// An empty list or object.
    Empty,
}

impl Field {
    pub(crate) fn read(source: &Source) -> syn::Result<Self> {
        let ident =
            source.ident.clone().ok_or_else(|| syn::Error::new_spanned(source, "a field needs a name"))?;
        let mut field = Self {
            wire: ident.unraw().to_string(),
            ident,
            ty: source.ty.clone(),
            doc: documentation::text(&source.attrs),
            is_path: false,
            is_extra: false,
            is_answer: false,
            phone: false,
            e164: false,
            secret: false,
            identifier: false,
            session: None,
            max: None,
            range: None,
            sent_default: None,
            vendor_default: None,
            condition: None,
            inferred: None,
        };
        for attribute in source.attrs.iter().filter(|attribute| attribute.path().is_ident("field")) {
            attribute.parse_nested_meta(|meta| {
                let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
                match name.as_str() {
                    "path" => field.is_path = true,
                    "extra" => field.is_extra = true,
                    "phone" => field.phone = true,
                    "e164" => (field.phone, field.e164) = (true, true),
                    "secret" => field.secret = true,
                    "identifier" => field.identifier = true,
                    "session_if" => field.session = Some(Requirement::read("If", &meta)?),
                    "max" => field.max = Some(meta.value()?.parse::<LitInt>()?.base10_parse()?),
                    "min" => field.range = Some((meta.value()?.parse::<LitInt>()?.base10_parse()?, i64::MAX)),
                    "range" => {
                        let bounds;
                        syn::parenthesized!(bounds in meta.input);
                        let low = bounds.parse::<LitInt>()?.base10_parse()?;
                        bounds.parse::<Token![,]>()?;
                        field.range = Some((low, bounds.parse::<LitInt>()?.base10_parse()?));
                    }
                    "sent_default" => field.sent_default = Some(meta.value()?.parse::<LitStr>()?.value()),
                    "vendor_default" => field.vendor_default = Some(meta.value()?.parse::<LitStr>()?.value()),
                    "required_if" => field.condition = Some(Requirement::read("If", &meta)?),
                    "required_unless" => field.condition = Some(Requirement::read("Unless", &meta)?),
                    "required_without" => field.condition = Some(Requirement::read("Without", &meta)?),
                    "inferred" => field.inferred = Some(meta.value()?.parse::<LitStr>()?.value()),
                    _ => return Err(meta.error("unknown field attribute")),
                }
                Ok(())
            })?;
        }
        if field.doc.is_empty() {
            return Err(syn::Error::new_spanned(source, "a field needs documentation"));
        }
        field.doc = documentation::with_paragraph(&field.doc, &field.sentences());
        Ok(field)
    }

    /// Returns the sentences that follow from the attributes, so that the documentation does not repeat them.
    fn sentences(&self) -> String {
        let mut sentences = Vec::new();
        if let Some(max) = self.max {
            sentences.push(format!("At most {max} characters."));
        }
        match self.range {
            Some((low, i64::MAX)) => sentences.push(format!("At least {low}.")),
            Some((low, high)) => sentences.push(format!("From {low} to {high}.")),
            None => {}
        }
        if let Some(default) = &self.sent_default {
            sentences.push(format!("Sent as `{default}` when absent."));
        }
        if let Some(value) = &self.vendor_default {
            sentences.push(format!("The vendor takes `{value}` when absent."));
        }
        if let Some(condition) = &self.condition {
            sentences.push(condition.sentence());
        }
        if let Some(Requirement { other, values, .. }) = &self.session {
            let values = values.join("` or `");
            sentences
                .push(format!("Default when `{other}` is `{values}`: the session of the client's settings."));
        }
        if self.phone {
            sentences.push(
                "Spaces, dashes and invisible marks are dropped, other scripts' digits become ASCII.".into(),
            );
            sentences.push(match self.e164 {
                true => "A number is refused if it lacks `+` and the country code, or if it has decimals (`.0`), an exponent, a `(0)` or an extension."
                    .into(),
                false => "A number is refused if it has decimals (`.0`), an exponent, a `(0)` or an extension.".into(),
            });
        }
        if let Some(why) = &self.inferred {
            sentences.push(format!("Inferred: {why}."));
        }
        sentences.join(" ")
    }

    /// Returns true if a call requires the field: its type is not `Option` or `Nullable`.
    pub(crate) fn is_required(&self) -> bool {
        !matches!(self.outer().as_str(), "Option" | "Nullable")
    }

    /// Marks the field as part of a response.
    pub(crate) fn answered(self) -> Self {
        Self { is_answer: true, ..self }
    }

    /// Returns the default of the field for code that creates the struct without naming it.
    pub(crate) fn unset(&self) -> Unset {
        match self.outer().as_str() {
            "Option" => Unset::None,
            "Nullable" => Unset::Absent,
            "Vec" | "Object" if self.is_answer => Unset::Empty,
            _ => Unset::Refused,
        }
    }

    /// Returns the name of the outermost type.
    pub(crate) fn outer(&self) -> String {
        last_segment(&self.ty)
    }

    /// Returns the type inside `Option<…>` or `Nullable<…>`, or the type itself.
    pub(crate) fn inner(&self) -> &Type {
        if self.is_required() { &self.ty } else { argument(&self.ty).unwrap_or(&self.ty) }
    }

    /// Returns true if the value must not be shown: text and JSON, which may contain anything. Ids, dates, enums and the
    /// texts of `#[field(identifier)]` are shown if they have the expected form. Structs hide their own fields.
    pub(crate) fn is_hidden(&self) -> bool {
        let mut ty = self.inner();
        while last_segment(ty) == "Vec" {
            ty = argument(ty).unwrap_or(ty);
        }
        let may_hold_anything = matches!(last_segment(ty).as_str(), "String" | "Json" | "Object" | "Bytes");
        self.secret || (may_hold_anything && !self.identifier)
    }

    /// Returns the expression for `Debug`. Ids, dates and identifiers are shown if they have the expected form; other values
    /// follow the rule of their type.
    pub(crate) fn shown(&self) -> TokenStream {
        let ident = &self.ident;
        let is_token = self.identifier || matches!(last_segment(self.inner()).as_str(), "Id" | "Date");
        if is_token && !self.secret {
            quote! { &crate::macro_support::RedactUnlessToken(&self.#ident) }
        } else {
            quote! { &crate::macro_support::Redacted(&self.#ident) }
        }
    }

    /// Returns the `FieldSchema` of the field as a constant expression.
    pub(crate) fn schema(&self) -> TokenStream {
        let Self { wire, is_path, phone, e164, secret, identifier, .. } = self;
        let doc = documentation::for_hosts(&self.doc);
        let required = self.is_required();
        let max = option(self.max.map(|max| quote! { #max }));
        let range = option(self.range.map(|(low, high)| quote! { (#low, #high) }));
        let sent_default = option(self.sent_default.as_ref().map(|text| quote! { #text }));
        let vendor_default = option(self.vendor_default.as_ref().map(|text| quote! { #text }));
        let condition = option(self.condition.as_ref().map(Requirement::schema));
        let session = option(self.session.as_ref().map(Requirement::schema));
        let inferred =
            option(self.inferred.as_ref().map(|text| quote! { crate::macro_support::doc_text!(#text) }));
        let kind = kind(&self.ty);
        let signed = last_segment(self.inner()) == "i64";
        quote! {
            crate::macro_support::Field {
                name: #wire, doc: crate::macro_support::doc_text!(#doc), kind: #kind, required: #required, condition: #condition, path: #is_path, phone: #phone, e164: #e164, signed: #signed,
                secret: #secret, identifier: #identifier, session: #session, max_chars: #max, range: #range, sent_default: #sent_default, vendor_default: #vendor_default, inferred: #inferred,
            }
        }
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote! { ::core::option::Option::Some(#value) },
        None => quote! { ::core::option::Option::None },
    }
}

/// Returns the schema's `Type` of a type. `Id` and `Date` are text types that are recognized by their names.
fn kind(ty: &Type) -> TokenStream {
    match last_segment(ty).as_str() {
        "Id" => quote! { crate::macro_support::Type::Id },
        "Date" => quote! { crate::macro_support::Type::Date },
        "Option" => kind(argument(ty).unwrap_or(ty)),
        "Nullable" => {
            let inner = kind(argument(ty).unwrap_or(ty));
            quote! { crate::macro_support::Type::Nullable(&#inner) }
        }
        "Vec" => {
            let inner = kind(argument(ty).unwrap_or(ty));
            quote! { crate::macro_support::Type::List(&#inner) }
        }
        _ => quote! { <#ty as crate::macro_support::HasSchema>::TYPE },
    }
}

/// Returns the last name of a path type.
pub(crate) fn last_segment(ty: &Type) -> String {
    match ty {
        Type::Path(path) => {
            path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Returns `T` of `Wrapper<T>`.
pub(crate) fn argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Reads the fields of a struct with named fields.
pub(crate) fn read_all(item: &syn::ItemStruct) -> syn::Result<Vec<Field>> {
    match &item.fields {
        syn::Fields::Named(named) => named.named.iter().map(Field::read).collect(),
        syn::Fields::Unit => Ok(Vec::new()),
        syn::Fields::Unnamed(fields) => Err(syn::Error::new_spanned(fields, "fields need names")),
    }
}

/// The words inside `inferred(…)`: the parts of a declaration that the vendor's page does not state.
pub(crate) struct Words(pub(crate) Vec<String>);

impl Parse for Words {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let inside;
        syn::parenthesized!(inside in input);
        let words = inside.parse_terminated(Ident::parse_any, Token![,])?;
        Ok(Self(words.iter().map(ToString::to_string).collect()))
    }
}
