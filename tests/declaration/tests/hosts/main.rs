//! Tests one declaration in Python and TypeScript: builds the types for each host and checks its output for every type.
//! The tests of Kotlin and Swift are in `bindings-uniffi/generate`.

mod python;
mod typescript;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A crate that is built for the tests.
struct Built {
    package: &'static str,
    feature: &'static str,
    /// The name of the library or of the program.
    target: &'static str,
    /// True for a build with PyO3's linker settings, which must not affect other builds.
    is_separate: bool,
}

/// The program that writes the types for TypeScript.
const TYPESCRIPT: Built = Built {
    package: "hudhud-wasm-generate",
    feature: "generate",
    target: "hudhud-wasm-generate",
    is_separate: false,
};

/// The native module of the Python package.
const PYTHON: Built =
    Built { package: "hudhud-python", feature: "module", target: "_hudhud", is_separate: true };

impl Built {
    /// Builds the crate and returns the path of its target.
    fn path(&self) -> PathBuf {
        let mut build = Command::new(env!("CARGO"));
        if self.is_separate {
            build.env("CARGO_TARGET_DIR", scratch("build"));
        }
        let output = build
            .args(["build", "--locked", "--package", self.package, "--features", self.feature])
            .args(["--message-format", "json-render-diagnostics"])
            // A Python library gets Python's symbols from the process that loads it.
            .env("PYO3_BUILD_EXTENSION_MODULE", "1")
            // Nothing is debugged here, so debug symbols would only cost time.
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env_remove("RUSTFLAGS")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo can be run");
        assert!(output.status.success(), "{} failed to build", self.package);
        let messages = String::from_utf8(output.stdout).expect("cargo's output is UTF-8");
        messages
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| message["target"]["name"] == self.target)
            .find_map(|message| message["filenames"][0].as_str().map(PathBuf::from))
            .expect("cargo's output names the file")
    }
}

/// Returns a folder for the tests' output.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("declaration").join(name);
    std::fs::create_dir_all(&folder).expect("the folder can be created");
    folder
}

/// Runs a host's tool and returns its standard output. Its standard error is inherited. If the tool is missing, the
/// test fails if the variable `CI` is set, and is otherwise reported as skipped.
fn run(command: &mut Command) -> Option<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = match command.stderr(Stdio::inherit()).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && std::env::var_os("CI").is_none() => {
            eprintln!("SKIPPED: {name} is not installed");
            return None;
        }
        output => output.unwrap_or_else(|error| panic!("{name}: {error}")),
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?} failed\n{text}");
    Some(text)
}

#[test]
fn documentation_contains_no_rust_or_comment_syntax() {
    let found = hudhud_declaration::declared();
    assert!(found.structs.len() > 57 + 30 && found.enums.len() >= 12, "{found:?}");
    let mut docs = vec![("extra", hudhud_declaration::EXTRA_DOC)];
    for schema in found.structs.values() {
        docs.push((schema.name, schema.doc));
        docs.extend(schema.fields.iter().map(|field| (field.name, field.doc)));
    }
    for open in found.enums.values() {
        docs.push((open.name, open.doc));
        docs.extend(open.values);
    }
    for (name, doc) in &docs {
        assert_eq!(doc.trim(), *doc, "{name}");
        // These marks are Rust's raw literals, paths, links and examples, and the delimiters of comments in Kotlin
        // and TypeScript.
        assert!(!doc.lines().any(|line| line.starts_with("r\"")), "{name}: {doc:?}");
        for mark in ["r#", "::", "[`", "```", "*/", "/*", "\n\n\n", "\t"] {
            assert!(!doc.contains(mark), "{name}: {mark:?} in {doc:?}");
        }
    }
    let several = docs.iter().filter(|(_, doc)| doc.lines().count() > 2).count();
    assert!(several > 60, "expected more than 60 multi-line texts, found {several}");
}
