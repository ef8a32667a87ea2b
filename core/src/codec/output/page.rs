//! Lists that come page by page.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;

use crate::codec::error::Unreadable;
use crate::codec::json_reader::read;
use crate::codec::output::leaf::{Holes, Untyped};
use crate::codec::output::visitor::{Key, expects_anything, otherwise_nothing};
use crate::codec::output::{Answer, Decode, Seed, Slot, is_blank, reading};
use crate::schema::{Described, Kind};
use crate::types::json::Object;

/// A list that is not paged: a bare array, or `{"data": […]}`.
impl<T: Decode + Described + serde::Serialize> Answer for Vec<T> {
    fn read(_: u16, body: &[u8]) -> Result<Self, Unreadable> {
        crate::codec::output::page::Page::read(200, body).map(|page| page.data)
    }
}

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
        let numbers = [self.current_page, self.last_page, self.per_page, self.total];
        serialize_page(serializer, &self.data, numbers, self.next_page_url.as_deref(), &self.extra)
    }
}

/// Serializes the members of a page. `numbers` are its own, the number of the last page, the size of a page and the total.
///
/// # Errors
/// Errors of the serializer.
pub(crate) fn serialize_page<T: serde::Serialize, S: serde::Serializer>(
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
                _ if page.numbers.take(&key, &mut page.next_page_url, &mut map)? => {}
                _ => sheet.member(&mut page.rest, key, &mut map)?,
            }
            next = map.next_key()?;
        }
        Ok(is_page.then_some(page))
    }
}

impl Numbers {
    /// Reads the next value of the map if a page has a member of this name beside its items. Returns true if it has. This
    /// is one function for all types of items.
    #[inline(never)]
    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        next_page_url: &mut Option<String>,
        map: &mut A,
    ) -> Result<bool, A::Error> {
        match name {
            "meta" => {
                if let Some(meta) = map.next_value_seed(Seed::<Self>::new())? {
                    self.complete(meta);
                }
            }
            "links" => {
                let links = map.next_value_seed(Seed::<Links>::new())?;
                *next_page_url = next_page_url.take().or(links.and_then(|links| links.next));
            }
            "current_page" => self.current_page.fill(map)?,
            "last_page" => self.last_page.fill(map)?,
            "per_page" => self.per_page.fill(map)?,
            "total" => self.total.fill(map)?,
            "next_page_url" => next_page_url.fill(map)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

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
