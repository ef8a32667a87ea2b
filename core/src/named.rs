//! Calls by name, with JSON in and out: for hosts that stamp their own types, for tools, and for tests.
//!
//! ```
//! use hudhud::{CallOptions, KeyPair, Zagely};
//! let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test")?);
//! let call = zagely.named("contacts.get", r#"{"contact_id": "c-1"}"#)?;
//! assert_eq!(call.request(&zagely, &CallOptions::new())?.url, "https://zagely.com/api/v1/contacts/c-1");
//! # Ok::<(), hudhud::Error>(())
//! ```

use alloc::boxed::Box;
use alloc::string::ToString;
use core::fmt::{self, Debug, Formatter};
use core::marker::PhantomData;

use crate::answer::Answer;
use crate::endpoint::{Endpoint, Spec};
use crate::error::{Error, FieldErrors, TransportFault};
use crate::exchange::{Machine, Step};
use crate::idempotency::IdempotencyKey;
use crate::input::{Input, Read, Sink, refuse_unknown};
use crate::json::{Json, Object};
use crate::request::{CallOptions, Request, Write};
use crate::response::{Reply, Response};
use crate::service::{Service, Vendor, decode};
use crate::time::UnixTime;

/// A call that was read from JSON, with the faults found on the way: they are told when it is sent, together
/// with all others.
pub struct NamedCall<V> {
    call: Box<dyn Erased>,
    extra: Object,
    faults: FieldErrors,
    vendor: PhantomData<V>,
}

impl<V> Debug for NamedCall<V> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("NamedCall").field(&self.call.spec().name).finish()
    }
}

/// A call without its type.
pub(crate) trait Erased: Write + Send + Sync {
    fn spec(&self) -> &'static Spec;
    fn check(&self, faults: &mut FieldErrors);
    fn accepts(&self, status: u16) -> bool;
    fn decode(
        &self,
        response: Response,
        key: Option<&IdempotencyKey>,
        now: Option<UnixTime>,
    ) -> Result<Reply<Json>, Error>;
}

/// A call with its type, to be erased.
struct Typed<E>(E);

impl<E: Endpoint> Write for Typed<E> {
    fn write(&self, sink: &mut dyn Sink) {
        Input::write(&self.0, sink);
    }
}

impl<E: Endpoint + Send + Sync> Erased for Typed<E> {
    fn spec(&self) -> &'static Spec {
        E::SPEC
    }

    fn check(&self, faults: &mut FieldErrors) {
        Input::check(&self.0, "", faults);
    }

    fn accepts(&self, status: u16) -> bool {
        E::Answer::accepts(status)
    }

    fn decode(
        &self,
        response: Response,
        key: Option<&IdempotencyKey>,
        now: Option<UnixTime>,
    ) -> Result<Reply<Json>, Error> {
        decode::<E>(response, key, now)
            // Answers are maps with text for keys: they always have a JSON form.
            .map(|reply| reply.map(|answer| Json::write(&answer).unwrap_or_default()))
    }
}

/// Reads one call, or nothing if `name` is none of the vendor's.
macro_rules! stamp {
    ([] $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> [$answer:ty]; )* } )* } )*) => {
        fn read(
            vendor: &str,
            name: &str,
            object: &mut Object,
            faults: &mut FieldErrors,
        ) -> Option<Box<dyn Erased>> {
            match (vendor, name) {
                $( $( $(
                    (stringify!($vendor), concat!(stringify!($group), ".", stringify!($verb))) => {
                        let call = <crate::$vendor::$call as Input>::read(object, "", faults);
                        Some(Box::new(Typed(call)))
                    }
                )* )* )*
                _ => None,
            }
        }
    };
}
crate::for_each_endpoint!(stamp);

