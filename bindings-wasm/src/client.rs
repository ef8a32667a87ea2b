//! The client of one vendor. It turns the name of a call into a request or an exchange.
//!
//! All calls share one export: 57 exports, each with only a name in it, would add 2.2 kB after gzip.

use alloc::string::String;

use hudhud::host_support::refuse_lone_surrogates_of_options;
use hudhud::{ClosedEnum, DynamicCall, Error, IdempotencyKey, Method, Vendor, Wazaj, Zagely};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::exchange::Exchange;
use crate::failure::{misuse, thrown};
use crate::options::Options;
use crate::value::value;
use crate::wire::{Sent, response};

/// A vendor's client: its keys, its base URL and its options.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Service(Of);

#[derive(Debug)]
enum Of {
    Zagely(Zagely),
    Wazaj(Wazaj),
}

/// Runs the same code for either vendor.
macro_rules! either {
    ($self:ident, $service:ident => $then:expr) => {
        match &$self.0 {
            Of::Zagely($service) => $then,
            Of::Wazaj($service) => $then,
        }
    };
}

#[wasm_bindgen]
impl Service {
    /// Makes a client from the vendor's name and the options as JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(vendor: &str, options: &str) -> Result<Service, JsValue> {
        let options = Options::read(options)?;
        Ok(Self(if vendor == "wazaj" { Of::Wazaj(options.wazaj()?) } else { Of::Zagely(options.zagely()?) }))
    }

    /// Builds the request of a call.
    pub fn prepare(&self, call: &str, input: &str, options: &str) -> Result<JsValue, JsValue> {
        either!(self, service => {
            let (call, options) = read(service, call, input, options, None)?;
            let request = call.request(service, &options).map_err(|error| thrown(&error))?;
            Ok(value(&Sent(&request)))
        })
    }

    /// Decodes a response without its call's input. `key` is the idempotency key that was sent. Returns the output as JSON,
    /// and the metadata.
    pub fn decode(
        &self,
        call: &str,
        status: u16,
        headers: &str,
        body: &Uint8Array,
        key: Option<String>,
    ) -> Result<Array, JsValue> {
        let response = response(status, headers, body.to_vec());
        // A key that the library did not send is not repeated.
        let key = key.and_then(|key| IdempotencyKey::new(key).ok());
        either!(self, service => find(service, call, "{}").and_then(|call| call.decode(response, key.as_ref())))
            .map(|decoded| Array::of2(&decoded.output.as_str().into(), &value(&decoded.meta)))
            .map_err(|error| thrown(&error))
    }

    /// Starts a call. `page` is the page of a list.
    pub fn exchange(
        &self,
        call: &str,
        input: &str,
        options: &str,
        entropy: &[u8],
        page: Option<f64>,
    ) -> Result<Exchange, JsValue> {
        let entropy = entropy.try_into().map_err(|_| misuse("entropy: expected 16 bytes"))?;
        either!(self, service => {
            let (call, options) = read(service, call, input, options, page)?;
            let page = call.page();
            let exchange = call.exchange(service, options, entropy).map_err(|error| thrown(&error))?;
            Ok(Exchange::new(exchange, page))
        })
    }
}

/// Reads a call by its name, or by its method and path: `GET /api/v1/labels`.
fn find<V: Vendor>(service: &hudhud::Service<V>, call: &str, input: &str) -> Result<DynamicCall<V>, Error> {
    match call.split_once(' ').and_then(|(method, path)| Some((Method::from_name(method)?, path))) {
        Some((method, path)) => service.call_by_route(method, path, input),
        None => service.call_by_name(call, input),
    }
}

fn read<V: Vendor>(
    service: &hudhud::Service<V>,
    call: &str,
    input: &str,
    options: &str,
    page: Option<f64>,
) -> Result<(DynamicCall<V>, hudhud::CallOptions), JsValue> {
    let mut call = find(service, call, input).map_err(|error| thrown(&error))?;
    if let Some(page) = page {
        call = call.with_page(page as u64);
    }
    let options = match refuse_lone_surrogates_of_options(options) {
        Ok(()) => Options::parse(options)?.call(&mut call, service.settings().retry)?,
        // Reported with the faults of the call, under its name.
        Err(error) => {
            call.add_faults(&error);
            hudhud::CallOptions::new()
        }
    };
    Ok((call, options))
}

/// Makes an idempotency key from 16 random bytes.
#[wasm_bindgen]
pub fn idempotency_key(entropy: &[u8]) -> Result<String, JsValue> {
    let entropy = entropy.try_into().map_err(|_| misuse("entropy: expected 16 bytes"))?;
    Ok(IdempotencyKey::from_entropy(entropy).as_str().into())
}
