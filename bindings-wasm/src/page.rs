//! Pages: how they look, so that JavaScript's own reader may read them where they look so, and which one follows.

use alloc::format;
use alloc::string::String;
use alloc::vec;

use hudhud::schema::Kind;
use hudhud::{ENDPOINTS, Page};
use wasm_bindgen::prelude::wasm_bindgen;

/// The form of the items that a list answers with, as JSON; nothing for a call that is no list.
///
/// A letter is a leaf, an array a list, an object a struct; `{"": […]}` is an enum with the names it knows.
#[wasm_bindgen]
pub fn item_shape(vendor: &str, call: &str) -> Option<String> {
    let spec = ENDPOINTS.iter().find(|spec| spec.vendor == vendor && spec.name == call)?;
    let Kind::Page(item) = &spec.answer else { return None };
    let mut shape = String::new();
    draw(item, &mut shape);
    Some(shape)
}

fn draw(kind: &Kind, shape: &mut String) {
    let leaf = match kind {
        Kind::Text | Kind::Id | Kind::Timestamp | Kind::Date => "\"t\"",
        Kind::Integer => "\"i\"",
        Kind::Number => "\"n\"",
        Kind::Boolean => "\"b\"",
        Kind::Object => "\"o\"",
        Kind::List(inner) => {
            shape.push('[');
            draw(inner, shape);
            return shape.push(']');
        }
        Kind::Model(schema) => {
            for (at, field) in schema.fields.iter().enumerate() {
                shape.push_str(&format!("{}\"{}\":", if at == 0 { '{' } else { ',' }, field.name));
                draw(&field.kind, shape);
            }
            return shape.push('}');
        }
        Kind::Enum(open) => {
            shape.push_str("{\"\":[");
            for (at, (name, _)) in open.values.iter().enumerate() {
                shape.push_str(&format!("{}\"{name}\"", if at == 0 { "" } else { "," }));
            }
            return shape.push_str("]}");
        }
        // Anything at all.
        _ => "\"j\"",
    };
    shape.push_str(leaf);
}

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
