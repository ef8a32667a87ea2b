//! Clients whose rate limiter has a store, on a virtual clock.

use std::collections::VecDeque;
use std::error::Error as _;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hudhud::zagely::{ListContacts, SendMessage};
use hudhud::{
    AsyncClient, AsyncRateLimiterStore, AsyncTransport, Client, ErrorKind, RateLimiter, RateLimiterStore,
    Request, Response, SharedRateLimiter, StoreError, Transport, TransportFault, UnixTime,
};

use crate::{ENTROPY, later, message, queued, respond, zagely};

/// The vendor's answers in turn; then all requests succeed. Waits move its clock.
#[derive(Clone, Default)]
struct Virtual {
    millis: Arc<AtomicU64>,
    answers: Arc<Mutex<VecDeque<Result<Response, TransportFault>>>>,
    sent: Arc<AtomicU64>,
}

impl Virtual {
    fn answers(answers: impl IntoIterator<Item = Result<Response, TransportFault>>) -> Self {
        let all = Self::default();
        all.answers.lock().unwrap().extend(answers);
        all
    }

    fn answer(&self) -> Result<Response, TransportFault> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let next = self.answers.lock().unwrap().pop_front();
        next.unwrap_or_else(|| Ok(limited()))
    }

    fn pass(&self, wait: Duration) {
        self.millis.fetch_add(u64::try_from(wait.as_millis()).unwrap(), Ordering::Relaxed);
    }

    fn clock(&self) -> UnixTime {
        later(self.millis.load(Ordering::Relaxed))
    }
}

fn limited() -> Response {
    respond(201, &[("X-RateLimit-Limit", "600")], r#"{"status":"queued","message_id":"m-1"}"#)
}

impl Transport for Virtual {
    fn send(&self, _: Request) -> Result<Response, TransportFault> {
        self.answer()
    }
    fn wait(&self, wait: Duration) {
        self.pass(wait);
    }
    fn now(&self) -> UnixTime {
        self.clock()
    }
    fn entropy(&self) -> [u8; 16] {
        ENTROPY
    }
}

impl AsyncTransport for Virtual {
    async fn send(&self, _: Request) -> Result<Response, TransportFault> {
        self.answer()
    }
    async fn wait(&self, wait: Duration) {
        self.pass(wait);
    }
    fn now(&self) -> UnixTime {
        self.clock()
    }
    fn entropy(&self) -> [u8; 16] {
        ENTROPY
    }
}

/// A store in memory that counts its uses, and can fail, forget or refuse.
#[derive(Default)]
struct Memory {
    bytes: Mutex<Option<Vec<u8>>>,
    loads: AtomicU64,
    /// The number of uses after which it fails.
    fails_after: Option<u64>,
    /// The number of swaps that find other bytes.
    conflicts: AtomicU64,
    /// True for a store that never answers.
    hangs: bool,
}

#[derive(Debug)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("password=hunter2")
    }
}

impl std::error::Error for Broken {}

impl RateLimiterStore for Memory {
    fn load(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let before = self.loads.fetch_add(1, Ordering::Relaxed);
        if self.fails_after.is_some_and(|after| before >= after) {
            return Err(Broken.into());
        }
        Ok(self.bytes.lock().unwrap().clone())
    }

    fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, StoreError> {
        let left = |left: u64| left.checked_sub(1);
        if self.conflicts.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_ok() {
            return Ok(false);
        }
        let mut bytes = self.bytes.lock().unwrap();
        let is_old = bytes.as_deref() == old;
        if is_old {
            *bytes = Some(new.to_vec());
        }
        Ok(is_old)
    }
}

impl AsyncRateLimiterStore for Memory {
    async fn load(&self) -> Result<Option<Vec<u8>>, StoreError> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        RateLimiterStore::load(self)
    }

    async fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, StoreError> {
        RateLimiterStore::swap(self, old, new)
    }
}

fn client(transport: Virtual, limiter: SharedRateLimiter) -> Client<hudhud::zagely::Credentials, Virtual> {
    Client::new(zagely(), transport).with_rate_limiter(Some(limiter))
}

/// Runs a future that waits for nothing.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future waits"),
    }
}

#[test]
fn clients_share_the_limits_by_a_store_and_use_it_once_for_many_requests() {
    let store = Arc::new(Memory { conflicts: AtomicU64::new(3), ..Memory::default() });
    let transport = Virtual::default();
    let clients: Vec<_> =
        (0..2).map(|_| client(transport.clone(), SharedRateLimiter::with_store(store.clone()))).collect();
    for number in 0..400 {
        clients[number % 2].call(message()).unwrap();
    }
    let minutes = transport.millis.load(Ordering::Relaxed) as f64 / 60_000.0;
    // Without a common store, the clients would take half of the time or less.
    assert!(minutes > (400.0 - 60.0) / 600.0, "{minutes}");
    let stored = store.bytes.lock().unwrap().clone().unwrap();
    assert!(RateLimiter::decode(&stored).is_ok());
}

