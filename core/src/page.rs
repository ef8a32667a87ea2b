//! Lists that come page by page.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde_json::value::RawValue;

use crate::answer::{
    Answer, Decode, Holes, Key, Seed, Slot, Unreadable, Untyped, expects_anything, is_blank,
    otherwise_nothing, reading,
};
use crate::endpoint::{Endpoint, Spec};
use crate::error::Error;
use crate::json::Object;
use crate::reader::read;
use crate::response::{Meta, Reply, Response};
use crate::schema::{Described, Kind};

/// One page of a list.
///
/// It is read from a paginator (`{current_page, data, …}`), from `{data, meta, links}`, and from a bare array.
///
/// Source: Zagely's three list samples; the members they do not show are inferred from the framework.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items.
    pub data: Vec<T>,
    /// The number of this page, from 1.
    pub current_page: Option<u64>,
    /// The number of the last page (inferred).
    pub last_page: Option<u64>,
    /// How many items a full page has.
    pub per_page: Option<u64>,
    /// How many items there are on all pages.
    pub total: Option<u64>,
    /// The address of the next page (inferred). It is only a sign that there is one: it is never followed.
    pub next_page_url: Option<String>,
    /// What the vendor sent beside the fields above, verbatim.
    pub extra: Object,
}

/// A call whose answer is one page.
pub trait Paged {
    /// The page this call asks for.
    fn page(&self) -> u64;

    /// The same call for another page.
    #[must_use]
    fn at_page(&self, page: u64) -> Self;
}

impl<T> Page<T> {
    /// Returns the call for the next page, or `None` at the end of the list. It sees this page alone: [`Walk`] also
    /// remembers earlier pages, and so recognizes a server that sends the same items again.
    ///
    /// # Errors
    /// `unexpected_response` if the page says that more items exist, and no page number leads to them: the list has a
    /// cursor, the server ignores the page number, or this page is empty.
    pub fn next<E: Paged + Endpoint<Answer = Self>>(&self, call: &E) -> Result<Option<E>, Error> {
        let &Self { current_page, last_page, per_page, total, .. } = self;
        let next_cursor = self.extra.text("next_cursor").map(Cow::into_owned);
        let numbers = Numbers { current_page, last_page, per_page, total, next_cursor };
        let place = Place { items: self.data.len() as u64, numbers, next_url: self.next_page_url.as_deref() };
        match place.turn(call.page(), place.items, true) {
            Turn::End => Ok(None),
            Turn::Next(page) => Ok(Some(call.at_page(page))),
            Turn::CutShort(short) => Err(short.into_error(E::SPEC, None)),
        }
    }

    /// Compares the page's own number, if it has one, with the one that `call` asked for. A server that ignores the
    /// page number sends another page.
    #[must_use]
    pub fn is_for<E: Paged + Endpoint<Answer = Self>>(&self, call: &E) -> bool {
        self.current_page.is_none_or(|here| here == call.page())
    }
}

/// Outcome of a page: the end of a list, its next page, or no way to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Turn {
    /// Nothing: the list is at its end.
    End,
    /// The page of this number.
    Next(u64),
    /// More items exist, by what the vendor says, and they cannot be requested.
    CutShort(CutShort),
}

/// Reason why a list ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutShort {
    page: u64,
    why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Repeated,
    Empty,
    Cursor,
    Another,
    Last,
}

impl CutShort {
    /// Reports that every item of the page was seen before. Such a page must not be passed on.
    #[must_use]
    pub fn is_repetition(self) -> bool {
        self.why == Why::Repeated
    }

    /// Makes the error that ends the list, with the response that shows it.
    #[must_use]
    pub fn into_error(self, call: &'static Spec, shown: Option<(Response, Meta)>) -> Error {
        let Self { page, why } = self;
        let why = match why {
            Why::Repeated => format!("page {page} brought the same ones again"),
            Why::Empty => format!("page {page} brought none"),
            Why::Cursor => {
                format!("page {page} names them by a cursor, for which the vendor states no parameter")
            }
            Why::Another => format!("page {page} was answered with another one"),
            Why::Last => format!("no page number follows {page}"),
        };
        let message = format!(
            "The vendor says there are more items, but {why}: what came so far is not the whole list."
        );
        Error::cut_short(call, message, shown)
    }
}

/// Place of a page in its list: all that says whether more items follow.
#[derive(Debug)]
struct Place<'a> {
    items: u64,
    numbers: Numbers,
    next_url: Option<&'a str>,
}

