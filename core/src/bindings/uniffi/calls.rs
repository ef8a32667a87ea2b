//! What is stamped from the catalog: every call as one enum for each vendor, every answer as another, and each page as
//! a record, because UniFFI has no generic types.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::bindings::uniffi::tape;
use crate::bindings::uniffi::tape::Taped;
use crate::codec::error::Unreadable;
use crate::codec::field_errors::FieldErrors;
use crate::codec::input::Input;
use crate::codec::input::Write;
use crate::codec::output::page::{Page, serialize_page};
use crate::endpoint::{Endpoint, Spec, Vendor};
use crate::error::Error;
use crate::error::kind::TransportFault;
use crate::exchange::api_response::Reply;
use crate::exchange::decode::{Reading, decode_by};
use crate::exchange::machine::Machine;
use crate::exchange::options::CallOptions;
use crate::exchange::paginator::{Paged, Walk};
use crate::exchange::step::Step;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::service::Service;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::json::{Json, Object};
use crate::types::time::UnixTime;

/// What is known of a call beside its fields: all of one vendor's calls share the code that uses it.
#[derive(Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) spec: &'static Spec,
    accepts: fn(u16) -> bool,
    decode: Decoder,
    tape: fn(u16, &[u8]) -> Result<Taped, Unreadable>,
    denies: fn(&[u8]) -> bool,
}

/// Reads a reply, by one function for all calls that answer the same.
type Decoder = fn(Facts, Response, Option<&IdempotencyKey>) -> Result<Reply<Answer>, Error>;

impl Facts {
    const fn of<E: Endpoint>() -> Self
    where
        Answer: From<E::Answer>,
    {
        Self {
            spec: E::SPEC,
            accepts: <E::Answer as crate::codec::output::Answer>::accepts,
            decode: decode_erased::<E::Answer>,
            tape: tape::read::<E::Answer>,
            denies: E::Vendor::denies,
        }
    }

    pub(crate) fn reply(
        self,
        response: Response,
        key: Option<&IdempotencyKey>,
    ) -> Result<Reply<Answer>, Error> {
        (self.decode)(self, response, key)
    }

    /// The reply for hosts that read it without UniFFI.
    pub(crate) fn tape(
        self,
        response: Response,
        key: Option<&IdempotencyKey>,
        now: Option<UnixTime>,
    ) -> Result<Reply<Taped>, Error> {
        let Self { spec, accepts, denies, tape: read, .. } = self;
        decode_by(&Reading { spec, accepts, denies, read: &read }, response, key, now)
    }
}

fn decode_erased<A: crate::codec::output::Answer>(
    facts: Facts,
    response: Response,
    key: Option<&IdempotencyKey>,
) -> Result<Reply<Answer>, Error>
where
    Answer: From<A>,
{
    let reading = Reading { spec: facts.spec, accepts: A::accepts, denies: facts.denies, read: &A::read };
    decode_by(&reading, response, key, None).map(|reply| reply.map(Answer::from))
}

/// A call without its type.
pub(crate) trait Erased: Write {
    fn check(&self, faults: &mut FieldErrors);
}

impl<T: Input> Erased for T {
    fn check(&self, faults: &mut FieldErrors) {
        Input::check(self, "", faults);
    }
}

/// The request of a call.
pub(crate) fn request<V: Vendor>(
    service: &Service<V>,
    facts: Facts,
    call: &dyn Erased,
    options: &CallOptions,
) -> Result<Request, Error> {
    service.build(facts.spec, call, options, faults(service, call, options), &[])
}

fn faults<V: Vendor>(service: &Service<V>, call: &dyn Erased, options: &CallOptions) -> FieldErrors {
    let mut faults = FieldErrors::default();
    if service.checks_calls(options) {
        call.check(&mut faults);
    }
    faults
}

/// One call in flight, without its type.
pub(crate) trait Flight: Send {
    fn step(&mut self, now: UnixTime) -> Step<Option<Reply<Taped>>>;
    fn receive(&mut self, response: Response, now: UnixTime) -> Result<(), Error>;
    fn fail(&mut self, fault: TransportFault, now: UnixTime) -> Result<(), Error>;
    fn idempotency_key(&self) -> Option<&IdempotencyKey>;
}

