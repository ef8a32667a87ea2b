//! One call in flight, as a state machine. The host passes the time and the responses; the machine returns the next
//! step.
//!
//! ```
//! use hudhud::{KeyPair, Response, Step, UnixTime, Zagely, zagely::SendMessage};
//! # fn send(request: hudhud::Request) -> Result<Response, hudhud::TransportFault> {
//! #     Ok(Response::new(201, [("Content-Type", "application/json")], r#"{"status":"queued","message_id":"m-1"}"#))
//! # }
//! # let (now, entropy) = (UnixTime::from_secs(1_776_767_400), [7; 16]);
//! let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test")?);
//! let mut exchange = zagely.exchange(SendMessage::text("+15551234567", "hi"), entropy)?; // local faults end here
//! let outcome = loop {
//!     match exchange.step(now) {
//!         Step::Send(request) => match send(request) {
//!             Ok(response) => exchange.receive(response, now)?,
//!             Err(fault) => exchange.fail(fault, now)?,
//!         },
//!         Step::Wait(_duration) => { /* sleep for it */ }
//!         Step::Done(outcome) => break outcome, // Result<ApiResponse<QueuedMessage>, Error>
//!     }
//! };
//! assert_eq!(outcome?.message_id.as_deref(), Some("m-1"));
//! # Ok::<(), hudhud::Error>(())
//! ```

pub(crate) mod step;

use core::fmt::{self, Debug, Formatter};
#[cfg(feature = "std")]
use core::time::Duration;

use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::error::kind::TransportFault;
use crate::exchange::any::AnyExchange;
use crate::exchange::api_response::ApiResponse;
use crate::exchange::attempt::{Attempt, CallDescription};
use crate::exchange::step::Step;
use crate::http::response::Response;
#[cfg(feature = "std")]
use crate::limiter::store::CausedFault;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;

pub(crate) mod any;
pub(crate) mod api_response;
pub(crate) mod attempt;
pub(crate) mod decode;
pub(crate) mod machine;
pub(crate) mod options;
pub(crate) mod paginator;
pub(crate) mod retry;

/// One call in flight, with its retries.
///
/// The host calls [`step`](Exchange::step) until it returns [`Step::Done`]. After each [`Step::Send`] it calls
/// [`receive`](Exchange::receive) or [`fail`](Exchange::fail) once. A call that is not safe to repeat is sent again
/// only if the first request certainly had no effect: see [`RetrySafety`](crate::RetrySafety).
///
/// A request with an idempotency key is not sent again once [`IdempotencyKey::LIFETIME`] has passed since its first
/// attempt. The exchange then ends with the failure of its last attempt, and [`Error::is_key_forgotten`] returns
/// `true`.
pub struct Exchange<E: Endpoint> {
    call: E,
    exchange: AnyExchange<E::Output>,
}

impl<E: Endpoint + Debug> Debug for Exchange<E> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Exchange")
            .field("call", &self.call)
            .field("exchange", &self.exchange)
            .finish()
    }
}

impl<E: Endpoint> Exchange<E> {
    pub(crate) fn new(call: E, exchange: AnyExchange<E::Output>) -> Self {
        Self { call, exchange }
    }

    /// Returns the next step. If the exchange is over, or if it awaits a response, the step is `Done` with an error of the
    /// kind `invalid_request` that names the field `exchange`. An exchange that awaits a response is unchanged by this error.
    pub fn step(&mut self, now: UnixTime) -> Step<ApiResponse<E::Output>> {
        self.exchange.step(now)
    }

    /// Accepts the response to the request that was sent.
    ///
    /// # Errors
    /// An error of the kind `invalid_request` that names the field `exchange`, if the exchange awaits no response. The exchange is then unchanged.
    pub fn receive(&mut self, response: Response, now: UnixTime) -> Result<(), Error> {
        self.exchange.receive(response, now)
    }

    /// Reports that no response arrived.
    ///
    /// # Errors
    /// The same as those of [`Exchange::receive`].
    pub fn fail(&mut self, fault: TransportFault, now: UnixTime) -> Result<(), Error> {
        self.exchange.fail(fault, now)
    }

    /// Ends the call because the store of its rate limiter fails, and returns its error.
    #[cfg(feature = "std")]
    pub(crate) fn lose_store(&mut self, fault: CausedFault, now: UnixTime) -> Error {
        self.exchange.lose_store_because(fault, now)
    }

    /// Returns the call.
    pub fn call(&self) -> &E {
        &self.call
    }

    /// Returns the idempotency key that is sent. Keep it to repeat the call later.
    pub fn idempotency_key(&self) -> Option<&IdempotencyKey> {
        self.exchange.idempotency_key()
    }

    /// Returns the number of attempts so far. A request that is repeated with the other method of an update (PUT or PATCH)
    /// belongs to the same attempt.
    pub fn attempts(&self) -> u32 {
        self.exchange.attempts()
    }

    /// Returns `true` if the call may have had its effect by now: a request was sent, and the vendor has not clearly refused
    /// it. Use it for a call that ends before its exchange is over, for example by a cancellation.
    pub fn may_have_happened(&self) -> bool {
        self.exchange.may_have_happened()
    }

    /// Returns the length of a wait for the rate limiter, if your program should log this wait now. The length is the time
    /// that the call has waited, plus the shortest time that it still has to wait. See
    /// [`AnyExchange::long_wait`].
    #[cfg(feature = "std")]
    pub fn long_wait(&mut self) -> Option<Duration> {
        self.exchange.long_wait()
    }

    /// Returns the facts about the call, for logs, metrics and traces.
    pub fn description(&self) -> CallDescription {
        self.exchange.description()
    }

    /// Returns the facts about the attempt that has just ended: between [`receive`](Exchange::receive) or
    /// [`fail`](Exchange::fail) and the end of the wait that follows. Otherwise returns `None`.
    pub fn last_attempt(&self) -> Option<Attempt> {
        self.exchange.last_attempt()
    }
}
