//! `cargo xtask openapi`: writes the OpenAPI documents, and tests them with independent tools.

use std::ffi::OsStr;
use std::process::{Command, ExitCode, Stdio};

use crate::check_error::CheckError;
use crate::command::{cargo, exit_code_of, root};
use crate::sandbox::{SEED, Sandbox};
use crate::tools;

const FOLDER: &str = "tests/openapi";
/// The checks of Schemathesis. A response fails if its status is 5xx, if the document does not contain its status,
/// content type, headers or body, or if a deleted resource is still found.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,use_after_free";

pub(crate) fn run() -> ExitCode {
    exit_code_of(cargo(["run", "--quiet", "--package", "hudhud-openapi"]))
}

/// Installs the tools of the tests.
pub(crate) fn install() -> Result<(), CheckError> {
    tools::node_tools(FOLDER)?;
    tools::of_python(FOLDER)?;
    Ok(())
}

/// Checks that Redocly reports no problems.
pub(crate) fn lint() -> Result<(), CheckError> {
    let mut redocly = Command::new(tools::node_tools(FOLDER)?.join("redocly"));
    redocly.args(["lint", "--config"]).arg(root().join(FOLDER).join("redocly.yaml"));
    redocly.args(["zagely.yaml", "wazaj.yaml"]).current_dir(root().join("docs/openapi"));
    redocly.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    stdout_of(&mut redocly)?;
    Ok(())
}

/// Tests with Schemathesis that the sandbox responds as the documents say. The sandbox shares no code with core or
/// the documents.
pub(crate) fn ask_sandbox() -> Result<(), CheckError> {
    // Schemathesis runs in its own folder, because it writes files to its working directory.
    let home = tools::of_python(FOLDER)?;
    let schemathesis = home.join("schemathesis");
    let sandbox = Sandbox::start()?;
    let (public, secret) = (sandbox.ready_text("public_key")?, sandbox.ready_text("secret_key")?);
    let (app_token, wazaj_key) = (sandbox.ready_text("app_token")?, sandbox.ready_text("wazaj_key")?);
    let (zagely, wazaj) = (sandbox.ready_text("zagely_base_url")?, sandbox.ready_text("wazaj_base_url")?);
    let keys = [format!("X-Public-Key: {public}"), format!("X-Secret-Key: {secret}")];
    let wrong = [format!("X-Public-Key: {public}"), "X-Secret-Key: sk_wrong".into()];
    let bearer = |token: &str| [format!("Authorization: Bearer {token}")];
    let all = ["--phases", "examples,coverage,fuzzing", "--max-examples", "4"];
    let in_turn = ["--phases", "stateful", "--mode", "positive", "--max-examples", "80"];
    let few = ["--phases", "examples,fuzzing", "--max-examples", "2"];

    let run_schemathesis = |what: &str, document: &str, url: &str, headers: &[String], how: &[&str]| {
        let mut command = Command::new(&schemathesis);
        command.arg("--config-file").arg(root().join(FOLDER).join("schemathesis.toml"));
        command.arg("run").arg(root().join("docs/openapi").join(document)).args(["--url", url]);
        // All of the project's clients send this header. Without it, app routes respond as they would to a browser.
        command.args(["--header", "Accept: application/json"]);
        command.args(headers.iter().flat_map(|header| ["--header", header]));
        // One worker: Hypothesis parses source text, and CPython 3.11 miscounts the recursion depth when two threads
        // do this (gh-106905).
        command.args(["--seed", SEED, "--checks", CHECKS, "--generation-database", "none", "--workers", "1"]);
        command.args(["--warnings", "off", "--no-color"]).args(how).current_dir(&home);
        let stdout = stdout_of(&mut command)?;
        let (_, behind) = stdout.split_once("Test cases:").unwrap_or_default();
        println!("{what}: {}", behind.trim().lines().next().unwrap_or("no summary"));
        Ok::<_, String>(())
    };
    let apps = ["--include-path-regex", "^/api/(?!v1/)"];
    run_schemathesis("Zagely, a key pair", "zagely.yaml", zagely, &keys, &all)?;
    run_schemathesis("Zagely, sequences of calls", "zagely.yaml", zagely, &keys, &in_turn)?;
    run_schemathesis(
        "Zagely, an app token",
        "zagely.yaml",
        zagely,
        &bearer(app_token),
        &[&few[..], &apps].concat(),
    )?;
    run_schemathesis("Zagely, a wrong key", "zagely.yaml", zagely, &wrong, &few)?;
    run_schemathesis("Zagely, no key", "zagely.yaml", zagely, &[], &few)?;
    run_schemathesis("Wazaj, X-API-Key", "wazaj.yaml", wazaj, &[format!("X-API-Key: {wazaj_key}")], &all)?;
    run_schemathesis("Wazaj, Bearer", "wazaj.yaml", wazaj, &bearer(wazaj_key), &few)?;
    run_schemathesis(
        "Wazaj, ApiKey",
        "wazaj.yaml",
        wazaj,
        &[format!("Authorization: ApiKey {wazaj_key}")],
        &few,
    )?;
    run_schemathesis("Wazaj, a wrong key", "wazaj.yaml", wazaj, &bearer("wzj_wrong"), &few)?;
    Ok(())
}

/// Runs a tool and returns its output. If the tool fails, prints its output and returns an error.
fn stdout_of(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_owned();
    let name = std::path::Path::new(&name).file_name().unwrap_or(OsStr::new("it")).display();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(stdout);
    }
    println!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
    Err(format!("{name}: {}", output.status))
}