impl<V: Vendor> Service<V> {
    /// A call by its name, with its input as JSON under the vendor's names. What stands under `"extra": {…}` is
    /// sent as it is.
    ///
    /// # Errors
    /// `invalid_request` under `call` if the vendor has no such call, under `input` if the text is no JSON object.
    /// Faults of fields are told by [`NamedCall::request`], all at once.
    pub fn named(&self, name: &str, input: &str) -> Result<NamedCall<V>, Error> {
        let mut faults = FieldErrors::default();
        let mut object: Object =
            input.parse().map_err(|_| Error::invalid("input", "The input is no JSON object."))?;
        let extra = object.remove("extra").and_then(|extra| Object::read(extra, "", "extra", &mut faults));
        let call = read(V::NAME, name, &mut object, &mut faults).ok_or_else(|| {
            Error::invalid("call", "There is no call of this name; the catalog has them all.")
        })?;
        refuse_unknown(&object, "", &mut faults);
        Ok(NamedCall { call, extra: extra.unwrap_or_default(), faults, vendor: PhantomData })
    }
}

impl<V: Vendor> NamedCall<V> {
    /// The row of the catalog.
    #[must_use]
    pub fn spec(&self) -> &'static Spec {
        self.call.spec()
    }

    /// Adds a fault found elsewhere, such as that of an option, to be told with the others.
    pub fn add_faults(&mut self, error: &Error) {
        self.faults.extend(error.field_errors());
    }

    /// [`Service::request`].
    ///
    /// # Errors
    /// `invalid_request` with every fault of the call at once.
    pub fn request(&self, service: &Service<V>, options: &CallOptions) -> Result<Request, Error> {
        let mut options = options.clone();
        for (name, value) in self.extra.iter() {
            options.extra.insert(name.to_string(), value.clone());
        }
        let mut faults = self.faults.clone();
        if service.checks_calls(&options) {
            self.call.check(&mut faults);
        }
        service.build(self.spec(), &*self.call, &options, faults)
    }

    /// [`Service::reply`], with the answer as JSON under the vendor's names.
    ///
    /// # Errors
    /// What the vendor refused, or `unexpected_response` for a success that cannot be read.
    pub fn reply(&self, response: Response, key: Option<&IdempotencyKey>) -> Result<Reply<Json>, Error> {
        self.call.decode(response, key, None)
    }

    /// [`Service::exchange_with`].
    ///
    /// # Errors
    /// `invalid_request` with every fault of the call at once.
    pub fn exchange(
        self,
        service: &Service<V>,
        mut options: CallOptions,
        entropy: [u8; 16],
    ) -> Result<NamedExchange, Error> {
        service.add_key(self.spec(), &mut options, entropy);
        let request = self.request(service, &options)?;
        let policy = service.policy(&options);
        let repeat = V::repeat(self.spec(), options.idempotency_key.is_some());
        let machine = Machine::new(self.spec(), request, options.idempotency_key, policy, repeat, entropy);
        Ok(NamedExchange { call: self.call, machine })
    }
}

/// [`Exchange`](crate::Exchange) of a [`NamedCall`].
pub struct NamedExchange {
    call: Box<dyn Erased>,
    machine: Machine,
}

impl Debug for NamedExchange {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("NamedExchange").field(&self.machine).finish()
    }
}

impl NamedExchange {
    /// What to do next.
    pub fn step(&mut self, now: UnixTime) -> Step<Reply<Json>> {
        let Self { call, machine } = self;
        machine.step(now).map(|response| call.decode(response, machine.key.as_ref(), Some(now)))
    }

    /// The answer to the request that was sent.
    ///
    /// # Errors
    /// `invalid_request` under `exchange` if none is awaited.
    pub fn receive(&mut self, response: Response, now: UnixTime) -> Result<(), Error> {
        let accepted = self.call.accepts(response.status);
        self.machine.receive(response, accepted, now)
    }

    /// No answer came.
    ///
    /// # Errors
    /// As [`NamedExchange::receive`].
    pub fn fail(&mut self, fault: TransportFault, now: UnixTime) -> Result<(), Error> {
        self.machine.fail(fault, now)
    }

    /// The idempotency key that is sent, to be kept by whoever wants to repeat the call later.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&IdempotencyKey> {
        self.machine.key.as_ref()
    }

    /// How often the request was sent so far.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.machine.attempts
    }
}
