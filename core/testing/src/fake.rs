//! The transport with prepared responses.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hudhud::{AsyncTransport, Request, Response, Transport, TransportFault, UnixTime};

use crate::fake_response::{FakeResponse, endpoint};

/// A transport that returns prepared responses, for each call in order. It is for [`Client`](hudhud::Client) and
/// [`AsyncClient`](hudhud::AsyncClient). Clones share their responses and requests, so a test can keep a clone.
///
/// Its clock moves only when the client waits.
#[derive(Clone, Debug, Default)]
pub struct FakeTransport(Arc<Mutex<Prepared>>);

#[derive(Debug, Default)]
struct Prepared {
    responses: BTreeMap<&'static str, VecDeque<Result<Response, TransportFault>>>,
    requests: Vec<Request>,
    waited: Duration,
}

/// The time of the clock at the start.
const START: UnixTime = UnixTime::from_secs(1_776_767_400);

impl FakeTransport {
    /// Creates a transport without responses.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a response to the next request of a call, such as `messages.send`.
    ///
    /// # Panics
    /// If the call does not exist.
    #[track_caller]
    pub fn respond(&self, call: &str, response: impl Into<FakeResponse>) {
        let name = endpoint(call).name;
        self.lock().responses.entry(name).or_default().push_back(Ok(response.into().0));
    }

    /// Adds a failure of the transport for the next request of a call.
    ///
    /// # Panics
    /// If the call does not exist.
    #[track_caller]
    pub fn fail(&self, call: &str, fault: TransportFault) {
        let name = endpoint(call).name;
        self.lock().responses.entry(name).or_default().push_back(Err(fault));
    }

    /// Returns all requests that were sent.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.lock().requests.clone()
    }

    /// Returns the sum of all waits of the client: before retries, and for the rate limiter.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.lock().waited
    }

    /// Checks that each prepared response was used.
    ///
    /// # Panics
    /// If a response was not used. The message names its call.
    #[track_caller]
    pub fn assert_used(&self) {
        let prepared = self.lock();
        let left = prepared.responses.iter().filter(|(_, responses)| !responses.is_empty());
        let left: Vec<String> =
            left.map(|(call, responses)| format!("{call}: {}", responses.len())).collect();
        assert!(left.is_empty(), "prepared responses that no request used: {}", left.join(", "));
    }

    fn answer(&self, request: Request) -> Result<Response, TransportFault> {
        let mut prepared = self.lock();
        let call = request.call;
        let response = prepared.responses.get_mut(call).and_then(VecDeque::pop_front);
        prepared.requests.push(request);
        drop(prepared);
        response.unwrap_or_else(|| {
            panic!("{call}: no response was prepared for this request; call respond or fail first")
        })
    }

    fn pass(&self, duration: Duration) {
        self.lock().waited += duration;
    }

    fn clock(&self) -> UnixTime {
        START.after(self.lock().waited)
    }

    fn lock(&self) -> MutexGuard<'_, Prepared> {
        // A test that panicked leaves no half of a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for FakeTransport {
    fn send(&self, request: Request) -> Result<Response, TransportFault> {
        self.answer(request)
    }

    fn wait(&self, duration: Duration) {
        self.pass(duration);
    }

    fn now(&self) -> UnixTime {
        self.clock()
    }

    fn entropy(&self) -> [u8; 16] {
        hudhud_transport::entropy()
    }
}

impl AsyncTransport for FakeTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportFault> {
        self.answer(request)
    }

    async fn wait(&self, duration: Duration) {
        self.pass(duration);
    }

    fn now(&self) -> UnixTime {
        self.clock()
    }

    fn entropy(&self) -> [u8; 16] {
        hudhud_transport::entropy()
    }
}
