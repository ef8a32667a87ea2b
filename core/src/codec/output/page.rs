//! Pages of lists.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde_json::value::RawValue;

use crate::codec::error::DecodeError;
use crate::codec::json_reader::read;
use crate::codec::output::leaf::{SparseList, without_endless};
use crate::codec::output::visitor::{BorrowedKey, expecting_any, ignore_other_types};
use crate::codec::output::{Decode, Output, Seed, Slot, is_blank, reading};
use crate::schema::{HasSchema, Type};
use crate::types::json::{Json, Object};

/// A list without pages: a bare array, or `{"data": […]}`.
impl<T: Decode + HasSchema + serde::Serialize> Output for Vec<T> {
    fn read(_: u16, body: &[u8]) -> Result<Self, DecodeError> {
        crate::codec::output::page::Page::read(200, body).map(|page| page.data)
    }
}

/// One page of a list.
///
/// It is decoded from a paginator (`{current_page, data, …}`), from `{data, meta, links}`, or from a bare array.
///
/// Source: Zagely's three list samples. Members that the samples do not show are inferred from the framework.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items.
    pub data: Vec<T>,
    /// The number of this page, counted from 1.
    pub current_page: Option<u64>,
    /// The number of the last page (inferred).
    pub last_page: Option<u64>,
    /// The number of items of a full page.
    pub per_page: Option<u64>,
    /// The number of items on all pages.
    pub total: Option<u64>,
    /// The URL of the next page (inferred). It shows that a next page exists, and is never requested.
    pub next_page_url: Option<String>,
    /// Members of the response that have no field above, verbatim.
    pub extra: Object,
    /// The other signs that more items follow.
    pub(crate) signs: Signs,
}

/// Signs of more items, other than numbers and addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// True if a cursor leads to more items.
    pub(crate) cursor: bool,
    /// True if a member says that more items exist, but not where: `has_more`, `next_page`, or an address that cannot
    /// be read.
    pub(crate) more: bool,
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
            signs: Signs::default(),
        }
    }
}

impl<T> Page<T> {
    /// Converts the items.
    #[doc(hidden)]
    #[must_use]
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        let Self { data, current_page, last_page, per_page, total, next_page_url, extra, signs } = self;
        let data = data.into_iter().map(convert).collect();
        Page { data, current_page, last_page, per_page, total, next_page_url, extra, signs }
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
            .field("next_page_url", &self.next_page_url.as_ref().map(|_| crate::redact::REDACTED))
            .finish_non_exhaustive()
    }
}

impl<T: HasSchema> HasSchema for Page<T> {
    const TYPE: Type = Type::Page(&T::TYPE);
}

impl<T: serde::Serialize> serde::Serialize for Page<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers = [self.current_page, self.last_page, self.per_page, self.total];
        serialize_page(serializer, &self.data, numbers, self.next_page_url.as_deref(), &self.extra)
    }
}

/// Serializes the members of a page. `numbers` are the number of the page, the number of the last page, the size of a page
/// and the total.
///
/// # Errors
/// Errors of the serializer.
pub fn serialize_page<T: serde::Serialize, S: serde::Serializer>(
    serializer: S,
    data: &[T],
    numbers: [Option<u64>; 4],
    next_page_url: Option<&str>,
    extra: &Object,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("data", data)?;
    for (name, number) in ["current_page", "last_page", "per_page", "total"].into_iter().zip(numbers) {
        if let Some(number) = number {
            map.serialize_entry(name, &number)?;
        }
    }
    if let Some(url) = next_page_url {
        map.serialize_entry("next_page_url", url)?;
    }
    for (name, value) in extra.iter() {
        map.serialize_entry(name, value)?;
    }
    map.end()
}

impl<T: Decode + HasSchema + serde::Serialize> Output for Page<T> {
    fn read(_: u16, body: &[u8]) -> Result<Self, DecodeError> {
        if is_blank(body) {
            return Ok(Self::default());
        }
        let found = reading(body, |text| read(text, PageSeed(&mut TypedPage(PhantomData))))?;
        let ParsedPage { data, numbers, rest: extra } =
            found.ok_or(DecodeError::Shape { expected: NO_PAGE })?;
        let PageCounters { current_page, last_page, per_page, total, next_page_url, signs } = numbers;
        Ok(Self { data, current_page, last_page, per_page, total, next_page_url, extra, signs })
    }
}

/// The expected shape in the error for a body that is not a page.
pub const NO_PAGE: &str = "a page: an array, or an object with an array under data";

