//! What is tested in a real browser.

use std::path::{Path, PathBuf};
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

/// The command that tells a browser which certificate authorities to trust.
pub(crate) fn certutil() -> Result<PathBuf, Trouble> {
    tools::of_debian_at("libnss3-tools", Path::new("/usr/bin/certutil"), "CERTUTIL")
}

/// Whether the sandbox's page shows a person what happens.
pub(crate) fn test_page() -> Result<(), Trouble> {
    tools::of_node(PAGE)?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"]).arg("page.test.mjs");
    node.env("CHROMIUM", chromium()?).current_dir(root().join(PAGE));
    Ok(succeed(&mut node)?)
}
