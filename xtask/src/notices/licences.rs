//! Third-party works in the packages: their licences and the licence texts.

use std::fs;
use std::path::Path;

use cargo_metadata::Package;
use spdx::{Expression, LicenseItem, ParseMode};

/// The accepted licences for parts of a package. To accept another licence, add it here.
const ACCEPTED: [&str; 9] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Prefixes of the names of files that contain a licence or a notice, in capitals.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

/// A third-party work in a package.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) name: String,
    /// The licence, as an SPDX expression.
    pub(super) licence: String,
    /// The way that the work gets into the package.
    pub(super) how: &'static str,
    /// The address of the source code.
    pub(super) source: String,
    /// The texts of the licences and notices.
    pub(super) texts: Vec<String>,
}

impl Work {
    /// Returns true if the licence requires distributors to state where the source code is.
    pub(super) fn asks_for_source(&self) -> bool {
        self.licence.contains("MPL-")
    }
}

/// Describes a crate from crates.io.
pub(super) fn of_crate(package: &Package, how: &'static str) -> Result<Work, String> {
    let name = format!("{} {}", package.name, package.version);
    let licence = package.license.clone();
    let licence = licence.ok_or_else(|| {
        format!("{name}: the manifest states no licence; decide whether the crate may be used")
    })?;
    let folder =
        package.manifest_path.parent().ok_or_else(|| format!("{name}: the manifest has no parent folder"))?;
    let mut texts = texts_in(folder.as_std_path())?;
    if texts.is_empty() {
        texts = standard_texts(&licence, &package.authors.join(", "))?;
    }
    let source = format!("https://crates.io/crates/{}/{}", package.name, package.version);
    Ok(Work { name, licence, how, source, texts })
}

/// Reads the licence files in a crate's folder.
fn texts_in(folder: &Path) -> Result<Vec<String>, String> {
    let fault = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if path.is_file() && NAMES.iter().any(|beginning| name.starts_with(beginning)) {
            paths.push(path);
        }
    }
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display())))
        .collect()
}

/// Returns the texts from SPDX, for a work without licence files.
fn standard_texts(licence: &str, holders: &str) -> Result<Vec<String>, String> {
    let fault = |reason: String| format!("{licence}: {reason}");
    let expression = parsed(licence).map_err(fault)?;
    let mut texts = Vec::new();
    for requirement in expression.requirements() {
        if let LicenseItem::Spdx { id, .. } = requirement.req.license {
            texts.push(filled_in(id.text(), holders));
        }
        if let Some(spdx::AdditionItem::Spdx(id)) = &requirement.req.addition {
            texts.push(id.text().to_owned());
        }
    }
    texts.sort();
    texts.dedup();
    if texts.is_empty() { Err(fault("SPDX has no text for this licence".into())) } else { Ok(texts) }
}

/// Replaces the blank for the copyright holders in a licence text.
fn filled_in(text: &str, holders: &str) -> String {
    let holders = if holders.is_empty() { "its authors" } else { holders };
    let line = |line: &str| {
        if line.trim_start().starts_with("Copyright (c) <year>") {
            format!("Copyright (c) {holders}")
        } else {
            line.into()
        }
    };
    text.lines().map(line).collect::<Vec<String>>().join("\n")
}

fn parsed(licence: &str) -> Result<Expression, String> {
    // Older crates write `MIT/Apache-2.0`, which only the lax mode accepts.
    Expression::parse_mode(licence, ParseMode::LAX).map_err(|error| error.reason.to_string())
}

/// Fails if a work's licence is not an accepted one.
pub(super) fn accept(works: &[Work]) -> Result<(), String> {
    let refused = works.iter().filter_map(|work| {
        let reason = match parsed(&work.licence) {
            Ok(expression) if expression.evaluate(is_accepted) => return None,
            Ok(_) => "is not among the accepted licences of xtask/src/notices/licences.rs",
            Err(_) => "is not an SPDX licence expression",
        };
        Some(format!("{}: {:?} {reason}", work.name, work.licence))
    });
    let refused: Vec<String> = refused.collect();
    if refused.is_empty() { Ok(()) } else { Err(refused.join("\n")) }
}

fn is_accepted(requirement: &spdx::LicenseReq) -> bool {
    match &requirement.license {
        // An exception only adds permissions, so it is not checked.
        LicenseItem::Spdx { id, .. } => ACCEPTED.contains(&id.name),
        LicenseItem::Other(_) => false,
    }
}

