//! A list that cannot be read completely ends with an error.

use hudhud::zagely::ListContacts;
use hudhud::{Client, ErrorKind, Response};
use serde_json::{Value, json};

use crate::{FIVE, SHORT, Server, ids, items, ok, two_of_five, walk, zagely};

/// The kind of the error that replaces an item if a list is incomplete.
#[test]
fn an_empty_page_ends_the_list_unless_it_indicates_more_items() {
    for sign in [
        json!({"current_page": 1, "last_page": 1, "total": 0}),
        json!({"current_page": 1, "per_page": 50, "total": 0, "next_page_url": null}),
        json!({"current_page": 1, "per_page": 50}),
        json!({"next_cursor": null, "next_page_url": "", "links": {"next": null}}),
        json!({}),
    ] {
        let (read, requested) = walk(&ListContacts::new(), |_| {
            let mut body = sign.clone();
            body["data"] = json!([]);
            ok(&body)
        });
        assert_eq!((read, requested), (ids([]), vec![1]), "{sign}");
    }
    for sign in [
        json!({"current_page": 1, "last_page": 9}),
        json!({"next_page_url": "https://zagely.com/?page=2"}),
        json!({"current_page": 1, "total": 5}),
        json!({"links": {"next": "https://zagely.com/?page=2"}}),
        json!({"next_cursor": "abc"}),
    ] {
        let (read, requested) = walk(&ListContacts::new(), |_| {
            let mut body = sign.clone();
            body["data"] = json!([]);
            ok(&body)
        });
        assert_eq!((read, requested), (ids([SHORT]), vec![1]), "{sign}");
    }
    // The same applies after pages with items.
    let (read, requested) = walk(&ListContacts::new(), |page| {
        let data = if page == 1 { items(1..=2) } else { Vec::new() };
        ok(&json!({"current_page": page, "last_page": 3, "data": data}))
    });
    assert_eq!((read, requested), (ids(["1", "2", SHORT]), vec![1, 2]));
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
        let (read, requested) = walk(&ListContacts::new(), |_| {
            let mut body = sign.clone();
            body["data"] = items(1..=2).into();
            ok(&body)
        });
        assert_eq!((read, requested), (ids(["1", "2", SHORT]), vec![1, 2]), "{sign}");
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
        let (read, requested) = walk(&ListContacts::new(), |requested| ok(&page(requested)));
        assert_eq!((read, requested), (ids(["1", "2", SHORT]), vec![1, 2]), "{name}");
    }
    // Items without an id are compared by their whole content.
    let without_ids = |page: u64| {
        let name = if page == 3 { "a" } else { "b" };
        ok(&json!({"last_page": 4, "data": [{"name": name}, {"name": page.min(2).to_string()}]}))
    };
    let (read, requested) = walk(&ListContacts::new(), without_ids);
    assert_eq!((read.len(), read.last().map(String::as_str), requested), (7, Some(SHORT), vec![1, 2, 3, 4]));
    // Pages that repeat in a cycle count as no progress.
    let (read, requested) = walk(&ListContacts::new(), |page| {
        ok(&json!({"last_page": 100, "data": items(if page % 2 == 1 { 1..=2 } else { 3..=4 })}))
    });
    assert_eq!((read, requested), (ids(["1", "2", "3", "4", SHORT]), vec![1, 2, 3]));
}

#[test]
fn overlapping_pages_are_read_completely() {
    // A new item was added at the start of the list while it was read.
    let (read, requested) = walk(&ListContacts::new(), |page| {
        let data = match page {
            1 => items(1..=2),
            2 => items(2..=3),
            _ => items(4..=4),
        };
        ok(&json!({"current_page": page, "last_page": 3, "per_page": 2, "data": data}))
    });
    assert_eq!((read, requested), (ids(["1", "2", "2", "3", "4"]), vec![1, 2, 3]));
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
        let (read, requested) = walk(&ListContacts::new(), |_| {
            let mut body = sign.clone();
            body["data"] = items(1..=2).into();
            ok(&body)
        });
        assert_eq!((read, requested), (ids(["1", "2", SHORT]), vec![1]), "{sign}");
    }
    // A list whose cursor is null has ended. A list that also has page numbers is followed by them.
    for sign in [json!({"next_cursor": null, "per_page": 3}), json!({"next_cursor": ""})] {
        let (read, requested) = walk(&ListContacts::new(), |_| {
            let mut body = sign.clone();
            body["data"] = items(1..=2).into();
            ok(&body)
        });
        assert_eq!((read, requested), (ids(["1", "2"]), vec![1]), "{sign}");
    }
    let (read, requested) = walk(&ListContacts::new(), |page| {
        let cursor = (page < 3).then_some("abc");
        ok(&json!({"current_page": page, "last_page": 3, "next_cursor": cursor, "data": two_of_five(page)}))
    });
    assert_eq!((read, requested), (FIVE.map(String::from).into(), vec![1, 2, 3]));
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
        let (read, requested) = walk(&ListContacts::new(), |page| {
            let mut body = sign(page < 3, page);
            body["data"] = two_of_five(page).into();
            ok(&body)
        });
        assert_eq!((read, requested), (FIVE.map(String::from).into(), vec![1, 2, 3]), "{at}");
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
            let (read, requested) = walk(&ListContacts::new(), |_| {
                let mut body = sign.clone();
                body["data"] = items(1..=2).into();
                ok(&body)
            });
            assert_eq!((read, requested), (ids(["1", "2", SHORT]), vec![1]), "{sign}");
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
    let (read, requested) = walk(&ListContacts::new(), |page| {
        // The vendor states a larger page size than it uses.
        ok(
            &json!({"current_page": page, "per_page": 100, "total": 5, "last_page": 1, "data": two_of_five(page)}),
        )
    });
    assert_eq!((read, requested), (FIVE.map(String::from).into(), vec![1, 2, 3]));
    // A total that counts invisible items does not matter: the list ends with its last page.
    let (read, requested) = walk(&ListContacts::new(), |page| {
        ok(&json!({"current_page": page, "per_page": 2, "total": 6, "data": two_of_five(page)}))
    });
    assert_eq!((read, requested), (FIVE.map(String::from).into(), vec![1, 2, 3]));
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
