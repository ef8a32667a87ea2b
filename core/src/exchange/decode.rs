//! Decoding of a response into an answer or an error.

use crate::codec::error::Unreadable;
use crate::codec::output::Answer;
use crate::endpoint::{Endpoint, Spec, Vendor};
use crate::error::Error;
use crate::exchange::api_response::Reply;
use crate::http::metadata::Meta;
use crate::http::response::Response;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;

/// Decodes a response of a call.
pub(crate) fn decode<E: Endpoint>(
    response: Response,
    key: Option<&IdempotencyKey>,
    now: Option<UnixTime>,
) -> Result<Reply<E::Answer>, Error> {
    let (accepts, denies, read) = (E::Answer::accepts, E::Vendor::denies, &E::Answer::read);
    decode_by(&Reading { spec: E::SPEC, accepts, denies, read }, response, key, now)
}

/// A function that decodes the body of a response with this status.
pub(crate) type ReadBody<'a, T> = dyn Fn(u16, &[u8]) -> Result<T, Unreadable> + 'a;

/// How a call's responses are read.
pub(crate) struct Reading<'a, T> {
    pub(crate) spec: &'static Spec,
    pub(crate) accepts: fn(u16) -> bool,
    pub(crate) denies: fn(&[u8]) -> bool,
    pub(crate) read: &'a ReadBody<'a, T>,
}

/// [`decode`], made once for each type of answer and not for each call: for calls by name that is once in all.
pub(crate) fn decode_by<T>(
    reading: &Reading<'_, T>,
    response: Response,
    key: Option<&IdempotencyKey>,
    now: Option<UnixTime>,
) -> Result<Reply<T>, Error> {
    let meta = Meta::read(&response, key, now);
    if !(reading.accepts)(response.status) {
        return Err(Error::from_response(reading.spec, response, meta));
    }
    let read = if (reading.denies)(&response.body) {
        Err(Unreadable::Denied)
    } else {
        (reading.read)(response.status, &response.body)
    };
    match read {
        Ok(answer) => Ok(Reply { answer, meta, response }),
        Err(Unreadable::Denied) => Err(Error::denied(reading.spec, response, meta)),
        Err(fault) => Err(Error::unreadable(reading.spec, &fault, response, meta)),
    }
}
