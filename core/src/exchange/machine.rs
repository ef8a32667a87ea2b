//! The state machine of an exchange, without types.

use alloc::borrow::Cow;
use core::fmt::{self, Debug, Formatter};
use core::time::Duration;

use crate::endpoint::{EndpointSpec, Idempotency, RetryCause, RetrySafety};
use crate::error::Error;
use crate::error::kind::{ErrorKind, TransportFault};
use crate::exchange::attempt::{Attempt, CallDescription};
use crate::exchange::retry::{RetryDecision, RetryPolicy};
use crate::exchange::step::Step;
use crate::http::metadata::Meta;
use crate::http::method::{METHOD_OVERRIDE, Method};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::limiter::feedback::RateLimitFeedback;
use crate::limiter::permit::Admission;
#[cfg(feature = "std")]
use crate::limiter::permit::Lane;
#[cfg(feature = "std")]
use crate::limiter::shared::{Place, SharedRateLimiter};
#[cfg(feature = "std")]
use crate::limiter::store::{CausedFault, StoreFault};
use crate::random::Random;
use crate::types::closed_enum::ClosedEnum;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;

/// The longest pause after which a call that waits for a quota asks again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The state of an exchange without the types of its call, so that one implementation serves all calls.
pub(crate) struct ExchangeMachine {
    spec: &'static EndpointSpec,
    /// The path of the route, with parameters instead of values.
    template: Cow<'static, str>,
    request: Request,
    pub(crate) key: Option<IdempotencyKey>,
    policy: RetryPolicy,
    limits: TimeLimits,
    safety: RetrySafety,
    random: Random,
    pub(crate) attempts: u32,
    method_swapped: bool,
    /// The error of the last attempt that may have reached the vendor.
    reached: Option<Error>,
    /// The error of the last attempt, if the error of an earlier attempt is reported instead.
    unsent: Option<Error>,
    /// The time that the call waited for its first permit.
    queued: Duration,
    /// The time that has passed since the first attempt, as far as the clock went forward.
    age: Duration,
    /// The latest time that the host passed. It is absent until the call waits for its permit or is sent.
    last_now: Option<UnixTime>,
    /// The call's place before the rate limiter, if its client has one.
    #[cfg(feature = "std")]
    place: Option<Place>,
    #[cfg(feature = "std")]
    lane: Lane,
    state: State,
}

/// The time limits of one call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TimeLimits {
    /// The longest time for one attempt.
    pub(crate) attempt: Option<Duration>,
    /// The longest time for all attempts and the waits between them.
    pub(crate) call: Option<Duration>,
}

enum State {
    /// The request must be sent: for the first time, or after `failure` with another method.
    Ready { failure: Option<Error> },
    /// The request must be sent as soon as the rate limiter lets it leave: for the first time, or because of `failure`.
    Held { failure: Option<Error> },
    /// The request was sent. No response has arrived yet.
    Sent,
    /// The request must be sent again at `until`, because of `failure`. The host receives each wait, even one that is
    /// over when it asks. `last_now` is the latest time that the host passed.
    /// `wait` is the whole wait.
    Waiting { until: UnixTime, wait: Duration, last_now: UnixTime, announced: bool, failure: Error },
    /// The outcome is known.
    Finished(Result<Response, Error>),
    /// The outcome was returned to the host.
    Over,
}

