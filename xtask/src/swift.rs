//! Assembles the Swift package and tests it as a user gets it, in a Debian that has Swift.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

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
use crate::tools;

const FOLDER: &str = "bindings-uniffi/swift";
/// The Debian release that includes Swift.
const SUITE: &str = "trixie";
const PACKAGES: [&str; 3] = ["swiftlang", "libc6-dev", "libstdc++-14-dev"];
/// The folder of the package inside that Debian.
const INSIDE: &str = "hudhud";
/// An example program that uses the package.
const EXAMPLE: &str = "examples/swift-server";
/// The driver of the transport tests.
const DRIVER: &str = "tests/transports/drivers/swift";
/// The projects that use the package: their source folders, and their names next to the package.
const USERS: [(&str, &str); 2] = [(EXAMPLE, "example"), (DRIVER, "driver")];
/// The package with the code in the READMEs, next to the package that it uses.
const README: &str = "readme";

/// The place where Swift runs: this machine, or a folder that contains a Debian with Swift.
enum Swift {
    Here,
    In(PathBuf),
}

/// Installs Swift.
pub(crate) fn install() -> Result<(), CheckError> {
    swift().map(drop)
}

/// Finds Swift on this machine, or in a Debian in the folder that `HUDHUD_SWIFT` names or in the user's cache.
/// Installs that Debian if necessary.
fn swift() -> Result<Swift, CheckError> {
    if Command::new("swift").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Ok(Swift::Here);
    }
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")));
    let default_folder = cache.map(|cache| cache.join("hudhud/swift").join(SUITE));
    let folder = env::var_os("HUDHUD_SWIFT").map(PathBuf::from).or(default_folder);
    let folder = folder.ok_or_else(|| {
        check_error::missing_requirement(
            "Swift is missing, and so is a folder to install it in: set HUDHUD_SWIFT, XDG_CACHE_HOME or HOME"
                .into(),
        )
    })?;
    // The file is a symbolic link whose target exists only inside the chroot.
    if fs::symlink_metadata(folder.join("usr/bin/swift")).is_err() {
        println!("Swift: missing; installing a Debian {SUITE} with Swift in {}", folder.display());
        debian(&folder).map_err(|reason| {
            check_error::missing_requirement(format!("Swift cannot be installed: {reason}"))
        })?;
    }
    // Swift finds its libraries through /proc.
    if !folder.join("proc/self").exists() {
        let mounted = succeed(Command::new("mount").args(["-t", "proc", "proc"]).arg(folder.join("proc")));
        mounted.map_err(|reason| {
            check_error::missing_requirement(format!(
                "Swift needs /proc in its Debian, which cannot be mounted: {reason}"
            ))
        })?;
    }
    Ok(Swift::In(folder))
}

fn debian(folder: &Path) -> Result<(), String> {
    let debootstrap = tools::of_debian_at("debootstrap", Path::new("/usr/sbin/debootstrap"), "DEBOOTSTRAP");
    let debootstrap = debootstrap.map_err(|_| "debootstrap is missing".to_string())?;
    // An incomplete installation must not be used. The folder gets its final name when the installation is complete.
    let half = folder.with_extension("half");
    let fault = |error: std::io::Error| format!("{}: {error}", half.display());
    if half.exists() {
        fs::remove_dir_all(&half).map_err(fault)?;
    }
    fs::create_dir_all(&half).map_err(fault)?;
    succeed(Command::new(debootstrap).args(["--variant=minbase", SUITE]).arg(&half))?;
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("chroot");
        succeed(apt.arg(&half).arg("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-qq", "--yes", "--no-install-recommends"], &PACKAGES[..]].concat())?;
    fs::rename(&half, folder).map_err(fault)
}

/// Assembles the package.
pub(crate) fn package() -> Result<(), CheckError> {
    println!("{}: the package", assemble()?.display());
    Ok(())
}

