//! The Python package: built, installed where nothing of the source tree is seen, tested and measured there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::cargo::{cargo, end_as, root};
use crate::check::succeed;
use crate::manifests;
use crate::sandbox::{SEED, Sandbox};
use crate::tools::{self, Trouble};

const FOLDER: &str = "bindings-python";
const TESTS: &str = "bindings-python/tests";
const BENCH: &str = "bindings-python/bench";
const EXAMPLES: &str = "examples/python";

/// What users install.
pub(crate) struct Package {
    pub(crate) wheel: PathBuf,
    pub(crate) sources: PathBuf,
}

/// Builds the source distribution, and the wheel from it: so it is known to build.
pub(crate) fn package() -> Result<Package, Trouble> {
    let maturin = tools::of_python(FOLDER)?.join("maturin");
    let to = target()?.join("dist");
    if to.is_dir() {
        fs::remove_dir_all(&to).map_err(|error| format!("{}: {error}", to.display()))?;
    }
    let mut build = Command::new(maturin);
    build.args(["build", "--release", "--sdist", "--out"]).arg(&to).current_dir(root().join(FOLDER));
    // Of its own: how a library for Python is linked must not touch other builds.
    build.env("CARGO_TARGET_DIR", target()?.join("build"));
    succeed(&mut build)?;
    Ok(Package { wheel: built(&to, ".whl")?, sources: built(&to, ".tar.gz")? })
}

fn built(folder: &Path, ending: &str) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = entries.flatten().map(|entry| entry.path());
    let found = paths.find(|path| path.to_string_lossy().ends_with(ending));
    found.ok_or_else(|| format!("{}: nothing that ends in {ending}", folder.display()))
}

fn target() -> Result<PathBuf, String> {
    Ok(manifests::read()?.target_directory.into_std_path_buf().join("python"))
}

/// A Python with the packages of a folder's `requirements.txt` and the wheel, as built just now.
fn with_wheel(folder: &str) -> Result<PathBuf, Trouble> {
    let package = package()?;
    let python = tools::of_python(folder)?.join("python");
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--force-reinstall",
    ]);
    succeed(pip.arg(&package.wheel))?;
    Ok(python)
}

/// Installs the tools of the tests.
pub(crate) fn install() -> Result<(), Trouble> {
    tools::of_python(FOLDER)?;
    tools::of_python(TESTS)?;
    Ok(())
}

/// Writes the stubs.
pub(crate) fn stubs() -> ExitCode {
    end_as(cargo(["run", "--quiet", "--package", "hudhud-python-stubs"]))
}

/// Whether the package does what it promises, from its wheel: over every transport, in every framework, in the hands
/// of type checkers, of hypothesis, of many threads and of a person at a terminal.
pub(crate) fn test() -> Result<(), Trouble> {
    let python = with_wheel(TESTS)?;
    let sandbox = sandbox()?;
    let mut pytest = Command::new(&python);
    pytest.args(["-m", "pytest", "--quiet", "--durations=5"]).arg(root().join(TESTS));
    pytest.env("HUDHUD_SANDBOX", sandbox).env("HUDHUD_EXAMPLES", root().join(EXAMPLES));
    // Not where the sources are: what is not in the wheel is not there.
    pytest.current_dir(target()?).env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(succeed(&mut pytest)?)
}

/// Whether mypy, pyright and stubtest find nothing to say of the package and of a file of typical use.
pub(crate) fn check_types() -> Result<(), Trouble> {
    let python = with_wheel(TESTS)?;
    let bin = python.parent().unwrap_or(Path::new(".")).to_path_buf();
    let usage = root().join(TESTS).join("typical_use.py");
    let run = |command: &mut Command| target().and_then(|home| succeed(command.current_dir(home)));
    run(Command::new(bin.join("mypy")).args(["--strict", "--package", "hudhud"]))?;
    run(Command::new(bin.join("mypy")).arg("--strict").arg(&usage))?;
    run(Command::new(bin.join("pyright")).arg("--pythonpath").arg(&python).arg(&usage))?;
    let allowed = root().join(TESTS).join("stubtest-allowed.txt");
    let mut stubtest = Command::new(bin.join("stubtest"));
    Ok(run(stubtest.args(["--concise", "--allowlist"]).arg(allowed).arg("hudhud"))?)
}

/// Whether the source distribution installs, and the wheel in a Python that has nothing else.
pub(crate) fn install_fresh() -> Result<(), Trouble> {
    let package = package()?;
    let fresh = target()?.join("fresh");
    succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&fresh))?;
    let mut pip = Command::new(fresh.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]);
    succeed(pip.arg(&package.wheel))?;
    println!("{}", package.sources.display());
    Ok(succeed(Command::new(fresh.join("bin/hudhud")).arg("--version"))?)
}

/// The driver of the vectors.
pub(crate) fn driver() -> Result<Vec<String>, Trouble> {
    let python = with_wheel(TESTS)?;
    let driver = root().join("tests/conformance/drivers/python/driver.py");
    Ok(vec![python.display().to_string(), driver.display().to_string()])
}

/// Measures, in ratios to what a Python user would write or install.
pub(crate) fn bench(arguments: &[String]) -> Result<(), Trouble> {
    let python = with_wheel(BENCH)?;
    let mut bench = Command::new(python);
    Ok(succeed(bench.arg(root().join(BENCH).join("ratios.py")).args(arguments))?)
}

/// The command that starts a sandbox.
fn sandbox() -> Result<String, String> {
    // Built first, so that no test waits for it.
    drop(Sandbox::start()?);
    let target = manifests::read()?.target_directory.into_std_path_buf();
    let command = target.join("debug/hudhud-sandbox");
    Ok(format!("{} --quiet --seed {SEED}", command.display()))
}
