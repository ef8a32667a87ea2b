//! The first page, the last page, and errors in between.

use std::cell::RefCell;

use hudhud::zagely::{Contact, ListContacts, ListMessages, ListSessions};
use hudhud::{CallOptions, Client, ErrorKind, Page, Response, TransportFault};
use serde_json::{Value, json};

use crate::{SHORT, Server, ids, items, ok, two_of_five, walk, zagely};

#[test]
fn a_list_starts_at_the_requested_page_and_keeps_its_filters() {
    let output = |page: u64| ok(&json!({"current_page": page, "last_page": 3, "data": two_of_five(page)}));
    let (read, requested) = walk(&ListContacts::new().page(2), output);
    assert_eq!((read.len(), requested), (3, vec![2, 3]));
    // A server that responds with the first page to every request has returned all available items.
    let (read, requested) = walk(&ListContacts::new().page(2), |_| {
        ok(&json!({"current_page": 1, "last_page": 3, "data": items(1..=2)}))
    });
    assert_eq!((read, requested), (ids(["1", "2", SHORT]), vec![2]));
    let (read, requested) = walk(&ListContacts::new().page(2), |_| {
        ok(&json!({"current_page": 1, "last_page": 1, "data": items(1..=2)}))
    });
    assert_eq!((read, requested), (ids(["1", "2"]), vec![2]));
    // Pages count from 1; 0 is the first page too.
    let (read, requested) = walk(&ListContacts::new().page(0), output);
    assert_eq!((read.len(), requested), (5, vec![1, 2, 3]));

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
        let (read, requested) = walk(&ListContacts::new(), |page| match page {
            2 => failure(),
            _ => ok(&json!({"current_page": page, "last_page": 3, "data": two_of_five(page)})),
        });
        assert_eq!((read, requested), (vec!["1".to_owned(), "2".to_owned(), kind.to_owned()], vec![1, 2]));
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
    assert!(server.requested.lock().unwrap().is_empty());
    let first = pages.next().unwrap().unwrap();
    assert_eq!((first.meta.rate_limit.limit, first.data.len()), (Some(120), 2));
    assert_eq!(*server.requested.lock().unwrap(), [1]);
    assert_eq!(pages.count(), 2);
}

#[test]
fn an_invalid_call_is_the_only_item_of_its_list() {
    let requested = RefCell::new(0);
    let server = Server::new(|_| {
        *requested.borrow_mut() += 1;
        ok(&json!([]))
    });
    let client = Client::new(zagely(), &server);
    let found: Vec<_> = client.items(ListContacts::new().per_page(1000)).collect();
    assert!(matches!(&found[..], [Err(error)] if error.kind() == ErrorKind::InvalidRequest));
    assert_eq!(*requested.borrow(), 0);
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
