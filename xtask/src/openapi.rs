//! `cargo xtask openapi`: writes the OpenAPI documents.

use std::process::ExitCode;

use crate::cargo::{cargo, end_as};

pub(crate) fn run() -> ExitCode {
    end_as(cargo(["run", "--quiet", "--package", "hudhud-openapi"]))
}
