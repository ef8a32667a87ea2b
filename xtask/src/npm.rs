//! The npm package `hudhud`: how it is made, and how it is tested in every runtime it is for.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::{cargo, root};
use crate::check::succeed;
use crate::tools::{self, Trouble};
use crate::{manifests, wasm};

const FOLDER: &str = "bindings-wasm";

/// Installs the tools it is made and tested with.
pub(crate) fn install() -> Result<(), Trouble> {
    wasm::install()?;
    tools::of_node(FOLDER)?;
    Ok(())
}

/// Makes the package: the folder that `npm pack` would take.
pub(crate) fn package() -> Result<PathBuf, Trouble> {
    let tools = tools::of_node(FOLDER)?;
    let client = wasm::build("hudhud-wasm", "client", &[])?;
    let webhook = wasm::build("hudhud-wasm", "webhook", &["--no-default-features"])?;
    let made = manifests::target()?.join("npm");
    let generated = root().join(FOLDER).join("js/generated");
    let mut generate = cargo(["run", "--quiet", "--locked", "--package", "hudhud-wasm-generate"]);
    generate.args(["--features", "generate", "--"]).args([&generated, &client, &webhook]).current_dir(root());
    succeed(&mut generate)?;
    let mut build = node(&tools, "build.mjs");
    succeed(build.arg(&made))?;
    Ok(made.join("hudhud"))
}

/// A script of the package's, run by Node where the package's tools are.
fn node(tools: &Path, script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(script).env("TOOLS", tools).current_dir(root().join(FOLDER));
    command
}
