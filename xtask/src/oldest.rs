//! The oldest versions that the READMEs state: the glibc of the libraries, and the compiler of Swift.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::command::root;

const PYTHON: &str = "bindings-python/README.md";
const NATIVE: &str = "bindings-uniffi/README.md";

/// A version of glibc, such as 2.28.
type Version = (u32, u32);

/// Checks that the READMEs state the glibc of the released wheels, and the version in the manifest of the Swift package.
pub(crate) fn check() -> Result<(), String> {
    let workflow = read(".github/workflows/release-python.yml")?;
    let tag = between(&workflow, "manylinux: \"", "\"").ok_or("release-python.yml names no manylinux")?;
    let glibc = tag.replace('_', ".");
    stated(PYTHON, &format!("glibc {glibc} (`manylinux_{tag}`)"))?;
    stated(NATIVE, &format!("Swift {} or later is required", swift()?))
}

/// Returns the version of the manifest of the Swift package, such as `6.0`.
pub(crate) fn swift() -> Result<String, String> {
    let manifest = read("bindings-uniffi/swift/Package.swift")?;
    let version = between(&manifest, "swift-tools-version: ", "\n");
    Ok(version.ok_or("Package.swift: its first line states no version")?.to_owned())
}

/// Checks that the name of a wheel states the glibc that its library needs.
pub(crate) fn check_wheel(wheel: &Path) -> Result<(), String> {
    let name = wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // Wheels for other systems have other tags.
    let Some(tag) = between(&name, "manylinux_", "_x86_64").or(between(&name, "manylinux_", "_aarch64"))
    else {
        return Ok(());
    };
    let mut unpack = Command::new("python3");
    unpack.args([
        "-c",
        "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\n\
         sys.stdout.buffer.write(b'\\0'.join(z.read(n) for n in z.namelist() if n.endswith('.so')))",
    ]);
    let library = unpack.arg(wheel).output().map_err(|error| format!("{name}: {error}"))?.stdout;
    let needed = needed(&library).ok_or_else(|| format!("{name}: its library needs no glibc"))?;
    if tag == format!("{}_{}", needed.0, needed.1) {
        return Ok(());
    }
    Err(format!(
        "{name}: the library needs glibc {}.{}, and the name of the wheel states {tag}",
        needed.0, needed.1
    ))
}

/// Checks that the native library needs no later glibc than the README states.
pub(crate) fn check_native(library: &Path) -> Result<(), String> {
    let bytes = fs::read(library).map_err(|error| format!("{}: {error}", library.display()))?;
    // Libraries of other systems need none.
    let Some(needed) = needed(&bytes) else { return Ok(()) };
    let stated = read(NATIVE)?;
    let stated = between(&stated, "library needs glibc ", " ").and_then(parsed);
    if stated.is_some_and(|stated| stated >= needed) {
        return Ok(());
    }
    let (major, minor) = needed;
    Err(format!("{}: needs glibc {major}.{minor}, and {NATIVE} states {stated:?}", library.display()))
}

/// Returns the latest glibc that the symbols of a library need.
fn needed(library: &[u8]) -> Option<Version> {
    let texts = library.split(|byte| *byte == 0).filter_map(|text| str::from_utf8(text).ok());
    texts.filter_map(|text| parsed(text.strip_prefix("GLIBC_")?)).max()
}

/// Reads `2.28`, `2.28.` or `2.2.5`.
fn parsed(version: &str) -> Option<Version> {
    let mut numbers = version.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn stated(path: &str, text: &str) -> Result<(), String> {
    // A line may end within the text.
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words(&read(path)?).contains(text) {
        Ok(())
    } else {
        Err(format!("{path}: expected the words {text:?}"))
    }
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))
}

/// Returns the text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_version_of_the_symbols_is_needed() {
        let library = b"\x7fELF\0GLIBC_2.2.5\0GLIBC_2.33\0GLIBC_2.4\0GLIBCXX_3.4\0GLIBC_PRIVATE\0";
        assert_eq!(needed(library), Some((2, 33)));
        assert_eq!(needed(b"\xcf\xfa\xed\xfe\0"), None);
    }

    #[test]
    fn a_library_that_needs_more_than_the_readme_states_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("library.so");
        fs::write(&library, b"\x7fELF\0GLIBC_2.33\0").unwrap();
        assert_eq!(check_native(&library), Ok(()));
        fs::write(&library, b"\x7fELF\0GLIBC_2.99\0").unwrap();
        assert!(check_native(&library).unwrap_err().contains("needs glibc 2.99"));
    }

    #[test]
    fn a_wheel_whose_name_states_another_glibc_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let path = folder.path().join(name);
            let mut zip = Command::new("python3");
            zip.args(["-c", "import sys, zipfile\nzipfile.ZipFile(sys.argv[1], 'w').writestr('a/b.so', b'\\0GLIBC_2.28\\0')"]);
            assert!(zip.arg(&path).status().unwrap().success());
            check_wheel(&path)
        };
        assert_eq!(make("hudhud-0.1.0-cp310-abi3-manylinux_2_28_x86_64.whl"), Ok(()));
        assert!(
            make("hudhud-0.1.0-cp310-abi3-manylinux_2_17_x86_64.whl")
                .unwrap_err()
                .contains("needs glibc 2.28")
        );
        assert_eq!(make("hudhud-0.1.0-cp310-abi3-macosx_11_0_arm64.whl"), Ok(()));
    }
}
