//! Lists end where the vendor's signs say, in every shape a page comes in, also when a server ignores the page
//! number or fails half-way; the client that blocks and the one that does not see the same.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hudhud::zagely::{Contact, ListContacts, ListMessages, ListSessions};
use hudhud::{
    AsyncClient, AsyncTransport, CallOptions, Client, Error, ErrorKind, KeyPair, Page, Request, Response,
    RetryPolicy, Transport, TransportFault, UnixTime, Zagely,
};
use serde_json::{Value, json};

/// A server as a function from the page asked for to its answer, and what it was asked.
struct Server<F> {
    answer: F,
    asked: Mutex<Vec<u64>>,
}

impl<F: Fn(u64) -> Result<Response, TransportFault>> Server<F> {
    fn new(answer: F) -> Self {
        Self { answer, asked: Mutex::default() }
    }

    fn answer(&self, request: &Request) -> Result<Response, TransportFault> {
        let page = query(&request.url, "page").map_or(1, |page| page.parse().unwrap());
        self.asked.lock().unwrap().push(page);
        (self.answer)(page)
    }
}

fn query<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

impl<F: Fn(u64) -> Result<Response, TransportFault>> Transport for &Server<F> {
    fn send(&self, request: Request) -> Result<Response, TransportFault> {
        self.answer(&request)
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
        self.answer(&request)
    }

    async fn wait(&self, _: Duration) {}

    fn now(&self) -> UnixTime {
        UnixTime::from_secs(1_776_767_400)
    }

    fn entropy(&self) -> [u8; 16] {
        [7; 16]
    }
}

/// Runs a future that never has to wait for anything outside it.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("the future waits for something that never comes");
}

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap()).retry(RetryPolicy::never())
}

fn ok(body: &Value) -> Result<Response, TransportFault> {
    Ok(Response::new(200, [("Content-Type", "application/json")], body.to_string()))
}

/// Contacts `first..=last` by their numbers.
fn items(range: std::ops::RangeInclusive<u64>) -> Vec<Value> {
    range.map(|id| json!({"id": id.to_string()})).collect()
}

/// Items `2 (page - 1) + 1` and the next, of five in all: pages of 2, 2 and 1, and empty ones behind.
fn two_of_five(page: u64) -> Vec<Value> {
    items(2 * page - 1..=(2 * page).min(5))
}

/// What both clients make of a list: the ids in order, or the error's kind in the place of an item, and the pages
/// the server was asked for.
fn walk<F>(call: &ListContacts, answer: F) -> (Vec<String>, Vec<u64>)
where
    F: Fn(u64) -> Result<Response, TransportFault> + Copy + Sync,
{
    let shown = |item: Result<Contact, Error>| match item {
        Ok(contact) => contact.id.unwrap_or_default(),
        Err(error) => error.kind().as_str().to_owned(),
    };
    let server = Server::new(answer);
    // A list that does not end fails by its length.
    let blocking: Vec<_> = Client::new(zagely(), &server).items(call.clone()).take(50).map(shown).collect();
    let asked = server.asked.into_inner().unwrap();

    let server = Server::new(answer);
    let client = AsyncClient::new(zagely(), &server);
    let not_blocking = block_on(async {
        let (mut list, mut read) = (client.items(call.clone()), Vec::new());
        while let Some(item) = list.next().await {
            read.push(shown(item));
            assert!(read.len() < 50, "the list does not end");
        }
        assert!(list.next().await.is_none(), "a list that ended begins again");
        read
    });
    assert_eq!(blocking, not_blocking);
    assert_eq!(asked, server.asked.into_inner().unwrap());
    (blocking, asked)
}

const FIVE: [&str; 5] = ["1", "2", "3", "4", "5"];

