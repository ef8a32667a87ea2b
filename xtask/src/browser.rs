//! What is tested in a real browser.

use std::path::PathBuf;
use std::process::Command;

use crate::cargo::root;
use crate::check::succeed;
use crate::tools::{self, Trouble};

/// Where the sandbox's page is tested.
const PAGE: &str = "tests/sandbox/browser";

/// Installs the tools of the tests.
pub(crate) fn install() -> Result<(), Trouble> {
    tools::of_node(PAGE)?;
    chromium()?;
    Ok(())
}

/// The browser: the one that `CHROMIUM` names, or Debian's.
pub(crate) fn chromium() -> Result<PathBuf, Trouble> {
    tools::of_debian("chromium", "CHROMIUM")
}

/// Whether the sandbox's page shows a person what happens.
pub(crate) fn test_page() -> Result<(), Trouble> {
    tools::of_node(PAGE)?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"]).arg("page.test.mjs");
    node.env("CHROMIUM", chromium()?).current_dir(root().join(PAGE));
    Ok(succeed(&mut node)?)
}
