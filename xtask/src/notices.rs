//! `cargo xtask notices`: writes the file `THIRD-PARTY-NOTICES.txt` of every package from the crates linked into it.
//!
//! The files are committed, because other people build the source distribution. A check compares them with
//! `Cargo.lock`.

mod licences;
mod text;
mod wasm;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{fs, str};

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

use crate::check_error::{self, CheckError};
use crate::command::{cargo, root};

use licences::Work;

/// The name of the file in every package.
pub(crate) const FILE: &str = "THIRD-PARTY-NOTICES.txt";

/// A package for users.
struct Package {
    /// The name that users know. It is used in the heading.
    name: &'static str,
    /// The folder that contains the package's notices file.
    folder: &'static str,
    /// The cargo arguments that select the package's crate and its features.
    linked: &'static [&'static str],
    /// The platforms that the package is built for. All platforms of one kind link the same crates.
    targets: &'static [&'static str],
    /// The crates that generate code in the package.
    generators: &'static [&'static str],
    /// Third-party parts that Cargo does not list.
    others: fn() -> Vec<Work>,
}

const NATIVE: &[&str] = &["--package", "hudhud-uniffi", "--features", "jni"];

const PACKAGES: [Package; 4] = [
    Package {
        name: "the npm package hudhud",
        folder: "bindings-wasm",
        linked: &["--package", "hudhud-wasm"],
        targets: &["wasm32-unknown-unknown"],
        // The macros' output is compiled into the module. `wasm-bindgen-cli-support` generates the JavaScript that
        // loads it.
        generators: &["wasm-bindgen-cli-support", "wasm-bindgen-macro-support"],
        // The linker drops the crates that are compiled into the standard library: see `name_all_of_wasm`.
        others: || [licences::core_library(), licences::hash_maps(), licences::bundled()].concat(),
    },
    Package {
        name: "the Python package hudhud",
        folder: "bindings-python",
        linked: &["--package", "hudhud-python", "--features", "module"],
        targets: &[
            "x86_64-unknown-linux-gnu",
            "aarch64-unknown-linux-gnu",
            "x86_64-unknown-linux-musl",
            "aarch64-unknown-linux-musl",
            "x86_64-apple-darwin",
            "aarch64-apple-darwin",
            "x86_64-pc-windows-msvc",
        ],
        generators: &["pyo3-macros-backend"],
        others: licences::standard_library,
    },
    Package {
        name: "the Maven artifact dev.hudhud:hudhud",
        folder: "bindings-uniffi/kotlin/hudhud/src/main/resources/META-INF",
        linked: NATIVE,
        targets: &[
            "x86_64-unknown-linux-gnu",
            "aarch64-unknown-linux-gnu",
            "x86_64-apple-darwin",
            "aarch64-apple-darwin",
            "x86_64-pc-windows-msvc",
            "aarch64-linux-android",
            "armv7-linux-androideabi",
            "x86_64-linux-android",
            "i686-linux-android",
        ],
        // `uniffi_bindgen` generates the Kotlin, `uniffi_macros` the Rust functions that the Kotlin calls.
        generators: &["uniffi_bindgen", "uniffi_macros"],
        others: licences::standard_library,
    },
    Package {
        name: "the Swift package Hudhud",
        folder: "bindings-uniffi/swift",
        linked: NATIVE,
        targets: &[
            "x86_64-unknown-linux-gnu",
            "aarch64-apple-darwin",
            "x86_64-apple-darwin",
            "aarch64-apple-ios",
            "aarch64-apple-ios-sim",
            "x86_64-apple-ios",
        ],
        // `uniffi_bindgen` generates the Swift, `uniffi_macros` the Rust functions that the Swift calls.
        generators: &["uniffi_bindgen", "uniffi_macros"],
        others: licences::standard_library,
    },
];

impl Package {
    fn path(&self) -> PathBuf {
        root().join(self.folder).join(FILE)
    }

