//! Builds the npm package `hudhud` and tests it in every runtime that it supports.

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::check_error::CheckError;
use crate::command::{cargo, root, succeed};
use crate::sandbox::{self, Sandbox};
use crate::servers::Servers;
use crate::tools;
use crate::{browser, layers, loopback, manifests, notices, once, wasm};

const FOLDER: &str = "bindings-wasm";
const TESTS: &str = "test";

/// Installs the tools that build and test the package.
pub(crate) fn install() -> Result<(), CheckError> {
    wasm::install()?;
    tools::node_tools(FOLDER)?;
    browser::firefox()?;
    Ok(())
}

/// Returns the package's folder, ready for `npm pack`. Only the first call of a run builds it.
pub(crate) fn package() -> Result<PathBuf, CheckError> {
    let made = manifests::target()?.join("npm");
    once::once("npm", || make(&made))?;
    Ok(made.join("hudhud"))
}

fn make(to: &Path) -> Result<(), CheckError> {
    let tools = tools::node_tools(FOLDER)?;
    let client = wasm::build("hudhud-wasm", "client", wasm::STD, &[])?;
    // The webhook verifier is small and runs on every delivery, so it is optimised for speed over size.
    let faster = "profile.wasm.opt-level='s'";
    let arguments = ["--no-default-features", "--config", faster];
    let webhook = wasm::build("hudhud-wasm", "webhook", wasm::USUAL, &arguments)?;
    let arguments = ["--no-default-features", "--features", "inbox"];
    let inbox = wasm::build("hudhud-wasm", "inbox", wasm::NO_STD, &arguments)?;
    let arguments = ["--no-default-features", "--features", "outbox"];
    let outbox = wasm::build("hudhud-wasm", "outbox", wasm::NO_STD, &arguments)?;
    for module in [&client, &webhook, &inbox, &outbox] {
        notices::name_all_of_wasm(module)?;
    }
    let generated = root().join(FOLDER).join("js/generated");
    let mut generate = cargo(["run", "--quiet", "--locked", "--package", "hudhud-wasm-generate"]);
    generate
        .args(["--features", "glue", "--"])
        .args([&generated, &client, &webhook, &inbox, &outbox])
        .current_dir(root());
    succeed(&mut generate)?;
    layers::check_scripts()?;
    let mut build = node(&tools, "build.mjs");
    succeed(build.arg(to))?;
    // Deno up to 2.9 can run the compiled code of an earlier package at the same path (denoland/deno#36413).
    match fs::remove_dir_all(deno_cache()?) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("{}: {error}", deno_cache()?.display()).into())
        }
        _ => Ok(()),
    }
}

/// Returns the folder in which Deno keeps compiled code.
fn deno_cache() -> Result<PathBuf, String> {
    Ok(manifests::target()?.join("tools/deno-cache"))
}

/// Packs the package into one file that npm can install.
pub(crate) fn pack() -> Result<PathBuf, CheckError> {
    let (made, to) = (package()?, manifests::target()?.join("packages/npm"));
    fs::create_dir_all(&to).map_err(|error| format!("{}: {error}", to.display()))?;
    succeed(Command::new("npm").args(["pack", "--silent", "--pack-destination"]).arg(&to).current_dir(made))?;
    let file = to.join(concat!("hudhud-", env!("CARGO_PKG_VERSION"), ".tgz"));
    notices::are_in_tar(&file, FOLDER, &format!("package/{}", notices::FILE))?;
    Ok(file)
}

/// Returns the command that runs the vectors in Node.
pub(crate) fn drive_node() -> Result<Vec<String>, CheckError> {
    drive("node.mjs")
}

/// Returns the command that runs the vectors in workerd, Cloudflare's runtime.
pub(crate) fn drive_workerd() -> Result<Vec<String>, CheckError> {
    drive("workerd.mjs")
}

fn drive(script: &str) -> Result<Vec<String>, CheckError> {
    let script = root().join("tests/conformance/drivers/javascript").join(script);
    let words = [script, package()?, root().join(FOLDER)];
    Ok(["node".into()].into_iter().chain(words.iter().map(|path| path.display().to_string())).collect())
}

/// Returns the command that runs the transport tests in a runtime.
pub(crate) fn transports_driver(runtime: &str) -> Result<Vec<String>, CheckError> {
    tools::node_tools(FOLDER)?;
    let script = tools::driver_of_transports(&format!("{runtime}/driver.mjs"))?;
    let folders = [package()?, root().join(FOLDER)].map(|path| path.display().to_string());
    let mut command = vec!["env".into(), format!("DENO_DIR={}", deno_cache()?.display())];
    if runtime == "chromium" {
        command.push(format!("CHROMIUM={}", browser::chromium()?.display()));
        command.push(format!("CERTUTIL={}", browser::certutil()?.display()));
    }
    command.extend(["node".into(), script]);
    command.extend(folders);
    Ok(command)
}

