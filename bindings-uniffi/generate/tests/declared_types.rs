//! Tests that every type that core declares reaches Kotlin and Swift with its documentation: UniFFI's metadata in the
//! native library, and the sources that UniFFI generates from it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hudhud::schema::{self, Field};
use hudhud::{ClosedEnum, ErrorKind, RETRY_LIMITS, RetryLimitDefault, SETTINGS, SettingKind};
use hudhud_declaration::{Declared, EXTRA, EXTRA_DOC, declared, error_kinds};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};
use uniffi_bindgen::{BindgenLoader, BindgenPaths, GlobalConfig};
use uniffi_meta::{
    DefaultValueMetadata, EnumMetadata, FieldMetadata, LiteralMetadata, Metadata, RecordMetadata, Type,
};

/// Returns the path of the native library, which takes longer to build than these tests.
fn library() -> String {
    std::env::var("HUDHUD_NATIVE_LIBRARY").expect(
        "HUDHUD_NATIVE_LIBRARY is the path of the native library; `cargo xtask test \"Kotlin and Swift\"` sets it",
    )
}

#[derive(Default)]
struct LibraryMetadata {
    records: BTreeMap<String, RecordMetadata>,
    enums: BTreeMap<String, EnumMetadata>,
    /// The type that crosses the boundary for each of the project's custom types.
    customs: BTreeMap<String, Type>,
}

fn metadata() -> LibraryMetadata {
    let loader = BindgenLoader::new(BindgenPaths::default(), GlobalConfig::default());
    let groups = loader.load_metadata(library().as_str().into()).expect("the library has UniFFI's metadata");
    let mut metadata = LibraryMetadata::default();
    for item in groups.into_values().flat_map(|group| group.items) {
        match item {
            Metadata::Record(record) => {
                metadata.records.insert(record.name.clone(), record);
            }
            Metadata::Enum(open) => {
                metadata.enums.insert(open.name.clone(), open);
            }
            Metadata::CustomType(custom) => {
                metadata.customs.insert(custom.name, custom.builtin);
            }
            _ => {}
        }
    }
    metadata
}

/// Returns true if a UniFFI type matches the schema.
fn fits(kind: &schema::Type, ty: &Type, customs: &BTreeMap<String, Type>) -> bool {
    let custom = |expected: &str| matches!(ty, Type::Custom { name, .. } if name == expected);
    match kind {
        schema::Type::Text | schema::Type::Id | schema::Type::Date => matches!(ty, Type::String),
        schema::Type::Integer => matches!(ty, Type::Int64 | Type::UInt64),
        schema::Type::Number => matches!(ty, Type::Float64),
        schema::Type::Boolean => matches!(ty, Type::Boolean),
        schema::Type::Timestamp => custom("Timestamp"),
        schema::Type::Bytes => custom("Bytes"),
        schema::Type::Json => custom("Json"),
        schema::Type::Object => custom("Object"),
        schema::Type::List(kind) => {
            matches!(ty, Type::Sequence { inner_type } if fits(kind, inner_type, customs))
        }
        schema::Type::Model(schema) => matches!(ty, Type::Record { name, .. } if name == schema.name),
        schema::Type::Enum(open) => matches!(ty, Type::Enum { name, .. } if name == open.name),
        // A nullable field crosses as nothing, an empty list, or a list with one item.
        schema::Type::Nullable(kind) => {
            let Type::Custom { name, .. } = ty else { return false };
            let Some(Type::Optional { inner_type }) = customs.get(name) else { return false };
            name.starts_with("Nullable")
                && matches!(&**inner_type, Type::Sequence { inner_type } if fits(kind, inner_type, customs))
        }
        _ => false,
    }
}

