//! The session of the client's settings, for calls that name none.

use alloc::string::String;

use crate::codec::input::validate::is_met;
use crate::codec::input::{Sink, Value, Write};
use crate::schema::{Field, Requirement};

/// A call whose session is taken from the client's settings.
pub(crate) struct WithSession<'a> {
    call: &'a dyn Write,
    session: &'a String,
    field: &'static Field,
}

impl<'a> WithSession<'a> {
    /// Creates the call with the session. Returns `None` if the call takes none from the settings: it names one, or its
    /// condition is not met.
    pub(crate) fn of(call: &'a dyn Write, session: &'a String) -> Option<Self> {
        if session.is_empty() {
            return None;
        }
        let mut lacking = None;
        call.write(&mut Lacking(&mut lacking));
        let (field, condition) = lacking?;
        let mut met = false;
        call.write(&mut Met { condition, met: &mut met });
        met.then_some(Self { call, session, field })
    }

    /// Returns the name of the field that is supplied.
    pub(crate) fn field(&self) -> &'static str {
        self.field.name
    }
}

impl Write for WithSession<'_> {
    fn write(&self, sink: &mut dyn Sink) {
        self.call.write(&mut Supplied { with: self, sink });
    }
}

/// Sink that finds the field for which the settings may supply the value.
struct Lacking<'a>(&'a mut Option<(&'static Field, &'static Requirement)>);

impl Sink for Lacking<'_> {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        if let Some(condition) = field.session
            && !value.is_given()
        {
            *self.0 = Some((field, condition));
        }
    }
}

/// Sink that looks at the field on which the condition depends.
struct Met<'a> {
    condition: &'static Requirement,
    met: &'a mut bool,
}

impl Sink for Met<'_> {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        if field.name == self.condition.other() {
            *self.met = is_met(self.condition, field, value);
        }
    }
}

/// Sink that passes the fields on, with the session in its place.
struct Supplied<'a> {
    with: &'a WithSession<'a>,
    sink: &'a mut dyn Sink,
}

impl Sink for Supplied<'_> {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        if core::ptr::eq(field, self.with.field) {
            self.sink.put(field, self.with.session);
        } else {
            self.sink.put(field, value);
        }
    }
}
