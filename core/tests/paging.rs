//! Tests that lists end where the vendor's data indicates, in every format of a page. A list ends with an error if
//! more items exist that cannot be requested. The blocking and the asynchronous client behave alike.

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

/// A server that is a function from the page number to the response. It records the requested pages.
struct Server<F> {
    output: F,
    asked: Mutex<Vec<u64>>,
}

impl<F: Fn(u64) -> Result<Response, TransportFault>> Server<F> {
    fn new(output: F) -> Self {
        Self { output, asked: Mutex::default() }
    }

    fn output(&self, request: &Request) -> Result<Response, TransportFault> {
        let page = query(&request.url, "page").map_or(1, |page| page.parse().unwrap());
        self.asked.lock().unwrap().push(page);
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
    let asked = server.asked.into_inner().unwrap();

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
    assert_eq!(asked, server.asked.into_inner().unwrap());
    (blocking, asked)
}

const FIVE: [&str; 5] = ["1", "2", "3", "4", "5"];

#[test]
fn each_member_of_a_paginator_ends_the_list_correctly() {
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
fn pages_with_meta_and_links_are_read_like_the_paginator() {
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
fn a_bare_array_or_data_alone_is_a_complete_list() {
    for body in [json!(items(1..=5)), json!({"data": items(1..=5)}), json!({"data": {"data": items(1..=5)}})]
    {
        let body = &body;
        let (read, asked) = walk(&ListContacts::new(), |_| ok(body));
        assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1]));
    }
}

#[test]
fn full_pages_without_a_total_are_read_up_to_a_short_or_empty_page() {
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
fn a_list_with_a_total_but_no_page_size_is_read_completely() {
    // Like the vendor's sample of sessions, which has only `current_page`, `data` and `total`.
    let (read, asked) = walk(&ListContacts::new(), |page| {
        let data = if page < 4 { two_of_five(page) } else { Vec::new() };
        ok(&json!({"current_page": page, "data": data, "total": 5}))
    });
    assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1, 2, 3]));
    let (read, asked) = walk(&ListContacts::new(), |page| {
        ok(&json!({"current_page": page, "data": items(1..=3), "total": 3}))
    });
    assert_eq!((read.len(), asked), (3, vec![1]));
}

/// The kind of the error that replaces an item if a list is incomplete.
const SHORT: &str = "unexpected_response";

/// Returns the ids of a list, with the kind of its error as the last item.
fn ids<const N: usize>(items: [&str; N]) -> Vec<String> {
    items.map(String::from).into()
}

#[test]
fn an_empty_page_ends_the_list_unless_it_indicates_more_items() {
    for sign in [
        json!({"current_page": 1, "last_page": 1, "total": 0}),
        json!({"current_page": 1, "per_page": 50, "total": 0, "next_page_url": null}),
        json!({"current_page": 1, "per_page": 50}),
        json!({"next_cursor": null, "next_page_url": "", "links": {"next": null}}),
        json!({}),
    ] {
        let (read, asked) = walk(&ListContacts::new(), |_| {
            let mut body = sign.clone();
            body["data"] = json!([]);
            ok(&body)
        });
        assert_eq!((read, asked), (ids([]), vec![1]), "{sign}");
    }
    for sign in [
        json!({"current_page": 1, "last_page": 9}),
        json!({"next_page_url": "https://zagely.com/?page=2"}),
        json!({"current_page": 1, "total": 5}),
        json!({"links": {"next": "https://zagely.com/?page=2"}}),
        json!({"next_cursor": "abc"}),
    ] {
        let (read, asked) = walk(&ListContacts::new(), |_| {
            let mut body = sign.clone();
            body["data"] = json!([]);
            ok(&body)
        });
        assert_eq!((read, asked), (ids([SHORT]), vec![1]), "{sign}");
    }
    // The same applies after pages with items.
    let (read, asked) = walk(&ListContacts::new(), |page| {
        let data = if page == 1 { items(1..=2) } else { Vec::new() };
        ok(&json!({"current_page": page, "last_page": 3, "data": data}))
    });
    assert_eq!((read, asked), (ids(["1", "2", SHORT]), vec![1, 2]));
}