impl Place<'_> {
    /// Decides what follows the page number `page`, if no page so far had more items than `largest`. With `is_alone`
    /// nothing is known of earlier pages.
    fn turn(&self, page: u64, largest: u64, is_alone: bool) -> Turn {
        let here = self.numbers.current_page.filter(|_| is_alone).unwrap_or(page);
        if !self.has_more(here, largest) {
            return Turn::End;
        }
        let why = if self.items == 0 {
            Why::Empty
        } else if self.is_by_cursor() {
            Why::Cursor
        } else if here != page {
            Why::Another
        } else if let Some(next) = page.checked_add(1) {
            return Turn::Next(next);
        } else {
            Why::Last
        };
        Turn::CutShort(CutShort { page, why })
    }

    /// Looks for a sign that more items follow.
    fn has_more(&self, page: u64, largest: u64) -> bool {
        let Numbers { last_page, per_page, total, .. } = self.numbers;
        if self.next_url.is_some_and(|url| !url.is_empty()) || self.has_cursor() {
            return true;
        }
        let per_page = per_page.filter(|size| *size > 0);
        let total_says = total.map(|total| {
            // The largest page so far has the size that counts: the vendor may state no size, or a larger one than it
            // keeps to.
            let size = match (per_page, largest) {
                (Some(size), 0) => size,
                (Some(size), largest) => size.min(largest),
                (None, largest) => largest.max(1),
            };
            page < total.div_ceil(size)
        });
        let last_says = last_page.map(|last| page < last);
        match (total_says, last_says) {
            (None, None) => per_page.is_some_and(|size| self.items >= size),
            (total, last) => total == Some(true) || last == Some(true),
        }
    }

    fn has_cursor(&self) -> bool {
        self.numbers.next_cursor.as_ref().is_some_and(|cursor| !cursor.is_empty())
    }

    /// Reports that a cursor is the only way on. The vendor states no parameter for one, so cursors are not followed.
    fn is_by_cursor(&self) -> bool {
        let is_numbered = self.numbers.current_page.is_some() || self.numbers.last_page.is_some();
        let query = self.next_url.and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
        let has = |is: fn(&str) -> bool| {
            query.split(['&', '#']).any(|pair| pair.split_once('=').is_some_and(|(name, _)| is(name)))
        };
        let url_has_cursor = has(|name| name.to_ascii_lowercase().contains("cursor"));
        !is_numbered && (self.has_cursor() || url_has_cursor) && !has(|name| name == "page")
    }
}

/// Memory of a list's pages, for hosts whose calls have no types here.
///
/// Items are compared by `id`, and as a whole if they have no `id`.
#[derive(Debug, Default)]
pub struct Trail {
    seen: BTreeSet<u64>,
    largest: u64,
    pages: u64,
}

impl Trail {
    /// Starts a list, at any page.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the body of a requested page, and decides what follows. A body that cannot be read as a page ends the
    /// list.
    pub fn arrived(&mut self, page: u64, body: &[u8]) -> Turn {
        let found = reading(body, |text| {
            let found = read(text, Whole(&mut Outline))?.ok_or(Unreadable::Shape { expected: NO_PAGE })?;
            Ok((found.data, found.numbers, found.next_page_url, found.rest))
        });
        let Ok((ids, mut numbers, next_url, cursor)) = found else { return Turn::End };
        numbers.next_cursor = numbers.next_cursor.or(cursor);
        let (items, known) = (ids.len(), self.seen.len());
        self.seen.extend(ids);
        let new = self.seen.len() - known;
        // A page with another number is that page, even if the vendor added an item to it since.
        let is_another = numbers.current_page.is_some_and(|here| here != page) && new < items;
        if self.pages > 0 && items > 0 && (new == 0 || is_another) {
            return Turn::CutShort(CutShort { page, why: Why::Repeated });
        }
        let items = items as u64;
        self.largest = self.largest.max(items);
        self.pages += 1;
        Place { items, numbers, next_url: next_url.as_deref() }.turn(page, self.largest, self.pages == 1)
    }
}

/// Reader of a page that keeps no more of an item than its identity.
struct Outline;

impl<'de> Sheet<'de> for Outline {
    type Items = Vec<u64>;
    /// The cursor of the next page.
    type Rest = Option<String>;

    fn items<A: SeqAccess<'de>>(&mut self, mut seq: A) -> Result<Vec<u64>, A::Error> {
        let mut ids = Vec::new();
        while let Some(item) = seq.next_element::<&RawValue>()? {
            let id = read(item.get(), Seed::<Named>::new()).ok().flatten().and_then(|named| named.id);
            ids.push(id.map_or_else(|| hash(b'{', item.get()), |id| hash(b'i', &id)));
        }
        Ok(ids)
    }

    fn member<A: MapAccess<'de>>(
        &mut self,
        cursor: &mut Option<String>,
        name: Cow<'de, str>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        if name == "next_cursor" {
            return cursor.fill(map);
        }
        map.next_value::<IgnoredAny>()?;
        Ok(())
    }
}

