//! Installs tools that are written in other languages. A folder of the repository locks the versions of each set. The
//! tools are installed where only this project uses them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::check_error::{CheckError, missing_requirement};
use crate::command::{root, succeed};
use crate::manifests;
use crate::once;

/// The name of the tasks that run `apt-get`. It fails while another one runs.
pub(crate) const APT: &str = "apt";

/// Returns the path of a driver of the transport tests.
pub(crate) fn driver_of_transports(path: &str) -> Result<String, CheckError> {
    let driver = root().join("tests/transports/drivers").join(path);
    if driver.exists() {
        Ok(driver.display().to_string())
    } else {
        Err(missing_requirement(format!("{}: the driver does not exist", driver.display())))
    }
}

/// Installs the npm packages of the folder's `package-lock.json` in that folder. Returns the folder of their
/// commands.
pub(crate) fn node_tools(folder: &str) -> Result<PathBuf, CheckError> {
    let folder = root().join(folder);
    let packages = folder.join("node_modules");
    install(&folder.join("package-lock.json"), &packages, |_| {
        let arguments = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
        succeed(Command::new("npm").args(arguments).current_dir(&folder))
    })?;
    Ok(packages.join(".bin"))
}

/// Installs a Debian package and returns its command. `variable` names an environment variable with another path.
pub(crate) fn debian_package(package: &str, variable: &str) -> Result<PathBuf, CheckError> {
    of_debian_at(package, &Path::new("/usr/bin").join(package), variable)
}

/// Does what [`debian_package`] does, for a command that is not named like its package.
pub(crate) fn of_debian_at(package: &str, command: &Path, variable: &str) -> Result<PathBuf, CheckError> {
    let named = env::var_os(variable).map(PathBuf::from);
    let command = named.unwrap_or_else(|| command.into());
    if command.is_file() {
        return Ok(command);
    }
    let apt = |arguments: &[&str]| {
        succeed(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    once::alone(APT, || {
        if command.is_file() {
            return Ok(());
        }
        println!("{package}: missing; running apt-get install {package}");
        apt(&["update", "-qq"])
            .and_then(|()| apt(&["install", "-qq", "--yes", "--no-install-recommends", package]))
            .map_err(|reason| {
                missing_requirement(format!(
                    "{package} cannot be installed; set {variable} to the path of an installed one: {reason}"
                ))
            })
    })?;
    Ok(command)
}

/// Installs the Python packages of the folder's `requirements.txt`. Returns the folder of their commands.
pub(crate) fn of_python(folder: &str) -> Result<PathBuf, CheckError> {
    of_this_python(Path::new("python3"), folder)
}

/// Does what [`of_python`] does, with another Python than the machine's default one.
pub(crate) fn of_this_python(python: &Path, folder: &str) -> Result<PathBuf, CheckError> {
    let name = python.file_name().unwrap_or_default();
    let to = manifests::target()?.join("tools").join(folder).join(name);
    let commands = to.join("bin");
    let list = root().join(folder).join("requirements.txt");
    install(&list, &to, |to| {
        succeed(Command::new(python).args(["-m", "venv", "--clear"]).arg(to))?;
        let mut pip = Command::new(to.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        // The package urllib3-future would otherwise replace urllib3, which is tested too.
        succeed(pip.arg(&list).env("URLLIB3_NO_OVERRIDE", "1"))
    })?;
    Ok(commands)
}

/// Installs the packages in `list`, unless the last installation had the same list. Checks in two lanes may need the same
/// packages.
fn install(list: &Path, to: &Path, how: impl Fn(&Path) -> Result<(), String>) -> Result<(), CheckError> {
    let name = to.strip_prefix(manifests::target()?).or(to.strip_prefix(root())).unwrap_or(to);
    once::alone(&name.to_string_lossy(), || install_alone(list, to, how))
}

fn install_alone(
    list: &Path,
    to: &Path,
    how: impl Fn(&Path) -> Result<(), String>,
) -> Result<(), CheckError> {
    let wanted = fs::read(list).map_err(|error| format!("{}: {error}", list.display()))?;
    let installed = to.join("installed");
    if fs::read(&installed).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    let listed = list.strip_prefix(root()).unwrap_or(list).display();
    println!("{listed}: installing");
    fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    how(to).map_err(|reason| {
        missing_requirement(format!("the packages of {listed} cannot be installed: {reason}"))
    })?;
    Ok(fs::write(&installed, wanted).map_err(|error| format!("{}: {error}", installed.display()))?)
}
