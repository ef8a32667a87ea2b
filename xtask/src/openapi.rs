//! `cargo xtask openapi`: writes the OpenAPI documents (docs/openapi).

use std::process::ExitCode;

use crate::cargo::{cargo, root};

pub(crate) fn run() -> ExitCode {
    let written =
        cargo(["run", "--quiet", "--locked", "--package", "hudhud-openapi"]).current_dir(root()).status();
    match written {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
