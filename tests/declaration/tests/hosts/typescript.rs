//! Tests of tsify: the exact TypeScript of each type, and its compilation.

use std::collections::BTreeMap;
use std::process::Command;

use hudhud::schema::{Schema, Type};
use hudhud_declaration::{Declared, declared};

/// Returns the TypeScript of each type by name. The library provides it through its Python module.
fn written() -> Option<BTreeMap<String, String>> {
    let text = crate::run(&mut crate::python::python("typescript"))?;
    Some(serde_json::from_str(&text).expect("the output is a JSON object of texts"))
}

fn comment(doc: &str, indent: &str) -> String {
    let lines: String = doc
        .lines()
        .map(|line| if line.is_empty() { format!("{indent} *\n") } else { format!("{indent} * {line}\n") })
        .collect();
    format!("{indent}/**\n{lines}{indent} */\n")
}

fn name_of(kind: &Type) -> String {
    match kind {
        Type::Text | Type::Id | Type::Date | Type::Timestamp => "string".into(),
        Type::Integer | Type::Number => "number".into(),
        Type::Boolean => "boolean".into(),
        Type::Bytes => "Uint8Array".into(),
        Type::Json => "unknown".into(),
        Type::Object => "Record<string, unknown>".into(),
        Type::List(inner) => format!("Array<{}>", name_of(inner)),
        Type::Nullable(inner) => format!("{} | null", name_of(inner)),
        Type::Model(schema) => schema.name.into(),
        Type::Enum(open) => open.name.into(),
        other => panic!("{other:?} has no TypeScript type"),
    }
}

/// Returns the expected interface. In a call, an optional field has `?` and may be undefined. In a response, a field
/// is always present, and `null` if the vendor sent none.
fn interface(schema: &Schema) -> String {
    let fields: String = schema
        .fields
        .iter()
        .map(|field| {
            let (mark, absent) = if schema.open || field.required { ("", "") } else { ("?", " | undefined") };
            let null = if schema.open && !field.required { " | null" } else { "" };
            let doc = comment(field.doc, "    ");
            format!("{doc}    {}{mark}: {}{null}{absent};\n", field.name, name_of(&field.kind))
        })
        .collect();
    let body = if fields.is_empty() { "{}".to_owned() } else { format!("{{\n{fields}}}") };
    format!("{}export interface {} {body}", comment(schema.doc, ""), schema.name)
}

#[test]
fn every_type_has_the_exact_typescript() {
    let Some(written) = written() else { return };
    let Declared { structs, enums } = declared();
    assert_eq!(written.len(), structs.len() + enums.len());
    for (name, schema) in &structs {
        assert_eq!(written[*name], interface(schema), "{name}");
    }
    for (name, open) in &enums {
        let known: String = open.values.iter().map(|(value, _)| format!("\"{value}\" | ")).collect();
        let doc = comment(open.doc, "");
        assert_eq!(written[*name], format!("{doc}export type {name} = {known}(string & {{}});"), "{name}");
    }
    // No type may disable the compiler's checks.
    for (name, text) in &written {
        let code = text.lines().filter(|line| !line.trim_start().starts_with(['*', '/']));
        for line in code {
            assert!(!line.contains(": any") && !line.contains("<any"), "{name}: {line}");
        }
    }
}

#[test]
fn the_compiler_accepts_valid_uses_and_rejects_invalid_ones() {
    let Some(written) = written() else { return };
    let folder = crate::scratch("typescript");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/typescript");
    for file in ["package.json", "package-lock.json", "tsconfig.json", "uses.ts"] {
        std::fs::copy(format!("{source}/{file}"), folder.join(file)).expect(file);
    }
    let all: Vec<String> = written.into_values().collect();
    std::fs::write(folder.join("hudhud.d.ts"), all.join("\n\n")).unwrap();
    let npm = |arguments: &[&str]| {
        crate::run(Command::new("npm").args(arguments).args(["--no-fund", "--no-audit"]).current_dir(&folder))
    };
    // Installs once for each state of the lock file.
    let (lock, generate) = (folder.join("package-lock.json"), folder.join("node_modules/.hudhud-lock"));
    let lock = std::fs::read(lock).unwrap();
    if std::fs::read(&generate).ok().as_ref() != Some(&lock) {
        if npm(&["ci", "--silent"]).is_none() {
            return;
        }
        std::fs::write(generate, lock).unwrap();
    }
    npm(&["run", "--silent", "check"]);
}
