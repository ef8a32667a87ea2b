//! Checks the workflows of `.github/workflows`: their schema, the permissions of each job, and that all versions are
//! pinned. Also checks the schema of `dependabot.yml`.
//!
//! Two external tools check the schema, the permissions and the actions. Neither checks the tools that scripts
//! install.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::check_error::CheckError;
use crate::command::{root, succeed};
use crate::tools;

const FOLDER: &str = ".github";

/// Workflows that the check must refuse, each with a word of the expected reason.
const REFUSED: [(&str, &str); 3] = [
    (
        "permissions: {}\njobs: {a: {runs-on: ubuntu-24.04, name: a, steps: [{uses: actions/checkout@v5}]}}",
        "unpinned-uses",
    ),
    ("jobs: {a: {runs-on: ubuntu-24.04, name: a, steps: [{name: a, run: make}]}}", "excessive-permissions"),
    ("permissions: {}\njobs: {a: {runs-on: ubuntu-24.04, neds: b, steps: [{name: a, run: make}]}}", "neds"),
];

/// Checks the workflows, and that the check refuses bad ones.
pub(crate) fn check() -> Result<(), CheckError> {
    let tools = tools::of_python(FOLDER)?;
    let refused = crate::manifests::target()?.join("tools").join(FOLDER).join("refused.yml");
    for (workflow, reason) in REFUSED {
        fs::write(&refused, format!("name: refused\non: workflow_dispatch\n{workflow}\n"))
            .map_err(|error| format!("{}: {error}", refused.display()))?;
        let output_text = judges(&tools, &refused)
            .map(|mut judge| failure_output(&mut judge))
            .into_iter()
            .collect::<Result<String, _>>()?;
        if !output_text.contains(reason) {
            return Err(format!("expected a refusal with {reason:?}, found: {output_text}").into());
        }
    }
    let mut schema = Command::new(tools.join("check-jsonschema"));
    schema.args(["--builtin-schema", "vendor.dependabot", "--verbose"]);
    succeed(schema.arg(root().join(FOLDER).join("dependabot.yml")))?;
    let mut wrong = Vec::new();
    for path in files(&root().join(FOLDER).join("workflows"))? {
        for mut judge in judges(&tools, &path) {
            succeed(&mut judge)?;
        }
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        wrong.extend(unpinned(&text)?.into_iter().map(|line| format!("{}: {line}", path.display())));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// Returns the commands that check a workflow.
fn judges(tools: &Path, workflow: &Path) -> [Command; 2] {
    let mut schema = Command::new(tools.join("check-jsonschema"));
    schema.args(["--builtin-schema", "vendor.github-workflows", "--verbose"]).arg(workflow);
    let mut zizmor = Command::new(tools.join("zizmor"));
    zizmor.args(["--offline", "--strict-collection", "--pedantic", "--color=never"]).arg(workflow);
    [schema, zizmor]
}

/// Returns the output of a command that refuses, or an empty text.
fn failure_output(judge: &mut Command) -> Result<String, String> {
    let output = judge.output().map_err(|error| format!("{judge:?}: {error}"))?;
    let output_text = [output.stdout, output.stderr].concat();
    Ok(if output.status.success() {
        String::new()
    } else {
        String::from_utf8_lossy(&output_text).into_owned()
    })
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    if paths.is_empty() { Err(format!("{}: contains no workflow", folder.display())) } else { Ok(paths) }
}

/// Returns the commands and actions that install or run something without a fixed version.
fn unpinned(workflow: &str) -> Result<Vec<String>, String> {
    let workflow: serde_json::Value = serde_saphyr::from_str(workflow).map_err(|error| error.to_string())?;
    let jobs = workflow["jobs"].as_object().ok_or("expected a map `jobs`")?;
    let mut found = Vec::new();
    for (name, job) in jobs {
        for step in job["steps"].as_array().into_iter().flatten() {
            let lines = step["run"].as_str().unwrap_or_default().lines();
            found.extend(lines.flat_map(commands).filter(|command| !is_pinned(command)).map(|command| {
                format!("job {name}: pin the version that this command installs: {}", command.trim())
            }));
            if let Some(action) = step["uses"].as_str() {
                for input in missing_inputs(action, &step["with"]) {
                    found.push(format!("job {name}: {action} needs the input `{input}`"));
                }
            }
        }
    }
    Ok(found)
}

/// Returns the inputs that pin the versions of what an action installs and that the step lacks.
fn missing_inputs(action: &str, inputs: &serde_json::Value) -> Vec<&'static str> {
    let wanted: &[&str] = match action.split('@').next().unwrap_or_default() {
        "PyO3/maturin-action" => &["maturin-version", "rust-toolchain"],
        "actions/setup-python" => &["python-version"],
        "actions/setup-java" => &["java-version", "distribution"],
        "actions/setup-node" => &["node-version"],
        _ => &[],
    };
    wanted.iter().copied().filter(|input| inputs[*input].is_null()).collect()
}

/// Splits a line of a script into commands.
fn commands(line: &str) -> impl Iterator<Item = &str> {
    line.split(['&', '|', ';', '"']).filter(|command| !command.trim().is_empty())
}

/// Returns true if a command installs nothing, or only a fixed version.
fn is_pinned(command: &str) -> bool {
    let has = |word: &str| command.split_whitespace().any(|found| found == word);
    let includes = |words: &str| command.contains(words);
    if has("curl") || has("wget") {
        return false;
    }
    if includes("cargo install") || includes("cargo binstall") {
        return has("--locked") && has("--version");
    }
    if has("pip") || includes("bin/pip") {
        // Packages that were built here, or whose files have digests.
        return !has("install") || has("--no-index") || has("--require-hashes");
    }
    if has("npx") || has("uvx") || has("pipx") {
        return false;
    }
    if has("npm") {
        return has("ci") || !(has("install") || has("i") || has("exec"));
    }
    if has("rustup") {
        return !(has("update") || has("stable") || has("beta") || has("nightly"));
    }
    if has("apt-get") || has("apt") || has("brew") || has("choco") || has("gem") {
        return !has("install") || includes("=");
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(step: &str) -> Vec<String> {
        unpinned(&format!("jobs:\n  a:\n    steps:\n      - {step}\n")).unwrap()
    }

    #[test]
    fn tools_without_a_fixed_version_are_found() {
        for script in [
            "cargo install cargo-ndk --locked",
            "cargo install cargo-ndk --version 4.1.2",
            "pip install hudhud",
            "python -m venv a && a/bin/pip install dist/hudhud.tar.gz",
            "npm install typescript",
            "npx tsc",
            "rustup update stable && rustup default stable",
            "curl https://sh.rustup.rs | sh",
            "apt-get install zip",
        ] {
            assert_eq!(
                found(&format!("run: {script}")).len(),
                script.matches("rustup ").count().max(1),
                "{script}"
            );
        }
        assert_eq!(found("uses: PyO3/maturin-action@1").len(), 2);
        assert_eq!(found("{uses: actions/setup-java@1, with: {java-version: 17}}").len(), 1);
    }

    #[test]
    fn pinned_tools_pass() {
        for script in [
            "cargo install cargo-ndk --locked --version 4.1.2",
            "rustup toolchain install 1.95.0",
            "pip install --no-index dist/hudhud.whl",
            "pip install --require-hashes --requirement requirements.txt",
            "npm ci",
            "cargo build --locked",
        ] {
            assert_eq!(found(&format!("run: {script}")), Vec::<String>::new(), "{script}");
        }
    }
}
