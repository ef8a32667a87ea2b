//! How UniFFI is to write: in one package, immutable, and with generic types of ours where it has none.

use anyhow::{Result, bail};
use uniffi_bindgen::{BindgenLoader, BindgenPaths, GlobalConfig};
use uniffi_meta::{Metadata, Type};

/// What has another name than in core: `Webhook` is what verifies deliveries, as in every host.
pub(crate) const RENAMED: [(&str, &str); 1] = [("Webhook", "RegisteredWebhook")];

/// The name that a type of core has in both languages.
pub(crate) fn name(name: &str) -> &str {
    RENAMED.iter().find(|(core, _)| *core == name).map_or(name, |(_, ours)| ours)
}

/// The configuration for this library.
pub(crate) fn of(library: &str) -> Result<String> {
    let mut config = String::from(
        "[crates.hudhud.bindings.kotlin]\n\
         package_name = \"dev.hudhud\"\ncdylib_name = \"hudhud_native\"\n\
         generate_immutable_records = true\nkotlin_target_version = \"2.0.0\"\n\
         [crates.hudhud.bindings.swift]\n\
         module_name = \"Hudhud\"\nffi_module_name = \"CHudhud\"\n\
         generate_immutable_records = true\nomit_localized_error_conformance = true\n\
         generate_case_iterable_conformance = true\n",
    );
    for language in ["kotlin", "swift"] {
        config.push_str(&format!("[crates.hudhud.bindings.{language}.rename]\n"));
        for (core, ours) in RENAMED {
            config.push_str(&format!("{core} = \"{ours}\"\n"));
        }
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

/// The type inside a three-valued field, which crosses as `Option<Vec<T>>`.
fn nullable<'a>(name: &str, builtin: &'a Type) -> Option<&'a Type> {
    match builtin {
        Type::Optional { inner_type } if name.starts_with("Nullable") => match &**inner_type {
            Type::Sequence { inner_type } => Some(inner_type),
            _ => None,
        },
        _ => None,
    }
}

/// A type of ours in place of what crosses.
fn custom(language: &str, name: &str, ty: &str, lift: &str, lower: &str) -> String {
    let argument = if language == "swift" && lift == "Timestamp" { "text: {}" } else { "{}" };
    let mut text = format!("[crates.hudhud.bindings.{language}.custom_types.{name}]\n");
    // The name of a class that we write ourselves is the name that is used.
    if ty != name {
        text.push_str(&format!("type_name = \"{ty}\"\n"));
    }
    text + &format!("lift = \"{lift}({argument})\"\nlower = \"{lower}\"\n")
}

/// A type as each language writes it.
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
        Type::Record { name, .. } | Type::Enum { name, .. } | Type::Custom { name, .. } => {
            self::name(name).into()
        }
        other => bail!("{other:?} has no name in {language} inside a three-valued field yet"),
    })
}
