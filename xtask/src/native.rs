//! Builds the native library of the packages for Kotlin and Swift, and generates their sources from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::check_error::CheckError;
use crate::command::{succeed, words};
use crate::manifests;

/// The maximum size of the stripped shared library, in bytes. The file grows in pages of 4,096 bytes. Writing the names in
/// errors as Kotlin and Swift do takes one of them, and the reports of long waits and hanging stores take three.
const MOST_BYTES: u64 = 1_857_000;

/// The linker's version script: the exported symbols. UniFFI's metadata symbols are not exported, because only the
/// generator reads them.
const CALLED: &str = "{ global: uniffi_*; ffi_*; hudhud_*; Java_*; local: *; };\n";

/// Builds the static library with its symbols. The generator reads it, and the packages link it.
fn build() -> Result<PathBuf, CheckError> {
    succeed(&mut words(
        "rustc --quiet --locked --package hudhud-uniffi --lib --features jni --profile native --crate-type staticlib",
    ))?;
    Ok(manifests::target()?.join("native/libhudhud_native.a"))
}

/// Builds the library and returns its path. Writes a language's sources to `out`, and the possible responses of every
/// call to `answers`.
pub(crate) fn generate(language: &str, out: &Path, answers: &Path) -> Result<PathBuf, CheckError> {
    let built = build()?;
    let mut generator = words("run --quiet --locked --package hudhud-uniffi-generate --features generate --");
    generator.arg(language).arg(&built).arg(out).arg(answers);
    succeed(&mut generator)?;
    Ok(built)
}

/// Builds the library and tests that each declared type is in it, and in the Kotlin and Swift that UniFFI generates
/// from it.
pub(crate) fn test_declared_types() -> Result<(), CheckError> {
    let built = build()?;
    let mut tests = words("test --locked --package hudhud-uniffi-generate --features generate");
    Ok(succeed(tests.env("HUDHUD_NATIVE_LIBRARY", built))?)
}

/// Links the static library into a shared one, with only the exported symbols and the code that they need.
pub(crate) fn link(library: &Path, to: &Path) -> Result<(), CheckError> {
    let called = library.with_file_name("called");
    fs::write(&called, CALLED).map_err(|error| format!("{}: {error}", called.display()))?;
    let mut linker = Command::new("cc");
    linker.args(["-shared", "-s", "-Wl,--gc-sections,-z,defs,-z,relro,-z,now", "-o"]).arg(to);
    linker.arg(format!("-Wl,--version-script={}", called.display()));
    linker.arg("-Wl,--whole-archive").arg(library).args(["-Wl,--no-whole-archive", "-lgcc_s", "-lm", "-lc"]);
    succeed(&mut linker)?;
    let bytes = fs::metadata(to).map_err(|error| format!("{}: {error}", to.display()))?.len();
    println!("{}: {bytes} bytes", to.display());
    if bytes > MOST_BYTES {
        return Err(
            format!("the native library has {bytes} bytes, more than the maximum of {MOST_BYTES}").into()
        );
    }
    Ok(())
}

/// Copies a static library without its debug symbols. The option `-S` means this to the `strip` of every platform.
pub(crate) fn strip(from: &Path, to: &Path) -> Result<(), CheckError> {
    Ok(succeed(Command::new("strip").args(["-S", "-o"]).arg(to).arg(from))?)
}