/// A builder of a page's contents, called while the page is read.
pub trait PageBuilder<'de> {
    /// The collected items.
    type Items: Default;
    /// The collected members that have no field in a page.
    type Rest: Default;

    /// Reads the items.
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    fn items<A: SeqAccess<'de>>(&mut self, seq: A) -> Result<Self::Items, A::Error>;

    /// Keeps a member that has no field in a page.
    fn member(&mut self, rest: &mut Self::Rest, name: Cow<'de, str>, value: &'de RawValue);
}

/// Builder that decodes the items of a page into Rust types.
struct TypedPage<T>(PhantomData<T>);

impl<'de, T: Decode> PageBuilder<'de> for TypedPage<T> {
    type Items = Vec<T>;
    type Rest = Object;

    fn items<A: SeqAccess<'de>>(&mut self, seq: A) -> Result<Vec<T>, A::Error> {
        T::decode_items(seq)
    }

    fn member(&mut self, rest: &mut Object, name: Cow<'de, str>, value: &'de RawValue) {
        rest.push(name.into_owned(), without_endless(Json::from_raw(value)));
    }
}

/// The parts of a page.
#[derive(Debug, Default)]
pub struct ParsedPage<I, R> {
    /// The items.
    pub data: I,
    /// The numbers.
    pub numbers: PageCounters,
    /// The members that have no field.
    pub rest: R,
}

/// Seed that reads a page. Returns `None` if the value is not a page.
#[derive(Debug)]
pub struct PageSeed<'s, S>(pub &'s mut S);

impl<'de, S: PageBuilder<'de>> DeserializeSeed<'de> for PageSeed<'_, S> {
    type Value = Option<ParsedPage<S::Items, S::Rest>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: PageBuilder<'de>> Visitor<'de> for PageSeed<'_, S> {
    type Value = Option<ParsedPage<S::Items, S::Rest>>;
    expecting_any!();
    ignore_other_types!(bool number text null);

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        let (numbers, rest) = Default::default();
        Ok(Some(ParsedPage { data: self.0.items(seq)?, numbers, rest }))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self(sheet) = self;
        let mut page: ParsedPage<S::Items, S::Rest> = ParsedPage::default();
        let mut next = map.next_key()?;
        // PHP writes an empty list and a list with gaps as an object.
        let mut is_page = next.is_none();
        if next.as_ref().is_some_and(|BorrowedKey(name)| SparseList::<A>::is_position(name)) {
            let mut sparse = SparseList::begun(&mut map);
            let items = sheet.items(&mut sparse)?;
            next = sparse.other().map(BorrowedKey);
            if next.is_none() {
                (page.data, is_page) = (items, true);
            }
        }
        while let Some(BorrowedKey(key)) = next {
            match &*key {
                "data" => {
                    if let Some(inner) = map.next_value_seed(PageSeed(&mut *sheet))? {
                        is_page = true;
                        page.data = inner.data;
                        page.numbers.complete(inner.numbers);
                    }
                }
                _ if page.numbers.take(&key, &mut map)? => {}
                _ => {
                    let value: &RawValue = map.next_value()?;
                    page.numbers.complete(PageCounters::beside(&key, value));
                    sheet.member(&mut page.rest, key, value);
                }
            }
            next = map.next_key()?;
        }
        Ok(is_page.then_some(page))
    }
}

/// The position of a page in its list, as far as the page states it.
#[derive(Debug, Default)]
pub struct PageCounters {
    /// See [`Page::current_page`].
    pub current_page: Option<u64>,
    /// See [`Page::last_page`].
    pub last_page: Option<u64>,
    /// See [`Page::per_page`].
    pub per_page: Option<u64>,
    /// See [`Page::total`].
    pub total: Option<u64>,
    /// See [`Page::next_page_url`].
    pub next_page_url: Option<String>,
    pub(crate) signs: Signs,
}

/// Members in which other paginators of the framework state that more items follow. They have no field in a page.
const OTHERS: [&str; 7] =
    ["next_cursor", "cursor", "pagination", "total_pages", "next_page", "has_more", "has_more_pages"];

impl PageCounters {
    /// Sets the numbers that are not set yet.
    fn complete(&mut self, other: Self) {
        self.current_page = self.current_page.or(other.current_page);
        self.last_page = self.last_page.or(other.last_page);
        self.per_page = self.per_page.or(other.per_page);
        self.total = self.total.or(other.total);
        self.next_page_url = self.next_page_url.take().or(other.next_page_url);
        self.signs.cursor |= other.signs.cursor;
        self.signs.more |= other.signs.more;
    }

