//! UniFFI's configuration: one package, immutable records in Kotlin, and this library's generic types where UniFFI has none.

use anyhow::{Result, bail};
use uniffi_bindgen::{BindgenLoader, BindgenPaths, GlobalConfig};
use uniffi_meta::{Metadata, Type};

/// Returns the configuration for a library.
pub(crate) fn of(library: &str) -> Result<String> {
    let mut config = String::from(
        "[crates.hudhud_native.bindings.kotlin]\n\
         package_name = \"dev.hudhud\"\ncdylib_name = \"hudhud_native\"\n\
         generate_immutable_records = true\nkotlin_target_version = \"2.0.0\"\n\
         [crates.hudhud_native.bindings.swift]\n\
         module_name = \"Hudhud\"\nffi_module_name = \"CHudhud\"\n\
         omit_localized_error_conformance = true\n\
         generate_case_iterable_conformance = true\n",
    );
    for language in ["kotlin", "swift"] {
        config.push_str(&custom(language, "Timestamp", "Timestamp", "Timestamp", "{}.text"));
    }
    let loader = BindgenLoader::new(BindgenPaths::default(), GlobalConfig::default());
    for item in loader.load_metadata(library.into())?.into_values().flat_map(|group| group.items) {
        let Metadata::CustomType(custom_type) = item else { continue };
        let Some(inner) = nullable(&custom_type.name, &custom_type.builtin) else { continue };
        for language in ["kotlin", "swift"] {
            let ty = format!("Change<{}>?", label(inner, language)?);
            let name = &custom_type.name;
            config.push_str(&custom(language, name, &ty, "Changes.lift", "Changes.lower({})"));
        }
    }
    Ok(config)
}

/// Returns the type inside a three-valued field (unchanged, cleared or set), which UniFFI passes as `Option<Vec<T>>`.
fn nullable<'a>(name: &str, builtin: &'a Type) -> Option<&'a Type> {
    match builtin {
        Type::Optional { inner_type } if name.starts_with("Nullable") => match &**inner_type {
            Type::Sequence { inner_type } => Some(inner_type),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the configuration that replaces a type of UniFFI by a type of this library.
fn custom(language: &str, name: &str, ty: &str, lift: &str, lower: &str) -> String {
    let argument = if language == "swift" && lift == "Timestamp" { "text: {}" } else { "{}" };
    let mut text = format!("[crates.hudhud_native.bindings.{language}.custom_types.{name}]\n");
    // Without `type_name` UniFFI uses the name of the custom type.
    if ty != name {
        text.push_str(&format!("type_name = \"{ty}\"\n"));
    }
    text + &format!("lift = \"{lift}({argument})\"\nlower = \"{lower}\"\n")
}

/// Returns the name of a type in a language.
fn label(ty: &Type, language: &str) -> Result<String> {
    let kotlin = language == "kotlin";
    Ok(match ty {
        Type::String if kotlin => "kotlin.String".into(),
        Type::String => "String".into(),
        Type::Int64 if kotlin => "kotlin.Long".into(),
        Type::Int64 => "Int64".into(),
        Type::Boolean if kotlin => "kotlin.Boolean".into(),
        Type::Boolean => "Bool".into(),
        Type::Sequence { inner_type } if kotlin => format!("List<{}>", label(inner_type, language)?),
        Type::Sequence { inner_type } => format!("[{}]", label(inner_type, language)?),
        Type::Record { name, .. } | Type::Enum { name, .. } | Type::Custom { name, .. } => name.clone(),
        other => bail!("{other:?} is not supported in a three-valued field in {language}: add it to `label`"),
    })
}
