//! Tests that lists end where the vendor's data indicates, in every format of a page. A list ends with an error if
//! more items exist that cannot be requested. The blocking and the asynchronous client behave alike.

mod formats;
mod incomplete;
mod starts_and_ends;

use std::future::{Future, poll_fn};
use std::mem;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hudhud::zagely::{Contact, ListContacts};
use hudhud::{
    AsyncClient, AsyncTransport, Client, Error, KeyPair, Request, Response, RetryPolicy, Transport,
    TransportFault, UnixTime, Zagely,
};
use serde_json::{Value, json};

/// A server that is a function from the page number to the response. It records the requested pages.
struct Server<F> {
    output: F,
    requested: Mutex<Vec<u64>>,
}

impl<F: Fn(u64) -> Result<Response, TransportFault>> Server<F> {
    fn new(output: F) -> Self {
        Self { output, requested: Mutex::default() }
    }

    fn output(&self, request: &Request) -> Result<Response, TransportFault> {
        let page = query(&request.url, "page").map_or(1, |page| page.parse().unwrap());
        self.requested.lock().unwrap().push(page);
        (self.output)(page)
    }
}

fn query<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

impl<F: Fn(u64) -> Result<Response, TransportFault>> Transport for &Server<F> {
    fn send(&self, request: Request) -> Result<Response, TransportFault> {
        self.output(&request)
    }

    fn wait(&self, _: Duration) {}

    fn now(&self) -> UnixTime {
        UnixTime::from_secs(1_776_767_400)
    }

    fn entropy(&self) -> [u8; 16] {
        [7; 16]
    }
}

impl<F: Fn(u64) -> Result<Response, TransportFault> + Sync> AsyncTransport for &Server<F> {
    async fn send(&self, request: Request) -> Result<Response, TransportFault> {
        std::future::ready(()).await;
        self.output(&request)
    }

    async fn wait(&self, _: Duration) {}

    fn now(&self) -> UnixTime {
        UnixTime::from_secs(1_776_767_400)
    }

    fn entropy(&self) -> [u8; 16] {
        [7; 16]
    }
}

/// Runs a future that never waits for an external event.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("the future waits for an external event");
}

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap()).retry(RetryPolicy::never())
}

fn ok(body: &Value) -> Result<Response, TransportFault> {
    Ok(Response::new(200, [("Content-Type", "application/json")], body.to_string()))
}

/// Returns the contacts `first..=last`, whose ids are their numbers.
fn items(range: std::ops::RangeInclusive<u64>) -> Vec<Value> {
    range.map(|id| json!({"id": id.to_string()})).collect()
}

/// Returns a page of two of five items: pages of 2, 2 and 1 items, and then empty ones.
fn two_of_five(page: u64) -> Vec<Value> {
    items(2 * page - 1..=(2 * page).min(5))
}

/// Reads a list with both clients. Returns the ids in order, with the kind of an error as the last item, and the
/// requested pages.
fn walk<F>(call: &ListContacts, output: F) -> (Vec<String>, Vec<u64>)
where
    F: Fn(u64) -> Result<Response, TransportFault> + Copy + Sync,
{
    let shown = |item: Result<Contact, Error>| match item {
        Ok(contact) => contact.id.unwrap_or_default(),
        Err(error) => error.kind().as_str().to_owned(),
    };
    let server = Server::new(output);
    // The number of items is limited, so that the test fails if a list does not end.
    let blocking: Vec<_> = Client::new(zagely(), &server).items(call.clone()).take(50).map(shown).collect();
    let requested = server.requested.into_inner().unwrap();

    let server = Server::new(output);
    let client = AsyncClient::new(zagely(), &server);
    let not_blocking = block_on(async {
        let (mut list, mut read) = (client.items(call.clone()), Vec::new());
        while let Some(item) = list.next().await {
            read.push(shown(item));
            assert!(read.len() < 50, "the list does not end");
        }
        assert!(list.next().await.is_none(), "the list continued after its end");
        read
    });
    assert_eq!(blocking, not_blocking);
    assert_eq!(requested, server.requested.into_inner().unwrap());
    (blocking, requested)
}

/// A server whose response comes at the second look.
struct Slow<'a, F>(&'a Server<F>);

impl<F: Fn(u64) -> Result<Response, TransportFault> + Sync> AsyncTransport for Slow<'_, F> {
    async fn send(&self, request: Request) -> Result<Response, TransportFault> {
        let mut is_ready = false;
        poll_fn(|_| if mem::replace(&mut is_ready, true) { Poll::Ready(()) } else { Poll::Pending }).await;
        self.0.output(&request)
    }

    async fn wait(&self, _: Duration) {}

    fn now(&self) -> UnixTime {
        UnixTime::from_secs(1_776_767_400)
    }

    fn entropy(&self) -> [u8; 16] {
        [7; 16]
    }
}

#[test]
fn a_list_continues_after_a_future_that_was_dropped() {
    let server = Server::new(|page| {
        ok(&json!({"data": two_of_five(page), "meta": {"last_page": 3, "current_page": page}}))
    });
    let client = AsyncClient::new(zagely(), Slow(&server));
    let mut list = client.items(ListContacts::default());
    let (mut read, mut dropped) = (Vec::new(), 0);
    loop {
        let first = pin!(list.next()).poll(&mut Context::from_waker(Waker::noop()));
        let item = match first {
            Poll::Ready(item) => item,
            // As `select!` does when another future is ready first.
            Poll::Pending => {
                dropped += 1;
                block_on(list.next())
            }
        };
        let Some(item) = item else { break };
        read.push(item.unwrap().id.unwrap_or_default());
    }
    assert_eq!(dropped, 3);
    assert_eq!(read, FIVE);
}

const FIVE: [&str; 5] = ["1", "2", "3", "4", "5"];

const SHORT: &str = "unexpected_response";

/// Returns the ids of a list, with the kind of its error as the last item.
fn ids<const N: usize>(items: [&str; N]) -> Vec<String> {
    items.map(String::from).into()
}