/// One call in flight that is no page of a list.
pub(crate) struct CallFlight {
    machine: Machine,
    facts: Facts,
}

impl CallFlight {
    pub(crate) fn new<V: Vendor>(
        service: &Service<V>,
        facts: Facts,
        call: &dyn Erased,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> Result<Self, Error> {
        let faults = faults(service, call, &options);
        let machine = service.machine(facts.spec, call, options, faults, entropy)?;
        Ok(Self { machine, facts })
    }

    fn step(&mut self, now: UnixTime) -> Step<Reply<Taped>> {
        let Self { machine, facts } = self;
        machine.step(now).map(|response| {
            let reply = facts.tape(response, machine.key.as_ref(), Some(now));
            reply.map_err(|error| machine.conceal(error))
        })
    }
}

impl Flight for CallFlight {
    fn step(&mut self, now: UnixTime) -> Step<Option<Reply<Taped>>> {
        self.step(now).map(|reply| Ok(Some(reply)))
    }

    fn receive(&mut self, response: Response, now: UnixTime) -> Result<(), Error> {
        let accepted = (self.facts.accepts)(response.status);
        self.machine.receive(response, accepted, now)
    }

    fn fail(&mut self, fault: TransportFault, now: UnixTime) -> Result<(), Error> {
        self.machine.fail(fault, now)
    }