#[test]
fn each_sign_of_a_paginator_ends_the_list_where_it_should() {
    type Signs = fn(u64) -> Value;
    let signs: [(&str, Signs); 4] = [
        ("next_page_url", |page| {
            json!({"next_page_url": if page < 3 { json!("https://zagely.com/?page=9") } else { Value::Null },
                   "last_page": 3})
        }),
        ("last_page", |_| json!({"last_page": 3})),
        ("per_page and total", |_| json!({"per_page": 2, "total": 5})),
        ("numbers as text", |_| json!({"per_page": "2", "total": "5"})),
    ];
    for (name, sign) in signs {
        for numbered in [true, false] {
            let (read, asked) = walk(&ListContacts::new(), |page| {
                let mut body = sign(page);
                body["data"] = two_of_five(page).into();
                if numbered {
                    body["current_page"] = page.into();
                }
                ok(&body)
            });
            assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1, 2, 3]), "{name}, {numbered}");
        }
    }
}

#[test]
fn the_shape_with_meta_and_links_is_walked_like_the_paginator() {
    let (read, asked) = walk(&ListContacts::new(), |page| {
        ok(&json!({
            "data": two_of_five(page),
            "links": {"next": if page < 3 { json!("https://zagely.com/api/v1/contacts?page=2") } else { Value::Null }},
            "meta": {"current_page": page, "last_page": 3, "per_page": 2, "total": 5},
        }))
    });
    assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1, 2, 3]));
    let (read, asked) = walk(&ListContacts::new(), |page| {
        ok(&json!({"data": two_of_five(page), "meta": {"current_page": page, "per_page": 2, "total": 5}}))
    });
    assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1, 2, 3]));
}

#[test]
fn a_bare_array_and_data_alone_are_the_whole_list() {
    for body in [json!(items(1..=5)), json!({"data": items(1..=5)}), json!({"data": {"data": items(1..=5)}})]
    {
        let body = &body;
        let (read, asked) = walk(&ListContacts::new(), |_| ok(body));
        assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1]));
    }
}

#[test]
fn full_pages_without_a_total_are_followed_to_a_short_or_empty_one() {
    let (read, asked) = walk(&ListContacts::new(), |page| {
        ok(&json!({"current_page": page, "per_page": 2, "data": two_of_five(page)}))
    });
    assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1, 2, 3]));
    let (read, asked) = walk(&ListContacts::new(), |page| {
        let data = if page < 3 { two_of_five(page) } else { Vec::new() };
        ok(&json!({"current_page": page, "per_page": 2, "data": data}))
    });
    assert_eq!((read.len(), asked), (4, vec![1, 2, 3]));
}

#[test]
fn a_total_without_a_page_size_is_followed_to_its_end() {
    // As the vendor's sample of sessions: `current_page`, `data` and `total` alone.
    let (read, asked) = walk(&ListContacts::new(), |page| {
        let data = if page < 4 { two_of_five(page) } else { Vec::new() };
        ok(&json!({"current_page": page, "data": data, "total": 5}))
    });
    assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1, 2, 3, 4]));
    let (read, asked) = walk(&ListContacts::new(), |page| {
        ok(&json!({"current_page": page, "data": items(1..=3), "total": 3}))
    });
    assert_eq!((read.len(), asked), (3, vec![1]));
}

#[test]
fn an_empty_page_ends_the_list_whatever_its_signs_say() {
    let (read, asked) = walk(&ListContacts::new(), |page| {
        ok(&json!({"current_page": page, "last_page": 9, "next_page_url": "https://zagely.com", "data": []}))
    });
    assert_eq!((read.len(), asked), (0, vec![1]));
}

#[test]
fn a_server_that_ignores_the_page_number_gives_each_item_once() {
    let signs = [
        json!({"current_page": 1, "last_page": 3}),
        json!({"current_page": 1, "per_page": 2, "total": 5}),
        json!({"current_page": 1, "next_page_url": "https://zagely.com/?page=2"}),
        // Not even numbered: the same body twice is what gives it away.
        json!({"per_page": 2}),
        json!({"next_page_url": "https://zagely.com/?page=2"}),
        json!({"meta": {"last_page": 3}}),
    ];
    for sign in &signs {
        let (read, asked) = walk(&ListContacts::new(), |_| {
            let mut body = sign.clone();
            body["data"] = items(1..=2).into();
            ok(&body)
        });
        assert_eq!((read, asked), (vec!["1".to_owned(), "2".to_owned()], vec![1, 2]), "{sign}");
    }
}

