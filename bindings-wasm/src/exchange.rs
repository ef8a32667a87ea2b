//! A call in flight.

use alloc::string::String;
use core::time::Duration;

use hudhud::host_support::StoreFault;
use hudhud::{AnyExchange, Json, Meta, Response, Step};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{misuse, thrown};
use crate::options::chosen;
use crate::rate_limiter::RateLimiter;
use crate::time::unix_time;
use crate::value::{Member, value};
use crate::wire::{Sent, response};

/// A call in flight, with its retries.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Exchange {
    exchange: AnyExchange<Json>,
    page: Option<u64>,
    /// The successful response that ended the call.
    done: Option<Response>,
}

impl Exchange {
    pub(crate) fn new(exchange: AnyExchange<Json>, page: Option<u64>) -> Self {
        Self { exchange, page, done: None }
    }
}

#[wasm_bindgen]
impl Exchange {
    /// Lets each request wait for a permit of a rate limiter.
    pub fn wait_for(&mut self, limiter: &RateLimiter) {
        self.exchange.wait_for(limiter.shared());
    }

    /// Returns the next step: `{ send: request }`, `{ waitMs }` or `{ done: meta }`. Throws if the call failed.
    pub fn step(&mut self, now: f64) -> Result<JsValue, JsValue> {
        match self.exchange.step_undecoded(unix_time(now)) {
            Step::Send(request) => Ok(value(&Member("send", Sent(&request)))),
            Step::Wait(wait) => Ok(value(&Member("waitMs", wait.as_millis() as f64))),
            Step::Done(Ok(response)) => {
                let meta = Meta::read(&response, self.exchange.idempotency_key(), Some(unix_time(now)));
                self.done = Some(response);
                Ok(value(&Member("done", meta)))
            }
            Step::Done(Err(error)) => Err(thrown(&error)),
        }
    }

    /// Ends the call because the store of its rate limiter has failed for the given milliseconds, or holds bytes that are
    /// not a state. Returns the facts of the error.
    pub fn lose_store(&mut self, failing: Option<f64>, now: f64) -> JsValue {
        let fault = failing
            .map_or(StoreFault::NoState, |millis| StoreFault::Failing(Duration::from_millis(millis as u64)));
        thrown(&self.exchange.lose_store(fault, unix_time(now)))
    }

    /// Accepts the response to the request that was sent.
    pub fn receive(
        &mut self,
        status: u16,
        headers: &str,
        body: &Uint8Array,
        now: f64,
    ) -> Result<(), JsValue> {
        let received = self.exchange.receive(response(status, headers, body.to_vec()), unix_time(now));
        received.map_err(|error| thrown(&error))
    }

    /// Reports that no response arrived. `fault` is `connect`, `timeout` or `closed`.
    pub fn fail(&mut self, fault: &str, now: f64) -> Result<(), JsValue> {
        self.exchange.fail(chosen("fault", fault)?, unix_time(now)).map_err(|error| thrown(&error))
    }

    /// Decodes the response that ended the call. Returns the output as JSON. It can be called once.
    pub fn response(&mut self, now: f64) -> Result<String, JsValue> {
        let done = self
            .done
            .take()
            .ok_or_else(|| misuse("response: the exchange is not done; this is a bug, report it"))?;
        self.exchange
            .decode(done, unix_time(now))
            .map(|decoded| decoded.output.as_str().into())
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

    /// Returns true if the call may have had its effect by now.
    pub fn may_have_happened(&self) -> bool {
        self.exchange.may_have_happened()
    }

    /// Returns the facts about the call.
    pub fn description(&self) -> JsValue {
        value(&self.exchange.description())
    }

    /// Returns the facts about the attempt that has just ended. It is called between `receive` or `fail` and the
    /// end of the wait that follows.
    pub fn last_attempt(&self) -> JsValue {
        self.exchange.last_attempt().map(|attempt| value(&attempt)).unwrap_or_default()
    }

    /// Returns the minimum time of a long wait for the rate limiter, in milliseconds, if it should be logged now.
    pub fn long_wait(&mut self) -> Option<f64> {
        self.exchange.long_wait().map(|wait| wait.as_millis() as f64)
    }

    /// Returns the idempotency key that is sent.
    pub fn key(&self) -> Option<String> {
        self.exchange.idempotency_key().map(|key| key.as_str().into())
    }
}