#[test]
fn an_async_client_uses_stores_of_both_kinds() {
    for is_async in [false, true] {
        let (store, transport) = (Arc::new(Memory::default()), Virtual::default());
        let limiter = if is_async {
            SharedRateLimiter::with_async_store(store.clone())
        } else {
            SharedRateLimiter::with_store(store.clone())
        };
        let client = AsyncClient::new(zagely(), transport).with_rate_limiter(Some(limiter));
        for _ in 0..100 {
            ready(client.call(message())).unwrap();
        }
        assert!(store.loads.load(Ordering::Relaxed) > 0);
        assert!(store.bytes.lock().unwrap().is_some());
    }
}

#[test]
fn a_client_that_blocks_refuses_an_asynchronous_store() {
    let transport = Virtual::default();
    let limiter = SharedRateLimiter::with_async_store(Memory::default());
    let error = client(transport.clone(), limiter).call(message()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.field_errors().get("rate_limiter").is_some());
    assert_eq!(transport.sent.load(Ordering::Relaxed), 0);
}

#[test]
fn a_store_that_fails_for_long_is_an_error_before_anything_is_sent() {
    let transport = Virtual::default();
    let store = Memory { fails_after: Some(0), ..Memory::default() };
    let limiter = SharedRateLimiter::with_store(store);
    let error = client(transport.clone(), limiter.clone()).call(message()).unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.call()), (ErrorKind::Store, 0, Some("messages.send")));
    assert!(error.safe_to_retry() && !error.may_have_happened());
    assert_eq!(error.idempotency_key(), None);
    let waited = transport.millis.load(Ordering::Relaxed);
    assert!((30_000..33_000).contains(&waited), "{waited}");
    let text = format!("{error} {error:?}");
    assert!(
        text.contains("has failed for 30 s: correct it, or use no rate limiter. Then call again: the call had no effect."),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
    assert!(error.source().unwrap().is::<Broken>());
    assert_eq!((transport.sent.load(Ordering::Relaxed), limiter.waiting()), (0, 0));
}

#[test]
fn a_store_that_fails_for_a_while_delays_the_call() {
    struct Recovers(Memory, Virtual);
    impl RateLimiterStore for Recovers {
        fn load(&self) -> Result<Option<Vec<u8>>, StoreError> {
            if self.1.millis.load(Ordering::Relaxed) < 20_000 {
                return Err("down".into());
            }
            RateLimiterStore::load(&self.0)
        }
        fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, StoreError> {
            RateLimiterStore::swap(&self.0, old, new)
        }
    }
    let transport = Virtual::default();
    let store = Recovers(Memory::default(), transport.clone());
    client(transport.clone(), SharedRateLimiter::with_store(store)).call(message()).unwrap();
    let waited = transport.millis.load(Ordering::Relaxed);
    assert!((20_000..22_000).contains(&waited), "{waited}");
}

/// Lets the store fail between the first attempt and its repetition.
fn lost_after(first: Result<Response, TransportFault>) -> (hudhud::Error, Arc<AtomicU64>) {
    let transport = Virtual::answers([first]);
    let store = Memory { fails_after: Some(1), ..Memory::default() };
    let error = client(transport.clone(), SharedRateLimiter::with_store(store)).call(message()).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Store, 1));
    (error, transport.sent)
}

#[test]
fn a_store_that_fails_after_a_lost_response_does_not_deny_the_effect_and_leaves_the_key() {
    let (error, sent) = lost_after(Err(TransportFault::Timeout));
    assert!(error.may_have_happened() && error.safe_to_retry());
    assert!(error.idempotency_key().is_some());
    let text = error.to_string();
    assert!(
        text.ends_with("The call may have taken effect: repeat it with the idempotency key of this error."),
        "{text}"
    );
    assert_eq!(sent.load(Ordering::Relaxed), 1);
}

