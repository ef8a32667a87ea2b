//! Calls in flight, for Kotlin and Swift.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hudhud::host_support::StoreFault;
use hudhud::{AnyExchange, Error, SharedRateLimiter, Step, TransportFault, UnixTime};

use crate::calls::RunningCall;
use crate::error::HudhudError;
use crate::facts::{Attempt, CallDescription};
use crate::records::{LONGEST, Request, Response};
use crate::tape;

/// The next step of a call in flight.
#[derive(uniffi::Enum)]
pub enum NextStep {
    /// Send the request, then call `receive` or `fail`.
    Send {
        /// The request.
        request: Request,
    },
    /// Let this much time pass, then call `step` again.
    Wait {
        /// The time in milliseconds.
        millis: u64,
    },
    /// The call is over.
    Done {
        /// The output and the metadata, as the bytes of a tape. A reader of the tape also needs the response's body.
        tape: Vec<u8>,
    },
}

/// The next step of a call that is observed, and the facts before it.
#[derive(uniffi::Record)]
pub struct ObservedStep {
    /// The facts about the attempt that has ended since the previous step.
    pub ended: Option<Attempt>,
    /// The facts about the call, with its first request.
    pub description: Option<CallDescription>,
    /// The step.
    pub step: NextStep,
}

/// One call in flight, with its retries. The host passes the time and the responses, and receives the next step.
#[derive(uniffi::Object)]
pub struct ExchangeHandle(Mutex<ExchangeState>);

/// A call in flight, with the host's description of the last transport failure.
struct ExchangeState {
    running: RunningCall,
    reason: Option<String>,
    /// True from the end of an attempt to the next step.
    has_ended: bool,
    /// The facts about the attempt that ended last, if the observed step after it has failed.
    ended: Option<Attempt>,
    /// True after the step that stated the facts about the call.
    is_described: bool,
}

impl ExchangeState {
    fn step(&mut self, now: u64) -> Result<NextStep, HudhudError> {
        self.has_ended = false;
        Ok(match self.running.step(UnixTime::from_millis(now)).ok_or_else(over)? {
            Step::Send(request) => NextStep::Send { request: request.into() },
            Step::Wait(wait) => {
                NextStep::Wait { millis: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX) }
            }
            Step::Done(outcome) => {
                let reply = outcome.map_err(|error| failed(&error, self.reason.take()))?;
                NextStep::Done { tape: tape::bytes(&tape::reply(reply)) }
            }
        })
    }

    fn last_attempt(&mut self) -> Option<Attempt> {
        self.running.with(|exchange| exchange.last_attempt()).flatten().map(Into::into)
    }

    fn description(&mut self) -> Result<CallDescription, HudhudError> {
        Ok(self.running.with(|exchange| exchange.description()).ok_or_else(over)?.into())
    }
}

/// Gives up the place before the rate limiter. The list of a page keeps the exchange of a call that was cancelled.
impl Drop for ExchangeState {
    fn drop(&mut self) {
        self.running.with(AnyExchange::leave);
    }
}

impl std::fmt::Debug for ExchangeHandle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ExchangeHandle")
    }
}

impl ExchangeHandle {
    /// Lets each request wait for a permit of a rate limiter.
    pub(crate) fn wait_for(&self, limiter: &SharedRateLimiter) {
        // A page that is over sends no request.
        self.lock().running.with(|exchange| exchange.wait_for(limiter));
    }

    /// Ends the call because the store of its rate limiter fails, and returns its error.
    pub(crate) fn lose_store(&self, fault: StoreFault, now: UnixTime) -> HudhudError {
        let lost = self.lock().running.with(|exchange| exchange.lose_store(fault, now));
        lost.unwrap_or_else(over).into()
    }

    pub(crate) fn new(running: RunningCall) -> Arc<Self> {
        let call =
            ExchangeState { running, reason: None, has_ended: false, ended: None, is_described: false };
        Arc::new(Self(Mutex::new(call)))
    }

