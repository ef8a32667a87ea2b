//! Reads the vector files of a folder.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The cases of one file.
pub(crate) struct Suite {
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) cases: Vec<Value>,
}

const SUITES: [&str; 6] = ["request", "response", "exchange", "webhook", "template", "phone"];

/// Reads every `*.json` of the folder, in the order of their names.
pub(crate) fn read(folder: &Path) -> Result<Vec<Suite>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    if files.is_empty() {
        return Err(format!("{}: the folder contains no vectors", folder.display()));
    }
    files.iter().map(|path| read_file(path).map_err(|fault| format!("{}: {fault}", path.display()))).collect()
}

fn read_file(path: &Path) -> Result<Suite, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut file: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let name = file["suite"].as_str().ok_or("\"suite\" is missing")?.to_string();
    if !SUITES.contains(&name.as_str()) {
        return Err(format!("\"suite\": unknown value \"{name}\"; expected one of {}", SUITES.join(", ")));
    }
    let Value::Array(cases) = file["cases"].take() else { return Err("\"cases\" is missing".into()) };
    for case in &cases {
        if !case["name"].is_string() || !case["expect"].is_object() {
            return Err("a case has no \"name\" or no \"expect\"".into());
        }
    }
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Suite { file, name, cases })
}

/// Returns the bytes of `body`, `body_base64` or `body_json`, or `None` if no such member exists.
pub(crate) fn body(of: &Value) -> Option<Vec<u8>> {
    if let Some(text) = of["body"].as_str() {
        return Some(text.into());
    }
    if let Some(text) = of["body_base64"].as_str() {
        return STANDARD.decode(text).ok();
    }
    of.get("body_json").map(|json| json.to_string().into_bytes())
}
