//! Compiles for wasm, with a Rust that has the source of its standard library or else with Debian's rustc-web. The latter is
//! unpacked into `target/tools` and not installed.
//!
//! The standard library is compiled too: the compiled one that Rust ships has the messages of panics, which nobody sees.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::check_error::{CheckError, missing_requirement};
use crate::command::{cargo, root, succeed};
use crate::manifests;
use crate::once;
use crate::tools::APT;

const TARGET: &str = "wasm32-unknown-unknown";
/// The prefix of cargo's environment variables for the target.
const OPTIONS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN";
/// Every supported runtime has SIMD, and hashing with it is faster and smaller. A panic ends the call without a message.
/// `Debug` writes nothing: no text that reaches JavaScript contains its output.
const FLAGS: &str = "-Ctarget-feature=+simd128 -Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none";

/// The form of the standard library that a module gets.
#[derive(Clone, Copy)]
pub(crate) struct Library {
    crates: &'static str,
    features: &'static str,
}

/// The library of a module that needs std. Its smaller algorithms are used.
pub(crate) const STD: Library = Library { crates: "std,panic_abort", features: "optimize_for_size" };
/// The library of a module without std. Its smaller algorithms are used.
pub(crate) const NO_STD: Library = Library { crates: "core,alloc,compiler_builtins", ..STD };
/// The library of a module without std that sorts nothing. In it, the usual algorithms are smaller and faster.
pub(crate) const USUAL: Library = Library { features: "", ..NO_STD };

/// Builds the wasm module of a package with this form of the standard library and these arguments of cargo, and returns its
/// path. `name` is the name of the file that is kept.
pub(crate) fn build(
    package: &str,
    name: &str,
    library: Library,
    arguments: &[&str],
) -> Result<PathBuf, CheckError> {
    let folder = manifests::target()?.join("wasm");
    let mut command =
        cargo(["build", "--locked", "--profile", "wasm", "--target", TARGET, "--package", package]);
    command.args(arguments).current_dir(root()).env("CARGO_TARGET_DIR", &folder);
    // The workspace's flags are not for wasm modules.
    command.env_remove("RUSTFLAGS").env(format!("{OPTIONS}_RUSTFLAGS"), FLAGS);
    // A stable Rust compiles its standard library only with this variable. Its usual features would add backtraces.
    command.env("RUSTC_BOOTSTRAP", "1").arg(format!("-Zbuild-std={}", library.crates));
    command.arg(format!("-Zbuild-std-features={}", library.features));
    if !has_source() {
        let debian = debian()?;
        let linker = sysroot()?.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
        command.env("RUSTC", debian.join("usr/bin/rustc")).env("LD_LIBRARY_PATH", libraries(&debian));
        command.env(format!("{OPTIONS}_LINKER"), linker);
    }
    succeed(&mut command)?;
    let built = folder.join(TARGET).join("wasm").join(package.replace('-', "_")).with_extension("wasm");
    let copy = folder.join(name).with_extension("wasm");
    fs::copy(&built, &copy).map_err(|error| format!("{}: {error}", built.display()))?;
    Ok(copy)
}

/// Installs a Rust that compiles for wasm.
pub(crate) fn install() -> Result<(), CheckError> {
    if has_source() { Ok(()) } else { debian().map(drop) }
}

/// Returns true if the current Rust has the source of its standard library.
fn has_source() -> bool {
    sysroot().is_ok_and(|sysroot| sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").is_file())
}

fn sysroot() -> Result<PathBuf, String> {
    let output = Command::new("rustc").args(["--print", "sysroot"]).current_dir(root()).output();
    let output = output.map_err(|error| format!("rustc: {error}"))?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// Returns the folder of Debian's rustc-web, with its library source and LLVM. Installs it if necessary.
fn debian() -> Result<PathBuf, CheckError> {
    let to = manifests::target()?.join("tools/rustc-web");
    let works = |to: &Path| {
        let mut rustc = Command::new(to.join("usr/bin/rustc"));
        rustc
            .arg("--version")
            .env("LD_LIBRARY_PATH", libraries(to))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        rustc.status().is_ok_and(|status| status.success())
    };
    if !works(&to) {
        println!("Rust for wasm: missing; running apt-get download rustc-web");
        once::alone(APT, || {
            unpack(&to).map_err(|reason| {
                missing_requirement(format!(
                    "no Rust for wasm: run `rustup component add rust-src`; Debian's package cannot be used: {reason}"
                ))
            })
        })?;
        if !works(&to) {
            return Err(missing_requirement("Debian's Rust for the web does not run here".into()));
        }
    }
    Ok(to)
}

fn libraries(debian: &Path) -> String {
    let lib = debian.join("usr/lib");
    // The folder contains one version of LLVM; its number is not known here.
    let llvm = fs::read_dir(&lib).into_iter().flatten().flatten();
    let llvm = llvm.map(|entry| entry.path()).find(|path| path.to_string_lossy().contains("llvm-"));
    let llvm = llvm.map(|path| format!(":{}", path.join("lib").display())).unwrap_or_default();
    format!("{}{llvm}", lib.join("x86_64-linux-gnu").display())
}

/// Downloads the packages and unpacks them. Installs nothing.
fn unpack(to: &Path) -> Result<(), String> {
    let packages = to.join("packages");
    fs::create_dir_all(&packages).map_err(|error| format!("{}: {error}", packages.display()))?;
    let depends = |package: &str| {
        let output = Command::new("apt-cache").args(["depends", "--no-recommends", package]).output();
        output
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .map_err(|error| error.to_string())
    };
    if depends("rustc-web")?.is_empty() {
        succeed(Command::new("apt-get").args(["update", "-qq"]))?;
    }
    // The dependencies that must be unpacked too: the library and LLVM, of any version.
    let ours = |name: &&str| name.starts_with("libstd-rust-web") || name.starts_with("libllvm");
    let mut wanted = vec!["rustc-web".to_owned(), "rust-web-src".to_owned()];
    let mut at = 0;
    while at < wanted.len() {
        for name in depends(&wanted[at])?.split_whitespace().filter(ours) {
            if !wanted.iter().any(|known| known == name) {
                wanted.push(name.to_owned());
            }
        }
        at += 1;
    }
    succeed(Command::new("apt-get").args(["download", "-qq"]).args(&wanted).current_dir(&packages))?;
    for entry in fs::read_dir(&packages).map_err(|error| error.to_string())?.flatten() {
        succeed(Command::new("dpkg").arg("-x").arg(entry.path()).arg(to))?;
    }
    fs::remove_dir_all(&packages).map_err(|error| error.to_string())
}
