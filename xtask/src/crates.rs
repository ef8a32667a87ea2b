//! The crates that are published on crates.io: checks their manifests, and packs them as `cargo publish` does.
//!
//! It uploads nothing, and does not compile the packed crates. `cargo publish --dry-run` does.

use cargo_metadata::{Metadata, Package};

use crate::command::{succeed, words};

/// Texts of the licences, which each crate includes.
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// Returns the packages of the workspace that are published, by their names.
fn published(workspace: &Metadata) -> Vec<&Package> {
    let is_published = |package: &&Package| package.publish.as_deref() != Some(&[]);
    let mut packages: Vec<_> = workspace.workspace_packages().into_iter().filter(is_published).collect();
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    packages
}

/// Returns what a manifest lacks that readers of crates.io need.
fn missing(package: &Package) -> Vec<&'static str> {
    let folder = package.manifest_path.parent().unwrap_or(&package.manifest_path);
    let readme = package.readme.as_ref().map(|readme| folder.join(readme));
    let mut missing = Vec::new();
    for (is_there, name) in [
        (package.description.is_some(), "description"),
        (package.repository.is_some(), "repository"),
        (!package.authors.is_empty(), "authors"),
        ((1..=5).contains(&package.keywords.len()), "keywords (1 to 5)"),
        ((1..=5).contains(&package.categories.len()), "categories (1 to 5)"),
        (readme.is_some_and(|readme| readme.is_file()), "readme"),
        (LICENCES.iter().all(|text| folder.join(text).is_file()), "the texts of both licences"),
    ] {
        if !is_there {
            missing.push(name);
        }
    }
    missing
}

/// Fails if a manifest lacks something, or if a crate cannot be packed.
pub(crate) fn check(workspace: &Metadata) -> Result<(), String> {
    let packages = published(workspace);
    let mut wrong = Vec::new();
    for package in &packages {
        let missing = missing(package);
        if !missing.is_empty() {
            wrong.push(format!("{}: missing: {}", package.name, missing.join(", ")));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    // The crates of `Cargo.lock` are on this machine, and the index has nothing new to say.
    let mut pack = words("package --offline --locked --no-verify --allow-dirty");
    for package in &packages {
        pack.args(["--package", &package.name]);
    }
    succeed(&mut pack)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests;

    #[test]
    fn a_manifest_without_its_fields_is_rejected() {
        let workspace = manifests::read().unwrap();
        let packages = published(&workspace);
        assert!(packages.iter().any(|package| *package.name == "hudhud"), "{packages:?}");
        assert!(packages.iter().all(|package| *package.name != "xtask"));
        let mut bare = packages[0].clone();
        assert!(missing(&bare).is_empty());
        bare.description = None;
        bare.keywords = vec!["word".into(); 6];
        bare.readme = Some("no-such-file.md".into());
        assert_eq!(missing(&bare), ["description", "keywords (1 to 5)", "readme"]);
    }
}