    fn lock(&self) -> MutexGuard<'_, ExchangeState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[uniffi::export]
impl ExchangeHandle {
    /// Returns the next step. `now` is in milliseconds since 1970.
    pub fn step(&self, now: u64) -> Result<NextStep, HudhudError> {
        self.lock().step(now)
    }

    /// Returns the next step, with the facts that an observer gets before it. One call into the library is cheaper than
    /// three. If the step fails, `last_attempt` returns the facts about the attempt that failed.
    pub fn observed_step(&self, now: u64) -> Result<ObservedStep, HudhudError> {
        let mut call = self.lock();
        let ended = if call.has_ended { call.last_attempt() } else { None };
        let step = match call.step(now) {
            Ok(step) => step,
            Err(error) => {
                call.ended = ended;
                return Err(error);
            }
        };
        let is_first = matches!(step, NextStep::Send { .. }) && !call.is_described;
        call.is_described |= is_first;
        let description = if is_first { Some(call.description()?) } else { None };
        Ok(ObservedStep { ended, description, step })
    }

    /// Accepts the response to the request that was sent.
    pub fn receive(&self, response: Response, now: u64) -> Result<(), HudhudError> {
        let (response, now) = (response.into(), UnixTime::from_millis(now));
        let mut call = self.lock();
        call.running.with(|exchange| exchange.receive(response, now)).ok_or_else(over)??;
        call.has_ended = true;
        Ok(())
    }

    /// Reports that no response arrived. The reason is for logs. It may contain the host, and nothing else of the
    /// request.
    #[uniffi::method(default(reason = None))]
    pub fn fail(&self, fault: TransportFault, now: u64, reason: Option<String>) -> Result<(), HudhudError> {
        let mut call = self.lock();
        let reported = call.running.with(|exchange| exchange.fail(fault, UnixTime::from_millis(now)));
        reported.ok_or_else(over)??;
        (call.reason, call.has_ended) = (reason, true);
        Ok(())
    }

    /// Returns the idempotency key that is sent, also before the first step. Keep it to repeat the call later.
    pub fn idempotency_key(&self) -> Option<String> {
        let key =
            |exchange: &mut AnyExchange<_>| exchange.idempotency_key().map(|key| key.as_str().to_owned());
        self.lock().running.with(key).flatten()
    }

    /// Returns true if the call may have had its effect by now: a request was sent, and the vendor has not clearly refused it.
    pub fn may_have_happened(&self) -> bool {
        self.lock().running.with(|exchange| exchange.may_have_happened()).unwrap_or_default()
    }

    /// Returns the minimum time of the wait for the rate limiter, if the host should log this wait now. Each long wait is
    /// logged once, and at most one wait a minute for each limiter. Call it after a step that is a wait.
    pub fn long_wait(&self) -> Option<Duration> {
        self.lock().running.with(|exchange| exchange.long_wait()).flatten().map(|wait| wait.min(LONGEST))
    }

    /// Returns the facts about the call that do not change between its attempts.
    pub fn description(&self) -> Result<CallDescription, HudhudError> {
        self.lock().description()
    }

    /// Returns the facts about the attempt that has ended: after `receive` or `fail`, until the next step that is not a
    /// wait, or after an `observed_step` that has failed. They are absent at any other time.
    pub fn last_attempt(&self) -> Option<Attempt> {
        let mut call = self.lock();
        call.last_attempt().or_else(|| call.ended.clone())
    }
}

/// Returns the error for a page that is over.
fn over() -> Error {
    Error::invalid("exchange", "The exchange has ended; create a new one.")
}

/// The error of a call, with the reason of the transport if it failed.
fn failed(error: &Error, reason: Option<String>) -> HudhudError {
    let mut failed = HudhudError::from(error);
    if let (Some(reason), HudhudError::Transport { failure }) = (reason, &mut failed) {
        failure.summary = format!("{} ({reason})", failure.summary);
        failure.transport_reason = Some(reason);
    }
    failed
}

#[cfg(test)]
mod tests;
