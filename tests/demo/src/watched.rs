//! A transport that tells what it saw: how often a call went out, what came back, how long was waited.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use hudhud::{Request, Response, Transport, TransportFault, UnixTime};

/// Something that happened on the way of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Seen {
    /// An answer with a status of success.
    Success,
    /// An answer with another status.
    Refusal(u16),
    /// No answer.
    Fault(TransportFault),
    /// A wait before the next try.
    Wait(Duration),
}

/// Hands everything on to another transport. Clones tell of the same calls.
#[derive(Clone)]
pub(crate) struct Watched<T> {
    transport: T,
    seen: Rc<RefCell<Vec<Seen>>>,
}

impl<T> Watched<T> {
    pub(crate) fn new(transport: T) -> Self {
        Self { transport, seen: Rc::default() }
    }

    /// What happened since the last time this was asked.
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
