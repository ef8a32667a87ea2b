//! A call whose answer is decoded into Python objects.

use crate::bindings::pyo3::output::InPython;
use crate::codec::field_errors::FieldErrors;
use crate::codec::input::{Input, Sink};
use crate::endpoint::{Call, Endpoint, Route, Spec};
use crate::exchange::paginator::Paged;
use crate::schema::{Described, Kind};
use crate::types::json::Object;

/// A call that is sent like `E`, but whose answer is decoded into Python objects. [`Service`](crate::Service),
/// [`Exchange`](crate::Exchange) and [`Walk`](crate::Walk) accept it like any other call.
#[derive(Clone, Debug)]
pub struct AsPython<E>(pub E);

impl<E: Described> Described for AsPython<E> {
    const KIND: Kind = E::KIND;
}

impl<E: Input> Input for AsPython<E> {
    fn read(object: &mut Object, at: &str, faults: &mut FieldErrors) -> Self {
        Self(E::read(object, at, faults))
    }

    fn check(&self, at: &str, faults: &mut FieldErrors) {
        self.0.check(at, faults);
    }

    fn write(&self, sink: &mut dyn Sink) {
        self.0.write(sink);
    }
}

impl<E: Call> Call for AsPython<E> {
    const ROUTE: Route = E::ROUTE;
}

impl<E: Endpoint<Answer: InPython>> Endpoint for AsPython<E> {
    type Vendor = E::Vendor;
    type Answer = <E::Answer as InPython>::Answer;
    const SPEC: &'static Spec = E::SPEC;
}

impl<E: Paged> Paged for AsPython<E> {
    fn page(&self) -> u64 {
        self.0.page()
    }

    fn at_page(&self, page: u64) -> Self {
        Self(self.0.at_page(page))
    }
}