fn assemble() -> Result<PathBuf, CheckError> {
    let packages = manifests::target()?.join("packages/swift");
    let (whole, generated) = (packages.join("whole"), packages.join("generated"));
    let built = native::generate("swift", &generated, &generated.join("answers.json"))?;
    mirror(&root().join(FOLDER), &whole)?;
    let sources = whole.join("Sources");
    put(&generated.join("Hudhud.swift"), &sources.join("Hudhud/Hudhud.swift"))?;
    put(&generated.join("Calls.swift"), &sources.join("Hudhud/Calls.swift"))?;
    put(&generated.join("Tapes.swift"), &sources.join("Hudhud/Tapes.swift"))?;
    put(&generated.join("CHudhud.h"), &sources.join("CHudhud/CHudhud.h"))?;
    put(&generated.join("answers.json"), &whole.join("Tests/HudhudTests/answers.json"))?;
    for shared in ["spans.json", "webhook-samples.json"] {
        put(&root().join("tests").join(shared), &whole.join("Tests/HudhudTests").join(shared))?;
    }
    native::strip(&built, &whole.join("lib/libhudhud_native.a"))?;
    for text in ["LICENSE-MIT", "LICENSE-APACHE"] {
        put(&root().join(text), &whole.join(text))?;
    }
    let package = packages.join("Hudhud");
    mirror(&whole, &package)?;
    notices::are_in_folder(&package, FOLDER)?;
    Ok(package)
}

/// Makes `to` a copy of `from`. Unchanged files are not written, so that they are not built again. Files that `from`
/// lacks are removed.
fn mirror(from: &Path, to: &Path) -> Result<(), String> {
    let fault = |error: std::io::Error| format!("{}: {error}", from.display());
    fs::create_dir_all(to).map_err(fault)?;
    let names = |folder: &Path| -> io::Result<Vec<OsString>> {
        let names =
            fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
        Ok(names.into_iter().filter(|name| name != ".build").collect())
    };
    for name in names(to).map_err(fault)? {
        let gone = to.join(&name);
        if !from.join(name).exists() {
            if gone.is_dir() { fs::remove_dir_all(gone) } else { fs::remove_file(gone) }.map_err(fault)?;
        }
    }
    for name in names(from).map_err(fault)? {
        let (path, to) = (from.join(&name), to.join(&name));
        if path.is_dir() { mirror(&path, &to)? } else { put(&path, &to)? }
    }
    Ok(())
}

/// Writes a file unless it has these contents already.
fn put(from: &Path, to: &Path) -> Result<(), String> {
    let wanted = fs::read(from).map_err(|error| format!("{}: {error}", from.display()))?;
    if fs::read(to).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    fs::write(to, wanted).map_err(|error| format!("{}: {error}", to.display()))
}

/// Removes the products that were linked with another version of the library. Swift does not notice that the library
/// changed.
fn link_anew(packages: &Path) -> Result<(), String> {
    let library = packages.join("Hudhud/lib/libhudhud_native.a");
    let linked = packages.join("linked");
    let fault = |error: std::io::Error| format!("{}: {error}", linked.display());
    let wanted = fs::metadata(&library).and_then(|file| file.modified()).map_err(fault)?;
    let wanted = format!("{wanted:?}");
    if fs::read_to_string(&linked).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    for (package, products) in [
        (
            "Hudhud",
            &["conformance", "bench", "outbox-program", "inbox-program", "HudhudPackageTests.xctest"][..],
        ),
        ("example", &["swift-server"]),
        ("driver", &["driver"]),
        (README, &["App"]),
    ] {
        for (how, product) in products.iter().flat_map(|product| [("debug", product), ("release", product)]) {
            // The product may not exist.
            let _ = fs::remove_file(packages.join(package).join(".build").join(how).join(product));
        }
    }
    fs::write(&linked, wanted).map_err(fault)
}

