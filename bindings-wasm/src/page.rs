//! Memory of a list's pages.

use alloc::string::String;
use alloc::vec::Vec;

use hudhud::{CutShort, Meta, Turn, catalog};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::client::response;
use crate::failure::{misuse, thrown};

/// Memory of a list's pages.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Trail {
    trail: hudhud::Trail,
    short: Option<CutShort>,
}

#[wasm_bindgen]
impl Trail {
    /// Starts a list, at any page.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "it is made by JavaScript alone")]
    pub fn new() -> Trail {
        Self { trail: hudhud::Trail::new(), short: None }
    }

    /// Returns the number of the next page: 0 at the end of the list; -1 if the list is cut short after this page; -2 if
    /// it is cut short before this page, whose items were seen.
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

    /// Makes the error of a list that is cut short, with the response that shows it.
    pub fn error(&self, call: &str, status: u16, headers: &str, body: Vec<u8>) -> String {
        let spec = catalog::ENDPOINTS.iter().find(|spec| spec.name == call);
        let (Some(spec), Some(short)) = (spec, self.short) else {
            return misuse("The list is not cut short.");
        };
        let response = response(status, headers, body);
        let meta = Meta::read(&response, None, None);
        thrown(&short.into_error(spec, Some((response, meta))))
    }
}
