//! One call of a process: its exchange, the wait for the shared rate limiter, and the request on its way.

use alloc::vec::Vec;
use core::hash::Hash;
use core::time::Duration;

use crate::error::Error;
use crate::error::kind::TransportFault;
use crate::exchange::Exchange;
use crate::exchange::options::CallOptions;
use crate::exchange::step::Step;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::limiter::permit::Lane;
use crate::limiter::shared::SharedRateLimiter;
use crate::outbox::tests::simulation::{wazaj, zagely};
use crate::system_tests::process::{History, note};
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;
use crate::wazaj::SendText;
use crate::zagely::SendMessage;

/// A message that is sent by a call.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    /// True for Zagely, false for Wazaj.
    pub(super) keyed: bool,
    pub(super) to: alloc::string::String,
    pub(super) key: Option<IdempotencyKey>,
    pub(super) deadline: Option<Duration>,
    pub(super) lane: Lane,
}

enum Typed {
    Zagely(Exchange<SendMessage>),
    Wazaj(Exchange<SendText>),
}

/// The next action of a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Doing {
    /// Asks the exchange.
    Acquires,
    /// Waits for a response to the request with this number.
    Awaits(u64),
    /// Reads the limiter's store, in the use with this number.
    Reads(u32),
    /// Replaces the stored bytes, if they are still the first ones.
    Swaps(u32, Option<Vec<u8>>, Vec<u8>),
}

/// A call in flight.
pub(super) struct Call {
    exchange: Typed,
    pub(super) doing: Doing,
    /// All inputs of the exchange. They determine its state.
    pub(super) history: History,
}

/// The next step of a call, or its end.
pub(super) enum CallStep {
    Send(Request),
    Wait(Duration),
    Done(Result<(), Error>),
}

impl Call {
    pub(super) fn new(letter: &Letter, limiter: Option<SharedRateLimiter>, entropy: u64) -> Self {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&entropy.to_le_bytes());
        let mut options = CallOptions::new().lane(letter.lane);
        if let Some(key) = &letter.key {
            options = options.idempotency_key(key.clone());
        }
        if let Some(deadline) = letter.deadline {
            options = options.deadline(deadline);
        }
        let to = letter.to.clone();
        let exchange = if letter.keyed {
            let service = zagely("pk_test").rate_limiter(limiter);
            let call = SendMessage::text(to, "Hi");
            Typed::Zagely(service.exchange_with(call, options, bytes).expect("a valid call"))
        } else {
            let service = wazaj().rate_limiter(limiter);
            let call = SendText { to, body: "Hi".into(), ..SendText::default() };
            Typed::Wazaj(service.exchange_with(call, options, bytes).expect("a valid call"))
        };
        Self { exchange, doing: Doing::Acquires, history: entropy }
    }

    pub(super) fn step(&mut self, now: UnixTime) -> CallStep {
        note(&mut self.history, &("step", now));
        match &mut self.exchange {
            Typed::Zagely(exchange) => view(exchange.step(now)),
            Typed::Wazaj(exchange) => view(exchange.step(now)),
        }
    }

    /// Passes the response, or that none came.
    pub(super) fn answer(&mut self, answer: Result<Response, TransportFault>, now: UnixTime) {
        self.doing = Doing::Acquires;
        note(&mut self.history, &(answer.as_ref().map(|response| response.status).ok(), now));
        let accepted = match (&mut self.exchange, answer) {
            (Typed::Zagely(exchange), Ok(response)) => exchange.receive(response, now),
            (Typed::Wazaj(exchange), Ok(response)) => exchange.receive(response, now),
            (Typed::Zagely(exchange), Err(fault)) => exchange.fail(fault, now),
            (Typed::Wazaj(exchange), Err(fault)) => exchange.fail(fault, now),
        };
        accepted.expect("the exchange awaits a response");
    }
}

fn view<T>(step: Step<T>) -> CallStep {
    match step {
        Step::Send(request) => CallStep::Send(request),
        Step::Wait(wait) => CallStep::Wait(wait),
        Step::Done(outcome) => CallStep::Done(outcome.map(|_| ())),
    }
}