#[test]
fn a_server_that_ignores_the_page_number_causes_an_error_without_duplicates() {
    let signs = [
        json!({"current_page": 1, "last_page": 3}),
        json!({"current_page": 1, "per_page": 2, "total": 5}),
        json!({"current_page": 1, "next_page_url": "https://zagely.com/?page=2"}),
        json!({"per_page": 2}),
        json!({"next_page_url": "https://zagely.com/?page=2"}),
        json!({"meta": {"last_page": 3}}),
        json!({"links": {"next": "https://zagely.com/?page=2"}}),
        json!({"total": 5}),
    ];
    for sign in &signs {
        let (read, asked) = walk(&ListContacts::new(), |_| {
            let mut body = sign.clone();
            body["data"] = items(1..=2).into();
            ok(&body)
        });
        assert_eq!((read, asked), (ids(["1", "2", SHORT]), vec![1, 2]), "{sign}");
    }
    type Pages = fn(u64) -> Value;
    let pages: [(&str, Pages); 6] = [
        (
            "the page has the requested number",
            |page| json!({"current_page": page, "last_page": 3, "data": items(1..=2)}),
        ),
        ("another order", |page| {
            let data = if page == 1 { items(1..=2) } else { items(1..=2).into_iter().rev().collect() };
            json!({"current_page": page, "last_page": 3, "data": data})
        }),
        (
            "other members that change",
            |page| json!({"last_page": 3, "at": page, "data": [{"id": "1", "notes": page.to_string()}, {"id": 2}]}),
        ),
        ("ids are text or numbers", |page| {
            let data =
                if page == 1 { json!([{"id": 1}, {"id": "2"}]) } else { json!([{"id": "1"}, {"id": 2.0}]) };
            json!({"last_page": 3, "data": data})
        }),
        (
            "a subset of the same items",
            |page| json!({"last_page": 3, "data": if page == 1 { items(1..=2) } else { items(2..=2) }}),
        ),
        (
            "one new item, but the number of the first page",
            |page| json!({"current_page": 1, "last_page": 3, "data": if page == 1 { items(1..=2) } else { items(2..=3) }}),
        ),
    ];
    for (name, page) in pages {
        let (read, asked) = walk(&ListContacts::new(), |asked| ok(&page(asked)));
        assert_eq!((read, asked), (ids(["1", "2", SHORT]), vec![1, 2]), "{name}");
    }
    // Items without an id are compared by their whole content.
    let without_ids = |page: u64| {
        let name = if page == 3 { "a" } else { "b" };
        ok(&json!({"last_page": 4, "data": [{"name": name}, {"name": page.min(2).to_string()}]}))
    };
    let (read, asked) = walk(&ListContacts::new(), without_ids);
    assert_eq!((read.len(), read.last().map(String::as_str), asked), (7, Some(SHORT), vec![1, 2, 3, 4]));
    // Pages that repeat in a cycle count as no progress.
    let (read, asked) = walk(&ListContacts::new(), |page| {
        ok(&json!({"last_page": 100, "data": items(if page % 2 == 1 { 1..=2 } else { 3..=4 })}))
    });
    assert_eq!((read, asked), (ids(["1", "2", "3", "4", SHORT]), vec![1, 2, 3]));
}

#[test]
fn overlapping_pages_are_read_completely() {
    // A new item was added at the start of the list while it was read.
    let (read, asked) = walk(&ListContacts::new(), |page| {
        let data = match page {
            1 => items(1..=2),
            2 => items(2..=3),
            _ => items(4..=4),
        };
        ok(&json!({"current_page": page, "last_page": 3, "per_page": 2, "data": data}))
    });
    assert_eq!((read, asked), (ids(["1", "2", "2", "3", "4"]), vec![1, 2, 3]));
}

#[test]
fn a_cursor_causes_an_error_instead_of_an_incomplete_list() {
    for sign in [
        json!({"next_cursor": "abc"}),
        json!({"next_cursor": "abc", "total": 120, "per_page": 50}),
        json!({"next_cursor": 7}),
        json!({"meta": {"next_cursor": "abc", "per_page": 50}, "links": {"next": "https://a.b/c?cursor=abc"}}),
        json!({"next_page_url": "https://zagely.com/api/v1/contacts?cursor=abc"}),
        json!({"links": {"next": "https://zagely.com/api/v1/contacts?a=b&cursor=abc"}}),
        json!({"data_is": "wrapped", "next_page_url": "https://zagely.com/?page%5Bcursor%5D=abc"}),
    ] {
        let (read, asked) = walk(&ListContacts::new(), |_| {
            let mut body = sign.clone();
            body["data"] = items(1..=2).into();
            ok(&body)
        });
        assert_eq!((read, asked), (ids(["1", "2", SHORT]), vec![1]), "{sign}");
    }
    // A list whose cursor is null has ended. A list that also has page numbers is followed by them.
    for sign in [json!({"next_cursor": null, "per_page": 3}), json!({"next_cursor": ""})] {
        let (read, asked) = walk(&ListContacts::new(), |_| {
            let mut body = sign.clone();
            body["data"] = items(1..=2).into();
            ok(&body)
        });
        assert_eq!((read, asked), (ids(["1", "2"]), vec![1]), "{sign}");
    }
    let (read, asked) = walk(&ListContacts::new(), |page| {
        let cursor = (page < 3).then_some("abc");
        ok(&json!({"current_page": page, "last_page": 3, "next_cursor": cursor, "data": two_of_five(page)}))
    });
    assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1, 2, 3]));
}

