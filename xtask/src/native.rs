//! The native library of the packages for Kotlin and Swift, and the sources generated from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::check::{succeed, words};
use crate::manifests;
use crate::tools::Trouble;

/// How many bytes the shared library may have, stripped.
const MOST_BYTES: u64 = 1_700_000;

/// What of the library is called from outside. What UniFFI noted in it is not: only the generator reads that.
const CALLED: &str = "{ global: uniffi_*; ffi_*; hudhud_door_*; Java_*; local: *; };\n";

/// Builds the library with its symbols, for the generator and to be linked: the static one.
fn build() -> Result<PathBuf, Trouble> {
    succeed(&mut words(
        "rustc --quiet --locked --package hudhud-uniffi --lib --features jni --profile native --crate-type staticlib",
    ))?;
    Ok(manifests::target()?.join("native/libhudhud_native.a"))
}

/// Builds the library, writes the sources of a language to `out` and what every call may be answered to `answers`, and
/// gives the library.
pub(crate) fn generate(language: &str, out: &Path, answers: &Path) -> Result<PathBuf, Trouble> {
    let built = build()?;
    let mut generator = words("run --quiet --locked --package hudhud-uniffi-generate --features generate --");
    generator.arg(language).arg(&built).arg(out).arg(answers);
    succeed(&mut generator)?;
    Ok(built)
}

/// The shared library of the static one: what is called from outside, and what that needs.
pub(crate) fn link(library: &Path, to: &Path) -> Result<(), Trouble> {
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
            format!("the native library has {bytes} bytes, more than the {MOST_BYTES} it may have").into()
        );
    }
    Ok(())
}

/// Copies a static library without what only a debugger needs. Every platform's `strip` knows these letters.
pub(crate) fn strip(from: &Path, to: &Path) -> Result<(), Trouble> {
    Ok(succeed(Command::new("strip").args(["-S", "-o"]).arg(to).arg(from))?)
}
