//! Calls, exchanges and lists whose types are known only at run time: one implementation for all hosts.
//!
//! A host decodes a response to JSON, to a tape or to Python objects. [`ResponseDecoder`] holds the host's functions as
//! pointers. Nothing here is generic over the call, so the compiled code exists once for each host.

use alloc::boxed::Box;
use core::fmt::{self, Debug, Formatter};
#[cfg(feature = "std")]
use core::time::Duration;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::{Input, Write};
use crate::error::Error;
use crate::error::kind::TransportFault;
use crate::exchange::api_response::ApiResponse;
use crate::exchange::attempt::{Attempt, CallDescription};
use crate::exchange::decode::ResponseDecoder;
use crate::exchange::machine::ExchangeMachine;
use crate::exchange::paginator::{Following, PageHistory, Paged};
use crate::exchange::step::Step;
use crate::http::response::Response;
#[cfg(feature = "std")]
use crate::limiter::shared::SharedRateLimiter;
#[cfg(feature = "std")]
use crate::limiter::store::{CausedFault, StoreFault};
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;

/// A call of any type.
pub trait AnyCall: Write {
    /// Checks the limits that the vendor states.
    fn check(&self, faults: &mut FieldErrors);
}

impl<T: Input> AnyCall for T {
    fn check(&self, faults: &mut FieldErrors) {
        Input::check(self, "", faults);
    }
}

/// A call of any type whose output is one page of a list.
pub trait AnyList: AnyCall {
    /// Returns the number of the requested page.
    fn page(&self) -> u64;

    /// Sets the number of the requested page.
    fn set_page(&mut self, page: u64);
}

impl<T: Input + Paged> AnyList for T {
    fn page(&self) -> u64 {
        Paged::page(self)
    }

    fn set_page(&mut self, page: u64) {
        *self = self.with_page(page);
    }
}

/// A call in flight, with its retries. Its responses are decoded to `T`. See [`Exchange`](crate::Exchange).
pub struct AnyExchange<T> {
    machine: ExchangeMachine,
    decoder: ResponseDecoder<T>,
}

impl<T> Debug for AnyExchange<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("AnyExchange").field(&self.machine).finish()
    }
}

impl<T> AnyExchange<T> {
    pub(crate) fn new(machine: ExchangeMachine, decoder: ResponseDecoder<T>) -> Self {
        Self { machine, decoder }
    }

    /// Lets each request wait for a permit of this rate limiter. Default: the limiter of the service, if it has one.
    #[cfg(feature = "std")]
    pub fn wait_for(&mut self, limiter: &SharedRateLimiter) {
        self.machine.wait_for(limiter);
    }

    /// Leaves the queue of the rate limiter. Use it if the exchange may outlive a cancelled call. Dropping the exchange has the
    /// same effect.
    #[cfg(feature = "std")]
    pub fn leave(&mut self) {
        self.machine.leave();
    }

