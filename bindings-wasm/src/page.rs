//! The way from page to page of a list.

use alloc::string::String;
use alloc::vec::Vec;

use hudhud::{ENDPOINTS, Meta, Turn};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::client::response;
use crate::failure::{misuse, thrown};

/// The pages of one list that were seen so far.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Trail {
    call: String,
    trail: hudhud::Trail,
    is_repetition: bool,
}

#[wasm_bindgen]
impl Trail {
    /// At the beginning of a list of the call of this name.
    #[wasm_bindgen(constructor)]
    pub fn new(call: String) -> Trail {
        Self { call, trail: hudhud::Trail::new(), is_repetition: false }
    }

    /// Looks at a page that was asked for by its number: the number of the page that follows, 0 at the end. Where the
    /// vendor says that more follow and they cannot be had, the error is thrown.
    pub fn arrived(&mut self, page: f64, status: u16, headers: &str, body: Vec<u8>) -> Result<f64, String> {
        match self.trail.arrived(page as u64, &body) {
            Turn::Next(page) => Ok(page as f64),
            Turn::CutShort(short) => {
                self.is_repetition = short.is_repetition();
                let call = ENDPOINTS.iter().find(|spec| spec.name == self.call);
                let call = call.ok_or_else(|| misuse("There is no such call."))?;
                let response = response(status, headers, body);
                let meta = Meta::read(&response, None, None);
                Err(thrown(&short.into_error(call, Some((response, meta)))))
            }
            _ => Ok(0.0),
        }
    }

    /// Whether the page that was looked at last holds nothing new, and so is not to be handed on.
    #[wasm_bindgen(js_name = isRepetition)]
    pub fn is_repetition(&self) -> bool {
        self.is_repetition
    }
}
