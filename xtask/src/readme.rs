//! The code in the READMEs as programs in Kotlin, Java and Swift. The checks run them, unchanged and in order, against the
//! sandbox.
//!
//! The code of one README shares its names. `headers` and `body` of a delivery are given, because the text introduces them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::command::root;
use crate::sandbox::Sandbox;

/// The READMEs, each with a name for its program.
const READMES: [(&str, &str); 2] = [("README.md", "root"), ("bindings-uniffi/README.md", "bindings")];
/// The secret of the delivery that the programs verify.
const SECRET: &str = "whsec_test";

/// The imports of the Swift programs.
const IMPORTS: &str = "import Foundation\nimport Hudhud\nimport HudhudSQLite\n";

/// The names that the Swift programs get. swift-log cannot be downloaded everywhere, so its logger has a stand-in of the
/// same shape.
const GIVEN_IN_SWIFT: &str = r#"
struct Logger: Sendable {
    enum Level: String, Sendable { case debug, info, warning }
    enum Value: Sendable { case string(String) }
    init(label: String) {}
    func log(level: Level, _ message: String, metadata: [String: Value]) {}
}

let body = sampleDelivery(event: "message.received")
let now = UInt64(Date().timeIntervalSince1970)
let headers = Dictionary(
    uniqueKeysWithValues: try signDelivery(secret: "whsec_test", body: body, now: now).map { ($0.name, $0.value) })
"#;

/// Returns the environment of the programs: the client and the webhook are created from it.
pub(crate) fn environment(sandbox: &Sandbox) -> Result<Vec<(&'static str, String)>, String> {
    let mut variables = vec![("ZAGELY_WEBHOOK_SECRET", SECRET.to_owned())];
    for (variable, field) in [
        ("ZAGELY_PUBLIC_KEY", "public_key"),
        ("ZAGELY_SECRET_KEY", "secret_key"),
        ("ZAGELY_BASE_URL", "zagely_base_url"),
        ("ZAGELY_SESSION_ID", "session_id"),
    ] {
        variables.push((variable, sandbox.ready_text(field)?.to_owned()));
    }
    Ok(variables)
}

/// Returns the pieces of code in a language, in the order of the text.
fn snippets(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        match &mut open {
            Some(code) if line == "```" => {
                found.push(std::mem::take(code));
                open = None;
            }
            Some(code) => *code += &format!("{line}\n"),
            None if line.strip_prefix("```") == Some(language) => open = Some(String::new()),
            None => {}
        }
    }
    found
}

/// Returns the code of a README. An empty README is an error, so that no check passes without code.
fn code(path: &str, language: &str) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))?;
    let found = snippets(&text, language);
    if found.is_empty() {
        return Err(format!("{path}: expected code in {language}, found none"));
    }
    Ok(found)
}

/// Takes the imports out of code, because they must come first in a file.
fn without_imports(code: &[String]) -> (BTreeSet<&str>, Vec<String>) {
    let mut imports = BTreeSet::new();
    let bodies = code.iter().map(|code| {
        let (imported, rest): (Vec<&str>, Vec<&str>) =
            code.lines().partition(|line| line.starts_with("import "));
        imports.extend(imported);
        rest.join("\n")
    });
    let bodies = bodies.collect();
    (imports, bodies)
}

/// Writes a program of imports and nested blocks, so that a later piece of code can declare a name again.
fn program(
    path: &str,
    language: &str,
    block: &str,
    head: &str,
    begin: &str,
    end: &str,
) -> Result<String, String> {
    let code = code(path, language)?;
    let (imports, bodies) = without_imports(&code);
    let mut text = format!("// Written by `cargo xtask test` from the code in {path}.\n{head}\n");
    for import in imports {
        writeln!(text, "{import}").map_err(|error| error.to_string())?;
    }
    text += begin;
    for body in &bodies {
        text += &format!("\n{block} {{\n{body}\n");
    }
    Ok(text + &"}\n".repeat(bodies.len()) + end)
}

/// Writes the programs in Kotlin and Java into a folder of sources.
pub(crate) fn write_kotlin(folder: &Path) -> Result<(), String> {
    for (path, name) in READMES {
        let begin = format!("\nsuspend fun {name}(headers: Map<String, String>, body: ByteArray) {{");
        let kotlin = program(path, "kotlin", "run", "package dev.hudhud.readme\n", &begin, "}\n")?;
        put(&folder.join(format!("dev/hudhud/readme/{name}.kt")), &kotlin)?;
        let class = format!("Readme{name}");
        let begin = format!("\npublic class {class} {{\npublic static void main(String... arguments) {{");
        let java = program(path, "java", "", "package dev.hudhud.readme;\n", &begin, "}\n}\n")?;
        put(&folder.join(format!("dev/hudhud/readme/{class}.java")), &java)?;
    }
    let calls = READMES
        .map(|(_, name)| format!("    {name}(sample.headers, sample.body)\n    Readme{name}.main()\n"));
    let main = format!(
        "// Written by `cargo xtask test`: runs the code in the READMEs.\npackage dev.hudhud.readme\n\n\
         suspend fun main() {{\n    val sample = dev.hudhud.testing.deliveries(\"{SECRET}\").first()\n{}}}\n",
        calls.concat()
    );
    put(&folder.join("dev/hudhud/readme/Main.kt"), &main)
}

/// Writes the package in Swift. Its manifest is the one in the README of the bindings.
pub(crate) fn write_swift(folder: &Path) -> Result<(), String> {
    let mut main = String::new();
    for (path, name) in READMES {
        let mut code = code(path, "swift")?;
        let manifest = code.iter().position(|code| code.starts_with("// swift-tools-version"));
        if let Some(position) = manifest {
            put(&folder.join("Package.swift"), &code.remove(position))?;
        }
        let (imports, bodies) = without_imports(&code);
        if main.is_empty() {
            main = format!(
                "// Written by `cargo xtask test` from the code in the READMEs.\n{IMPORTS}{GIVEN_IN_SWIFT}"
            );
        }
        if let Some(import) = imports.iter().find(|import| !IMPORTS.lines().any(|known| known == **import)) {
            return Err(format!("{path}: `{import}`: expected an import that the program of the check has"));
        }
        writeln!(main, "\nfunc {name}(headers: [String: String], body: Data) async throws {{")
            .map_err(|error| error.to_string())?;
        for body in &bodies {
            main += &format!("do {{\n{body}\n");
        }
        main += &"}\n".repeat(bodies.len());
        writeln!(main, "}}\n\ntry await {name}(headers: headers, body: body)")
            .map_err(|error| error.to_string())?;
    }
    put(&folder.join("Sources/App/main.swift"), &main)?;
    put(&folder.join("Tests/AppTests/AppTests.swift"), "import HudhudTesting\n")
}

/// Writes a file unless it has these contents already.
fn put(path: &Path, text: &str) -> Result<(), String> {
    let fault = |error: std::io::Error| format!("{}: {error}", path.display());
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(fault)?;
    }
    fs::write(path, text).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_a_language_is_found_in_order_and_its_imports_come_first() {
        let text = "```swift\nlet a = 1\n```\ntext\n```java\nx\n```\n```swift\nimport B\nlet b = a\n```\n```swift\nopen";
        let found = snippets(text, "swift");
        assert_eq!(found, ["let a = 1\n", "import B\nlet b = a\n"]);
        let (imports, bodies) = without_imports(&found);
        assert_eq!(imports.into_iter().collect::<Vec<_>>(), ["import B"]);
        assert_eq!(bodies, ["let a = 1", "let b = a"]);
    }
}
