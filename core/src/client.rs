//! Clients for Rust programs. A client makes calls with a transport.
//!
//! A client runs the loop of an [`Exchange`](crate::Exchange). Your program provides the transport: the [`Transport`]
//! of the crate `hudhud-ureq`, the [`AsyncTransport`] of the crate `hudhud-reqwest`, or its own.

mod observer;

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::fmt::{self, Debug, Formatter};
use core::future::Future;
use core::time::Duration;

pub use observer::{CallEnd, CallEvent, CallObserver, Observer};

use crate::client::observer::Watch;
use crate::codec::output::page::Page;
use crate::endpoint::Endpoint;
use crate::endpoint::Vendor;
use crate::error::Error;
use crate::error::kind::TransportFault;
use crate::exchange::api_response::ApiResponse;
use crate::exchange::options::CallOptions;
use crate::exchange::paginator::{Paged, Paginator};
use crate::exchange::step::Step;
use crate::http::request::Request;
use crate::http::response::Response;
#[cfg(feature = "std")]
use crate::limiter::shared::SharedRateLimiter;
#[cfg(feature = "std")]
use crate::limiter::store::CausedFault;
use crate::service::Service;
use crate::types::time::UnixTime;

/// The functions that your program provides for a client that blocks.
pub trait Transport {
    /// Sends a request and waits for the whole response.
    ///
    /// It follows no redirect, and returns a response of any status. It reports a connection that could not be made
    /// ([`TransportFault::Connect`]) separately from a connection that was lost. Only the former means that the request
    /// was not sent, so that every call can be sent again safely.
    ///
    /// # Errors
    /// A fault if no complete response arrived.
    fn send(&self, request: Request) -> Result<Response, TransportFault>;

    /// Waits for this duration.
    fn wait(&self, duration: Duration);

    /// Returns the current time.
    fn now(&self) -> UnixTime;

    /// Returns 16 random bytes of cryptographic quality.
    fn entropy(&self) -> [u8; 16];
}

/// The functions that your program provides for a client that does not block.
pub trait AsyncTransport {
    /// Does the same as [`Transport::send`].
    fn send(&self, request: Request) -> impl Future<Output = Result<Response, TransportFault>> + Send;

    /// Waits for this duration.
    fn wait(&self, duration: Duration) -> impl Future<Output = ()> + Send;

    /// Returns the current time.
    fn now(&self) -> UnixTime;

    /// Returns 16 random bytes of cryptographic quality.
    fn entropy(&self) -> [u8; 16];
}

/// A client that blocks.
///
/// ```
/// use core::time::Duration;
/// use hudhud::{Client, KeyPair, Request, Response, Transport, TransportFault, UnixTime, Zagely, zagely::*};
///
/// struct Canned; // a transport for tests
/// impl Transport for Canned {
///     fn send(&self, _: Request) -> Result<Response, TransportFault> {
///         Ok(Response::new(201, [("Content-Type", "application/json")], r#"{"message_id":"m-1"}"#))
///     }
///     fn wait(&self, _: Duration) {}
///     fn now(&self) -> UnixTime { UnixTime::from_secs(1_776_767_400) }
///     fn entropy(&self) -> [u8; 16] { [7; 16] }
/// }
///
/// let client = Client::new(Zagely::new(KeyPair::new("pk_test", "sk_test")?), Canned);
/// let sent = client.call(SendMessage::text("+15551234567", "hi"))?;
/// assert_eq!(sent.message_id.as_deref(), Some("m-1"));
/// # Ok::<(), hudhud::Error>(())
/// ```
#[derive(Clone)]
pub struct Client<V, T> {
    service: Service<V>,
    transport: T,
    observer: Option<Arc<dyn Observer>>,
}

impl<V: Vendor, T> Debug for Client<V, T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("service", &self.service).finish_non_exhaustive()
    }
}

impl<V: Vendor, T: Transport> Client<V, T> {
    /// Returns the service, with its settings.
    pub fn service(&self) -> &Service<V> {
        &self.service
    }

    /// Returns the transport.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// Creates a client from a service and a transport. A rate limiter of the service stays.
    pub fn new(service: Service<V>, transport: T) -> Self {
        #[cfg(feature = "std")]
        let service = service.with_usual_limiter();
        Self { service, transport, observer: None }
    }

