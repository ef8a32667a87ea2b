//! The source files whose messages are listed, by section of the document.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::root;

use super::literal::Literal;
use super::rust;
use super::script::{self, Language};

/// A section of the document: the messages of these folders.
pub(super) struct Section {
    pub(super) title: &'static str,
    folders: &'static [&'static str],
}

pub(super) const SECTIONS: [Section; 8] = [
    Section { title: "Core and all hosts", folders: &["core/src"] },
    Section { title: "Rust transports", folders: &["core/transports"] },
    Section { title: "Rust stores", folders: &["core/stores"] },
    Section { title: "JavaScript", folders: &["bindings-wasm/js", "bindings-wasm/src"] },
    Section { title: "Python", folders: &["bindings-python/python/hudhud", "bindings-python/src"] },
    Section { title: "Kotlin and Swift", folders: &["bindings-uniffi/src"] },
    Section {
        title: "Kotlin",
        folders: &[
            "bindings-uniffi/kotlin/hudhud/src/main",
            "bindings-uniffi/kotlin/jdbc/src/main",
            "bindings-uniffi/kotlin/ktor-client/src/main",
            "bindings-uniffi/kotlin/ktor-server/src/main",
            "bindings-uniffi/kotlin/spring-boot/src/main",
            "bindings-uniffi/kotlin/micrometer/src/main",
            "bindings-uniffi/kotlin/okhttp/src/main",
            "bindings-uniffi/kotlin/opentelemetry/src/main",
            "bindings-uniffi/kotlin/redis/src/main",
            "bindings-uniffi/kotlin/spring/src/main",
            "bindings-uniffi/kotlin/testing/src/main",
        ],
    },
    Section {
        title: "Swift",
        folders: &[
            "bindings-uniffi/swift/Sources/Hudhud",
            "bindings-uniffi/swift/Sources/HudhudSQLite",
            "bindings-uniffi/swift/Sources/HudhudTesting",
        ],
    },
];

/// The names of folders whose files are generated or are tests.
const SKIPPED: [&str; 7] =
    ["build", "generated", "node_modules", "target", "tests", "system_tests", "__pycache__"];

/// The file of a module's tests.
const TESTS: &str = "tests.rs";

/// Returns the literals of a section, by file.
pub(super) fn literals(section: &Section) -> Result<Vec<Literal>, String> {
    let mut found = Vec::new();
    for folder in section.folders {
        for path in files(&root().join(folder))? {
            let file = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let read = || fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"));
            let language = match path.extension().and_then(|extension| extension.to_str()) {
                Some("rs") => {
                    found.extend(rust::literals(&file, &read()?)?);
                    continue;
                }
                Some("ts") => Language::TypeScript,
                Some("py") => Language::Python,
                Some("kt") => Language::Kotlin,
                Some("swift") => Language::Swift,
                _ => continue,
            };
            found.extend(script::literals(language, &file, &read()?));
        }
    }
    Ok(found)
}

/// Returns the files of a folder that are not tests, in the order of their paths.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let with_folder = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(with_folder)? {
        let path = entry.map_err(with_folder)?.path();
        if !path.is_dir() {
            found.extend(Some(path).filter(|path| !path.ends_with(TESTS)));
        } else if !path.file_name().is_some_and(|name| SKIPPED.iter().any(|skipped| name == *skipped)) {
            found.extend(files(&path)?);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_in_files_of_their_own_are_left_out() {
        let files = files(&root().join("core/src/codec")).unwrap();
        assert!(files.iter().any(|file| file.ends_with("input/record.rs")));
        assert!(!files.iter().any(|file| file.ends_with("tests.rs")), "{files:?}");
    }
}
