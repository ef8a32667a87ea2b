//! Generates wasm-bindgen's glue of a module.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

pub(crate) fn write(module: &Path, name: &str, folder: &Path) -> anyhow::Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name(name).web(true)?.typescript(true);
    bindgen.generate(folder.join(name))
}