#[test]
fn a_store_that_fails_after_a_refusal_says_that_nothing_happened() {
    let refusal = respond(429, &[("Retry-After", "1")], r#"{"error":{"code":"rate_limit_exceeded"}}"#);
    let (error, _) = lost_after(Ok(refusal));
    assert!(!error.may_have_happened() && error.safe_to_retry());
}

#[test]
fn foreign_bytes_are_an_error_at_once() {
    let transport = Virtual::default();
    let store = Memory { bytes: Mutex::new(Some(b"no state".to_vec())), ..Memory::default() };
    let error = client(transport.clone(), SharedRateLimiter::with_store(store)).call(message()).unwrap_err();
    assert_eq!((error.kind(), transport.sent.load(Ordering::Relaxed)), (ErrorKind::Store, 0));
    assert!(error.to_string().contains("holds bytes that are not a state: delete them"), "{error}");
    assert!(transport.millis.load(Ordering::Relaxed) < 1_000);
}

#[test]
fn a_store_that_refuses_each_swap_is_an_error_before_anything_is_sent() {
    for is_async in [false, true] {
        let store = Arc::new(Memory { conflicts: AtomicU64::new(u64::MAX), ..Memory::default() });
        let transport = Virtual::default();
        let error = if is_async {
            let limiter = SharedRateLimiter::with_async_store(store);
            let client = AsyncClient::new(zagely(), transport.clone()).with_rate_limiter(Some(limiter));
            ready(client.call(message())).unwrap_err()
        } else {
            client(transport.clone(), SharedRateLimiter::with_store(store)).call(message()).unwrap_err()
        };
        assert_eq!((error.kind(), transport.sent.load(Ordering::Relaxed)), (ErrorKind::Store, 0));
        let source = std::error::Error::source(&error).expect("the error of the store").to_string();
        assert!(source.starts_with("the store refused 100 states in a row"), "{source}");
    }
}

#[test]
fn a_cancelled_use_of_the_store_leaves_it_to_the_next_call() {
    let store = Arc::new(Memory { hangs: true, ..Memory::default() });
    let limiter = SharedRateLimiter::with_async_store(store);
    let client = AsyncClient::new(zagely(), Virtual::default()).with_rate_limiter(Some(limiter.clone()));
    {
        let mut call = pin!(client.call(message()));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(limiter.begin_store_use(later(30)), None);
    }
    assert!(limiter.begin_store_use(later(30)).is_some());
}

#[test]
fn a_call_that_only_reads_never_has_an_effect() {
    let transport = Virtual::answers([Err(TransportFault::Timeout)]);
    let store = Memory { fails_after: Some(1), ..Memory::default() };
    let error =
        client(transport, SharedRateLimiter::with_store(store)).call(ListContacts::default()).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Store, 1));
    assert!(!error.may_have_happened() && error.safe_to_retry());
}

#[test]
fn without_a_wait_the_store_is_not_used() {
    let _: SendMessage = message();
    let store = Arc::new(Memory::default());
    let limiter = SharedRateLimiter::with_store(store.clone());
    let transport = Virtual::answers([Ok(queued())]);
    let client = client(transport, limiter).with_rate_limiter(None);
    client.call(message()).unwrap();
    assert_eq!(store.loads.load(Ordering::Relaxed), 0);
}

#[test]
fn a_client_keeps_the_limiter_of_its_service() {
    let store = Arc::new(Memory::default());
    let service = || zagely().rate_limiter(Some(SharedRateLimiter::with_store(store.clone())));
    Client::new(service(), Virtual::answers([Ok(queued())])).call(message()).unwrap();
    assert_eq!(store.loads.load(Ordering::Relaxed), 1);
    ready(AsyncClient::new(service(), Virtual::answers([Ok(queued())])).call(message())).unwrap();
    assert_eq!(store.loads.load(Ordering::Relaxed), 2);
}

/// A store whose swaps take six seconds. Another call begins to use it meanwhile.
struct Slow {
    memory: Memory,
    clock: Virtual,
    limiter: Mutex<Option<SharedRateLimiter>>,
    /// The number of swaps after which it is fast.
    slow: AtomicU64,
}

impl RateLimiterStore for Slow {
    fn load(&self) -> Result<Option<Vec<u8>>, StoreError> {
        RateLimiterStore::load(&self.memory)
    }

    fn swap(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, StoreError> {
        let left = |left: u64| left.checked_sub(1);
        if self.slow.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_ok() {
            self.clock.pass(Duration::from_secs(6));
            let limiter = self.limiter.lock().unwrap().clone().unwrap();
            let other = limiter.begin_store_use(self.clock.clock()).unwrap();
            limiter.abandon_store_use(other);
        }
        RateLimiterStore::swap(&self.memory, old, new)
    }
}

fn slow(swaps: u64) -> (Result<(), hudhud::Error>, u64) {
    let transport = Virtual::default();
    let store = Arc::new(Slow {
        memory: Memory::default(),
        clock: transport.clone(),
        limiter: Mutex::default(),
        slow: AtomicU64::new(swaps),
    });
    let limiter = SharedRateLimiter::with_store(store.clone());
    *store.limiter.lock().unwrap() = Some(limiter.clone());
    let outcome = client(transport.clone(), limiter).call(message()).map(drop);
    *store.limiter.lock().unwrap() = None;
    (outcome, transport.sent.load(Ordering::Relaxed))
}

#[test]
fn a_store_that_is_too_slow_for_long_is_an_error_before_anything_is_sent() {
    let (outcome, sent) = slow(u64::MAX);
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), sent), (ErrorKind::Store, 0, 0));
    assert!(!error.may_have_happened());
    assert_eq!(
        error.source().unwrap().to_string(),
        "the store took longer than 5 s: check its server and the network"
    );
}

#[test]
fn a_store_that_is_too_slow_for_a_while_delays_the_call() {
    let (outcome, sent) = slow(3);
    outcome.unwrap();
    assert_eq!(sent, 1);
}
