//! Tests of the TypeScript: the exact text of each type, and its compilation.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use hudhud::ENDPOINTS;
use hudhud::endpoint::EndpointSpec;
use hudhud::schema::{Field, Type};
use hudhud_declaration::{Declared, declared};

/// Writes the TypeScript and returns the file with the declared types.
fn written() -> PathBuf {
    let folder = crate::scratch("typescript-generated");
    crate::run(Command::new(crate::TYPESCRIPT.path()).arg(&folder)).expect("the program can be run");
    folder.join("models.ts")
}

/// Returns the type of a value. Lists of a call are read-only. A response may have other names than the known ones.
fn name_of(kind: &Type, is_output: bool) -> String {
    match kind {
        Type::Text | Type::Id | Type::Date | Type::Timestamp => "string".into(),
        Type::Integer | Type::Number => "number".into(),
        Type::Boolean => "boolean".into(),
        Type::Bytes => "Uint8Array".into(),
        Type::Json => "unknown".into(),
        Type::Object => "Record<string, unknown>".into(),
        Type::List(inner) if is_output => format!("Array<{}>", name_of(inner, is_output)),
        Type::List(inner) => format!("ReadonlyArray<{}>", name_of(inner, is_output)),
        Type::Nullable(inner) => format!("{} | null", name_of(inner, is_output)),
        Type::Model(schema) => schema.name.into(),
        Type::Enum(open) if is_output => format!("Open<{}>", open.name),
        Type::Enum(open) => open.name.into(),
        other => panic!("{other:?} has no TypeScript type"),
    }
}

/// Returns the code of an interface, without its comments.
fn interface(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("export interface {name} {{\n"))?;
    let (inside, _) = rest.split_once("\n}")?;
    let lines = inside.lines().map(str::trim).filter(|line| !line.starts_with(['/', '*']));
    Some(lines.map(|line| line.to_owned() + "\n").collect())
}

#[test]
fn every_type_has_the_exact_typescript() {
    let written = std::fs::read_to_string(written()).unwrap();
    let Declared { structs, enums } = declared();
    let calls: BTreeMap<&str, &EndpointSpec> =
        ENDPOINTS.iter().map(|spec| (spec.input.name, *spec)).collect();
    let mut seen = 0;
    for (name, schema) in &structs {
        if let Some(spec) = calls.get(name) {
            check_input(&written, spec);
            continue;
        }
        // A field of a response is always present, and `null` if the vendor sent none.
        let null = |field: &Field| if schema.open && !field.required { " | null" } else { "" };
        let (mark, absent) = if schema.open { ("", "") } else { ("?", " | undefined") };
        let expected: String = schema
            .fields
            .iter()
            .map(|field| {
                let kind = name_of(&field.kind, schema.open);
                format!("{}{mark}: {kind}{}{absent};\n", field.name, null(field))
            })
            .collect();
        assert_eq!(interface(&written, name).as_deref(), Some(&*expected), "{name}");
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
    for (name, open) in &enums {
        let known: Vec<_> = open.values.iter().map(|(value, _)| format!("\"{value}\"")).collect();
        let expected = format!("export type {name} = {};", known.join(" | "));
        assert!(written.contains(&expected), "{name}: {expected}");
    }
    // No type may disable the compiler's checks.
    for line in written.lines().filter(|line| !line.trim_start().starts_with(['*', '/'])) {
        assert!(!line.contains(": any") && !line.contains("<any"), "{line}");
    }
}

/// Checks the input of a call. Its fields are in one interface, or in several that a union joins.
fn check_input(written: &str, spec: &EndpointSpec) {
    let name = spec.input.name;
    let ids = spec.input.fields.iter().filter(|field| field.path).count();
    let parts: Vec<String> = written
        .lines()
        .filter_map(|line| line.strip_prefix("export interface ")?.strip_suffix(" {"))
        .filter(|part| {
            part.starts_with(name) && (*part == name || written.contains(&format!("export type {name} =")))
        })
        .filter_map(|part| interface(written, part))
        .collect();
    for field in spec.input.fields {
        // A call takes its only id by position.
        let is_position = field.path && ids == 1;
        let kind = name_of(&field.kind, false);
        let optional = format!("{}?: {kind} | undefined;", field.name);
        let required = format!("{}: {kind};", field.name);
        let found = |line: &str| parts.iter().any(|part| part.lines().any(|found| found == line));
        // A field with a condition is required in one part of a union, where its name may be a literal.
        let is_named = parts.iter().any(|part| part.contains(&format!("{}: ", field.name)));
        match (is_position, field.required && field.session.is_none()) {
            (true, _) => assert!(!found(&required) && !found(&optional), "{name}: {required}"),
            (false, true) => assert!(found(&required) || is_named, "{name}: {required}"),
            (false, false) => assert!(found(&optional) || is_named, "{name}: {optional}"),
        }
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