#[test]
fn members_of_other_paginators_are_read() {
    type Sign = fn(bool, u64) -> Value;
    let signs: [Sign; 14] = [
        |more, _| json!({"links": {"next": more.then(|| json!({"href": "https://a.b/c?page=2"}))}}),
        |more, _| json!({"links": {"next": {"url": more.then_some("https://a.b/c?page=2"), "rel": "next"}}}),
        |more, _| json!({"links": {"next": if more { json!({"number": 2}) } else { json!([]) }}}),
        |more, _| json!({"meta": {"next_page_url": more.then_some("https://a.b/c?page=2")}}),
        |more, _| json!({"next_page_url": more.then(|| json!({"href": "https://a.b/c?page=2"}))}),
        |_, page| json!({"meta": {"pagination": {"current_page": page, "total_pages": 3, "x": []}}}),
        |_, page| json!({"pagination": {"current_page": page, "total_pages": "3"}}),
        |_, _| json!({"pagination": {"total": 5, "per_page": 2}}),
        |_, _| json!({"total_pages": 3}),
        |more, _| json!({"pagination": {"links": if more { json!({"next": "https://a.b/?page=2"}) } else { json!([]) }}}),
        |more, page| json!({"meta": {"next_page": more.then_some(page + 1)}}),
        |more, page| json!({"next_page": more.then_some(page + 1)}),
        |more, _| json!({"has_more": more}),
        |more, _| json!({"meta": {"has_more_pages": more}}),
    ];
    for (at, sign) in signs.into_iter().enumerate() {
        let (read, asked) = walk(&ListContacts::new(), |page| {
            let mut body = sign(page < 3, page);
            body["data"] = two_of_five(page).into();
            ok(&body)
        });
        assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1, 2, 3]), "{at}");
        // A page on its own says so too.
        let mut body = sign(true, 1);
        body["data"] = two_of_five(1).into();
        let response = Response::new(200, [("a", "b")], body.to_string());
        let page = zagely().decode::<ListContacts>(response, None).unwrap().output;
        assert_eq!(page.next(&ListContacts::new()).unwrap().map(|call| call.page), Some(Some(2)), "{at}");
        // Of a number that no type holds, nothing else is lost.
        let body = body.to_string().replacen('{', "{\"endless\":1e999,", 1);
        let page = Response::new(200, [("a", "b")], body);
        let page = zagely().decode::<ListContacts>(page, None).unwrap().output;
        assert!(page.next(&ListContacts::new()).unwrap().is_some(), "{at}");
    }
    let endless = r#"{"pagination":{"x":1e999,"total_pages":3},"data":[{"id":"1"}]}"#;
    let page = Response::new(200, [("a", "b")], endless);
    let page = zagely().decode::<ListContacts>(page, None).unwrap().output;
    assert_eq!((page.last_page, page.extra.len()), (Some(3), 1));
    assert!(page.next(&ListContacts::new()).unwrap().is_some());
    for cursor in [json!({"cursor": {"next": "abc"}}), json!({"next_cursor": {"after": "abc"}})] {
        for sign in [cursor.clone(), json!({"meta": cursor})] {
            let (read, asked) = walk(&ListContacts::new(), |_| {
                let mut body = sign.clone();
                body["data"] = items(1..=2).into();
                ok(&body)
            });
            assert_eq!((read, asked), (ids(["1", "2", SHORT]), vec![1]), "{sign}");
            let mut body = sign.clone();
            body["data"] = items(1..=2).into();
            let response = Response::new(200, [("a", "b")], body.to_string());
            let page = zagely().decode::<ListContacts>(response, None).unwrap().output;
            assert!(page.next(&ListContacts::new()).is_err(), "{sign}");
        }
    }
}

#[test]
fn contradictory_members_do_not_end_a_list_early() {
    let (read, asked) = walk(&ListContacts::new(), |page| {
        // The vendor states a larger page size than it uses.
        ok(
            &json!({"current_page": page, "per_page": 100, "total": 5, "last_page": 1, "data": two_of_five(page)}),
        )
    });
    assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1, 2, 3]));
    // A total that counts invisible items does not matter: the list ends with its last page.
    let (read, asked) = walk(&ListContacts::new(), |page| {
        ok(&json!({"current_page": page, "per_page": 2, "total": 6, "data": two_of_five(page)}))
    });
    assert_eq!((read, asked), (FIVE.map(String::from).into(), vec![1, 2, 3]));
}

