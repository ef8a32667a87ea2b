//! Reads the workspace's metadata and checks the fields that every package must have.

use std::path::PathBuf;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use crate::command::root;

/// The maximum number of direct dependencies of core.
const MOST_DEPENDENCIES: usize = 12;

/// The frameworks of the bindings, on which core must not depend: bindings in other crates build their types from core's
/// descriptions.
const FRAMEWORKS: [&str; 5] = ["pyo3", "serde-wasm-bindgen", "tsify", "uniffi", "wasm-bindgen"];

/// Reads the workspace's metadata. Fails if `Cargo.lock` does not match it.
pub(crate) fn read() -> Result<Metadata, String> {
    let mut command = MetadataCommand::new();
    command.current_dir(root()).other_options(["--locked".into()]);
    command.exec().map_err(|error| error.to_string())
}

/// Returns the folder of all build output.
pub(crate) fn target() -> Result<PathBuf, String> {
    Ok(read()?.target_directory.into_std_path_buf())
}

/// Returns the features of core, except `default`.
pub(crate) fn features_of_core(workspace: &Metadata) -> Result<Vec<String>, String> {
    Ok(core(workspace)?.features.keys().filter(|name| *name != "default").cloned().collect())
}

/// Checks that core has few direct dependencies, and no framework of a binding among them.
pub(crate) fn check_dependencies(workspace: &Metadata) -> Result<(), String> {
    let dependencies = &core(workspace)?.dependencies;
    let direct = dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
    let mut names: Vec<&str> = direct.map(|dependency| dependency.name.as_str()).collect();
    names.sort_unstable();
    // A dependency that is declared for several targets counts once.
    names.dedup();
    println!("{} of at most {MOST_DEPENDENCIES}: {}", names.len(), names.join(", "));
    if let Some(framework) = framework(&names) {
        return Err(format!("core depends on {framework}: use it in the binding's crate"));
    }
    if names.len() > MOST_DEPENDENCIES { Err("core has too many direct dependencies".into()) } else { Ok(()) }
}

/// Returns the framework of a binding among these dependencies, if there is one.
fn framework<'a>(names: &[&'a str]) -> Option<&'a str> {
    names.iter().copied().find(|name| FRAMEWORKS.contains(name))
}

/// Checks that each package states the licence and core's `rust-version`, and that the licence texts exist.
pub(crate) fn check_fields(workspace: &Metadata) -> Result<(), String> {
    let (mut wrong, members) = (Vec::new(), workspace.workspace_packages());
    let oldest = core(workspace)?.rust_version.clone();
    for package in &members {
        if package.license.as_deref() != Some("MIT OR Apache-2.0") {
            wrong.push(format!("{} is not licensed MIT OR Apache-2.0", package.name));
        }
        if package.rust_version.is_none() || package.rust_version != oldest {
            wrong.push(format!("{} does not state the rust-version that core states", package.name));
        }
    }
    for text in ["LICENSE-MIT", "LICENSE-APACHE"] {
        if !root().join(text).is_file() {
            wrong.push(format!("{text} is missing"));
        }
    }
    let oldest = oldest.map(|version| version.to_string()).unwrap_or_default();
    println!("{} packages: MIT OR Apache-2.0, Rust {oldest}", members.len());
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn core(workspace: &Metadata) -> Result<&Package, String> {
    let packages = workspace.workspace_packages();
    packages
        .into_iter()
        .find(|package| *package.name == "hudhud")
        .ok_or_else(|| "the package `hudhud` is missing from the workspace".into())
}

#[cfg(test)]
mod tests {
    use super::framework;

    #[test]
    fn a_framework_of_a_binding_is_found_among_dependencies() {
        assert_eq!(framework(&["hmac", "serde", "uniffi"]), Some("uniffi"));
        assert_eq!(framework(&["hmac", "serde", "serde_json"]), None);
    }
}
