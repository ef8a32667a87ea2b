//! Types that are generated from the catalog, because UniFFI has no generic types: an enum of all calls of each vendor,
//! an enum of all outputs, and a record for each type of page.

use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hudhud::endpoint::{Endpoint, EndpointSpec};
use hudhud::host_support::{Input, serialize_page};
use hudhud::{
    AnyCall, AnyExchange, AnyPages, ApiResponse, FieldErrors, Json, Object, Page, ResponseDecoder, Step,
    UnixTime,
};

use crate::tape::{self, TapeOutput};

/// The decoders of a call: one for the records of UniFFI, one for the hosts' tapes.
#[derive(Clone, Copy)]
pub(crate) struct Decoders {
    pub(crate) output: ResponseDecoder<Output>,
    pub(crate) tape: ResponseDecoder<TapeOutput>,
}

impl Decoders {
    const fn of<E: Endpoint<Output: Into<Output>>>() -> Self {
        let tape = ResponseDecoder::reading::<E>(|_, status, body| tape::read::<E::Output>(status, body));
        Self { output: ResponseDecoder::of::<E>(), tape }
    }

    pub(crate) fn spec(&self) -> &'static EndpointSpec {
        self.tape.spec()
    }
}

/// The pages of a list. The page in flight and the list share them.
pub(crate) type SharedPages = Arc<Mutex<AnyPages<TapeOutput>>>;

/// A call in flight: a single one, or the running page of a list.
pub(crate) enum RunningCall {
    Call(Box<AnyExchange<TapeOutput>>),
    /// The exchange of this number among those of the list. The list may have gone on since.
    Page(SharedPages, u64),
}

impl RunningCall {
    /// Returns the next step. It is `None` if the page is over.
    pub(crate) fn step(&mut self, now: UnixTime) -> Option<Step<ApiResponse<TapeOutput>>> {
        match self {
            Self::Call(exchange) => Some(exchange.step(now)),
            Self::Page(pages, number) => {
                let mut pages = lock(pages);
                (pages.begun() == *number).then(|| pages.step(now)).flatten()
            }
        }
    }

    /// Runs a function on the exchange. Returns `None` if the page is over.
    pub(crate) fn with<R>(&mut self, run: impl FnOnce(&mut AnyExchange<TapeOutput>) -> R) -> Option<R> {
        match self {
            Self::Call(exchange) => Some(run(exchange)),
            Self::Page(pages, number) => {
                let mut pages = lock(pages);
                (pages.begun() == *number).then(|| pages.running().map(run)).flatten()
            }
        }
    }
}

pub(crate) fn lock(pages: &SharedPages) -> MutexGuard<'_, AnyPages<TapeOutput>> {
    pages.lock().unwrap_or_else(PoisonError::into_inner)
}