/// Copies the package, and the projects that use it, to a place where Swift can build them, once in a run. Returns
/// their folder as Swift sees it.
fn built() -> Result<(Swift, String), CheckError> {
    let swift = swift()?;
    let packages = manifests::target()?.join("packages/swift");
    once("swift", || {
        assemble()?;
        for (folder, name) in USERS {
            mirror(&root().join(folder), &packages.join(name))?;
        }
        readme::write_swift(&packages.join(README))?;
        let mut inside = packages.clone();
        if let Swift::In(debian) = &swift {
            inside = debian.join(INSIDE);
            for package in ["Hudhud", "example", "driver", README] {
                mirror(&packages.join(package), &inside.join(package))?;
            }
        }
        Ok(link_anew(&inside)?)
    })?;
    let folder = match &swift {
        Swift::Here => packages.display().to_string(),
        Swift::In(_) => format!("/{INSIDE}"),
    };
    Ok((swift, folder))
}

/// Returns a Swift command that runs in the package or in a project that uses it.
fn command(package: &str, words: &[&str]) -> Result<Vec<String>, CheckError> {
    let (swift, folder) = built()?;
    let mut command: Vec<String> = match swift {
        Swift::Here => Vec::new(),
        Swift::In(debian) => Vec::from(["chroot".into(), debian.display().to_string()]),
    };
    let script = format!("cd {folder}/{package} && exec \"$@\"");
    let paths = format!("PKG_CONFIG_PATH={folder}/Hudhud/lib/pkgconfig");
    let package_path = format!("HUDHUD_PACKAGE={folder}/Hudhud");
    command.extend(["env".into(), paths, package_path, "sh".into(), "-c".into(), script, "sh".into()]);
    command.extend(words.iter().map(|word| (*word).to_string()));
    Ok(command)
}

fn run(package: &str, words: &[&str]) -> Result<Command, CheckError> {
    let command = command(package, words)?;
    let mut run = Command::new(&command[0]);
    run.args(&command[1..]);
    Ok(run)
}

/// Builds the tests of the package, and returns the command that runs them. `swift test` alone would build all products.
fn tests(options: &[&str]) -> Result<Command, CheckError> {
    succeed(&mut run("Hudhud", &["swift", "build", "--product", "HudhudPackageTests"])?)?;
    run("Hudhud", &[&["swift", "test", "--skip-build"], options].concat())
}

/// Returns all checks of the Swift package.
pub(crate) fn checks() -> Vec<Check> {
    vec![
        Check::new("Swift: the package", || {
            // Each other check builds what it needs. No check needs the benchmark.
            tests(&[]).map(drop)
        }),
        Check::new("Swift: tests", || {
            let mut tests = tests(&[])?;
            let sandbox = Sandbox::start()?;
            Ok::<_, CheckError>(succeed(tests.env("HUDHUD_SANDBOX", sandbox.introduction()))?)
        }),
        Check::new("Swift: the code in the READMEs", || {
            let sandbox = Sandbox::start()?;
            let mut program = run(README, &["swift", "run", "App"])?;
            Ok::<_, CheckError>(succeed(program.envs(readme::environment(&sandbox)?))?)
        }),
        Check::new(
            "Swift: a program in the language mode of Swift 5, and the oldest compiler",
            use_in_mode_5,
        ),
        Check::new("Swift: a package that uses it, the example", || {
            Ok::<_, CheckError>(succeed(&mut run(
                "example",
                &["swift", "run", "swift-server", "--self-test"],
            )?)?)
        }),
    ]
}

