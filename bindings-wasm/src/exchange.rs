//! A call in flight.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hudhud::{AnyExchange, Json, Meta, Response, Step, UnixTime};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{misuse, thrown};
use crate::options::chosen;
use crate::wire::{head, response, written};

/// A call in flight, with its retries.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Exchange {
    exchange: AnyExchange<Json>,
    page: Option<u64>,
    /// The body of the request to send.
    body: Option<Vec<u8>>,
    /// The successful response that ended the call.
    done: Option<Response>,
}

impl Exchange {
    pub(crate) fn new(exchange: AnyExchange<Json>, page: Option<u64>) -> Self {
        Self { exchange, page, body: None, done: None }
    }
}

#[wasm_bindgen]
impl Exchange {
    /// Returns the next step as JSON: `{"send": …}`, `{"wait": milliseconds}` or `{"done": meta}`. Throws if the call
    /// failed.
    pub fn step(&mut self, now: f64) -> Result<String, String> {
        match self.exchange.step_undecoded(unix_time(now)) {
            Step::Send(request) => {
                let head = head(&request);
                self.body = request.body;
                Ok(format!(r#"{{"send":{head}}}"#))
            }
            Step::Wait(wait) => Ok(format!(r#"{{"wait":{}}}"#, wait.as_millis())),
            Step::Done(Ok(response)) => {
                let meta = Meta::read(&response, self.exchange.idempotency_key(), Some(unix_time(now)));
                self.done = Some(response);
                Ok(format!(r#"{{"done":{}}}"#, Json::write(&meta).unwrap_or_default().as_str()))
            }
            Step::Done(Err(error)) => Err(thrown(&error)),
        }
    }

    /// Takes the body of the request to send. The second call returns nothing.
    pub fn body(&mut self) -> Option<Vec<u8>> {
        self.body.take()
    }

    /// Accepts the response to the request that was sent.
    pub fn receive(&mut self, status: u16, headers: &str, body: Vec<u8>, now: f64) -> Result<(), String> {
        let received = self.exchange.receive(response(status, headers, body), unix_time(now));
        received.map_err(|error| thrown(&error))
    }

    /// Reports that no response arrived. `fault` is `connect`, `timeout` or `closed`.
    pub fn fail(&mut self, fault: &str, now: f64) -> Result<(), String> {
        self.exchange.fail(chosen("fault", fault)?, unix_time(now)).map_err(|error| thrown(&error))
    }

    /// Decodes the response that ended the call. Returns the decoded response as JSON. It can be called once.
    pub fn response(&mut self, now: f64) -> Result<String, String> {
        let done = self.done.take().ok_or_else(|| misuse("the exchange is not done"))?;
        self.exchange
            .decode(done, unix_time(now))
            .map(|decoded| written(&decoded))
            .map_err(|error| thrown(&error))
    }

    /// Returns the requested page number, if the call is a list.
    pub fn page(&self) -> Option<f64> {
        self.page.map(|page| page as f64)
    }

    /// Returns the number of attempts so far.
    pub fn attempts(&self) -> u32 {
        self.exchange.attempts()
    }

    /// Returns the facts about the call as JSON.
    pub fn description(&self) -> String {
        Json::write(&self.exchange.description()).unwrap_or_default().as_str().into()
    }

    /// Returns the facts about the attempt that has just ended, as JSON. It is called between `receive` or `fail` and the
    /// end of the wait that follows.
    pub fn last_attempt(&self) -> Option<String> {
        let attempt = self.exchange.last_attempt()?;
        Some(Json::write(&attempt).unwrap_or_default().as_str().into())
    }

    /// Returns the idempotency key that is sent.
    pub fn key(&self) -> Option<String> {
        self.exchange.idempotency_key().map(|key| key.as_str().into())
    }
}

/// Converts the milliseconds of `Date.now()`.
pub(crate) fn unix_time(now: f64) -> UnixTime {
    UnixTime::from_millis(now as u64)
}