#[test]
fn the_error_states_the_cause_and_is_the_last_item() {
    let server = Server::new(|_| ok(&json!({"last_page": 3, "data": items(1..=2)})));
    let client = Client::new(zagely(), &server);
    let last = client.items(ListContacts::new()).last().unwrap().unwrap_err();
    assert_eq!(
        (last.kind(), last.call(), last.status()),
        (ErrorKind::UnexpectedResponse, Some("contacts.list"), Some(200))
    );
    assert!(!last.safe_to_retry() && !last.may_have_happened());
    assert_eq!(
        last.message(),
        "The list is incomplete: the vendor says that there are more items, but page 2 repeats earlier items."
    );
    assert!(last.to_string().contains("page 2 repeats earlier items"), "{last}");
    let server = Server::new(|_| ok(&json!({"next_cursor": "secret", "data": items(1..=2)})));
    let client = Client::new(zagely(), &server);
    let mut pages = client.pages(ListContacts::new());
    assert_eq!(pages.next().unwrap().unwrap().data.len(), 2);
    let error = pages.next().unwrap().unwrap_err();
    assert!(error.message().contains("page 1 refers to them by a cursor"), "{error}");
    assert!(error.response().is_some() && !error.to_string().contains("secret"));
    assert!(pages.next().is_none());
}

#[test]
fn a_list_starts_at_the_requested_page_and_keeps_its_filters() {
    let output = |page: u64| ok(&json!({"current_page": page, "last_page": 3, "data": two_of_five(page)}));
    let (read, asked) = walk(&ListContacts::new().page(2), output);
    assert_eq!((read.len(), asked), (3, vec![2, 3]));
    // A server that responds with the first page to every request has returned all available items.
    let (read, asked) = walk(&ListContacts::new().page(2), |_| {
        ok(&json!({"current_page": 1, "last_page": 3, "data": items(1..=2)}))
    });
    assert_eq!((read, asked), (ids(["1", "2", SHORT]), vec![2]));
    let (read, asked) = walk(&ListContacts::new().page(2), |_| {
        ok(&json!({"current_page": 1, "last_page": 1, "data": items(1..=2)}))
    });
    assert_eq!((read, asked), (ids(["1", "2"]), vec![2]));
    // Pages count from 1; 0 is the first page too.
    let (read, asked) = walk(&ListContacts::new().page(0), output);
    assert_eq!((read.len(), asked), (5, vec![1, 2, 3]));

    let call = ListContacts::new().search("jane").tags(["vip"]).per_page(2);
    let page: Page<Contact> = zagely()
        .decode::<ListContacts>(
            Response::new(200, [("a", "b")], r#"{"current_page":1,"last_page":2,"data":[{"id":"1"}]}"#),
            None,
        )
        .unwrap()
        .into_output();
    let next = zagely().request(&page.next(&call).unwrap().unwrap(), &CallOptions::new()).unwrap();
    assert_eq!(next.url, "https://zagely.com/api/v1/contacts?search=jane&tags%5B%5D=vip&per_page=2&page=2");
}

#[test]
fn the_largest_page_number_ends_a_list() {
    let page: Page<Contact> = zagely()
        .decode::<ListContacts>(
            Response::new(200, [("a", "b")], r#"{"next_page_url":"x","data":[{"id":"1"}]}"#),
            None,
        )
        .unwrap()
        .into_output();
    assert!(page.next(&ListContacts::new().page(u64::MAX)).is_err());
}

#[test]
fn an_error_in_the_middle_is_returned_once_after_the_previous_items() {
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
fn pages_have_metadata_and_are_requested_lazily() {
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
fn an_invalid_call_is_the_only_item_of_its_list() {
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

/// Pages 2 and later state no numbers: what the first page announced still counts.
#[test]
fn a_list_that_ends_before_its_announced_end_is_an_error() {
    let announced = |page: u64, later: Value| {
        let first =
            json!({"data": items(1..=1), "current_page": 1, "last_page": 3, "per_page": 1, "total": 3});
        ok(if page == 1 { &first } else { &later })
    };
    let empty = walk(&ListContacts::new(), |page| announced(page, json!([])));
    assert_eq!(empty, (vec!["1".into(), "unexpected_response".into()], vec![1, 2]));
    let without_body = walk(&ListContacts::new(), |page| match page {
        1 => announced(1, Value::Null),
        _ => Ok(Response::new(204, [("Content-Type", "text/plain")], "")),
    });
    assert_eq!(without_body, (vec!["1".into(), "unexpected_response".into()], vec![1, 2]));
    let numberless = walk(&ListContacts::new(), |page| announced(page, json!({"data": items(page..=page)})));
    assert_eq!(numberless, (vec!["1".into(), "2".into(), "3".into()], vec![1, 2, 3]));
}