/// Builds the code in the READMEs in the language mode of Swift 5, and states if the compiler is the oldest one.
fn use_in_mode_5() -> Result<(), CheckError> {
    let oldest = oldest::swift()?;
    let output = run(README, &["swift", "--version"])?.output().map_err(|error| error.to_string())?;
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = output.split_once("Swift version ").and_then(|(_, rest)| rest.split_whitespace().next());
    let version = version.ok_or_else(|| format!("swift --version: expected a version, found {output:?}"))?;
    let is_oldest = version == oldest || version.starts_with(&format!("{oldest}."));
    let age = if is_oldest { "the oldest supported" } else { "later than the oldest supported, which is" };
    println!("Swift {version} compiles the package: {age} Swift {oldest}");
    let (swift, folder) = built()?;
    let folder = match &swift {
        Swift::Here => PathBuf::from(folder),
        Swift::In(debian) => debian.join(INSIDE),
    };
    let manifest = folder.join(README).join("Package.swift");
    let fault = |error: io::Error| format!("{}: {error}", manifest.display());
    let text = fs::read_to_string(&manifest).map_err(fault)?;
    let in_mode_5 = text
        .trim_end()
        .strip_suffix("    ]\n)")
        .map(|text| format!("{text}    ],\n    swiftLanguageModes: [.v5]\n)\n"));
    let in_mode_5 =
        in_mode_5.ok_or_else(|| format!("{}: expected targets at the end", manifest.display()))?;
    fs::write(&manifest, in_mode_5).map_err(fault)?;
    let built = run(README, &["swift", "build", "--product", "App"]).map(|mut build| succeed(&mut build));
    fs::write(&manifest, text).map_err(fault)?;
    Ok(built??)
}

/// Makes many sends at once with a client, under a limit per minute.
pub(crate) fn soak() -> Result<(), CheckError> {
    let mut tests = tests(&["--filter", "RateLimiterTests/testAllSendsAtOnceArrive"])?;
    let sandbox = Sandbox::start()?;
    tests.envs(sandbox::MANY_SENDS);
    Ok(succeed(tests.env("HUDHUD_SANDBOX", sandbox.introduction()))?)
}

/// Returns the command that runs the vectors.
pub(crate) fn driver() -> Result<Vec<String>, CheckError> {
    succeed(&mut run("Hudhud", &["swift", "build", "--product", "conformance"])?)?;
    command("Hudhud", &[".build/debug/conformance"])
}

/// Returns the command that runs the transport tests.
pub(crate) fn transports_driver() -> Result<Vec<String>, CheckError> {
    program("driver", "driver")
}

/// Returns the command of a program that sends the messages of an outbox.
pub(crate) fn outbox_program() -> Result<Vec<String>, CheckError> {
    program("Hudhud", "outbox-program")
}

/// Returns the command of a receiver with an inbox.
pub(crate) fn inbox_program() -> Result<Vec<String>, CheckError> {
    program("Hudhud", "inbox-program")
}

/// Builds a program and returns its command. The program sees this machine's files, hosts and certificates, but uses the
/// libraries of the Debian that has Swift.
fn program(package: &str, product: &str) -> Result<Vec<String>, CheckError> {
    succeed(&mut run(package, &["swift", "build", "--product", product])?)?;
    let (swift, folder) = built()?;
    let driver = format!("{package}/.build/debug/{product}");
    let Swift::In(debian) = swift else { return Ok(vec![format!("{folder}/{driver}")]) };
    let libraries = ["usr/lib/x86_64-linux-gnu", "usr/libexec/swift/lib/swift/linux", "usr/lib/swift/linux"];
    let libraries: Vec<_> = libraries.iter().map(|path| debian.join(path).display().to_string()).collect();
    let loader = debian.join("usr/lib64/ld-linux-x86-64.so.2").display().to_string();
    let driver = debian.join(INSIDE).join(driver).display().to_string();
    Ok(vec![loader, "--library-path".into(), libraries.join(":"), driver])
}

/// Runs the benchmark.
pub(crate) fn bench(arguments: &[String], url: &str) -> Result<(), CheckError> {
    succeed(&mut run("Hudhud", &["swift", "build", "--configuration", "release", "--product", "bench"])?)?;
    Ok(succeed(run("Hudhud", &[".build/release/bench"])?.args(arguments).env(loopback::VARIABLE, url))?)
}
