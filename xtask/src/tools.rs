//! Tools written in other languages: each set of them locked by a folder of the repository, and installed below
//! cargo's target folder, where nothing else sees it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::cargo::root;
use crate::manifests;

/// Why something was not done.
pub(crate) enum Trouble {
    /// It went wrong.
    Failed(String),
    /// This machine lacks what it needs. In CI that is a failure.
    Lacking(String),
}

impl From<String> for Trouble {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}

/// What this machine has no way to do; in CI it must have one.
fn lacking(reason: String) -> Trouble {
    if env::var_os("CI").is_some_and(|ci| ci == "true") {
        Trouble::Failed(reason)
    } else {
        Trouble::Lacking(reason)
    }
}

/// The npm packages of this folder's `package-lock.json`: where their commands are.
pub(crate) fn of_node(folder: &str) -> Result<PathBuf, Trouble> {
    let (from, to) = places(folder, "node")?;
    let commands = to.join("node_modules/.bin");
    install(&from.join("package-lock.json"), &to, |to| {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(from.join(file), to.join(file)).map_err(|error| error.to_string())?;
        }
        let arguments = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
        succeed(Command::new("npm").args(arguments).current_dir(to))
    })?;
    Ok(commands)
}

/// The Python packages of this folder's `requirements.txt`: where their commands are.
pub(crate) fn of_python(folder: &str) -> Result<PathBuf, Trouble> {
    let (from, to) = places(folder, "python")?;
    let commands = to.join("bin");
    let list = from.join("requirements.txt");
    install(&list, &to, |to| {
        succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(to))?;
        let mut pip = Command::new(to.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        succeed(pip.arg(&list))
    })?;
    Ok(commands)
}

/// Where a set of tools is listed, and where it is installed.
fn places(folder: &str, language: &str) -> Result<(PathBuf, PathBuf), String> {
    let target = manifests::read()?.target_directory.into_std_path_buf();
    Ok((root().join(folder), target.join("tools").join(folder).join(language)))
}

/// Installs what `list` names, if that is not what was installed last.
fn install(list: &Path, to: &Path, how: impl Fn(&Path) -> Result<(), String>) -> Result<(), Trouble> {
    let wanted = fs::read(list).map_err(|error| format!("{}: {error}", list.display()))?;
    let installed = to.join("installed");
    if fs::read(&installed).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    let listed = list.strip_prefix(root()).unwrap_or(list).display();
    println!("{listed}: installing");
    fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    how(to).map_err(|reason| lacking(format!("what {listed} names cannot be installed: {reason}")))?;
    Ok(fs::write(&installed, wanted).map_err(|error| format!("{}: {error}", installed.display()))?)
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name}: {status}")),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
