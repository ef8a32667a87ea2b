//! Which page of a list follows.

use alloc::string::String;
use alloc::vec::Vec;

use hudhud::{CutShort, Meta, Turn, catalog};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::client::response;
use crate::failure::{misuse, thrown};

/// What was seen of a list so far.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Trail {
    trail: hudhud::Trail,
    short: Option<CutShort>,
}

#[wasm_bindgen]
impl Trail {
    /// At the beginning of a list, whichever page that is.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "it is made by JavaScript alone")]
    pub fn new() -> Trail {
        Self { trail: hudhud::Trail::new(), short: None }
    }

    /// The number of the page behind one that was asked for by its number, and has this body: 0 at the end; -1 if the
    /// list is cut short behind it; -2 if it is cut short before it, because the page was seen.
    pub fn arrived(&mut self, page: f64, body: &[u8]) -> f64 {
        match self.trail.arrived(page as u64, body) {
            Turn::Next(next) => next as f64,
            Turn::CutShort(short) => {
                self.short = Some(short);
                if short.is_repetition() { -2.0 } else { -1.0 }
            }
            _ => 0.0,
        }
    }

    /// The error that ends a list that is cut short, with the response that shows it.
    pub fn error(&self, call: &str, status: u16, headers: &str, body: Vec<u8>) -> String {
        let spec = catalog::ENDPOINTS.iter().find(|spec| spec.name == call);
        let (Some(spec), Some(short)) = (spec, self.short) else { return misuse("The list is not cut short.") };
        let response = response(status, headers, body);
        let meta = Meta::read(&response, None, None);
        thrown(&short.into_error(spec, Some((response, meta))))
    }
}