/// Describes a work that no manifest describes.
fn other(name: &str, licence: &str, holders: &str, source: &str, how: &'static str) -> Work {
    let texts = standard_texts(licence, holders).unwrap_or_default();
    Work { name: name.into(), licence: licence.into(), how, source: source.into(), texts }
}

/// Returns the parts of Rust's standard library that need no operating system.
pub(super) fn core_library() -> Vec<Work> {
    let of_rust = |name: &str, licence: &str, holders: &str| {
        other(name, licence, holders, "https://github.com/rust-lang/rust", "linked")
    };
    vec![
        of_rust("Rust's standard library", "MIT OR Apache-2.0", "The Rust Project Developers"),
        of_rust("the tables of Unicode in Rust's standard library", "Unicode-3.0", "Unicode, Inc."),
        of_rust(
            "compiler_builtins of Rust's standard library",
            "MIT AND Apache-2.0 WITH LLVM-exception AND (MIT OR Apache-2.0)",
            "Jorge Aparicio, The Rust Project Developers, the LLVM authors",
        ),
    ]
}

/// Returns Rust's standard library with the crates that are compiled into it.
pub(super) fn standard_library() -> Vec<Work> {
    let mut works = core_library();
    let parts = [
        ("addr2line", "MIT OR Apache-2.0", "The Gimli Developers"),
        ("adler2", "0BSD OR MIT OR Apache-2.0", "Jonas Schievink, oyvindln"),
        ("cfg-if", "MIT OR Apache-2.0", "Alex Crichton"),
        ("gimli", "MIT OR Apache-2.0", "The Gimli Developers"),
        ("libc", "MIT OR Apache-2.0", "The Rust Project Developers"),
        ("memchr", "Unlicense OR MIT", "Andrew Gallant, bluss"),
        ("miniz_oxide", "MIT OR Zlib OR Apache-2.0", "Frommi, oyvindln, Rich Geldreich"),
        ("object", "MIT OR Apache-2.0", "The Gimli Developers"),
        ("rustc-demangle", "MIT OR Apache-2.0", "Alex Crichton"),
    ];
    works.extend(hash_maps());
    works.extend(parts.map(|(name, licence, holders)| compiled_in(name, licence, holders)));
    works
}

/// Returns the crate that Rust's standard library has its hash maps from.
pub(super) fn hash_maps() -> Vec<Work> {
    vec![compiled_in("hashbrown", "MIT OR Apache-2.0", "Amanieu d'Antras")]
}

/// Returns a crate that is compiled into Rust's standard library.
fn compiled_in(name: &str, licence: &str, holders: &str) -> Work {
    let source = format!("https://crates.io/crates/{name}");
    other(&format!("{name} in Rust's standard library"), licence, holders, &source, "linked")
}

/// Returns the npm packages in the bundled code: esbuild, whose helper functions become part of it, and fflate.
pub(super) fn bundled() -> Vec<Work> {
    vec![
        other(
            "esbuild",
            "MIT",
            "2020 Evan Wallace",
            "https://github.com/evanw/esbuild",
            "part of its output",
        ),
        other("fflate", "MIT", "2026 Arjun Barrett", "https://github.com/101arrowz/fflate", "linked"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn licensed(licence: &str) -> Vec<Work> {
        vec![other("work 1.0.0", licence, "Jane Doe", "https://example.com", "linked")]
    }

    #[test]
    fn accepted_licences_pass() {
        for licence in
            ["MIT", "MIT/Apache-2.0", "GPL-3.0-only OR MIT", "Apache-2.0 WITH LLVM-exception", "MPL-2.0"]
        {
            assert_eq!(accept(&licensed(licence)), Ok(()), "{licence}");
        }
    }

    #[test]
    fn other_licences_fail_with_the_name_of_the_work() {
        for licence in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "LicenseRef-Own", "Own", ""] {
            let refused = accept(&licensed(licence)).unwrap_err();
            assert!(refused.contains("work 1.0.0"), "{refused}");
        }
    }

    #[test]
    fn standard_texts_name_the_copyright_holders() {
        let texts = standard_texts("MIT", "Jane Doe").unwrap();
        assert!(texts[0].contains("Copyright (c) Jane Doe"), "{}", texts[0]);
        assert!(standard_texts("MPL-2.0", "").unwrap()[0].contains("Mozilla Public License"));
    }

    #[test]
    fn every_part_of_the_standard_library_has_a_text() {
        for work in [standard_library(), bundled()].concat() {
            assert!(!work.texts.is_empty(), "{}", work.name);
        }
    }
}
