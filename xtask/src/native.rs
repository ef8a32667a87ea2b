//! The native library of the packages for Kotlin and Swift, and the sources generated from it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::check::{succeed, words};
use crate::manifests;
use crate::tools::Trouble;

/// How many bytes the shared library may have, stripped.
const MOST_BYTES: u64 = 1_500_000;

/// Builds the library, and gives the folder it is in: `libhudhud_native.so` and `.a`, with their symbols.
fn build() -> Result<PathBuf, Trouble> {
    succeed(&mut words("build --quiet --locked --package hudhud-uniffi --features jni --profile native"))?;
    Ok(manifests::target()?.join("native"))
}

/// Builds the library, writes the sources of a language to `out`, and gives the folder of the library.
pub(crate) fn generate(language: &str, out: &Path) -> Result<PathBuf, Trouble> {
    let built = build()?;
    let mut generator = words("run --quiet --locked --package hudhud-uniffi-generate --features generate --");
    generator.arg(language).arg(built.join("libhudhud_native.so")).arg(out);
    succeed(&mut generator)?;
    Ok(built)
}

/// Copies a library without the symbols that only the generator needs.
pub(crate) fn strip(from: &Path, to: &Path, how: &str) -> Result<(), Trouble> {
    succeed(Command::new("strip").arg(how).arg("-o").arg(to).arg(from))?;
    let bytes = std::fs::metadata(to).map_err(|error| format!("{}: {error}", to.display()))?.len();
    println!("{}: {bytes} bytes", to.display());
    if to.extension().is_some_and(|ending| ending == "so") && bytes > MOST_BYTES {
        println!("... more than the {MOST_BYTES} it should have");
    }
    Ok(())
}
