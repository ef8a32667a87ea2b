//! Pages of a list, with all keys of Laravel's `LengthAwarePaginator`.

use serde_json::{Value, json};

use super::answer::{Answer, Body, Outcome};
use super::input::Input;

/// The page size of lists for which the vendor states none.
pub(crate) const PER_PAGE: usize = 50;

/// The number and the size of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'a> {
    pub(crate) number: usize,
    pub(crate) per_page: usize,
    /// The address of the list without its query.
    pub(crate) address: &'a str,
}

impl<'a> Page<'a> {
    /// Reads the requested page from the query. Like Laravel, it treats an invalid number as 1.
    pub(crate) fn from_query(query: &Input, per_page: usize, address: &'a str) -> Self {
        let number =
            query.get("page").and_then(Value::as_str).and_then(|text| text.parse().ok()).unwrap_or(1);
        // With larger numbers the products below would overflow. No list has so many pages.
        Self { number: number.clamp(1, 1_000_000_000), per_page, address }
    }

    /// Returns the response with the items of this page.
    pub(crate) fn of<T>(self, items: &[T], view: impl FnMut(&T) -> Value) -> Outcome {
        let start = (self.number - 1).saturating_mul(self.per_page).min(items.len());
        let end = start.saturating_add(self.per_page).min(items.len());
        let data: Vec<Value> = items[start..end].iter().map(view).collect();
        Ok(Answer::new(200, Body::Page(self.around(data, start, items.len()))))
    }

    fn around(self, data: Vec<Value>, start: usize, total: usize) -> Value {
        let last = total.div_ceil(self.per_page).max(1);
        let url = |number: usize| format!("{}?page={number}", self.address);
        let next = (self.number < last).then(|| url(self.number + 1));
        let previous = (self.number > 1).then(|| url(self.number - 1));
        let (from, to) =
            if data.is_empty() { (None, None) } else { (Some(start + 1), Some(start + data.len())) };
        let mut links = vec![json!({ "url": previous, "label": "&laquo; Previous", "active": false })];
        // Laravel shortens long rows of page links. The first ten are enough here.
        links.extend((1..=last.min(10)).map(|number| {
            json!({ "url": url(number), "label": number.to_string(), "active": number == self.number })
        }));
        links.push(json!({ "url": next, "label": "Next &raquo;", "active": false }));
        json!({
            "current_page": self.number,
            "data": data,
            "first_page_url": url(1),
            "from": from,
            "last_page": last,
            "last_page_url": url(last),
            "links": links,
            "next_page_url": next,
            "path": self.address,
            "per_page": self.per_page,
            "prev_page_url": previous,
            "to": to,
            "total": total,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: usize, items: usize) -> Value {
        let items: Vec<usize> = (0..items).collect();
        let page = Page { number, per_page: 2, address: "http://x/a" };
        let Ok(Answer { body: Body::Page(value), .. }) = page.of(&items, |item| json!(item)) else {
            panic!()
        };
        value
    }

    #[test]
    fn pages_link_to_their_neighbours_and_are_empty_beyond_the_last() {
        let middle = page(2, 5);
        assert_eq!((&middle["data"], &middle["from"], &middle["to"]), (&json!([2, 3]), &json!(3), &json!(4)));
        assert_eq!(middle["next_page_url"], "http://x/a?page=3");
        assert_eq!(middle["prev_page_url"], "http://x/a?page=1");
        assert_eq!((&page(3, 5)["data"], &page(3, 5)["next_page_url"]), (&json!([4]), &Value::Null));
        let beyond = page(9, 5);
        assert_eq!(
            (&beyond["data"], &beyond["from"], &beyond["total"]),
            (&json!([]), &Value::Null, &json!(5))
        );
        assert_eq!((&page(1, 0)["last_page"], &page(1, 0)["data"]), (&json!(1), &json!([])));
    }
}