/// Tests the package in every runtime and with every way of loading it.
pub(crate) fn test() -> Result<(), CheckError> {
    let tools = tools::node_tools(FOLDER)?;
    let package = package()?;
    pack()?;
    let (sandbox, servers) = (Sandbox::start()?, Servers::start()?);
    let folder = root().join(FOLDER).join(TESTS);
    let files = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let files = files.flatten().map(|entry| entry.path());
    let mut tests = node(&tools, "--test");
    // Many tests wait for servers and timers, so two files at a time finish sooner.
    tests
        .args(["--test-reporter=spec", "--test-concurrency=2"])
        .args(files.filter(|path| path.to_string_lossy().ends_with(".test.mjs")));
    servers.name_in(&mut tests);
    tests
        .env("PACKAGE", package)
        .env("SANDBOX", sandbox.introduction())
        .env("SANDBOX_COMMAND", sandbox::command()?)
        .env("DENO_DIR", deno_cache()?)
        .env("CHROMIUM", browser::chromium()?)
        .env("FIREFOX", browser::firefox()?);
    Ok(succeed(&mut tests)?)
}

/// Verifies the given number of deliveries, in each way, and fails if memory grows.
pub(crate) fn soak(deliveries: u64) -> Result<(), CheckError> {
    let (tools, package) = (tools::node_tools(FOLDER)?, package()?);
    let mut tests = node(&tools, "--test");
    tests.arg(root().join(FOLDER).join(TESTS).join("leak.test.mjs"));
    succeed(tests.env("PACKAGE", &package).env("HUDHUD_SOAK", deliveries.to_string()))?;
    let mut tests = node(&tools, "--test");
    let folder = root().join(FOLDER).join(TESTS);
    // One after the other: each counts the minutes of a limit.
    tests
        .arg("--test-concurrency=1")
        .args(["rate-limiter.test.mjs", "rate-limiter-object.test.mjs"].map(|name| folder.join(name)));
    tests.env("PACKAGE", package).env("SANDBOX_COMMAND", sandbox::command()?);
    Ok(succeed(tests.envs(sandbox::MANY_SENDS))?)
}

/// Kills Cloudflare's runtime at random while deliveries arrive, over the stores of the inbox, and compares the effects with
/// the events.
pub(crate) fn kill(store: &str, deliveries: u64, kills: u64) -> Result<(), CheckError> {
    let tools = tools::node_tools(FOLDER)?;
    let mut command = node(&tools, "test/inbox/kill-run.mjs");
    command.args(["--inbox", store, "--deliveries", &deliveries.to_string(), "--kills", &kills.to_string()]);
    Ok(succeed(command.env("PACKAGE", package()?))?)
}

/// Returns the command of a program in Node that sends many messages with an outbox.
pub(crate) fn outbox_program() -> Result<Vec<String>, CheckError> {
    let package = format!("PACKAGE={}", package()?.display());
    let program = root().join("tests/outbox/program.mjs");
    Ok(vec!["env".into(), package, "node".into(), program.display().to_string()])
}

/// Returns the command of one of the processes that share a rate limiter.
pub(crate) fn fleet(arguments: &[&str]) -> Result<Vec<String>, CheckError> {
    tools::node_tools(FOLDER)?;
    let package = format!("PACKAGE={}", package()?.display());
    let script = root().join(FOLDER).join(TESTS).join("fleet.mjs").display().to_string();
    let words = ["env".to_owned(), package, "node".to_owned(), script];
    Ok(words.into_iter().chain(arguments.iter().map(|word| (*word).to_owned())).collect())
}

/// Cloudflare's runtime with a Durable Object that keeps the state of a rate limiter. Dropping it stops the runtime.
pub(crate) struct LimiterObject {
    process: Child,
    port: u16,
}

impl LimiterObject {
    /// Returns the port of the Worker through which programs reach the object.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for LimiterObject {
    fn drop(&mut self) {
        // The end of its input tells the process to stop the runtime, which is another process.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Starts Cloudflare's runtime with an object that keeps the state of a rate limiter.
pub(crate) fn limiter_object() -> Result<LimiterObject, CheckError> {
    let tools = tools::node_tools(FOLDER)?;
    let mut command = node(&tools, "test/rate-limiter/object-server.mjs");
    command.env("PACKAGE", package()?).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn().map_err(|error| error.to_string())?;
    let mut line = String::new();
    if let Some(output) = process.stdout.take() {
        let _ = BufReader::new(output).read_line(&mut line);
    }
    let port = line.trim().parse().map_err(|_| "Cloudflare's runtime has not started".to_owned())?;
    Ok(LimiterObject { process, port })
}

/// Measures in Node and workerd, as ratios to alternatives that a JavaScript user would write or install.
pub(crate) fn bench(arguments: &[String], url: &str) -> Result<(), CheckError> {
    let tools = tools::node_tools(FOLDER)?;
    let package = package()?;
    Ok(succeed(
        node(&tools, "bench/bench.mjs").args(arguments).env("PACKAGE", package).env(loopback::VARIABLE, url),
    )?)
}

/// Returns a Node command that runs one of the package's scripts with the package's tools.
fn node(tools: &Path, script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(script).env("TOOLS", tools).current_dir(root().join(FOLDER));
    command
}