    fn idempotency_key(&self) -> Option<&IdempotencyKey> {
        self.machine.key.as_ref()
    }
}

/// The pages of a list, without its type.
pub(crate) trait Pages<V: Vendor>: Send {
    /// The next page in flight, or nothing at the end.
    fn next(
        &mut self,
        service: &Service<V>,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> Option<Result<Box<dyn Flight>, Error>>;
}

/// A walk that its flights tell what they brought.
struct Walking<E>(Arc<Mutex<Walk<E>>>);

impl<E> Walking<E> {
    fn lock(&self) -> MutexGuard<'_, Walk<E>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E> Pages<E::Vendor> for Walking<E>
where
    E: Endpoint + Paged + Clone + Send + 'static,
    Answer: From<E::Answer>,
{
    fn next(
        &mut self,
        service: &Service<E::Vendor>,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> Option<Result<Box<dyn Flight>, Error>> {
        let call = match self.lock().call()? {
            Ok(call) => call,
            Err(error) => return Some(Err(error)),
        };
        let flight = CallFlight::new(service, const { Facts::of::<E>() }, &call, options, entropy);
        let walk = Self(Arc::clone(&self.0));
        Some(flight.map(|flight| Box::new(PageFlight { flight, call, walk }) as Box<dyn Flight>))
    }
}

/// One page in flight.
struct PageFlight<E> {
    flight: CallFlight,
    call: E,
    walk: Walking<E>,
}

impl<E: Endpoint + Paged + Clone + Send> Flight for PageFlight<E> {
    fn step(&mut self, now: UnixTime) -> Step<Option<Reply<Taped>>> {
        let Self { flight, call, walk } = self;
        flight.step(now).map(|reply| walk.lock().look(call, reply).map(Some))
    }

    fn receive(&mut self, response: Response, now: UnixTime) -> Result<(), Error> {
        self.flight.receive(response, now)
    }

    fn fail(&mut self, fault: TransportFault, now: UnixTime) -> Result<(), Error> {
        self.flight.fail(fault, now)
    }

    fn idempotency_key(&self) -> Option<&IdempotencyKey> {
        self.flight.idempotency_key()
    }
}

macro_rules! stamp {
    (
        vendors {
            $( $vendor:ident $calls:ident { $( $variant:ident $name:tt $doc:tt $call:ident $shape:ident; )* } )*
        }
        answers { $( $kind:ident [$($type:tt)*]; )* }
        pages { $( $page:ident [$($item:tt)*]; )* }
    ) => {
        $( stamp!(@calls $vendor $calls $( $variant $name $doc $call $shape )*); )*

        /// What a call answered.
        #[derive(Clone, Debug, PartialEq, uniffi::Enum)]
        pub enum Answer {
            $(
                #[allow(missing_docs)]
                $kind {
                    #[allow(missing_docs)]
                    value: stamp!(@crossing $kind $($type)*),
                },
            )*
        }

        impl Answer {
            /// The answer as JSON, under the vendor's names.
            pub(crate) fn json(&self) -> Json {
                // Answers are maps with text for keys: they always have a JSON form.
                match self { $( Self::$kind { value } => Json::write(value), )* }.unwrap_or_default()
            }
        }

        $(
            impl From<$($type)*> for Answer {
                fn from(value: $($type)*) -> Self {
                    Self::$kind { value: value.into() }
                }
            }
        )*

        $( stamp!(@page $page [$($item)*]); )*
    };

    // What stands for a page in Kotlin and Swift; every other answer is itself.
    (@crossing $kind:ident crate::macro_support::Page<$($item:tt)*) => { $kind };
    (@crossing $kind:ident $($type:tt)*) => { $($type)* };

    (@calls $vendor:ident $calls:ident $( $variant:ident $name:tt $doc:tt $call:ident $shape:ident )*) => {
        /// One call of the vendor's: the sum of what the catalog has.
        #[derive(Clone, Debug, PartialEq, uniffi::Enum)]
        pub enum $calls {
            $(
                #[doc = $doc]
                $variant {
                    #[allow(missing_docs)]
                    call: crate::$vendor::$call,
                },
            )*
        }

        impl $calls {
            /// Reads a call by its name from what `named` takes.
            pub(crate) fn read(name: &str, object: &mut Object, faults: &mut FieldErrors) -> Option<Self> {
                Some(match name {
                    $( $name => Self::$variant { call: Input::read(object, "", faults) }, )*
                    _ => return None,
                })
            }

            pub(crate) fn erased(&self) -> (Facts, &dyn Erased) {
                match self { $( Self::$variant { call } => (const { Facts::of::<crate::$vendor::$call>() }, call), )* }
            }

            /// What is known of the call of this name; nothing if there is none.
            pub(crate) fn facts(name: &str) -> Option<Facts> {
                Some(match name {
                    $( $name => const { Facts::of::<crate::$vendor::$call>() }, )*
                    _ => return None,
                })
            }

            /// The pages of a list; nothing for a call that is no list.
            pub(crate) fn pages(self) -> Option<Box<dyn Pages<crate::$vendor::Access>>> {
                match self { $( Self::$variant { call } => stamp!(@pages call $shape), )* }
            }
        }
    };

    (@pages $list:ident page) => { Some(Box::new(Walking(Arc::new(Mutex::new(Walk::new($list)))))) };
    (@pages $call:ident one) => {{ let _ = $call; None }};

    (@page $page:ident [$($item:tt)*]) => {
        /// One page of a list.
        #[derive(Clone, Default, PartialEq, uniffi::Record)]
        pub struct $page {
            /// The items.
            #[uniffi(default)]
            pub data: Vec<$($item)*>,
            /// The number of this page, from 1.
            #[uniffi(default = None)]
            pub current_page: Option<u64>,
            /// The number of the last page (inferred).
            #[uniffi(default = None)]
            pub last_page: Option<u64>,
            /// How many items a full page has.
            #[uniffi(default = None)]
            pub per_page: Option<u64>,
            /// How many items there are on all pages.
            #[uniffi(default = None)]
            pub total: Option<u64>,
            /// The address of the next page (inferred). It is only a sign that there is one: it is never followed.
            #[uniffi(default = None)]
            pub next_page_url: Option<String>,
            /// What the vendor sent beside the fields above, verbatim.
            #[uniffi(default)]
            pub extra: Object,
        }

        impl From<Page<$($item)*>> for $page {
            fn from(page: Page<$($item)*>) -> Self {
                let Page { data, current_page, last_page, per_page, total, next_page_url, extra } = page;
                Self { data, current_page, last_page, per_page, total, next_page_url, extra }
            }
        }

        impl From<$page> for Page<$($item)*> {
            fn from(page: $page) -> Self {
                let $page { data, current_page, last_page, per_page, total, next_page_url, extra } = page;
                Self { data, current_page, last_page, per_page, total, next_page_url, extra }
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
crate::for_each_endpoint!(hudhud_macros::flat_names, stamp);
