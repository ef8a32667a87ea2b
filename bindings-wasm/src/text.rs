//! Templates, phone numbers, and signed deliveries for tests.

use alloc::string::{String, ToString};

use hudhud::host_support::refuse_lone_surrogates;
use hudhud::webhook::sign;
use hudhud::{Object, Phone, Template};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{misuse, thrown};
use crate::options::Options;
use crate::time::unix_time;
use crate::value::{Member, value};

/// Returns the names of a template's variables.
#[wasm_bindgen]
pub fn variables(template: &str) -> JsValue {
    value(&Template::parse(template).variables())
}

/// Fills in the variables of a template. Throws the names of those without a value.
#[wasm_bindgen]
pub fn render(template: &str, values: &str, options: &str) -> Result<String, JsValue> {
    refuse_lone_surrogates(values, "").map_err(|error| thrown(&error))?;
    let values: Object = values.parse().map_err(|_| misuse("values: expected an object"))?;
    let mut options = Options::read(options)?;
    let missing = options.choice("missing")?.unwrap_or_default();
    options.finish()?;
    Template::parse(template)
        .render(&values, missing)
        .map_err(|missing| value(&Member("missing", (missing.to_string(), missing.names()))))
}

/// Refuses a text, written as JSON, that has a lone surrogate.
#[wasm_bindgen]
pub fn whole(json: &str, name: &str) -> Result<(), JsValue> {
    refuse_lone_surrogates(json, name).map_err(|error| thrown(&error))
}

/// Converts a phone number to E.164.
#[wasm_bindgen]
pub fn phone(text: &str) -> Result<String, JsValue> {
    Phone::parse(text).map(String::from).map_err(|error| misuse(&error.to_string()))
}

/// Signs a delivery like the vendor. Returns pairs of the names and values of its headers.
#[wasm_bindgen]
pub fn signed(secret: &str, body: &[u8], now: f64) -> Result<JsValue, JsValue> {
    let delivery = sign(secret, body, unix_time(now)).map_err(|error| thrown(&error))?;
    Ok(value(&delivery.headers))
}
