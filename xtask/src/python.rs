//! The Python package: built, installed where nothing of the source tree is seen, tested and measured there.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::OnceLock;
use std::{env, fs};

use serde_json::json;

use crate::cargo::{cargo, end_as, root};
use crate::check::succeed;
use crate::manifests;
use crate::sandbox::{SEED, Sandbox};
use crate::tools::{self, Trouble};

const FOLDER: &str = "bindings-python";
const TESTS: &str = "bindings-python/tests";
const BENCH: &str = "bindings-python/bench";
const EXAMPLES: &str = "examples/python";
const DRIVER: &str = "tests/conformance/drivers/python/driver.py";
/// The Debian that has Python 3.13.
const SUITE: &str = "trixie";

/// What users install.
#[derive(Clone)]
pub(crate) struct Package {
    pub(crate) wheel: PathBuf,
    pub(crate) sources: PathBuf,
}

/// Builds the wheel and the source distribution, once.
pub(crate) fn package() -> Result<Package, Trouble> {
    static BUILT: OnceLock<Package> = OnceLock::new();
    if let Some(package) = BUILT.get() {
        return Ok(package.clone());
    }
    let maturin = tools::of_python(FOLDER)?.join("maturin");
    let to = target()?.join("dist");
    if to.is_dir() {
        fs::remove_dir_all(&to).map_err(|error| format!("{}: {error}", to.display()))?;
    }
    for arguments in [&["build", "--release", "--locked"][..], &["sdist"]] {
        let mut command = Command::new(&maturin);
        command.args(arguments).arg("--out").arg(&to).current_dir(root().join(FOLDER));
        // Of its own: how a library for Python is linked must not touch other builds.
        succeed(command.env("CARGO_TARGET_DIR", target()?.join("build")))?;
    }
    let package = Package { wheel: built(&to, ".whl")?, sources: built(&to, ".tar.gz")? };
    Ok(BUILT.get_or_init(|| package).clone())
}

fn built(folder: &Path, ending: &str) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = entries.flatten().map(|entry| entry.path());
    let found = paths.find(|path| path.to_string_lossy().ends_with(ending));
    found.ok_or_else(|| format!("{}: nothing that ends in {ending}", folder.display()))
}

fn target() -> Result<PathBuf, String> {
    Ok(manifests::target()?.join("python"))
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

/// Whether the wheel and the source distribution install in a Python that has nothing else, and work there.
pub(crate) fn install_fresh() -> Result<(), Trouble> {
    let Package { wheel, sources } = package()?;
    for (name, what) in [("wheel", &wheel), ("sources", &sources)] {
        let fresh = target()?.join("fresh").join(name);
        succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&fresh))?;
        let mut pip = Command::new(fresh.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).arg(what);
        // That it builds is to be known, not how fast it then is.
        pip.env("MATURIN_PEP517_ARGS", "--profile dev").env("CARGO_TARGET_DIR", target()?.join("build"));
        succeed(&mut pip)?;
        succeed(Command::new(fresh.join("bin/hudhud")).arg("--version"))?;
        succeed(Command::new(fresh.join("bin/hudhud")).arg("calls").stdout(Stdio::null()))?;
    }
    Ok(())
}

/// The driver of the vectors.
pub(crate) fn driver() -> Result<Vec<String>, Trouble> {
    let python = with_wheel(TESTS)?;
    let driver = root().join(DRIVER);
    Ok(vec![python.display().to_string(), driver.display().to_string()])
}

/// Whether the wheel works in the Python of the next Debian, 3.13: with every vector, from a folder of that Debian
/// that `HUDHUD_PYTHON` names or that is in the user's cache.
pub(crate) fn test_newer() -> Result<(), Trouble> {
    let folder = newer()?;
    let inside = folder.join("hudhud");
    let fault = |error: std::io::Error| format!("{}: {error}", inside.display());
    if inside.is_dir() {
        fs::remove_dir_all(&inside).map_err(fault)?;
    }
    fs::create_dir_all(&inside).map_err(fault)?;
    fs::copy(root().join(DRIVER), inside.join("driver.py")).map_err(fault)?;
    // A wheel is an archive of what is imported.
    let python = tools::of_python(FOLDER)?.join("python");
    succeed(Command::new(python).args(["-m", "zipfile", "--extract"]).arg(package()?.wheel).arg(&inside))?;
    let chroot = ["chroot", &folder.display().to_string(), "/usr/bin/python3", "-B", "/hudhud/driver.py"];
    let mut vectors = cargo(["run", "--quiet", "--package", "hudhud-conformance", "--", "--host", "python"]);
    vectors.args(["--driver", &format!("python={}", json!(chroot))]);
    let mut version = Command::new("chroot");
    succeed(version.arg(&folder).args(["/usr/bin/python3", "--version"]))?;
    Ok(succeed(vectors.current_dir(root()))?)
}

/// A Debian with a newer Python than this one's.
fn newer() -> Result<PathBuf, Trouble> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")));
    let usual = cache.map(|cache| cache.join("hudhud/python").join(SUITE));
    let folder = env::var_os("HUDHUD_PYTHON").map(PathBuf::from).or(usual);
    let folder = folder.ok_or_else(|| tools::lacking("there is no home to put a Debian in".into()))?;
    if !folder.join("usr/bin/python3").exists() {
        println!("a newer Python: missing, so: a Debian {SUITE} with it in {}", folder.display());
        let debootstrap =
            tools::of_debian_at("debootstrap", Path::new("/usr/sbin/debootstrap"), "DEBOOTSTRAP")?;
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut command = Command::new(debootstrap);
        command.args(["--variant=minbase", "--include=python3", SUITE]).arg(&folder);
        succeed(&mut command).map_err(|reason| tools::lacking(format!("Debian {SUITE}: {reason}")))?;
    }
    Ok(folder)
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
    let target = manifests::target()?;
    let command = target.join("debug/hudhud-sandbox");
    Ok(format!("{} --quiet --seed {SEED}", command.display()))
}