#[test]
fn uniffi_metadata_has_every_type_with_documentation_and_defaults() {
    let Declared { structs, enums } = declared();
    let metadata = metadata();
    for (name, schema) in &structs {
        let record =
            metadata.records.get(*name).unwrap_or_else(|| panic!("UniFFI's metadata has no record {name}"));
        assert_eq!(record.docstring.as_deref(), Some(schema.doc), "{name}");
        let mut expected: Vec<&str> = schema.fields.iter().map(|field| field.name).collect();
        expected.extend(schema.open.then_some(EXTRA));
        let names: Vec<&str> = record.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, expected, "{name}");
        for (field, declared) in record.fields.iter().zip(schema.fields) {
            check_field(name, schema.open, field, declared, &metadata.customs);
        }
        if schema.open {
            let extra = record.fields.last().unwrap();
            assert_eq!(extra.docstring.as_deref(), Some(EXTRA_DOC), "{name}");
            assert_eq!(extra.default, Some(DefaultValueMetadata::Default), "{name}");
        }
    }
    for (name, open) in &enums {
        let metadata =
            metadata.enums.get(*name).unwrap_or_else(|| panic!("UniFFI's metadata has no enum {name}"));
        assert_eq!(metadata.docstring.as_deref(), Some(open.doc), "{name}");
        assert_eq!(metadata.variants.len(), open.values.len() + 1, "{name}");
        for (variant, (wire, doc)) in metadata.variants.iter().zip(open.values) {
            assert_eq!(variant.docstring.as_deref(), Some(*doc), "{name} {wire}");
            assert!(variant.fields.is_empty(), "{name} {wire}");
        }
        let other = metadata.variants.last().unwrap();
        assert_eq!((other.name.as_str(), other.fields.len()), ("Other", 1), "{name}");
        assert_eq!((other.fields[0].name.as_str(), &other.fields[0].ty), ("value", &Type::String), "{name}");
        assert!(other.docstring.is_some(), "{name}");
    }
}

/// Core declares each error kind once. In Kotlin it is a class, and in Swift a case.
#[test]
fn uniffi_metadata_has_every_error_kind_with_documentation() {
    let metadata = metadata();
    let variants = metadata.enums["HudhudError"].variants.iter();
    let found: Vec<_> = variants.map(|kind| (kind.name.clone(), kind.docstring.clone())).collect();
    let declared = error_kinds().into_iter().map(|(kind, doc)| (format!("{kind:?}"), Some(doc)));
    assert_eq!(found, declared.collect::<Vec<_>>());
    assert_eq!(found.len(), ErrorKind::ALL.len());
}

/// Core declares each setting once. In both languages it is a field of the record `Settings`.
#[test]
fn uniffi_metadata_has_every_setting_with_documentation_and_defaults() {
    let settings = &metadata().records["Settings"];
    let names: Vec<&str> = settings.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, SETTINGS.iter().map(|setting| setting.name).collect::<Vec<_>>());
    let is_method = |ty: &Type| matches!(ty, Type::Enum { name, .. } if name == "Method");
    for (field, setting) in settings.fields.iter().zip(SETTINGS) {
        assert_eq!(field.docstring, Some(setting.doc()), "{}", setting.name);
        let inner = match &field.ty {
            Type::Optional { inner_type } => inner_type,
            ty => ty,
        };
        let fits = match (setting.kind, inner) {
            (SettingKind::UpdateMethod, ty) => is_method(ty),
            (SettingKind::Methods, Type::Map { value_type, .. }) => is_method(value_type),
            (SettingKind::Text, ty) => *ty == Type::String,
            (SettingKind::Retry, Type::Record { name, .. }) => name == "RetryPolicy",
            (SettingKind::Flag(_), ty) => *ty == Type::Boolean,
            _ => false,
        };
        assert!(fits, "{} is {:?}", setting.name, field.ty);
        let expected = match setting.kind {
            SettingKind::Flag(default) => DefaultValueMetadata::Literal(LiteralMetadata::Boolean(default)),
            _ => DefaultValueMetadata::Default,
        };
        assert_eq!(field.default, Some(expected), "{}", setting.name);
    }
}

#[test]
fn uniffi_metadata_has_every_limit_of_retries() {
    let policy = &metadata().records["RetryPolicy"];
    let names: Vec<&str> = policy.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, RETRY_LIMITS.iter().map(|limit| limit.name).collect::<Vec<_>>());
    for (field, limit) in policy.fields.iter().zip(RETRY_LIMITS) {
        assert_eq!(field.docstring, Some(limit.doc()), "{}", limit.name);
        let fits = match (limit.default, &field.ty) {
            (RetryLimitDefault::Count(_), ty) => *ty == Type::Int32,
            (RetryLimitDefault::Duration(_), Type::Optional { inner_type }) => **inner_type == Type::Duration,
            (RetryLimitDefault::Duration(_), _) => false,
        };
        assert!(fits, "{} is {:?}", limit.name, field.ty);
    }
}