    /// Returns the text of the file. Fails if the licence of a crate is not accepted.
    fn notices(&self, known: &Metadata) -> Result<String, String> {
        let mut works = BTreeMap::new();
        for target in self.targets {
            for (name, version) in linked(self.linked, target)? {
                let found = known
                    .packages
                    .iter()
                    .find(|package| *package.name == name && package.version.to_string() == version);
                let found = found.ok_or_else(|| format!("{name} {version}: not in the metadata of cargo"))?;
                if found.source.is_some() {
                    works.insert((name, version), licences::of_crate(found, "linked")?);
                }
            }
        }
        for name in self.generators {
            let found = known.packages.iter().find(|package| *package.name == *name);
            let found = found.ok_or_else(|| format!("{name}: not among the crates of Cargo.lock"))?;
            let key = ((*name).to_owned(), found.version.to_string());
            works.insert(key, licences::of_crate(found, "part of its output")?);
        }
        let works: Vec<Work> = (self.others)().into_iter().chain(works.into_values()).collect();
        licences::accept(&works)?;
        Ok(text::written(self.name, &works))
    }
}

/// Returns the names and versions of the crates linked for one platform, with exactly the enabled features.
fn linked(arguments: &[&str], target: &str) -> Result<Vec<(String, String)>, String> {
    let mut tree = cargo(["tree", "--quiet", "--locked", "--prefix", "none", "--format", "{p}"]);
    // Procedural macros run in the compiler and are not linked.
    tree.args(["--edges", "normal,no-proc-macro", "--target", target]).args(arguments);
    let output = tree.current_dir(root()).output().map_err(|error| format!("cargo tree: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    lines.lines().filter(|line| !line.is_empty()).map(name_and_version).collect()
}

/// Parses `name v1.2.3` or `name v1.2.3 (path)`.
fn name_and_version(line: &str) -> Result<(String, String), String> {
    let mut words = line.split(' ');
    match (words.next(), words.next().and_then(|word| word.strip_prefix('v'))) {
        (Some(name), Some(version)) => Ok((name.to_owned(), version.to_owned())),
        _ => Err(format!("cargo tree: expected a name and a version, found {line:?}")),
    }
}

fn metadata() -> Result<Metadata, String> {
    let mut command = MetadataCommand::new();
    command.current_dir(root()).features(CargoOpt::AllFeatures).other_options(["--locked".into()]);
    command.exec().map_err(|error| error.to_string())
}

/// Writes the notices of all packages.
pub(crate) fn run() -> ExitCode {
    check_error::exit_code(write().map_err(CheckError::from))
}

fn write() -> Result<(), String> {
    let known = metadata()?;
    for package in PACKAGES {
        let (path, notices) = (package.path(), package.notices(&known)?);
        fs::write(&path, notices).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}: written", path.display());
    }
    Ok(())
}

/// Fails if a licence is not accepted, or if a file does not match `Cargo.lock`.
pub(crate) fn check() -> Result<(), String> {
    let known = metadata()?;
    let mut wrong = Vec::new();
    for package in PACKAGES {
        let path = package.path();
        match package.notices(&known) {
            Ok(notices) if fs::read_to_string(&path).is_ok_and(|found| found == notices) => {}
            Ok(_) => wrong.push(format!("{} is out of date: run `cargo xtask notices`", path.display())),
            Err(reason) => wrong.push(reason),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Fails unless the notices of the npm package name every crate that has code in a wasm module of it.
pub(crate) fn name_all_of_wasm(module: &Path) -> Result<(), String> {
    let fault = |error: std::io::Error| format!("{}: {error}", module.display());
    let crates = wasm::crates_in(&fs::read(module).map_err(fault)?);
    let crates = crates.map_err(|reason| format!("{}: {reason}", module.display()))?;
    let [package, ..] = PACKAGES;
    let notices = fs::read_to_string(package.path()).map_err(fault)?;
    let unnamed = crates.iter().filter(|name| !is_named(name, &notices)).map(String::as_str);
    let unnamed: Vec<&str> = unnamed.collect();
    if unnamed.is_empty() && crates.contains("core") {
        return Ok(());
    }
    Err(format!(
        "{}: has code of {}, which {FILE} does not name: add it to `others` of the package in xtask/src/notices.rs",
        module.display(),
        unnamed.join(", ")
    ))
}

/// Returns true if notices name a crate, or if it is ours or of the standard library.
fn is_named(name: &str, notices: &str) -> bool {
    // The compiler names its functions of the allocator `__rustc`.
    matches!(name, "__rustc" | "alloc" | "compiler_builtins" | "core" | "std")
        || name.starts_with("hudhud")
        || notices
            .lines()
            .any(|line| line.split(' ').next().is_some_and(|word| word.replace('-', "_") == name))
}

/// Fails unless the zip file (a wheel or a jar) contains the package's notices in a file whose name ends with
/// `ending`.
pub(crate) fn are_in_zip(archive: &Path, folder: &str, ending: &str) -> Result<(), String> {
    let listing = [
        "-c",
        "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\n\
        sys.stdout.buffer.write(b'\\0'.join(z.read(n) for n in z.namelist() if n.endswith(sys.argv[2])))",
    ];
    let mut command = Command::new("python3");
    command.args(listing).arg(archive).arg(ending);
    are_in(archive, folder, command)
}

/// Fails unless the compressed tar file contains the package's notices under `name`.
pub(crate) fn are_in_tar(archive: &Path, folder: &str, name: &str) -> Result<(), String> {
    let mut command = Command::new("tar");
    command.arg("-xzOf").arg(archive).arg(name);
    are_in(archive, folder, command)
}

/// Fails unless the folder `made` contains the package's notices.
pub(crate) fn are_in_folder(made: &Path, folder: &str) -> Result<(), String> {
    let mut command = Command::new("cat");
    command.arg(made.join(FILE));
    are_in(made, folder, command)
}

fn are_in(package: &Path, folder: &str, mut read: Command) -> Result<(), String> {
    let wanted = root().join(folder).join(FILE);
    let wanted = fs::read(&wanted).map_err(|error| format!("{}: {error}", wanted.display()))?;
    let found = read.output().map_err(|error| format!("{}: {error}", package.display()))?;
    if found.status.success() && found.stdout == wanted {
        return Ok(());
    }
    Err(format!("{}: {FILE} is missing or differs from the one in {folder}", package.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_cargo_tree_are_parsed_as_name_and_version() {
        let pair = |name: &str, version: &str| Ok((name.to_owned(), version.to_owned()));
        assert_eq!(name_and_version("bytes v1.12.1"), pair("bytes", "1.12.1"));
        assert_eq!(name_and_version("hudhud v0.1.0 (/some/where)"), pair("hudhud", "0.1.0"));
        assert!(name_and_version("[build-dependencies]").is_err());
    }

    #[test]
    fn a_crate_is_named_by_the_line_with_its_version() {
        let notices = "wasm-bindgen 0.2.130\n  Licence: MIT\n";
        for (name, named) in
            [("wasm_bindgen", true), ("core", true), ("hudhud_wasm", true), ("hashbrown", false)]
        {
            assert_eq!(is_named(name, notices), named, "{name}");
        }
    }

    #[test]
    fn a_package_without_its_notices_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        assert!(are_in_folder(folder.path(), "bindings-wasm").is_err());
        fs::write(folder.path().join(FILE), "another text").unwrap();
        assert!(are_in_folder(folder.path(), "bindings-wasm").is_err());
        fs::copy(root().join("bindings-wasm").join(FILE), folder.path().join(FILE)).unwrap();
        assert_eq!(are_in_folder(folder.path(), "bindings-wasm"), Ok(()));
    }
}
