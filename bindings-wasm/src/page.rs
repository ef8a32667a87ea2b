//! Which page of a list follows.

use alloc::string::String;
use alloc::vec;

use hudhud::Page;
use wasm_bindgen::prelude::wasm_bindgen;

/// Which page follows one that was asked for as `asked`: its number, 0 at the end, and -1 if the page itself was seen
/// before, so that its items are not to be handed on. `again` says that its body is that of the page before.
#[wasm_bindgen]
#[allow(
    clippy::too_many_arguments,
    reason = "the members of a page, which is not to be written out for this"
)]
pub fn next_page(
    asked: f64,
    is_first: bool,
    again: bool,
    items: u32,
    current_page: Option<f64>,
    last_page: Option<f64>,
    per_page: Option<f64>,
    total: Option<f64>,
    next_page_url: Option<String>,
) -> f64 {
    let number = |number: Option<f64>| number.map(|number| number as u64);
    let mut page = Page::<()>::default();
    page.data = vec![(); items as usize];
    page.current_page = number(current_page);
    page.last_page = number(last_page);
    page.per_page = number(per_page);
    page.total = number(total);
    page.next_page_url = next_page_url;
    let asked = asked as u64;
    if !is_first && (again || page.current_page.is_some_and(|here| here != asked)) {
        return -1.0;
    }
    page.next_after(asked).map_or(0.0, |next| next as f64)
}