    /// Ends the call because the store of its rate limiter fails, and returns its error. A host that uses the store itself calls
    /// this function when the failures last too long.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn lose_store(&mut self, fault: StoreFault, now: UnixTime) -> Error {
        self.machine.lose_store((fault, None), now)
    }

    /// Ends the call like [`AnyExchange::lose_store`], with the error of the store.
    #[cfg(feature = "std")]
    pub(crate) fn lose_store_because(&mut self, fault: CausedFault, now: UnixTime) -> Error {
        self.machine.lose_store(fault, now)
    }

    /// Returns the next step. If the exchange is over, or if it awaits a response, the step is `Done` with an error of the
    /// kind `invalid_request` that names the field `exchange`. An exchange that awaits a response is unchanged by this error.
    pub fn step(&mut self, now: UnixTime) -> Step<ApiResponse<T>> {
        self.step_undecoded(now).map(|response| self.decode(response, now))
    }

    /// Returns the next step like [`AnyExchange::step`], but does not decode a success: `Done` contains the response
    /// itself. Use it in a host that decodes most responses without core. [`AnyExchange::decode`] decodes the others.
    pub fn step_undecoded(&mut self, now: UnixTime) -> Step<Response> {
        self.machine.step(now)
    }

    /// Decodes the response that ended the exchange.
    ///
    /// # Errors
    /// `unexpected_response` for a success that cannot be decoded.
    pub fn decode(&self, response: Response, now: UnixTime) -> Result<ApiResponse<T>, Error> {
        let reply = self.decoder.decode_at(response, self.machine.key.as_ref(), Some(now));
        reply.map_err(|error| self.machine.conceal(error))
    }

    /// Accepts the response to the request that was sent.
    ///
    /// # Errors
    /// An error of the kind `invalid_request` that names the field `exchange`, if the exchange awaits no response. The exchange is then unchanged.
    pub fn receive(&mut self, response: Response, now: UnixTime) -> Result<(), Error> {
        let accepted = self.decoder.accepts(response.status);
        self.machine.receive(response, accepted, now)
    }

    /// Reports that no response arrived.
    ///
    /// # Errors
    /// The same as those of [`AnyExchange::receive`].
    pub fn fail(&mut self, fault: TransportFault, now: UnixTime) -> Result<(), Error> {
        self.machine.fail(fault, now)
    }

    /// Returns the idempotency key that is sent. Keep it to repeat the call later.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&IdempotencyKey> {
        self.machine.key.as_ref()
    }

    /// Returns the number of attempts so far. A request that is repeated with the other method of an update (PUT or PATCH)
    /// belongs to the same attempt.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.machine.attempts
    }

    /// Returns `true` if the call may have had its effect by now: a request was sent, and the vendor has not clearly refused
    /// it. Use it for a call that ends before its exchange is over, for example by a cancellation.
    #[must_use]
    pub fn may_have_happened(&self) -> bool {
        self.machine.may_have_happened()
    }

    /// Returns `true` if the call has a deadline. A host then runs blocking functions, such as those of a store, on another
    /// thread, so that the call can end by its deadline.
    #[must_use]
    pub fn has_deadline(&self) -> bool {
        self.machine.has_deadline()
    }

    /// Returns the length of a wait for the rate limiter, if your program should log this wait now. The length is the time
    /// that the call has waited, plus the shortest time that it still has to wait. Only waits
    /// of 5 seconds or longer are returned: each once, and at most one a minute for all calls that share the limiter. Call it
    /// after [`Step::Wait`].
    #[cfg(feature = "std")]
    pub fn long_wait(&mut self) -> Option<Duration> {
        self.machine.long_wait()
    }

    /// Returns the facts about the call, for logs, metrics and traces.
    #[must_use]
    pub fn description(&self) -> CallDescription {
        self.machine.description()
    }

    /// Returns the facts about the attempt that has just ended: between [`AnyExchange::receive`] or
    /// [`AnyExchange::fail`] and the end of the wait that follows. Otherwise returns `None`.
    #[must_use]
    pub fn last_attempt(&self) -> Option<Attempt> {
        self.machine.last_attempt()
    }
}

/// The pages of a list. Each page has its own exchange, and its response is decoded to `T`.
///
/// [`Service::next_page`](crate::Service::next_page) starts the exchange of the next page. The exchange then runs like
/// an [`AnyExchange`]. A page without any new item is an error, because it shows that the server ignores the page number.
pub struct AnyPages<T> {
    call: Box<dyn AnyList + Send + Sync>,
    decoder: ResponseDecoder<T>,
    history: PageHistory,
    following: Following,
    running: Option<AnyExchange<T>>,
    begun: u64,
}

impl<T> Debug for AnyPages<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AnyPages").field("running", &self.running).finish_non_exhaustive()
    }
}

impl<T> AnyPages<T> {
    /// Starts at the page that the call requests.
    #[must_use]
    pub fn new(call: Box<dyn AnyList + Send + Sync>, decoder: ResponseDecoder<T>) -> Self {
        let following = Following::Page(call.page());
        Self { call, decoder, history: PageHistory::new(), following, running: None, begun: 0 }
    }

    /// Returns the decoder of the pages.
    #[must_use]
    pub fn decoder(&self) -> ResponseDecoder<T> {
        self.decoder
    }

    /// Returns the call for the next page, or `None` at the end of the list.
    pub(crate) fn call(&mut self) -> Result<Option<&dyn AnyList>, Error> {
        let Some(page) = self.following.take().transpose()? else { return Ok(None) };
        self.call.set_page(page);
        Ok(Some(&*self.call))
    }

    pub(crate) fn begin(&mut self, exchange: AnyExchange<T>) {
        self.running = Some(exchange);
        self.begun += 1;
    }

    /// Returns the number of exchanges that were started. It identifies the running exchange.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// Returns the running exchange. It is `None` before [`Service::next_page`](crate::Service::next_page) and after the
    /// end of a page.
    pub fn running(&mut self) -> Option<&mut AnyExchange<T>> {
        self.running.as_mut()
    }

    /// Returns the next step of the running exchange, or `None` if no exchange is running.
    pub fn step(&mut self, now: UnixTime) -> Option<Step<ApiResponse<T>>> {
        let step = self.running.as_mut()?.step(now);
        Some(match step {
            Step::Done(outcome) => {
                self.running = None;
                let (page, spec) = (self.call.page(), self.decoder.spec());
                Step::Done(
                    outcome
                        .and_then(|response| self.history.accept(page, spec, response, &mut self.following)),
                )
            }
            step => step,
        })
    }
}
