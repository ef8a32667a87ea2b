//! Paging: from one page of a list to the next.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use serde::de::SeqAccess;
use serde_json::value::RawValue;

use crate::codec::error::DecodeError;
use crate::codec::json_reader::read;
use crate::codec::output::page::{NO_PAGE, Page, PageBuilder, PageSeed};
use crate::codec::output::page::{Named, PageCounters};
use crate::codec::output::{Seed, is_blank, reading};
use crate::endpoint::{Endpoint, EndpointSpec};
use crate::error::Error;
use crate::exchange::api_response::ApiResponse;
use crate::http::metadata::Meta;
use crate::http::response::Response;

/// A call that returns one page of a list.
pub trait Paged {
    /// Returns the number of the page that this call requests.
    fn page(&self) -> u64;

    /// Returns the same call for another page.
    #[must_use]
    fn with_page(&self, page: u64) -> Self;
}

impl<T> Page<T> {
    /// Returns the call for the next page, or `None` at the end of the list. The result depends on this page alone. A
    /// [`Paginator`] also remembers earlier pages, and recognizes a server that sends the same items again.
    ///
    /// # Errors
    /// `unexpected_response` if the page says that more items exist, but no page number leads to them.
    /// Possible causes: the list has a cursor, the server ignores the page number, or this page is empty.
    pub fn next<E: Paged + Endpoint<Output = Self>>(&self, call: &E) -> Result<Option<E>, Error> {
        let &Self { current_page, last_page, per_page, total, signs, .. } = self;
        let next_page_url = self.next_page_url.clone();
        let numbers = PageCounters { current_page, last_page, per_page, total, next_page_url, signs };
        let place = PagePosition { items: self.data.len() as u64, numbers };
        match place.decide(call.page(), place.items, true) {
            PageDecision::End => Ok(None),
            PageDecision::Next(page) => Ok(Some(call.with_page(page))),
            PageDecision::CutShort(short) => Err(short.into_error(E::SPEC, None)),
        }
    }

    /// Returns `true` if the page's own number is the number that `call` requested, or if the page has no number.
    /// Otherwise the server ignores the page number.
    #[must_use]
    pub fn is_for<E: Paged + Endpoint<Output = Self>>(&self, call: &E) -> bool {
        self.current_page.is_none_or(|here| here == call.page())
    }
}

/// The continuation of a list after a page: its end, its next page, or an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageDecision {
    /// The list is at its end.
    End,
    /// The list continues with the page of this number.
    Next(u64),
    /// The vendor says that more items exist, but they cannot be requested.
    CutShort(CutShort),
}

/// The reason why a list ends early.
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
    /// Returns `true` if the page has no new item. Do not pass such a page on.
    #[must_use]
    pub fn is_repetition(self) -> bool {
        self.why == Why::Repeated
    }

    /// Returns the error that ends the list, together with the response that shows the reason.
    #[must_use]
    pub fn into_error(self, call: &'static EndpointSpec, shown: Option<(Response, Meta)>) -> Error {
        let Self { page, why } = self;
        let why = match why {
            Why::Repeated => format!("page {page} repeats earlier items"),
            Why::Empty => format!("page {page} is empty"),
            Why::Cursor => {
                format!("page {page} refers to them by a cursor, for which the vendor documents no parameter")
            }
            Why::Another => format!("page {page} got the response of another page"),
            Why::Last => format!("page {page} has no next page number"),
        };
        let message =
            format!("The list is incomplete: the vendor says that there are more items, but {why}.");
        Error::cut_short(call, message, shown)
    }
}

/// The facts about a page that decide if more items follow.
#[derive(Debug)]
struct PagePosition {
    items: u64,
    numbers: PageCounters,
}

impl PagePosition {
    /// Decides what follows page number `page`. No page so far had more items than `largest`. If `is_alone` is true,
    /// nothing is known about earlier pages.
    fn decide(&self, page: u64, largest: u64, is_alone: bool) -> PageDecision {
        let here = self.numbers.current_page.filter(|_| is_alone).unwrap_or(page);
        if !self.has_more(here, largest) {
            return PageDecision::End;
        }
        let why = if self.items == 0 {
            Why::Empty
        } else if self.is_by_cursor() {
            Why::Cursor
        } else if here != page {
            Why::Another
        } else if let Some(next) = page.checked_add(1) {
            return PageDecision::Next(next);
        } else {
            Why::Last
        };
        PageDecision::CutShort(CutShort { page, why })
    }

