//! Messages as the calls that send them.

use alloc::string::String;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::from_json::refuse_unknown;
use crate::endpoint::{Endpoint, Vendor};
use crate::error::Error;
use crate::outbox::answers::OutboxMessage;
use crate::service::Service;
use crate::types::json::Object;
use crate::types::phone::Phone;

/// Returns the default id of a message: its recipient `to`, in the form in which it is sent. Several spellings of a phone
/// number therefore have one id. `None` if the fields have no recipient.
#[must_use]
pub fn default_id(fields: &str) -> Option<String> {
    let object: Object = fields.parse().ok()?;
    let to = object.get("to")?.as_text()?;
    Some(Phone::clean(&to).into_owned())
}

impl OutboxMessage {
    /// Returns the call that sends the message.
    ///
    /// # Errors
    /// `invalid_request` if the call does not have these fields.
    pub fn call<E: Endpoint>(&self) -> Result<E, Error> {
        let invalid = |_| Error::invalid("input", "The input must be a JSON object.");
        let mut object: Object = self.fields.parse().map_err(invalid)?;
        let mut faults = FieldErrors::default();
        let call = E::read(&mut object, "", &mut faults);
        refuse_unknown(&object, "", E::SPEC.input.fields, &mut faults);
        if faults.is_empty() { Ok(call) } else { Err(Error::from_faults(Some(E::SPEC), faults)) }
    }
}

impl<V: Vendor> Service<V> {
    /// Checks a call, and returns its fields for [`Outbox::add`](crate::outbox::Outbox::add).
    ///
    /// # Errors
    /// `invalid_request` with all faults of the call.
    pub fn outbox_fields<E: Endpoint<Vendor = V>>(&self, call: &E) -> Result<String, Error> {
        self.any_outbox_fields(E::SPEC, call)
    }
}