    /// Sets the rate limiter that the calls share. Default: the limiter of the service, or else one that this client shares
    /// with its clones. With `None`, requests leave at once.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn with_rate_limiter(mut self, limiter: Option<SharedRateLimiter>) -> Self {
        self.service = self.service.rate_limiter(limiter);
        self
    }

    /// Sets the observer of all calls. Default: none.
    #[must_use]
    pub fn with_observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Makes a call. Retries follow the service's policy.
    ///
    /// # Errors
    /// Any [`Error`].
    pub fn call<E: Endpoint<Vendor = V>>(&self, call: E) -> Result<ApiResponse<E::Output>, Error> {
        self.call_with(call, CallOptions::default())
    }

    /// Makes a call with options.
    ///
    /// # Errors
    /// Any [`Error`].
    pub fn call_with<E: Endpoint<Vendor = V>>(
        &self,
        call: E,
        options: CallOptions,
    ) -> Result<ApiResponse<E::Output>, Error> {
        #[cfg(feature = "std")]
        if self.service.limiter().is_some_and(SharedRateLimiter::needs_async_client) {
            let why = "Client cannot use the asynchronous store of this limiter: use AsyncClient, or make the limiter with SharedRateLimiter::with_store.";
            return Err(Error::invalid("rate_limiter", why).with_call(E::SPEC));
        }
        let transport = &self.transport;
        let mut exchange = self.service.exchange_with(call, options, transport.entropy())?;
        let mut watch = Watch::begin(self.observer.as_ref(), &exchange, || transport.now());
        let outcome = loop {
            match exchange.step(transport.now()) {
                Step::Send(request) => {
                    watch.sends();
                    match transport.send(request) {
                        Ok(response) => exchange.receive(response, transport.now())?,
                        Err(fault) => exchange.fail(fault, transport.now())?,
                    }
                    watch.attempted(&exchange);
                }
                Step::Wait(duration) => {
                    #[cfg(feature = "std")]
                    watch.waits(&mut exchange);
                    match self.use_store() {
                        Ok(true) => {}
                        Ok(false) => transport.wait(duration),
                        #[cfg(feature = "std")]
                        Err(fault) => break Err(exchange.lose_store(fault, transport.now())),
                        #[cfg(not(feature = "std"))]
                        Err(never) => match never {},
                    }
                }
                Step::Done(outcome) => break outcome,
            }
        };
        watch.ends(&outcome, || transport.now());
        outcome
    }

    /// Uses the store of the rate limiter, if it is the turn of this call. Returns true if the call has to ask again at once.
    #[cfg(feature = "std")]
    fn use_store(&self) -> Result<bool, CausedFault> {
        self.service.limiter().map_or(Ok(false), |limiter| limiter.use_store(|| self.transport.now()))
    }

    #[cfg(not(feature = "std"))]
    fn use_store(&self) -> Result<bool, core::convert::Infallible> {
        Ok(false)
    }

    /// Iterates over the pages of a list. Each page is requested when it is needed. The iterator ends after an error.
    pub fn pages<E, I>(&self, call: E) -> impl Iterator<Item = Result<ApiResponse<Page<I>>, Error>>
    where
        E: Endpoint<Vendor = V, Output = Page<I>> + Paged + Clone,
    {
        let mut paginator = Paginator::new(call);
        core::iter::from_fn(move || {
            let reply =
                paginator.next_call()?.and_then(|call| paginator.accept(&call, self.call(call.clone())));
            Some(reply)
        })
    }

    /// Iterates over the items of all pages of a list. Each page is requested when it is needed. The iterator ends
    /// after an error.
    pub fn items<E, I>(&self, call: E) -> impl Iterator<Item = Result<I, Error>>
    where
        E: Endpoint<Vendor = V, Output = Page<I>> + Paged + Clone,
    {
        self.pages(call).flat_map(|reply| {
            let (page, error) = match reply {
                Ok(reply) => (reply.into_output(), None),
                Err(error) => (Page::default(), Some(Err(error))),
            };
            page.into_iter().map(Ok).chain(error)
        })
    }
}

/// A client that does not block.
#[derive(Clone)]
pub struct AsyncClient<V, T> {
    service: Service<V>,
    transport: T,
    observer: Option<Arc<dyn Observer>>,
}

impl<V: Vendor, T> Debug for AsyncClient<V, T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AsyncClient").field("service", &self.service).finish_non_exhaustive()
    }
}

impl<V: Vendor, T: AsyncTransport> AsyncClient<V, T> {
    /// Returns the service, with its settings.
    pub fn service(&self) -> &Service<V> {
        &self.service
    }

    /// Returns the transport.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// Creates a client from a service and a transport. A rate limiter of the service stays.
    pub fn new(service: Service<V>, transport: T) -> Self {
        #[cfg(feature = "std")]
        let service = service.with_usual_limiter();
        Self { service, transport, observer: None }
    }