#[test]
fn a_list_begins_at_the_page_asked_for_and_keeps_its_filters() {
    let answer = |page: u64| ok(&json!({"current_page": page, "last_page": 3, "data": two_of_five(page)}));
    let (read, asked) = walk(&ListContacts::new().page(2), answer);
    assert_eq!((read.len(), asked), (3, vec![2, 3]));
    // Pages count from 1: 0 is the first one too.
    let (read, asked) = walk(&ListContacts::new().page(0), answer);
    assert_eq!((read.len(), asked), (5, vec![1, 2, 3]));

    let call = ListContacts::new().search("jane").tags(["vip"]).per_page(2);
    let page: Page<Contact> = zagely()
        .reply::<ListContacts>(
            Response::new(200, [("a", "b")], r#"{"current_page":1,"last_page":2,"data":[{"id":"1"}]}"#),
            None,
        )
        .unwrap()
        .into_answer();
    let next = zagely().request(&page.next(&call).unwrap(), &CallOptions::new()).unwrap();
    assert_eq!(next.url, "https://zagely.com/api/v1/contacts?search=jane&tags%5B%5D=vip&per_page=2&page=2");
}

#[test]
fn the_last_number_there_is_ends_a_list() {
    let page: Page<Contact> = zagely()
        .reply::<ListContacts>(
            Response::new(200, [("a", "b")], r#"{"next_page_url":"x","data":[{"id":"1"}]}"#),
            None,
        )
        .unwrap()
        .into_answer();
    assert_eq!(page.next(&ListContacts::new().page(u64::MAX)), None);
}

#[test]
fn an_error_in_the_middle_is_told_once_behind_what_came_before() {
    type Failure = fn() -> Result<Response, TransportFault>;
    let failures: [(&str, Failure); 4] = [
        ("transport", || Err(TransportFault::Closed)),
        ("unavailable", || Ok(Response::new(503, [("a", "b")], "<html>"))),
        ("authentication", || Ok(Response::new(401, [("a", "b")], "{}"))),
        ("unexpected_response", || Ok(Response::new(200, [("a", "b")], "<html>"))),
    ];
    for (kind, failure) in failures {
        let (read, asked) = walk(&ListContacts::new(), |page| match page {
            2 => failure(),
            _ => ok(&json!({"current_page": page, "last_page": 3, "data": two_of_five(page)})),
        });
        assert_eq!((read, asked), (vec!["1".to_owned(), "2".to_owned(), kind.to_owned()], vec![1, 2]));
    }
}

#[test]
fn pages_come_with_their_metadata_and_only_when_asked_for() {
    let server = Server::new(|page| {
        Ok(Response::new(
            200,
            [("X-RateLimit-Limit", "120")],
            json!({"current_page": page, "last_page": 3, "data": two_of_five(page)}).to_string(),
        ))
    });
    let client = Client::new(zagely(), &server);
    let mut pages = client.pages(ListMessages::new());
    assert!(server.asked.lock().unwrap().is_empty());
    let first = pages.next().unwrap().unwrap();
    assert_eq!((first.meta.rate_limit.limit, first.data.len()), (Some(120), 2));
    assert_eq!(*server.asked.lock().unwrap(), [1]);
    assert_eq!(pages.count(), 2);
}

#[test]
fn faults_of_the_call_itself_are_the_lists_only_item() {
    let asked = RefCell::new(0);
    let server = Server::new(|_| {
        *asked.borrow_mut() += 1;
        ok(&json!([]))
    });
    let client = Client::new(zagely(), &server);
    let found: Vec<_> = client.items(ListContacts::new().per_page(1000)).collect();
    assert!(matches!(&found[..], [Err(error)] if error.kind() == ErrorKind::InvalidRequest));
    assert_eq!(*asked.borrow(), 0);
    assert_eq!(client.items(ListSessions::new()).count(), 0);
}
