//! Generates the sources of the Kotlin and the Swift package: UniFFI's bindings from the library, and the groups of calls
//! (`zagely.contacts.list`) from the catalog. `cargo xtask package` runs it. Do not edit its output by hand.

mod aliases;
mod answers;
mod calls;
mod codable;
mod comments;
mod config;
mod descriptions;
mod java;
mod kotlin;
mod kotlin_calls;
mod maps;
mod parameter;
mod swift;
mod tape;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

/// Generates the sources of one package.
#[derive(Parser)]
struct Arguments {
    /// The language.
    language: Language,
    /// The native library, not stripped: UniFFI's metadata is in its symbols.
    library: PathBuf,
    /// The output folder.
    out: PathBuf,
    /// The output file for the shapes of the answers, for the tests.
    answers: PathBuf,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Language {
    Kotlin,
    Swift,
}

fn main() -> Result<()> {
    let Arguments { language, library, out, answers } = Arguments::parse();
    std::fs::create_dir_all(&out).with_context(|| out.display().to_string())?;
    let config = out.join("uniffi.toml");
    std::fs::write(&config, config::of(path(&library)?)?)?;
    let target = match language {
        Language::Kotlin => TargetLanguage::Kotlin,
        Language::Swift => TargetLanguage::Swift,
    };
    generate(GenerateOptions {
        languages: vec![target],
        source: path(&library)?.into(),
        out_dir: path(&out)?.into(),
        config_override: Some(path(&config)?.into()),
        format: false,
        crate_filter: None,
        metadata_no_deps: false,
    })?;
    std::fs::remove_file(config)?;
    let shapes = answers::all()?.to_string();
    std::fs::write(&answers, shapes).with_context(|| answers.display().to_string())?;
    match language {
        Language::Kotlin => kotlin::finish(path(&library)?, &out),
        Language::Swift => swift::finish(path(&library)?, &out),
    }
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{}: expected a path in UTF-8", path.display()))
}