/// Hashes by FNV-1a. A collision of all items of a page is practically impossible, and a hash decides nothing else.
fn hash(kind: u8, text: &str) -> u64 {
    let bytes = core::iter::once(kind).chain(text.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A walk from page to page: what the clients do, for hosts that make the calls themselves.
pub struct Walk<E> {
    next: Option<Result<E, Error>>,
    trail: Trail,
}

impl<E> Debug for Walk<E> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Walk").field("is_over", &self.next.is_none()).finish_non_exhaustive()
    }
}

impl<E: Paged + Clone + Endpoint> Walk<E> {
    /// From the page that the call asks for.
    pub fn new(call: E) -> Self {
        Self { next: Some(Ok(call)), trail: Trail::new() }
    }

    /// Returns the call for the next page, or `None` at the end of the list. Pass the call and its outcome to
    /// [`Walk::arrived`].
    ///
    /// # Errors
    /// `unexpected_response` if the vendor says that more items exist, and they cannot be requested.
    pub fn call(&mut self) -> Option<Result<E, Error>> {
        self.next.take()
    }

    /// Passes the page through, and remembers from it how to go on.
    ///
    /// # Errors
    /// Errors of the outcome, and `unexpected_response` if every item of the page was seen before: the server ignores
    /// the page number although it says that there are more items.
    pub fn arrived<T>(
        &mut self,
        call: &E,
        outcome: Result<Reply<Page<T>>, Error>,
    ) -> Result<Reply<Page<T>>, Error>
    where
        E: Endpoint<Answer = Page<T>>,
    {
        self.look(call, outcome?)
    }

    /// Does the same as [`Walk::arrived`] for answers of any type.
    pub(crate) fn look<T>(&mut self, call: &E, reply: Reply<T>) -> Result<Reply<T>, Error> {
        match self.trail.arrived(call.page(), &reply.response.body) {
            Turn::End => {}
            Turn::Next(page) => self.next = Some(Ok(call.at_page(page))),
            Turn::CutShort(short) if short.is_repetition() => {
                return Err(short.into_error(E::SPEC, Some((reply.response, reply.meta))));
            }
            Turn::CutShort(short) => {
                let shown = (reply.response.clone(), reply.meta.clone());
                self.next = Some(Err(short.into_error(E::SPEC, Some(shown))));
            }
        }
        Ok(reply)
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            data: Vec::new(),
            current_page: None,
            last_page: None,
            per_page: None,
            total: None,
            next_page_url: None,
            extra: Object::new(),
        }
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = alloc::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.into_iter()
    }
}

impl<T: Debug> Debug for Page<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Page")
            .field("data", &self.data)
            .field("current_page", &self.current_page)
            .field("last_page", &self.last_page)
            .field("per_page", &self.per_page)
            .field("total", &self.total)
            .field("next_page_url", &self.next_page_url.as_ref().map(|_| crate::redact::HIDDEN))
            .finish_non_exhaustive()
    }
}

impl<T: Described> Described for Page<T> {
    const KIND: Kind = Kind::Page(&T::KIND);
}

impl<T: serde::Serialize> serde::Serialize for Page<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("data", &self.data)?;
        let numbers = [
            ("current_page", self.current_page),
            ("last_page", self.last_page),
            ("per_page", self.per_page),
            ("total", self.total),
        ];
        for (name, number) in numbers {
            if let Some(number) = number {
                map.serialize_entry(name, &number)?;
            }
        }
        if let Some(url) = &self.next_page_url {
            map.serialize_entry("next_page_url", url)?;
        }
        for (name, value) in self.extra.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<T: Decode + Described + serde::Serialize> Answer for Page<T> {
    fn read(_: u16, body: &[u8]) -> Result<Self, Unreadable> {
        if is_blank(body) {
            return Ok(Self::default());
        }
        let found = reading(body, |text| read(text, Whole(&mut Typed(PhantomData))))?;
        let Found { data, numbers, next_page_url, rest: extra } =
            found.ok_or(Unreadable::Shape { expected: NO_PAGE })?;
        let Numbers { current_page, last_page, per_page, total, .. } = numbers;
        Ok(Self { data, current_page, last_page, per_page, total, next_page_url, extra })
    }
}

/// What a body is not that is no page.
pub(crate) const NO_PAGE: &str = "a page: an array, or an object with an array under data";

/// What is made of a page while it is read.
pub(crate) trait Sheet<'de> {
    /// Its items.
    type Items: Default;
    /// What stands beside the fields that a page has.
    type Rest: Default;

    fn items<A: SeqAccess<'de>>(&mut self, seq: A) -> Result<Self::Items, A::Error>;

    fn member<A: MapAccess<'de>>(
        &mut self,
        rest: &mut Self::Rest,
        name: Cow<'de, str>,
        map: &mut A,
    ) -> Result<(), A::Error>;
}

