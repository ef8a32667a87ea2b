//! The client of one vendor. It turns the name of a call into a request or an exchange.
//!
//! All calls share one export: 57 exports, each with only a name in it, would add 2.2 kB after gzip.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use hudhud::host_support::refuse_halves_of_options;
use hudhud::{
    ApiResponse, ClosedEnum, DynamicCall, Error, IdempotencyKey, Json, Method, Response, Vendor, Wazaj,
    Zagely,
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::exchange::Exchange;
use crate::failure::{misuse, thrown};
use crate::options::Options;
use crate::wire::{head, response, written};

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
    pub fn new(vendor: &str, options: &str) -> Result<Service, String> {
        let options = Options::read(options)?;
        Ok(Self(if vendor == "wazaj" { Of::Wazaj(options.wazaj()?) } else { Of::Zagely(options.zagely()?) }))
    }

    /// Builds the request of a call, with the decoder of its response.
    pub fn prepare(&self, call: &str, input: &str, options: &str) -> Result<Prepared, String> {
        either!(self, service => {
            let (call, options) = read(service, call, input, options, None)?;
            let request = call.request(service, &options).map_err(|error| thrown(&error))?;
            // The key is sent only with some methods, and the method may differ from the catalog's.
            let key = options.idempotency_key.filter(|_| request.header("Idempotency-Key").is_some());
            let decode = move |response| call.decode(response, key.as_ref());
            Ok(Prepared { head: head(&request), body: request.body, decode: Box::new(decode) })
        })
    }

    /// Decodes a recorded response without its call's input.
    pub fn decode(&self, call: &str, status: u16, headers: &str, body: Vec<u8>) -> Result<String, String> {
        let response = response(status, headers, body);
        either!(self, service => service.decode_by_name(call, response, None))
            .map(|decoded| written(&decoded))
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
    ) -> Result<Exchange, String> {
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
) -> Result<(DynamicCall<V>, hudhud::CallOptions), String> {
    let mut call = find(service, call, input).map_err(|error| thrown(&error))?;
    if let Some(page) = page {
        call = call.with_page(page as u64);
    }
    let options = match refuse_halves_of_options(options) {
        Ok(()) => Options::parse(options)?.call(&mut call, service.settings().retry)?,
        // Reported with the faults of the call, under its name.
        Err(error) => {
            call.add_faults(&error);
            hudhud::CallOptions::new()
        }
    };
    Ok((call, options))
}

/// Decodes a response of one call.
type Decode = Box<dyn Fn(Response) -> Result<ApiResponse<Json>, Error>>;

/// A request and the decoder of its response.
#[wasm_bindgen]
pub struct Prepared {
    head: String,
    body: Option<Vec<u8>>,
    decode: Decode,
}

impl Debug for Prepared {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Prepared").finish_non_exhaustive()
    }
}

#[wasm_bindgen]
impl Prepared {
    /// Returns the request without its body, as JSON.
    pub fn head(&self) -> String {
        self.head.clone()
    }

    /// Takes the body. The second call returns nothing.
    pub fn body(&mut self) -> Option<Vec<u8>> {
        self.body.take()
    }

    /// Decodes a response. Returns the decoded response as JSON.
    pub fn decode(&self, status: u16, headers: &str, body: Vec<u8>) -> Result<String, String> {
        (self.decode)(response(status, headers, body))
            .map(|decoded| written(&decoded))
            .map_err(|error| thrown(&error))
    }
}

/// Makes an idempotency key from 16 random bytes.
#[wasm_bindgen]
pub fn idempotency_key(entropy: &[u8]) -> Result<String, String> {
    let entropy = entropy.try_into().map_err(|_| misuse("entropy: expected 16 bytes"))?;
    Ok(IdempotencyKey::from_entropy(entropy).as_str().into())
}
