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
    /// Creates the call with the session. Returns `None` if the call does not need this session: it names a session, or its
    /// condition is not met. `fields` are those of the call.
    pub(crate) fn of(call: &'a dyn Write, fields: &'static [Field], session: &'a String) -> Option<Self> {
        if session.is_empty() {
            return None;
        }
        let (field, condition) = fields.iter().find_map(|field| Some((field, field.session?)))?;
        let mut probe = SessionProbe { field, condition, is_given: false, is_met: false };
        call.write(&mut probe);
        (probe.is_met && !probe.is_given).then_some(Self { call, session, field })
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

/// Sink that looks at the field for the session, and at the field on which its condition depends.
struct SessionProbe {
    field: &'static Field,
    condition: &'static Requirement,
    is_given: bool,
    is_met: bool,
}

impl Sink for SessionProbe {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        if field.name == self.field.name {
            self.is_given = value.is_given();
        } else if field.name == self.condition.other() {
            self.is_met = is_met(self.condition, field, value);
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
        if field.name == self.with.field.name {
            self.sink.put(field, self.with.session);
        } else {
            self.sink.put(field, value);
        }
    }
}