    /// Sets the rate limiter that the calls share. Default: the limiter of the service, or else one that this client shares
    /// with its clones. With `None`, requests leave at once.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn with_rate_limiter(mut self, limiter: Option<SharedRateLimiter>) -> Self {
        self.service = self.service.rate_limiter(limiter);
        self
    }

    /// Sets the observer of all calls. Default: none.
    #[must_use]
    pub fn with_observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Makes a call. Retries follow the service's policy. Dropping the future ends the call at any point: a request
    /// that was already sent may still have its effect.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn call<E: Endpoint<Vendor = V>>(&self, call: E) -> Result<ApiResponse<E::Output>, Error> {
        self.call_with(call, CallOptions::default()).await
    }

    /// Makes a call with options.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn call_with<E: Endpoint<Vendor = V>>(
        &self,
        call: E,
        options: CallOptions,
    ) -> Result<ApiResponse<E::Output>, Error> {
        let transport = &self.transport;
        let mut exchange = self.service.exchange_with(call, options, transport.entropy())?;
        let mut watch = Watch::begin(self.observer.as_ref(), &exchange, || transport.now());
        let outcome = loop {
            match exchange.step(transport.now()) {
                Step::Send(request) => {
                    watch.sends();
                    match transport.send(request).await {
                        Ok(response) => exchange.receive(response, transport.now())?,
                        Err(fault) => exchange.fail(fault, transport.now())?,
                    }
                    watch.attempted(&exchange);
                }
                Step::Wait(duration) => {
                    #[cfg(feature = "std")]
                    watch.waits(&mut exchange);
                    match self.use_store().await {
                        Ok(true) => {}
                        Ok(false) => transport.wait(duration).await,
                        #[cfg(feature = "std")]
                        Err(fault) => break Err(exchange.lose_store(fault, transport.now())),
                        #[cfg(not(feature = "std"))]
                        Err(never) => match never {},
                    }
                }
                Step::Done(outcome) => break outcome,
            }
        };
        watch.ends(&outcome, || transport.now());
        outcome
    }

    /// Uses the store of the rate limiter, if it is the turn of this call. Returns true if the call has to ask again at once.
    #[cfg(feature = "std")]
    async fn use_store(&self) -> Result<bool, CausedFault> {
        match self.service.limiter() {
            Some(limiter) => limiter.use_store_async(|| self.transport.now()).await,
            None => Ok(false),
        }
    }

    #[cfg(not(feature = "std"))]
    async fn use_store(&self) -> Result<bool, core::convert::Infallible> {
        Ok(false)
    }

    /// Returns the pages of a list. [`Pages::next`] requests the next page.
    pub fn pages<E, I>(&self, call: E) -> Pages<'_, V, T, E>
    where
        E: Endpoint<Vendor = V, Output = Page<I>> + Paged + Clone,
    {
        Pages { client: self, paginator: Paginator::new(call) }
    }

    /// Returns the items of all pages of a list. [`Items::next`] returns the next item.
    pub fn items<E, I>(&self, call: E) -> Items<'_, V, T, E, I>
    where
        E: Endpoint<Vendor = V, Output = Page<I>> + Paged + Clone,
    {
        Items { pages: self.pages(call), ready: VecDeque::new() }
    }
}

/// The pages of a list. Each is requested when it is needed.
pub struct Pages<'a, V, T, E> {
    client: &'a AsyncClient<V, T>,
    paginator: Paginator<E>,
}

impl<V, T, E> Debug for Pages<'_, V, T, E> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pages").field("paginator", &self.paginator).finish_non_exhaustive()
    }
}

impl<V, T, E, I> Pages<'_, V, T, E>
where
    V: Vendor,
    T: AsyncTransport,
    E: Endpoint<Vendor = V, Output = Page<I>> + Paged + Clone,
{
    /// Requests the next page. Returns `None` at the end, and after an error.
    ///
    /// The future may be dropped before it is ready, as `select!` does. The next one requests the same page.
    pub async fn next(&mut self) -> Option<Result<ApiResponse<Page<I>>, Error>> {
        let call = match self.paginator.next_call()? {
            Ok(call) => call,
            Err(error) => return Some(Err(error)),
        };
        let mut pending = Pending { paginator: &mut self.paginator, page: Some(call.page()) };
        let outcome = self.client.call(call.clone()).await;
        pending.page = None;
        Some(pending.paginator.accept(&call, outcome))
    }
}

/// A page that is requested. If its future is dropped, the list continues with this page.
struct Pending<'a, E: Paged + Clone + Endpoint> {
    paginator: &'a mut Paginator<E>,
    page: Option<u64>,
}

impl<E: Paged + Clone + Endpoint> Drop for Pending<'_, E> {
    fn drop(&mut self) {
        if let Some(page) = self.page {
            self.paginator.request_again(page);
        }
    }
}

/// The items of a list, page by page.
pub struct Items<'a, V, T, E, I> {
    pages: Pages<'a, V, T, E>,
    ready: VecDeque<I>,
}

impl<V, T, E, I> Debug for Items<'_, V, T, E, I> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Items").field("ready", &self.ready.len()).finish_non_exhaustive()
    }
}

impl<V, T, E, I> Items<'_, V, T, E, I>
where
    V: Vendor,
    T: AsyncTransport,
    E: Endpoint<Vendor = V, Output = Page<I>> + Paged + Clone,
{
    /// Returns the next item. Requests the next page if the current page has no more items. Returns `None` at the end
    /// and after an error. No item is lost if the future is dropped before it is ready.
    pub async fn next(&mut self) -> Option<Result<I, Error>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(Ok(item));
            }
            match self.pages.next().await? {
                Ok(page) => self.ready.extend(page.into_output()),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
