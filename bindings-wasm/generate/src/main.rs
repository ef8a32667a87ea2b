//! Writes what of the npm package is not written by hand: the declared types, the calls and the events in TypeScript,
//! and wasm-bindgen's glue of both modules.

mod calls;
mod events;
mod fits;
mod models;
mod shape;

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Context as _;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let mut argument =
        || arguments.next().context("three paths: the folder to write, the module, the small module");
    let (folder, client, webhook) = (argument()?, argument()?, argument()?);
    fs::create_dir_all(&folder)?;
    for (name, text) in
        [("models.ts", models::write()), ("calls.ts", calls::write()), ("events.ts", events::write())]
    {
        fs::write(
            folder.join(name),
            format!("// Written by `cargo xtask package npm` from core's catalog.\n\n{text}"),
        )?;
    }
    glue(&client, "client", &folder)?;
    glue(&webhook, "webhook", &folder)
}

fn glue(module: &Path, name: &str, folder: &Path) -> anyhow::Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name(name).web(true)?.typescript(true);
    bindgen.generate(folder.join(name))
}