    /// Takes the value of a member that has a field in a page. Returns `false` if `name` is another member.
    #[inline(never)]
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "meta" => self.complete(map.next_value_seed(Seed::<Self>::new())?.unwrap_or_default()),
            "links" => {
                let links = map.next_value_seed(Seed::<Links>::new())?;
                self.go_on(links.and_then(|links| links.next));
            }
            "current_page" => self.current_page.fill(map)?,
            "last_page" => self.last_page.fill(map)?,
            "per_page" => self.per_page.fill(map)?,
            "total" => self.total.fill(map)?,
            "next_page_url" => {
                let next = map.next_value_seed(Seed::new())?;
                self.go_on(next);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes the value of one of [`OTHERS`].
    fn take_other<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "pagination" => self.complete(map.next_value_seed(Seed::<Self>::new())?.unwrap_or_default()),
            "total_pages" => {
                let pages = map.next_value_seed(Seed::new())?;
                self.last_page = self.last_page.or(pages);
            }
            "cursor" => {
                let cursor = map.next_value_seed(Seed::<Links>::new())?;
                self.signs.cursor |= cursor.is_some_and(|cursor| cursor.next.is_some());
            }
            _ => {
                let is_there = map.next_value_seed(Seed::<Next>::new())?.is_some();
                let sign = if name == "next_cursor" { &mut self.signs.cursor } else { &mut self.signs.more };
                *sign |= is_there;
            }
        }
        Ok(())
    }

    /// Reads a member that has no field in a page.
    fn beside(name: &str, value: &RawValue) -> Self {
        if !OTHERS.contains(&name) {
            return Self::default();
        }
        let member = ["{\"", name, "\":", value.get(), "}"].concat();
        reading(member.as_bytes(), |text| read(text, Seed::new())).ok().flatten().unwrap_or_default()
    }

    /// Records what leads to the next page.
    fn go_on(&mut self, next: Option<Next>) {
        match next {
            Some(Next(Some(url))) => self.next_page_url = self.next_page_url.take().or(Some(url)),
            Some(Next(None)) => self.signs.more = true,
            None => {}
        }
    }
}

impl Decode for PageCounters {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Option<PageCounters>;
            expecting_any!();
            ignore_other_types!(bool number text null list);

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut numbers = PageCounters::default();
                while let Some(BorrowedKey(key)) = map.next_key()? {
                    if numbers.take(&key, &mut map)? {
                        continue;
                    }
                    if OTHERS.contains(&&*key) {
                        numbers.take_other(&key, &mut map)?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Some(numbers))
            }
        }

        deserializer.deserialize_any(Members)
    }
}

/// A sign of the next page: its address, or any other value that is present and not empty.
#[derive(Debug)]
pub(crate) struct Next(Option<String>);

impl Decode for Next {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        struct Anything;

        impl<'de> Visitor<'de> for Anything {
            type Value = Option<Next>;
            expecting_any!();
            ignore_other_types!(null list);

            fn visit_bool<E>(self, is_there: bool) -> Result<Self::Value, E> {
                Ok(is_there.then_some(Next(None)))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Some(Next(None)))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Some(Next(None)))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Some(Next(None)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Some(Next(Some(text.into()))).filter(|_| !text.is_empty()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                // Some writers put the address into an object, together with its description.
                let (mut next, mut address) = (None, None);
                while let Some(BorrowedKey(key)) = map.next_key()? {
                    if matches!(&*key, "href" | "url") {
                        address =
                            Some(map.next_value_seed(Seed::<String>::new())?.filter(|url| !url.is_empty()));
                    } else {
                        map.next_value::<IgnoredAny>()?;
                        next = Some(Next(None));
                    }
                }
                Ok(match address {
                    Some(address) => address.map(|url| Next(Some(url))),
                    None => next,
                })
            }
        }

        deserializer.deserialize_any(Anything)
    }
}

/// Declares a struct for an object of which only some members are needed.
macro_rules! partial_struct {
    ($name:ident { $($field:ident: $type:ty),* }) => {
        #[derive(Debug, Default)]
        pub(crate) struct $name { $( pub(crate) $field: Option<$type> ),* }

        impl Decode for $name {
            fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
                struct Members;

                impl<'de> Visitor<'de> for Members {
                    type Value = Option<$name>;
                    expecting_any!();
                    ignore_other_types!(bool number text null list);

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        let mut part = $name::default();
                        while let Some(BorrowedKey(key)) = map.next_key()? {
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
partial_struct!(Links { next: Next });
partial_struct!(Named { id: String });
