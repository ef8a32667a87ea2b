//! Writes both vendors' APIs as OpenAPI 3.1 documents, from core's catalog and types: `cargo xtask openapi`.
//!
//! The documents contain only what the contract states. Unstated details have `x-inferred`, sets of names are open,
//! and responses have no required fields.

mod about;
mod errors;
mod headers;
mod links;
mod operation;
mod parameters;
mod rustdoc;
mod samples;
mod schema;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use hudhud::endpoint::EndpointSpec;
use serde_json::{Map, Value, json};

use crate::about::about;
use crate::errors::{errors, refusals};
use crate::headers::headers;
use crate::operation::operation;
use crate::parameters::parameters;
use crate::samples::Samples;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// Writes the OpenAPI documents.
#[derive(Parser)]
struct Arguments {
    /// Writes nothing; fails if the documents are out of date
    #[arg(long)]
    check: bool,
}

fn main() -> Result<()> {
    let Arguments { check } = Arguments::parse();
    for vendor in ["zagely", "wazaj"] {
        let path = Path::new(FOLDER).join(format!("{vendor}.yaml"));
        let text = serde_saphyr::to_string(&document(vendor, &samples::read(vendor)?))?;
        let text =
            format!("# Written by `cargo xtask openapi`; change core's catalog and types instead.\n{text}");
        if check {
            let found = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            ensure!(found == text, "{} is out of date: run `cargo xtask openapi`", path.display());
        } else {
            std::fs::write(&path, text)?;
        }
    }
    Ok(())
}

fn document(vendor: &str, samples: &Samples) -> Value {
    let specs: Vec<&EndpointSpec> =
        hudhud::ENDPOINTS.iter().copied().filter(|spec| spec.vendor.name == vendor).collect();
    let mut schemas = BTreeMap::new();
    let mut paths: Map<String, Value> = Map::new();
    for spec in &specs {
        let method = spec.route.method.as_str().to_ascii_lowercase();
        let mut operation = operation(spec, &mut schemas);
        if let Some(examples) = samples.get(spec.name) {
            operation["requestBody"]["content"]["application/json"]["examples"] = json!(examples);
        }
        let links = links::links(spec, &specs);
        if !links.is_empty() {
            operation["responses"]["2XX"]["links"] = json!(links);
        }
        paths.entry(spec.route.path).or_insert_with(|| json!({}))[method] = operation;
    }
    for (name, schema) in errors(vendor) {
        schemas.insert(name.into(), schema);
    }
    let mut groups: Vec<&str> = specs.iter().map(|spec| spec.group).collect();
    groups.dedup();
    let tags: Vec<Value> = groups
        .iter()
        .map(|group| json!({"name": group, "description": format!("The calls `{group}.…`.")}))
        .collect();
    let about = about(vendor);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": about.title,
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Reconstructed from the vendor's page by Hudhud; not an official document.",
            "description": about.description,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": about.server, "description": "The host of the vendor's samples."}],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": about.security,
            "parameters": parameters(&specs),
            "responses": refusals(&specs),
            "headers": headers(&specs),
            "schemas": schemas,
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Samples, document};
    use crate::schema::E_164;

    #[test]
    fn every_call_is_an_operation() {
        for vendor in ["zagely", "wazaj"] {
            let document = document(vendor, &Samples::new());
            let names: Vec<&str> = document["paths"]
                .as_object()
                .into_iter()
                .flat_map(|paths| paths.values())
                .filter_map(serde_json::Value::as_object)
                .flat_map(|methods| methods.values())
                .filter_map(|operation| operation["operationId"].as_str())
                .collect();
            let expected = hudhud::ENDPOINTS.iter().filter(|spec| spec.vendor.name == vendor).count();
            assert_eq!(names.len(), expected);
        }
    }

    #[test]
    fn the_pattern_of_phone_numbers_matches_core() {
        let contact = &document("zagely", &Samples::new())["paths"]["/api/v1/contacts"]["post"];
        let properties = &contact["requestBody"]["content"]["application/json"]["schema"]["properties"];
        assert_eq!(properties["phone_number"]["pattern"], E_164);
        assert!(properties["name"]["pattern"].is_null());
        assert!(hudhud::Phone::parse("+123456789012345").is_ok() && hudhud::Phone::parse("+1").is_ok());
        assert!(hudhud::Phone::parse("+1234567890123456").is_err() && hudhud::Phone::parse("+0").is_err());
    }

    #[test]
    fn a_creation_links_to_the_calls_that_accept_the_id() {
        let document = document("zagely", &Samples::new());
        let links = &document["paths"]["/api/v1/contacts"]["post"]["responses"]["2XX"]["links"];
        assert_eq!(links["contacts.get"]["parameters"], json!({"path.contact_id": "$response.body#/id"}));
        assert_eq!(links["messages.list"]["parameters"], json!({"query.contact_id": "$response.body#/id"}));
        assert!(links["contact_groups.get"].is_null());
    }

    #[test]
    fn samples_belong_to_calls_of_the_catalog() {
        for (vendor, least) in [("zagely", 8), ("wazaj", 2)] {
            let samples = crate::samples::read(vendor).unwrap();
            assert!(samples.len() >= least, "{samples:?}");
            let is_call = |name: &String| {
                hudhud::ENDPOINTS.iter().any(|spec| spec.vendor.name == vendor && spec.name == name)
            };
            assert!(samples.keys().all(is_call));
        }
    }
}