fn check_field(
    name: &str,
    output: bool,
    field: &FieldMetadata,
    declared: &Field,
    customs: &BTreeMap<String, Type>,
) {
    let at = format!("{name}.{}", declared.name);
    assert_eq!(field.docstring.as_deref(), Some(declared.doc), "{at}");
    let optional = !declared.required && !matches!(declared.kind, schema::Type::Nullable(_));
    let fits = match &field.ty {
        Type::Optional { inner_type } if optional => fits(&declared.kind, inner_type, customs),
        ty => !optional && fits(&declared.kind, ty, customs),
    };
    assert!(fits, "{at} is {:?}", field.ty);
    let none = Some(DefaultValueMetadata::Literal(LiteralMetadata::None));
    let empty = Some(DefaultValueMetadata::Default);
    let expected = if !declared.required {
        none
    } else if output {
        empty
    } else {
        None
    };
    assert_eq!(field.default, expected, "{at}");
}

/// Returns the comment directly before `declaration`, without its asterisks.
fn comment_before(text: &str, declaration: &str) -> String {
    let at = text.find(declaration).unwrap_or_else(|| panic!("{declaration:?} not found"));
    let start = text[..at].rfind("/**").unwrap_or_else(|| panic!("no comment on {declaration:?}"));
    let comment = text[start..at].split("*/").next().unwrap();
    let lines = comment.lines().skip(1).map(|line| line.trim().trim_start_matches('*').trim());
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn plain(doc: &str) -> String {
    doc.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn kotlin_and_swift_have_every_type_with_its_documentation() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("declared-types");
    std::fs::create_dir_all(&out).expect("the folder can be created");
    let config = out.join("uniffi.toml");
    let text = "[crates.hudhud_native.bindings.kotlin]\npackage_name = \"dev.hudhud\"\n\
                [crates.hudhud_native.bindings.swift]\nmodule_name = \"Hudhud\"\n";
    std::fs::write(&config, text).unwrap();
    let path = |path: &Path| path.to_str().expect("the path is UTF-8").into();
    generate(GenerateOptions {
        languages: vec![TargetLanguage::Kotlin, TargetLanguage::Swift],
        source: library().into(),
        out_dir: path(&out),
        config_override: Some(path(&config)),
        format: false,
        crate_filter: None,
        metadata_no_deps: false,
    })
    .expect("UniFFI generates Kotlin and Swift");
    let kotlin =
        std::fs::read_to_string(out.join("dev/hudhud/hudhud.kt")).expect("the generated Kotlin can be read");
    let swift = std::fs::read_to_string(out.join("Hudhud.swift")).expect("the generated Swift can be read");

    let Declared { structs, enums } = declared();
    for (name, schema) in &structs {
        let class = if schema.fields.is_empty() && !schema.open { "class" } else { "data class" };
        assert_eq!(
            comment_before(&kotlin, &format!("\n{class} {name}")),
            plain(schema.doc),
            "{name} in Kotlin"
        );
        assert_eq!(
            comment_before(&swift, &format!("\npublic struct {name}:")),
            plain(schema.doc),
            "{name} in Swift"
        );
    }
    for (name, open) in &enums {
        assert_eq!(comment_before(&kotlin, &format!("\nsealed class {name}")), plain(open.doc), "{name}");
        let swift = comment_before(&swift, &format!("\npublic enum {name}:"));
        assert_eq!(swift.lines().next(), open.doc.lines().next(), "{name}");
    }

    // The exact text of a few declarations.
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (kotlin, swift) = (squeezed(&kotlin), squeezed(&swift));
    for text in [
        "/** * A name. If absent, the vendor uses the phone number. */ var `name`: kotlin.String? = null",
        "data class UpdateContact ( /** * The contact. */ var `contactId`: kotlin.String ,",
        "/** * True if the contact is blocked. Campaigns skip blocked contacts. */ var `isBlocked`: kotlin.Boolean? = null",
        "/** * The tags. */ var `tags`: List<kotlin.String> = listOf()",
        "override fun toString(): String",
        "data class Other( val `value`: kotlin.String",
    ] {
        assert!(kotlin.contains(text), "Kotlin has no {text:?}");
    }
    for text in [
        "/** * A name. If absent, the vendor uses the phone number. */ public var name: String?",
        "/** * True if the contact is blocked. Campaigns skip blocked contacts. */isBlocked: Bool? = nil",
        "/** * The tags. */tags: [String] = []",
        "/** * The contact. */contactId: String,",
        "case other(value: String",
        "public var debugDescription: String",
    ] {
        assert!(swift.contains(text), "Swift has no {text:?}");
    }
}
