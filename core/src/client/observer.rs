//! Observers of a client: they receive facts about its calls, for logs, metrics and traces.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt::Debug;
use core::time::Duration;

use crate::codec::output::Output;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::exchange::api_response::ApiResponse;
use crate::exchange::attempt::{Attempt, CallDescription};
use crate::types::time::UnixTime;

/// A receiver of facts about the calls of a client. The facts contain no key, no phone number and no text.
///
/// The crate `hudhud-tracing` implements it with `tracing`.
///
/// ```
/// use hudhud::{CallDescription, CallEnd, CallEvent, CallObserver, Observer};
///
/// #[derive(Debug)]
/// struct Printer;
///
/// impl Observer for Printer {
///     fn begin(&self, call: &CallDescription) -> Box<dyn CallObserver> {
///         println!("{} begins", call.call);
///         Box::new(Line(call.call))
///     }
/// }
///
/// struct Line(&'static str);
///
/// impl CallObserver for Line {
///     fn event(&mut self, event: &CallEvent<'_>) {
///         if let CallEvent::AttemptEnded(attempt) = event {
///             println!("{}: attempt {} ended with {:?}", self.0, attempt.number, attempt.status);
///         }
///     }
///     fn end(self: Box<Self>, end: &CallEnd) {
///         println!("{}: {} attempts in {:?}", self.0, end.attempts, end.elapsed);
///     }
/// }
/// # let _ = Printer;
/// ```
pub trait Observer: Debug + Send + Sync {
    /// Accepts the facts about a call that begins. Returns the receiver of the events of this call.
    fn begin(&self, call: &CallDescription) -> Box<dyn CallObserver>;
}

/// A receiver of the events of one call.
pub trait CallObserver: Send {
    /// Accepts an event.
    fn event(&mut self, event: &CallEvent<'_>);

    /// Accepts the end of the call. It is not called if the future of the call is dropped.
    fn end(self: Box<Self>, end: &CallEnd);
}

/// An event of a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum CallEvent<'a> {
    /// An attempt begins. Its number is counted from 1.
    AttemptBegan(u32),
    /// An attempt has ended. If [`Attempt::wait`] is set, a wait follows.
    AttemptEnded(&'a Attempt),
    /// The call waits long for the rate limiter. The duration is the time that it has waited, plus the shortest time that it
    /// still has to wait: 5 seconds or more. At most one such wait a minute is reported for all calls that share the limiter.
    LongWait(Duration),
}

/// The facts about the end of a call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallEnd {
    /// The error, or `None` after a success.
    pub error: Option<Error>,
    /// The number of attempts.
    pub attempts: u32,
    /// The time from the beginning to the end, by the clock of the transport.
    pub elapsed: Duration,
}

/// The observer of one call. It does nothing if the client has no observer.
pub(super) struct Watch(Option<Watched>);

struct Watched {
    observer: Box<dyn CallObserver>,
    begun: UnixTime,
    attempts: u32,
}

impl Watch {
    /// Begins a call. `now` is the clock of the transport.
    pub(super) fn begin<E: Endpoint>(
        observer: Option<&Arc<dyn Observer>>,
        exchange: &Exchange<E>,
        now: impl FnOnce() -> UnixTime,
    ) -> Self {
        Self(observer.map(|observer| Watched {
            observer: observer.begin(&exchange.description()),
            begun: now(),
            attempts: 0,
        }))
    }

    pub(super) fn sends(&mut self) {
        if let Self(Some(watched)) = self {
            watched.attempts += 1;
            watched.observer.event(&CallEvent::AttemptBegan(watched.attempts));
        }
    }

    /// Reports the end of an attempt, after the exchange has received its response or its fault.
    pub(super) fn attempted<E: Endpoint>(&mut self, exchange: &Exchange<E>) {
        if let Self(Some(watched)) = self
            && let Some(mut attempt) = exchange.last_attempt()
        {
            // An exchange counts a request with a refused method and the next one as the same attempt.
            attempt.number = watched.attempts;
            watched.observer.event(&CallEvent::AttemptEnded(&attempt));
        }
    }

    /// Reports a long wait for the rate limiter.
    #[cfg(feature = "std")]
    pub(super) fn waits<E: Endpoint>(&mut self, exchange: &mut Exchange<E>) {
        if let Self(Some(watched)) = self
            && let Some(wait) = exchange.long_wait()
        {
            watched.observer.event(&CallEvent::LongWait(wait));
        }
    }

    pub(super) fn ends<T: Output>(
        self,
        outcome: &Result<ApiResponse<T>, Error>,
        now: impl FnOnce() -> UnixTime,
    ) {
        if let Self(Some(Watched { observer, begun, attempts })) = self {
            let elapsed = begun.until(now());
            observer.end(&CallEnd { error: outcome.as_ref().err().cloned(), attempts, elapsed });
        }
    }
}
