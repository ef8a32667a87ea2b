//! The iteration over the pages of a list.

use alloc::string::String;

use hudhud::{ENDPOINTS, Meta, PageDecision};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{misuse, thrown};
use crate::wire::response;

/// The pages of one iteration so far.
#[wasm_bindgen]
#[derive(Debug)]
pub struct History {
    call: String,
    history: hudhud::PageHistory,
    is_repetition: bool,
}

#[wasm_bindgen]
impl History {
    /// Starts at the beginning of a list. `call` is the name of its call.
    #[wasm_bindgen(constructor)]
    pub fn new(call: String) -> History {
        Self { call, history: hudhud::PageHistory::new(), is_repetition: false }
    }

    /// Takes a fetched page with the number that was requested. Returns the number of the next page, or 0 at the end.
    /// Throws if the vendor reports more pages that cannot be fetched.
    pub fn arrived(
        &mut self,
        page: f64,
        status: u16,
        headers: &str,
        body: &Uint8Array,
    ) -> Result<f64, JsValue> {
        let body = body.to_vec();
        match self.history.receive(page as u64, &body) {
            PageDecision::Next(page) => Ok(page as f64),
            PageDecision::CutShort(short) => {
                self.is_repetition = short.is_repetition();
                let call = ENDPOINTS.iter().find(|spec| spec.name == self.call);
                let call = call.ok_or_else(|| misuse("call: unknown name; this is a bug, report it"))?;
                let response = response(status, headers, body);
                let meta = Meta::read(&response, None, None);
                Err(thrown(&short.into_error(call, Some((response, meta)))))
            }
            _ => Ok(0.0),
        }
    }

    /// Returns true if the last page holds nothing new. Such a page is not yielded.
    #[wasm_bindgen(js_name = isRepetition)]
    pub fn is_repetition(&self) -> bool {
        self.is_repetition
    }
}