    /// Returns `true` if there is a sign that more items follow.
    fn has_more(&self, page: u64, largest: u64) -> bool {
        let PageCounters { last_page, per_page, total, signs, .. } = self.numbers;
        if self.numbers.next_page_url.is_some() || signs.cursor || signs.more {
            return true;
        }
        let per_page = per_page.filter(|size| *size > 0);
        let is_below_total = total.map(|total| {
            // The size of the largest page so far counts: the vendor may state no size, or a larger one than its pages
            // have.
            let size = match (per_page, largest) {
                (Some(size), 0) => size,
                (Some(size), largest) => size.min(largest),
                (None, largest) => largest.max(1),
            };
            page < total.div_ceil(size)
        });
        let is_before_last = last_page.map(|last| page < last);
        match (is_below_total, is_before_last) {
            (None, None) => per_page.is_some_and(|size| self.items >= size),
            (total, last) => total == Some(true) || last == Some(true),
        }
    }

    /// Returns `true` if only a cursor leads to the next page. The vendor states no parameter for a cursor, so cursors
    /// are not followed.
    fn is_by_cursor(&self) -> bool {
        let is_numbered = self.numbers.current_page.is_some() || self.numbers.last_page.is_some();
        let url = self.numbers.next_page_url.as_deref();
        let query = url.and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
        let has = |is: fn(&str) -> bool| {
            query.split(['&', '#']).any(|pair| pair.split_once('=').is_some_and(|(name, _)| is(name)))
        };
        let url_has_cursor = has(|name| name.to_ascii_lowercase().contains("cursor"));
        !is_numbered && (self.numbers.signs.cursor || url_has_cursor) && !has(|name| name == "page")
    }
}

/// A record of a list's pages, for hosts whose calls have no Rust types.
///
/// Items are compared by `id`, and as a whole if they have no `id`.
#[derive(Debug, Default)]
pub struct PageHistory {
    seen: BTreeSet<u64>,
    largest: u64,
    pages: u64,
    /// The latest numbers that the list stated. They count for later pages that state none.
    announced: PageCounters,
}

impl PageHistory {
    /// Creates a record without pages. The first requested page may have any number.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Decides what follows a page, and returns the page.
    ///
    /// A page that was seen before is an error. A page after which the list ends too early is returned, and the error
    /// follows it.
    pub(crate) fn accept<T>(
        &mut self,
        page: u64,
        spec: &'static EndpointSpec,
        response: ApiResponse<T>,
        following: &mut Following,
    ) -> Result<ApiResponse<T>, Error> {
        *following = match self.receive(page, &response.response.body) {
            PageDecision::End => Following::End,
            PageDecision::Next(page) => Following::Page(page),
            PageDecision::CutShort(short) if short.is_repetition() => {
                *following = Following::End;
                return Err(short.into_error(spec, Some((response.response, response.meta))));
            }
            PageDecision::CutShort(short) => {
                let shown = (response.response.clone(), response.meta.clone());
                Following::Error(short.into_error(spec, Some(shown)))
            }
        };
        Ok(response)
    }

