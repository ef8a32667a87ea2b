//! Templates, phone numbers, and signed deliveries for tests.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hudhud::host_support::refuse_halves;
use hudhud::webhook::sign;
use hudhud::{Json, Object, Phone, Template};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::exchange::unix_time;
use crate::failure::{misuse, thrown};
use crate::options::Options;

/// Returns the names of a template's variables, as JSON.
#[wasm_bindgen]
pub fn variables(template: &str) -> String {
    Json::write(&Template::parse(template).variables()).unwrap_or_default().as_str().into()
}

/// Fills in the variables of a template. Throws the names of those without a value, as JSON.
#[wasm_bindgen]
pub fn render(template: &str, values: &str, options: &str) -> Result<String, String> {
    refuse_halves(values, "").map_err(|error| thrown(&error))?;
    let values: Object = values.parse().map_err(|_| misuse("values: expected an object"))?;
    let mut options = Options::read(options)?;
    let missing = options.choice("missing")?.unwrap_or_default();
    options.finish()?;
    Template::parse(template).render(&values, missing).map_err(|missing| {
        let names: Vec<&str> = missing.names();
        let names = Json::write(&names).unwrap_or_default();
        format!(r#"{{"said":{},"missing":{}}}"#, Json::from(missing.to_string()).as_str(), names.as_str())
    })
}

/// Rejects a text, written as JSON, that has a lone surrogate.
#[wasm_bindgen]
pub fn whole(json: &str, name: &str) -> Result<(), String> {
    refuse_halves(json, name).map_err(|error| thrown(&error))
}

/// Converts a phone number to E.164.
#[wasm_bindgen]
pub fn phone(text: &str) -> Result<String, String> {
    Phone::parse(text).map(String::from).map_err(|error| misuse(&error.to_string()))
}

/// Signs a delivery like the vendor. Returns its headers as JSON.
#[wasm_bindgen]
pub fn signed(secret: &str, body: &[u8], now: f64) -> Result<String, String> {
    let delivery = sign(secret, body, unix_time(now)).map_err(|error| thrown(&error))?;
    Ok(Json::write(&delivery.headers).unwrap_or_default().as_str().into())
}
