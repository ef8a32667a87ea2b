//! A transport that logs its requests, responses and waits.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use hudhud::{Request, Response, Transport, TransportFault, UnixTime};

/// An event of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Seen {
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
    seen: Rc<RefCell<Vec<Seen>>>,
}

impl<T> Watched<T> {
    pub(crate) fn new(transport: T) -> Self {
        Self { transport, seen: Rc::default() }
    }

    /// Returns and clears the log.
    pub(crate) fn take(&self) -> Vec<Seen> {
        self.seen.take()
    }
}

impl<T: Transport> Transport for Watched<T> {
    fn send(&self, request: Request) -> Result<Response, TransportFault> {
        let result = self.transport.send(request);
        let seen = match &result {
            Ok(response) if (200..300).contains(&response.status) => Seen::Success,
            Ok(response) => Seen::Refusal(response.status),
            Err(fault) => Seen::Fault(*fault),
        };
        self.seen.borrow_mut().push(seen);
        result
    }

    fn wait(&self, duration: Duration) {
        self.seen.borrow_mut().push(Seen::Wait(duration));
        self.transport.wait(duration);
    }

    fn now(&self) -> UnixTime {
        self.transport.now()
    }

    fn entropy(&self) -> [u8; 16] {
        self.transport.entropy()
    }
}