    /// Reads the body of a requested page, and decides what follows. A body that is not a page ends the list.
    pub fn receive(&mut self, page: u64, body: &[u8]) -> PageDecision {
        let found = reading(body, |text| {
            let found =
                read(text, PageSeed(&mut Outline))?.ok_or(DecodeError::Shape { expected: NO_PAGE })?;
            Ok((found.data, found.numbers))
        });
        // A response without a body is an empty page.
        let found = found.or_else(|error| if is_blank(body) { Ok(Default::default()) } else { Err(error) });
        let Ok((ids, mut numbers)) = found else { return PageDecision::End };
        if numbers.last_page.is_none() && numbers.total.is_none() {
            numbers.last_page = self.announced.last_page;
            numbers.total = self.announced.total;
            numbers.per_page = numbers.per_page.or(self.announced.per_page);
        }
        let PageCounters { last_page, total, per_page, .. } = numbers;
        self.announced = PageCounters { last_page, total, per_page, ..PageCounters::default() };
        let (items, known) = (ids.len(), self.seen.len());
        self.seen.extend(ids);
        let new = self.seen.len() - known;
        // A page that states another number is that other page again, even if it has a new item since.
        let is_another = numbers.current_page.is_some_and(|here| here != page) && new < items;
        if self.pages > 0 && items > 0 && (new == 0 || is_another) {
            return PageDecision::CutShort(CutShort { page, why: Why::Repeated });
        }
        let items = items as u64;
        self.largest = self.largest.max(items);
        self.pages += 1;
        PagePosition { items, numbers }.decide(page, self.largest, self.pages == 1)
    }
}

/// Builder that keeps a hash of each item's identity, and nothing else of the items.
struct Outline;

impl<'de> PageBuilder<'de> for Outline {
    type Items = Vec<u64>;
    type Rest = ();

    fn items<A: SeqAccess<'de>>(&mut self, mut seq: A) -> Result<Vec<u64>, A::Error> {
        let mut ids = Vec::new();
        while let Some(item) = seq.next_element::<&RawValue>()? {
            let id = read(item.get(), Seed::<Named>::new()).ok().flatten().and_then(|named| named.id);
            ids.push(id.map_or_else(|| hash(b'{', item.get()), |id| hash(b'i', &id)));
        }
        Ok(ids)
    }

    fn member(&mut self, (): &mut (), _: Cow<'de, str>, _: &'de RawValue) {}
}

/// Hashes with FNV-1a. The hash only decides if all items of a page were seen before, and a collision of all of them is
/// practically impossible.
fn hash(kind: u8, text: &str) -> u64 {
    let bytes = core::iter::once(kind).chain(text.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The continuation of a list.
pub(crate) enum Following {
    Page(u64),
    Error(Error),
    End,
}

impl Following {
    /// Returns the number of the next page or the error that ends the list, once.
    pub(crate) fn take(&mut self) -> Option<Result<u64, Error>> {
        match core::mem::replace(self, Self::End) {
            Self::Page(page) => Some(Ok(page)),
            Self::Error(error) => Some(Err(error)),
            Self::End => None,
        }
    }
}

/// A list that is read page by page, for programs that send the calls themselves. [`Client::pages`](crate::Client::pages) works
/// the same way.
pub struct Paginator<E> {
    call: E,
    following: Following,
    history: PageHistory,
}

impl<E> Debug for Paginator<E> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let is_over = matches!(self.following, Following::End);
        formatter.debug_struct("Paginator").field("is_over", &is_over).finish_non_exhaustive()
    }
}

impl<E: Paged + Clone + Endpoint> Paginator<E> {
    /// Creates a paginator that starts with the page that the call requests.
    pub fn new(call: E) -> Self {
        let following = Following::Page(call.page());
        Self { call, following, history: PageHistory::new() }
    }

    /// Returns the call for the next page, or `None` at the end of the list. Pass the call and its outcome to
    /// [`Paginator::accept`].
    ///
    /// # Errors
    /// `unexpected_response` if the vendor says that more items exist, but they cannot be requested.
    pub fn next_call(&mut self) -> Option<Result<E, Error>> {
        Some(self.following.take()?.map(|page| self.call.with_page(page)))
    }

    /// Continues the list with a page whose call has no outcome.
    pub(crate) fn request_again(&mut self, page: u64) {
        self.following = Following::Page(page);
    }

    /// Returns the page of an outcome, and remembers how to continue after it.
    ///
    /// # Errors
    /// The error of the outcome. Also `unexpected_response` if the page has no new item: the server then ignores the page number,
    /// although it says that there are more items.
    pub fn accept<T>(
        &mut self,
        call: &E,
        outcome: Result<ApiResponse<Page<T>>, Error>,
    ) -> Result<ApiResponse<Page<T>>, Error>
    where
        E: Endpoint<Output = Page<T>>,
    {
        self.history.accept(call.page(), E::SPEC, outcome?, &mut self.following)
    }
}