macro_rules! generate {
    (
        vendors {
            $( $vendor:ident $calls:ident { $( $variant:ident $name:tt $doc:tt $call:ident $shape:ident; )* } )*
        }
        answers { $( $kind:ident [$($type:tt)*]; )* }
        pages { $( $page:ident [$($item:tt)*]; )* }
    ) => {
        $( generate!(@calls $vendor $calls $( $variant $name $doc $call $shape )*); )*

        /// The output of any call.
        #[derive(Clone, Debug, PartialEq, uniffi::Enum)]
        pub enum Output {
            $(
                #[allow(missing_docs)]
                $kind {
                    #[allow(missing_docs)]
                    value: generate!(@crossing $kind $($type)*),
                },
            )*
            /// The output of a call by route.
            Json {
                #[allow(missing_docs)]
                value: Json,
            },
        }

        impl Output {
            /// Writes the output as JSON, under the vendor's names.
            pub(crate) fn json(&self) -> Json {
                // Outputs are maps with text as keys, so writing them as JSON does not fail.
                match self {
                    $( Self::$kind { value } => Json::write(value).unwrap_or_default(), )*
                    Self::Json { value } => value.clone(),
                }
            }
        }

        $(
            impl From<$($type)*> for Output {
                fn from(value: $($type)*) -> Self {
                    Self::$kind { value: value.into() }
                }
            }
        )*

        $( generate!(@page $page [$($item)*]); )*
    };

    // Maps the types of outputs to those of Kotlin and Swift: a page becomes a record, every other type stays the same.
    (@crossing $kind:ident ::hudhud::Page<$($item:tt)*) => { $kind };
    (@crossing $kind:ident $($type:tt)*) => { $($type)* };

    (@calls $vendor:ident $calls:ident $( $variant:ident $name:tt $doc:tt $call:ident $shape:ident )*) => {
        /// A call of this vendor: one variant for each call of the catalog.
        #[derive(Clone, Debug, PartialEq, uniffi::Enum)]
        pub enum $calls {
            $(
                #[doc = $doc]
                $variant {
                    #[allow(missing_docs)]
                    call: hudhud::$vendor::$call,
                },
            )*
        }

        impl $calls {
            /// Reads a call by its name, from the input of `call_by_name`.
            pub(crate) fn read(name: &str, object: &mut Object, faults: &mut FieldErrors) -> Option<Self> {
                Some(match name {
                    $( $name => Self::$variant { call: Input::read(object, "", faults) }, )*
                    _ => return None,
                })
            }

            pub(crate) fn any(&self) -> (Decoders, &dyn AnyCall) {
                match self { $( Self::$variant { call } => (const { Decoders::of::<hudhud::$vendor::$call>() }, call), )* }
            }

            /// Returns the decoders of the call of this name, or `None` if the vendor has no such call.
            pub(crate) fn decoders(name: &str) -> Option<Decoders> {
                Some(match name {
                    $( $name => const { Decoders::of::<hudhud::$vendor::$call>() }, )*
                    _ => return None,
                })
            }

            /// Returns the pages of a list, or `None` for a call that is not a list.
            pub(crate) fn pages(self) -> Option<SharedPages> {
                let decoder = self.any().0.tape;
                match self { $( Self::$variant { call } => generate!(@pages call $shape decoder), )* }
            }
        }
    };

    (@pages $list:ident page $decoder:ident) => {
        Some(Arc::new(Mutex::new(AnyPages::new(Box::new($list), $decoder))))
    };
    (@pages $call:ident one $decoder:ident) => {{ let _ = ($call, $decoder); None }};

    (@page $page:ident [$($item:tt)*]) => {
        /// One page of a list.
        #[derive(Clone, Default, PartialEq, uniffi::Record)]
        pub struct $page {
            /// The items.
            #[uniffi(default)]
            pub data: Vec<$($item)*>,
            /// The number of this page, counted from 1.
            #[uniffi(default = None)]
            pub current_page: Option<u64>,
            /// The number of the last page (inferred).
            #[uniffi(default = None)]
            pub last_page: Option<u64>,
            /// The number of items of a full page.
            #[uniffi(default = None)]
            pub per_page: Option<u64>,
            /// The number of items on all pages.
            #[uniffi(default = None)]
            pub total: Option<u64>,
            /// The URL of the next page (inferred). It shows that a next page exists, and is never requested.
            #[uniffi(default = None)]
            pub next_page_url: Option<String>,
            /// Members of the response that have no field above, verbatim.
            #[uniffi(default)]
            pub extra: Object,
        }

        impl From<Page<$($item)*>> for $page {
            fn from(page: Page<$($item)*>) -> Self {
                let Page { data, current_page, last_page, per_page, total, next_page_url, extra, .. } = page;
                Self { data, current_page, last_page, per_page, total, next_page_url, extra }
            }
        }

        impl From<$page> for Page<$($item)*> {
            fn from(page: $page) -> Self {
                let $page { data, current_page, last_page, per_page, total, next_page_url, extra } = page;
                let mut known = Self::default();
                (known.data, known.extra) = (data, extra);
                (known.current_page, known.last_page) = (current_page, last_page);
                (known.per_page, known.total, known.next_page_url) = (per_page, total, next_page_url);
                known
            }
        }

        impl Debug for $page {
            fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                Page::from(self.clone()).fmt(formatter)
            }
        }

        impl serde::Serialize for $page {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let numbers = [self.current_page, self.last_page, self.per_page, self.total];
                serialize_page(serializer, &self.data, numbers, self.next_page_url.as_deref(), &self.extra)
            }
        }
    };
}
hudhud::for_each_endpoint!(hudhud_uniffi_macros::flat_names, generate);