/// A page's items as Rust's own types.
struct Typed<T>(PhantomData<T>);

impl<'de, T: Decode> Sheet<'de> for Typed<T> {
    type Items = Vec<T>;
    type Rest = Object;

    fn items<A: SeqAccess<'de>>(&mut self, seq: A) -> Result<Vec<T>, A::Error> {
        T::decode_items(seq)
    }

    fn member<A: MapAccess<'de>>(
        &mut self,
        rest: &mut Object,
        name: Cow<'de, str>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let Untyped(value) = map.next_value()?;
        rest.push(name.into_owned(), value);
        Ok(())
    }
}

/// What was found of a page.
#[derive(Default)]
pub(crate) struct Found<I, R> {
    pub(crate) data: I,
    pub(crate) numbers: Numbers,
    pub(crate) next_page_url: Option<String>,
    pub(crate) rest: R,
}

/// Reads a page; `None` if the value is no page.
pub(crate) struct Whole<'s, S>(pub(crate) &'s mut S);

impl<'de, S: Sheet<'de>> DeserializeSeed<'de> for Whole<'_, S> {
    type Value = Option<Found<S::Items, S::Rest>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Sheet<'de>> Visitor<'de> for Whole<'_, S> {
    type Value = Option<Found<S::Items, S::Rest>>;
    expects_anything!();
    otherwise_nothing!(bool number text null);

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        let (numbers, next_page_url, rest) = Default::default();
        Ok(Some(Found { data: self.0.items(seq)?, numbers, next_page_url, rest }))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self(sheet) = self;
        let mut page: Found<S::Items, S::Rest> = Found::default();
        let mut next = map.next_key()?;
        // PHP writes a list with gaps as an object, and an empty list too.
        let mut is_page = next.is_none();
        if next.as_ref().is_some_and(|Key(name)| Holes::<A>::is_position(name)) {
            let mut holes = Holes::begun(&mut map);
            let items = sheet.items(&mut holes)?;
            next = holes.other().map(Key);
            if next.is_none() {
                (page.data, is_page) = (items, true);
            }
        }
        while let Some(Key(key)) = next {
            match &*key {
                "data" => {
                    if let Some(inner) = map.next_value_seed(Whole(&mut *sheet))? {
                        is_page = true;
                        page.data = inner.data;
                        page.numbers.complete(inner.numbers);
                        page.next_page_url = page.next_page_url.or(inner.next_page_url);
                    }
                }
                "meta" => {
                    if let Some(meta) = map.next_value_seed(Seed::<Numbers>::new())? {
                        page.numbers.complete(meta);
                    }
                }
                "links" => {
                    let links = map.next_value_seed(Seed::<Links>::new())?;
                    page.next_page_url = page.next_page_url.or(links.and_then(|links| links.next));
                }
                "current_page" => page.numbers.current_page.fill(&mut map)?,
                "last_page" => page.numbers.last_page.fill(&mut map)?,
                "per_page" => page.numbers.per_page.fill(&mut map)?,
                "total" => page.numbers.total.fill(&mut map)?,
                "next_page_url" => page.next_page_url.fill(&mut map)?,
                _ => sheet.member(&mut page.rest, key, &mut map)?,
            }
            next = map.next_key()?;
        }
        Ok(is_page.then_some(page))
    }
}

impl Numbers {
    /// Takes over those that are not known yet.
    fn complete(&mut self, other: Self) {
        self.current_page = self.current_page.or(other.current_page);
        self.last_page = self.last_page.or(other.last_page);
        self.per_page = self.per_page.or(other.per_page);
        self.total = self.total.or(other.total);
        self.next_cursor = self.next_cursor.take().or(other.next_cursor);
    }
}

/// A part of an object of which only some members matter.
macro_rules! part {
    ($name:ident { $($field:ident: $type:ty),* }) => {
        #[derive(Debug, Default)]
        pub(crate) struct $name { $( pub(crate) $field: Option<$type> ),* }

        impl Decode for $name {
            fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
                struct Members;

                impl<'de> Visitor<'de> for Members {
                    type Value = Option<$name>;
                    expects_anything!();
                    otherwise_nothing!(bool number text null list);

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        let mut part = $name::default();
                        while let Some(Key(key)) = map.next_key()? {
                            match &*key {
                                $( stringify!($field) => part.$field.fill(&mut map)?, )*
                                _ => {
                                    map.next_value::<IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(Some(part))
                    }
                }

                deserializer.deserialize_any(Members)
            }
        }
    };
}
part!(Numbers { current_page: u64, last_page: u64, per_page: u64, total: u64, next_cursor: String });
part!(Links { next: String });
part!(Named { id: String });
