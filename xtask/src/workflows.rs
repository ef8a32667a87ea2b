//! The workflows of `.github/workflows`: their schema, the permissions of each job, and pins of all that they use.
//!
//! Two tools of others know the schema, the permissions and the actions. Neither knows the tools that scripts install.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::root;
use crate::check::succeed;
use crate::tools::{self, Trouble};

const FOLDER: &str = ".github";

/// Workflows that must be refused, with a word of the reason.
const REFUSED: [(&str, &str); 3] = [
    (
        "permissions: {}\njobs: {a: {runs-on: ubuntu-24.04, name: a, steps: [{uses: actions/checkout@v5}]}}",
        "unpinned-uses",
    ),
    ("jobs: {a: {runs-on: ubuntu-24.04, name: a, steps: [{name: a, run: make}]}}", "excessive-permissions"),
    ("permissions: {}\njobs: {a: {runs-on: ubuntu-24.04, neds: b, steps: [{name: a, run: make}]}}", "neds"),
];

/// Checks the workflows, and that the check finds what it is there to find.
pub(crate) fn check() -> Result<(), Trouble> {
    let tools = tools::of_python(FOLDER)?;
    let refused = crate::manifests::target()?.join("tools").join(FOLDER).join("refused.yml");
    for (workflow, reason) in REFUSED {
        fs::write(&refused, format!("name: refused\non: workflow_dispatch\n{workflow}\n"))
            .map_err(|error| format!("{}: {error}", refused.display()))?;
        let said = judges(&tools, &refused)
            .map(|mut judge| said(&mut judge))
            .into_iter()
            .collect::<Result<String, _>>()?;
        if !said.contains(reason) {
            return Err(format!("a workflow should have been refused because of {reason}: {said}").into());
        }
    }
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

/// The tools that judge a workflow.
fn judges(tools: &Path, workflow: &Path) -> [Command; 2] {
    let mut schema = Command::new(tools.join("check-jsonschema"));
    schema.args(["--builtin-schema", "vendor.github-workflows", "--verbose"]).arg(workflow);
    let mut zizmor = Command::new(tools.join("zizmor"));
    zizmor.args(["--offline", "--strict-collection", "--pedantic", "--color=never"]).arg(workflow);
    [schema, zizmor]
}

/// The reasons of a judge that refuses.
fn said(judge: &mut Command) -> Result<String, String> {
    let output = judge.output().map_err(|error| format!("{judge:?}: {error}"))?;
    let said = [output.stdout, output.stderr].concat();
    Ok(if output.status.success() { String::new() } else { String::from_utf8_lossy(&said).into_owned() })
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    if paths.is_empty() { Err(format!("{}: holds no workflow", folder.display())) } else { Ok(paths) }
}

/// The commands that install or run something of no certain version, and the actions that do.
fn unpinned(workflow: &str) -> Result<Vec<String>, String> {
    let workflow: serde_json::Value = serde_saphyr::from_str(workflow).map_err(|error| error.to_string())?;
    let jobs = workflow["jobs"].as_object().ok_or("expected jobs")?;
    let mut found = Vec::new();
    for (name, job) in jobs {
        for step in job["steps"].as_array().into_iter().flatten() {
            let lines = step["run"].as_str().unwrap_or_default().lines();
            found.extend(lines.flat_map(commands).filter(|command| !is_pinned(command)).map(|command| {
                format!("job {name}: pin the version of what this installs: {}", command.trim())
            }));
            if let Some(action) = step["uses"].as_str() {
                for input in lacking(action, &step["with"]) {
                    found.push(format!("job {name}: {action} wants `{input}`"));
                }
            }
        }
    }
    Ok(found)
}

/// The inputs that fix the versions of what an action installs, so far as the step lacks them.
fn lacking(action: &str, inputs: &serde_json::Value) -> Vec<&'static str> {
    let wanted: &[&str] = match action.split('@').next().unwrap_or_default() {
        "PyO3/maturin-action" => &["maturin-version", "rust-toolchain"],
        "actions/setup-python" => &["python-version"],
        "actions/setup-java" => &["java-version", "distribution"],
        "actions/setup-node" => &["node-version"],
        _ => &[],
    };
    wanted.iter().copied().filter(|input| inputs[*input].is_null()).collect()
}

/// The commands of a line of a script.
fn commands(line: &str) -> impl Iterator<Item = &str> {
    line.split(['&', '|', ';', '"']).filter(|command| !command.trim().is_empty())
}

/// States whether a command installs nothing, or something of one certain version.
fn is_pinned(command: &str) -> bool {
    let has = |word: &str| command.split_whitespace().any(|found| found == word);
    let says = |words: &str| command.contains(words);
    if has("curl") || has("wget") {
        return false;
    }
    if says("cargo install") || says("cargo binstall") {
        return has("--locked") && has("--version");
    }
    if has("pip") || says("bin/pip") {
        // Of what was built here, or with the digest of each file.
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
        return !has("install") || says("=");
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
    fn tools_of_no_certain_version_are_found() {
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