impl Debug for ExchangeMachine {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Ready { .. } => "ready",
            State::Held { .. } => "held",
            State::Sent => "sent",
            State::Waiting { .. } => "waiting",
            State::Finished(_) => "finished",
            State::Over => "over",
        };
        formatter
            .debug_struct("ExchangeMachine")
            .field("call", &self.spec.name)
            .field("state", &state)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl ExchangeMachine {
    #[expect(
        clippy::too_many_arguments,
        reason = "each is another fact of the call, and there is one caller"
    )]
    pub(crate) fn new(
        spec: &'static EndpointSpec,
        template: Cow<'static, str>,
        request: Request,
        key: Option<IdempotencyKey>,
        policy: RetryPolicy,
        limits: TimeLimits,
        safety: RetrySafety,
        entropy: [u8; 16],
    ) -> Self {
        let random = Random::new(entropy);
        let (age, state) = (Duration::ZERO, State::Ready { failure: None });
        let (attempts, method_swapped, last_now) = (0, false, None);
        let (reached, unsent) = (None, None);
        Self {
            spec,
            template,
            request,
            key,
            policy,
            limits,
            safety,
            random,
            attempts,
            method_swapped,
            reached,
            unsent,
            queued: Duration::ZERO,
            age,
            last_now,
            #[cfg(feature = "std")]
            place: None,
            #[cfg(feature = "std")]
            lane: Lane::default(),
            state,
        }
    }

    /// Sets the lane, and the rate limiter for whose permits the requests wait.
    #[cfg(feature = "std")]
    pub(crate) fn in_lane(mut self, lane: Lane, limiter: Option<&SharedRateLimiter>) -> Self {
        self.lane = lane;
        if let Some(limiter) = limiter {
            self.wait_for(limiter);
        }
        self
    }

    /// Sets the rate limiter for whose permits the requests wait.
    #[cfg(feature = "std")]
    pub(crate) fn wait_for(&mut self, limiter: &SharedRateLimiter) {
        self.place = Some(Place::new(limiter.clone(), self.lane));
    }

    pub(crate) fn step(&mut self, now: UnixTime) -> Step<Response> {
        let step = self.next_step(now);
        #[cfg(feature = "std")]
        if let Step::Done(_) = step {
            self.leave();
        }
        step
    }

    /// Leaves the queue of the rate limiter.
    #[cfg(feature = "std")]
    pub(crate) fn leave(&mut self) {
        if let Some(place) = &mut self.place {
            place.leave();
        }
    }

    /// Ends the call because the store of its rate limiter fails. An earlier attempt may have been sent.
    #[cfg(feature = "std")]
    pub(crate) fn lose_store(&mut self, (fault, cause): CausedFault, now: UnixTime) -> Error {
        self.advance_clock(now);
        self.state = State::Over;
        self.leave();
        let failing = match fault {
            StoreFault::Failing(time) => Some(time),
            StoreFault::NoState => None,
        };
        let key = self.key.clone().filter(|_| self.attempts > 0);
        let error = self.conceal(Error::of_store(self.spec, failing, cause, key));
        if self.is_key_forgotten_after(Duration::ZERO) { error.with_forgotten_key() } else { error }
    }

    fn next_step(&mut self, now: UnixTime) -> Step<Response> {
        self.advance_clock(now);
        match core::mem::replace(&mut self.state, State::Over) {
            State::Waiting { until, wait, last_now, announced, failure } if now < until || !announced => {
                // A clock that was set back must not lengthen the wait: the remaining time stays the same.
                let until = if now < last_now { now.after(last_now.until(until)) } else { until };
                self.state = State::Waiting { until, wait, last_now: now, announced: true, failure };
                Step::Wait(now.until(until))
            }
            // A host may have slept much longer than the wait.
            State::Ready { failure: Some(failure) }
            | State::Held { failure: Some(failure) }
            | State::Waiting { failure, .. }
                if self.is_key_forgotten_after(Duration::ZERO) =>
            {
                Step::Done(Err(failure.with_forgotten_key()))
            }
            State::Ready { failure } | State::Held { failure } => self.admit(failure, now),
            State::Waiting { failure, .. } => self.admit(Some(failure), now),
            State::Finished(outcome) => Step::Done(outcome),
            State::Sent => {
                self.state = State::Sent;
                Step::Done(Err(
                    self.misuse("The exchange awaits a response: call receive or fail before the next step.")
                ))
            }
            State::Over => Step::Done(Err(self.misuse("The exchange has ended; create a new one."))),
        }
    }

    /// Sends the request, or lets it wait for its permit. `failure` is the error of the last attempt.
    fn admit(&mut self, failure: Option<Error>, now: UnixTime) -> Step<Response> {
        // A host may have slept much longer than the wait.
        if self.is_too_late_after(Duration::ZERO) {
            return self.end_late(failure, Duration::ZERO, now);
        }
        let (pause, forecast) = match self.ask_for_permit(now) {
            Admission::Now => {
                let left = self.limits.call.map(|limit| limit.saturating_sub(self.spent()));
                self.request.timeout = left.into_iter().chain(self.limits.attempt).min();
                self.state = State::Sent;
                self.attempts = self.attempts.saturating_add(1);
                self.last_now = Some(now);
                return Step::Send(self.request.clone());
            }
            Admission::Later { pause, forecast } => (pause, forecast),
            Admission::NotBefore(time) => {
                let wait = now.until(time);
                // Nobody expects a call to last for hours, unless its deadline says so.
                if self.limits.call.is_none() || self.is_too_late_after(wait) {
                    let held = || Error::held(self.spec, true, wait);
                    return Step::Done(Err(failure.unwrap_or_else(|| self.conceal(held()))));
                }
                (wait.min(LONGEST_PAUSE), wait)
            }
        };
        if self.is_too_late_after(forecast) {
            return self.end_late(failure, forecast, now);
        }
        self.last_now = Some(now);
        self.state = State::Held { failure };
        Step::Wait(pause)
    }

    /// Ends the call because its next request could leave only after this wait, and its deadline passes before that. The error is
    /// that of the last attempt, if there was one.
    fn end_late(&self, failure: Option<Error>, wait: Duration, now: UnixTime) -> Step<Response> {
        let error = failure.unwrap_or_else(|| self.conceal(self.too_late(wait, now)));
        Step::Done(Err(error.with_deadline(wait)))
    }

    /// Returns the error for a request whose permit comes after the deadline. A store that fails is the reason then.
    fn too_late(&self, forecast: Duration, now: UnixTime) -> Error {
        #[cfg(feature = "std")]
        if let Some(failing) = self.place.as_ref().and_then(|place| place.store_failing_for(now)) {
            return Error::of_store(self.spec, Some(failing), None, None);
        }
        #[cfg(not(feature = "std"))]
        let _ = now;
        Error::held(self.spec, false, forecast)
    }

    #[cfg(feature = "std")]
    fn ask_for_permit(&mut self, now: UnixTime) -> Admission {
        let is_again = self.attempts > 0;
        self.place.as_mut().map_or(Admission::Now, |place| place.acquire(is_again, now))
    }

    #[cfg(not(feature = "std"))]
    fn ask_for_permit(&mut self, _now: UnixTime) -> Admission {
        Admission::Now
    }

    /// Lets the rate limiter learn from a response.
    fn observe(&self, feedback: impl FnOnce() -> RateLimitFeedback, now: UnixTime) {
        #[cfg(feature = "std")]
        if let Some(place) = &self.place {
            place.observe(&feedback(), now);
        }
        #[cfg(not(feature = "std"))]
        let _ = (feedback, now);
    }

    /// Takes a response. `accepted` is true if its status is a success of the call.
    pub(crate) fn receive(&mut self, response: Response, accepted: bool, now: UnixTime) -> Result<(), Error> {
        self.expect_answer()?;
        self.advance_clock(now);
        if accepted {
            self.observe(|| RateLimitFeedback::from(&Meta::read(&response, None, Some(now))), now);
            self.state = State::Finished(Ok(response));
            return Ok(());
        }
        let meta = Meta::read(&response, self.key.as_ref(), Some(now));
        let retry_after = meta.retry_after;
        let error = self.conceal(Error::from_response(self.spec, response, meta));
        self.observe(|| RateLimitFeedback::from(&error), now);
        if let Some(method) = self.other_method(&error) {
            self.method_swapped = true;
            self.set_method(method);
            // The vendor's router refused the method before anything ran, so the next request counts as the same
            // attempt.
            self.attempts = self.attempts.saturating_sub(1);
            self.state = State::Ready { failure: Some(error) };
            return Ok(());
        }
        self.decide(retry_after, error, now);
        Ok(())
    }

    pub(crate) fn fail(&mut self, fault: TransportFault, now: UnixTime) -> Result<(), Error> {
        self.expect_answer()?;
        self.advance_clock(now);
        let error = self.conceal(Error::from_transport(self.spec, fault, self.key.clone()));
        self.decide(None, error, now);
        Ok(())
    }

    fn decide(&mut self, retry_after: Option<Duration>, error: Error, now: UnixTime) {
        let cause = error.retry_cause();
        let error = self.most_that_happened(cause, error).with_attempts(self.attempts, self.age);
        let random = self.random.next();
        self.state = match self.policy.decide(self.attempts, self.safety, cause, retry_after, random) {
            RetryDecision::Stop => State::Finished(Err(error)),
            RetryDecision::RetryAfter(wait) if self.is_key_forgotten_after(wait) => {
                State::Finished(Err(error.with_forgotten_key()))
            }
            RetryDecision::RetryAfter(wait) if self.is_too_late_after(wait) => {
                State::Finished(Err(error.with_deadline(wait)))
            }
            RetryDecision::RetryAfter(wait) => State::Waiting {
                until: now.after(wait),
                wait,
                last_now: now,
                announced: false,
                failure: error,
            },
        };
    }

    /// Returns `true` if the call may have had its effect by now.
    pub(crate) fn may_have_happened(&self) -> bool {
        match &self.state {
            State::Sent | State::Finished(Ok(_)) => {
                self.spec.idempotency_with(self.method()) != Idempotency::ReadOnly
            }
            State::Finished(Err(error)) => error.may_have_happened(),
            _ => self.reached.as_ref().is_some_and(Error::may_have_happened),
        }
    }

    /// Returns the minimum time of a long wait for the permit, if it should be logged now.
    #[cfg(feature = "std")]
    pub(crate) fn long_wait(&mut self) -> Option<Duration> {
        self.place.as_mut()?.long_wait()
    }

    /// Returns the facts about the call.
    pub(crate) fn description(&self) -> CallDescription {
        CallDescription::of(self.spec, &self.template, &self.request)
    }

    /// Returns the facts about the attempt that has just ended.
    pub(crate) fn last_attempt(&self) -> Option<Attempt> {
        let number = self.attempts;
        Some(match &self.state {
            State::Finished(Ok(response)) => {
                Attempt::succeeded(number, &Meta::read(response, None, self.last_now), response)
            }
            State::Ready { failure: Some(error) } => Attempt::failed(number + 1, error, Some(Duration::ZERO)),
            State::Waiting { wait, failure, .. } => {
                let error = self.unsent.as_ref().unwrap_or(failure);
                Attempt::failed(number, error, Some(*wait))
            }
            State::Finished(Err(failure)) => {
                Attempt::failed(number, self.unsent.as_ref().unwrap_or(failure), None)
            }
            State::Ready { failure: None } | State::Held { .. } | State::Sent | State::Over => return None,
        })
    }

    /// Adds the time since the previous step to the age of the exchange. A clock that was set back adds and subtracts
    /// nothing: the vendor's clock went on.
    fn advance_clock(&mut self, now: UnixTime) {
        if let Some(last_now) = self.last_now {
            let is_queued = matches!(self.state, State::Held { failure: None });
            let time = if is_queued { &mut self.queued } else { &mut self.age };
            *time = time.saturating_add(last_now.until(now));
            self.last_now = Some(now);
        }
    }

    /// Returns `true` if the vendor may have forgotten the idempotency key by the end of a wait. The request would then
    /// have its effect a second time.
    fn is_key_forgotten_after(&self, wait: Duration) -> bool {
        self.key.is_some() && self.age.saturating_add(wait) > IdempotencyKey::LIFETIME
    }

    /// Returns `true` if the call has a deadline.
    pub(crate) fn has_deadline(&self) -> bool {
        self.limits.call.is_some()
    }

    /// Returns `true` if the deadline of the call passes before the end of a wait.
    fn is_too_late_after(&self, wait: Duration) -> bool {
        self.limits.call.is_some_and(|limit| self.spent().saturating_add(wait) >= limit)
    }

    /// Returns the time since the first step.
    fn spent(&self) -> Duration {
        self.queued.saturating_add(self.age)
    }

    /// Passes the request to an error, so that the error hides its values, and states if an earlier attempt may have had
    /// its effect.
    pub(crate) fn conceal(&self, error: Error) -> Error {
        let error = error.with_sent(&self.request, &self.template);
        let in_doubt = self.reached.as_ref().is_some_and(Error::may_have_happened);
        let error = error.with_attempts(self.attempts, self.age);
        if in_doubt { error.with_doubt() } else { error }
    }

    /// Keeps the error of an attempt that may have reached the vendor. If a later attempt reaches no server, the kept
    /// error is reported, because the call was sent.
    fn most_that_happened(&mut self, cause: RetryCause, error: Error) -> Error {
        self.unsent = None;
        match cause {
            RetryCause::NotSent => match &self.reached {
                Some(reached) => {
                    self.unsent = Some(error);
                    reached.clone()
                }
                None => error,
            },
            RetryCause::Final => error,
            RetryCause::Unanswered | RetryCause::RateLimited | RetryCause::Unavailable(_) => {
                self.reached = Some(error.clone());
                error
            }
        }
    }

    /// Swaps PUT and PATCH, once, if a 405 offers the other method or lists no methods.
    fn other_method(&self, error: &Error) -> Option<Method> {
        if error.kind() != ErrorKind::MethodNotAllowed || !self.spec.route.update || self.method_swapped {
            return None;
        }
        let other = match self.method() {
            Method::Put => Method::Patch,
            Method::Patch => Method::Put,
            _ => return None,
        };
        let allowed = error.allowed_methods();
        (allowed.is_empty() || allowed.iter().any(|name| name == other.as_str())).then_some(other)
    }

    /// Returns the method that the vendor acts on. A request with a method override has it in a header.
    fn method(&self) -> Method {
        let tunnelled = self.request.header(METHOD_OVERRIDE).and_then(Method::from_name);
        tunnelled.unwrap_or(self.request.method)
    }

    fn set_method(&mut self, method: Method) {
        match self.request.headers.iter_mut().find(|(name, _)| *name == METHOD_OVERRIDE) {
            Some((_, value)) => *value = method.as_str().into(),
            None => self.request.method = method,
        }
    }

    fn expect_answer(&self) -> Result<(), Error> {
        match self.state {
            State::Sent => Ok(()),
            _ => Err(self.misuse("The exchange awaits no response: call step first.")),
        }
    }

    fn misuse(&self, message: &str) -> Error {
        Error::misuse(self.spec, message)
    }
}
