//! Tests that run in a real browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::check_error::CheckError;
use crate::command::{root, succeed};
use crate::tools;

/// The folder of the tests of the sandbox's page.
const PAGE: &str = "tests/sandbox/browser";

/// Installs the tools that the tests need.
pub(crate) fn install() -> Result<(), CheckError> {
    tools::node_tools(PAGE)?;
    chromium()?;
    Ok(())
}

/// Returns the path of the browser: the one that `CHROMIUM` names, or Debian's.
pub(crate) fn chromium() -> Result<PathBuf, CheckError> {
    tools::debian_package("chromium", "CHROMIUM")
}

/// Returns the path of Firefox: the one that `FIREFOX` names, or Debian's.
pub(crate) fn firefox() -> Result<PathBuf, CheckError> {
    tools::debian_package("firefox-esr", "FIREFOX")
}

/// Returns the path of the command that adds a certificate authority to a browser's trusted ones.
pub(crate) fn certutil() -> Result<PathBuf, CheckError> {
    tools::of_debian_at("libnss3-tools", Path::new("/usr/bin/certutil"), "CERTUTIL")
}

/// Tests in a browser that the sandbox's page shows the calls, deliveries and messages.
pub(crate) fn test_page() -> Result<(), CheckError> {
    tools::node_tools(PAGE)?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"]).arg("page.test.mjs");
    node.env("CHROMIUM", chromium()?).current_dir(root().join(PAGE));
    Ok(succeed(&mut node)?)
}
