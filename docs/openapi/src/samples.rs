//! The samples of the vendors' pages, read from the shared vectors.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors");
/// The prefix of the names of cases that come from a vendor's page.
const MARK: &str = "vendor sample: ";

#[derive(Deserialize)]
struct Suite {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    call: String,
    expect: Expected,
}

#[derive(Deserialize)]
struct Expected {
    body_json: Option<Value>,
}

/// Request bodies by the name of the call, in the format of OpenAPI's `examples`.
pub(crate) type Samples = HashMap<String, Map<String, Value>>;

/// Reads the samples of a vendor.
pub(crate) fn read(vendor: &str) -> Result<Samples> {
    let mut paths = Vec::new();
    for entry in Path::new(FOLDER).read_dir()? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with(&format!("request-{vendor}")) {
            paths.push(Path::new(FOLDER).join(name));
        }
    }
    paths.sort();
    let mut samples = Samples::new();
    for path in paths {
        let suite: Suite =
            serde_json::from_slice(&std::fs::read(&path)?).with_context(|| path.display().to_string())?;
        for case in suite.cases {
            let (Some(title), Some(body)) = (case.name.strip_prefix(MARK), case.expect.body_json) else {
                continue;
            };
            let key = title.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
            samples.entry(case.call).or_default().insert(key, json!({"summary": title, "value": body}));
        }
    }
    Ok(samples)
}
