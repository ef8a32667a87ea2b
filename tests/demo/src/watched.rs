//! A transport that logs its requests, responses and waits.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use hudhud::{Request, Response, Transport, TransportFault, UnixTime};

/// An event of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Observed {
    /// A response with a success status.
    Success,
    /// A response with another status.
    Refusal(u16),
    /// No response.
    Fault(TransportFault),
    /// A wait before the next attempt.
    Wait(Duration),
}

/// Delegates to another transport. Clones share the log.
#[derive(Clone)]
pub(crate) struct Watched<T> {
    transport: T,
    observed: Rc<RefCell<Vec<Observed>>>,
}

impl<T> Watched<T> {
    pub(crate) fn new(transport: T) -> Self {
        Self { transport, observed: Rc::default() }
    }

    /// Returns and clears the log.
    pub(crate) fn take(&self) -> Vec<Observed> {
        self.observed.take()
    }
}

impl<T: Transport> Transport for Watched<T> {
    fn send(&self, request: Request) -> Result<Response, TransportFault> {
        let result = self.transport.send(request);
        let observed = match &result {
            Ok(response) if (200..300).contains(&response.status) => Observed::Success,
            Ok(response) => Observed::Refusal(response.status),
            Err(fault) => Observed::Fault(*fault),
        };
        self.observed.borrow_mut().push(observed);
        result
    }

    fn wait(&self, duration: Duration) {
        self.observed.borrow_mut().push(Observed::Wait(duration));
        self.transport.wait(duration);
    }

    fn now(&self) -> UnixTime {
        self.transport.now()
    }

    fn entropy(&self) -> [u8; 16] {
        self.transport.entropy()
    }
}
