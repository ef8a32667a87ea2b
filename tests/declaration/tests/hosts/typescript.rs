//! Tests of the TypeScript: the exact text of each type, and its compilation.

use std::path::PathBuf;
use std::process::Command;

use hudhud::schema::{Schema, Type};
use hudhud_declaration::{Declared, declared};

/// Writes the TypeScript and returns the file with the declared types.
fn written() -> PathBuf {
    let folder = crate::scratch("typescript-generated");
    crate::run(Command::new(crate::TYPESCRIPT.path()).arg(&folder)).expect("the program can be run");
    folder.join("models.ts")
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
    let written = std::fs::read_to_string(written()).unwrap();
    let Declared { structs, enums } = declared();
    assert_eq!(written.matches("export ").count(), structs.len() + enums.len());
    for (name, schema) in &structs {
        let expected = interface(schema);
        assert!(written.contains(&expected), "{name}: {expected}");
    }
    for (name, open) in &enums {
        let known: String = open.values.iter().map(|(value, _)| format!("\"{value}\" | ")).collect();
        let doc = comment(open.doc, "");
        let expected = format!("{doc}export type {name} = {known}(string & {{}});");
        assert!(written.contains(&expected), "{name}: {expected}");
    }
    // No type may disable the compiler's checks.
    for line in written.lines().filter(|line| !line.trim_start().starts_with(['*', '/'])) {
        assert!(!line.contains(": any") && !line.contains("<any"), "{line}");
    }
}

#[test]
fn the_compiler_accepts_valid_uses_and_rejects_invalid_ones() {
    let written = written();
    let folder = crate::scratch("typescript");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/typescript");
    for file in ["package.json", "package-lock.json", "tsconfig.json", "uses.ts"] {
        std::fs::copy(format!("{source}/{file}"), folder.join(file)).expect(file);
    }
    std::fs::copy(written, folder.join("hudhud.d.ts")).unwrap();
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
