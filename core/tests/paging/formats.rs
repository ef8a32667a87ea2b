//! Every format of a page is read completely.

use hudhud::zagely::ListContacts;
use serde_json::{Value, json};

use crate::{FIVE, items, ok, two_of_five, walk};

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
            let (read, requested) = walk(&ListContacts::new(), |page| {
                let mut body = sign(page);
                body["data"] = two_of_five(page).into();
                if numbered {
                    body["current_page"] = page.into();
                }
                ok(&body)
            });
            assert_eq!(
                (read, requested),
                (FIVE.map(String::from).into(), vec![1, 2, 3]),
                "{name}, {numbered}"
            );
        }
    }
}

#[test]
fn pages_with_meta_and_links_are_read_like_the_paginator() {
    let (read, requested) = walk(&ListContacts::new(), |page| {
        ok(&json!({
            "data": two_of_five(page),
            "links": {"next": if page < 3 { json!("https://zagely.com/api/v1/contacts?page=2") } else { Value::Null }},
            "meta": {"current_page": page, "last_page": 3, "per_page": 2, "total": 5},
        }))
    });
    assert_eq!((read, requested), (FIVE.map(String::from).into(), vec![1, 2, 3]));
    let (read, requested) = walk(&ListContacts::new(), |page| {
        ok(&json!({"data": two_of_five(page), "meta": {"current_page": page, "per_page": 2, "total": 5}}))
    });
    assert_eq!((read, requested), (FIVE.map(String::from).into(), vec![1, 2, 3]));
}

#[test]
fn a_bare_array_or_data_alone_is_a_complete_list() {
    for body in [json!(items(1..=5)), json!({"data": items(1..=5)}), json!({"data": {"data": items(1..=5)}})]
    {
        let body = &body;
        let (read, requested) = walk(&ListContacts::new(), |_| ok(body));
        assert_eq!((read, requested), (FIVE.map(String::from).into(), vec![1]));
    }
}

#[test]
fn full_pages_without_a_total_are_read_up_to_a_short_or_empty_page() {
    let (read, requested) = walk(&ListContacts::new(), |page| {
        ok(&json!({"current_page": page, "per_page": 2, "data": two_of_five(page)}))
    });
    assert_eq!((read, requested), (FIVE.map(String::from).into(), vec![1, 2, 3]));
    let (read, requested) = walk(&ListContacts::new(), |page| {
        let data = if page < 3 { two_of_five(page) } else { Vec::new() };
        ok(&json!({"current_page": page, "per_page": 2, "data": data}))
    });
    assert_eq!((read.len(), requested), (4, vec![1, 2, 3]));
}

#[test]
fn a_list_with_a_total_but_no_page_size_is_read_completely() {
    // Like the vendor's sample of sessions, which has only `current_page`, `data` and `total`.
    let (read, requested) = walk(&ListContacts::new(), |page| {
        let data = if page < 4 { two_of_five(page) } else { Vec::new() };
        ok(&json!({"current_page": page, "data": data, "total": 5}))
    });
    assert_eq!((read, requested), (FIVE.map(String::from).into(), vec![1, 2, 3]));
    let (read, requested) = walk(&ListContacts::new(), |page| {
        ok(&json!({"current_page": page, "data": items(1..=3), "total": 3}))
    });
    assert_eq!((read.len(), requested), (3, vec![1]));
}
