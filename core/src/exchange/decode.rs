//! Decoding of a response into an answer or an error.

use core::fmt::{self, Debug, Formatter};

use crate::codec::error::Unreadable;
use crate::codec::output::Answer;
use crate::endpoint::{Endpoint, Spec, Vendor};
use crate::error::Error;
use crate::exchange::api_response::Reply;
use crate::http::metadata::Meta;
use crate::http::response::Response;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;

/// A function that decodes the body of a response with this status.
pub(crate) type ReadBody<T> = fn(&'static Spec, u16, &[u8]) -> Result<T, Unreadable>;

/// Decoder of one call's responses to `T`. It consists of function pointers, so that the code that uses it is not
/// generic over the call.
pub struct ResponseDecoder<T> {
    spec: &'static Spec,
    accepts: fn(u16) -> bool,
    denies: fn(&[u8]) -> bool,
    read: ReadBody<T>,
}

impl<T> Clone for ResponseDecoder<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ResponseDecoder<T> {}

impl<T> Debug for ResponseDecoder<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ResponseDecoder").field(&self.spec.name).finish()
    }
}

impl<T> ResponseDecoder<T> {
    /// Returns the decoder of a call whose answer converts to `T`.
    #[must_use]
    pub const fn of<E: Endpoint<Answer: Into<T>>>() -> Self {
        let read: ReadBody<T> = |_, status, body| E::Answer::read(status, body).map(Into::into);
        Self::reading::<E>(read)
    }

    /// Returns the decoder of a call, with another function for bodies than the answer's own.
    pub(crate) const fn reading<E: Endpoint>(read: ReadBody<T>) -> Self {
        Self { spec: E::SPEC, accepts: E::Answer::accepts, denies: E::Vendor::denies, read }
    }

    /// Returns the decoder of a call that is known by its row of the catalog.
    pub(crate) fn by_spec(spec: &'static Spec, denies: fn(&[u8]) -> bool, read: ReadBody<T>) -> Self {
        Self { spec, accepts: spec.accepting(), denies, read }
    }

    /// Returns the call's row of the catalog.
    #[must_use]
    pub fn spec(&self) -> &'static Spec {
        self.spec
    }

    /// Returns true if a response with this status has an answer.
    pub(crate) fn accepts(&self, status: u16) -> bool {
        (self.accepts)(status)
    }

    /// Decodes a response. `key` is the idempotency key that was sent. It is part of the metadata.
    ///
    /// # Errors
    /// The vendor's error, or `unexpected_response` for a success that cannot be decoded.
    pub fn decode(&self, response: Response, key: Option<&IdempotencyKey>) -> Result<Reply<T>, Error> {
        self.decode_at(response, key, None)
    }

    /// Does the same as [`ResponseDecoder::decode`] for a response that arrived at the given time.
    pub(crate) fn decode_at(
        &self,
        response: Response,
        key: Option<&IdempotencyKey>,
        now: Option<UnixTime>,
    ) -> Result<Reply<T>, Error> {
        let meta = Meta::read(&response, key, now);
        if !self.accepts(response.status) {
            return Err(Error::from_response(self.spec, response, meta));
        }
        match self.read(response.status, &response.body) {
            Ok(answer) => Ok(Reply { answer, meta, response }),
            Err(Unreadable::Denied) => Err(Error::denied(self.spec, response, meta)),
            Err(fault) => Err(Error::unreadable(self.spec, &fault, response, meta)),
        }
    }

    /// Decodes the answer from a response's body. Returns `None` if [`ResponseDecoder::decode`] would return an error.
    #[must_use]
    pub fn answer(&self, status: u16, body: &[u8]) -> Option<T> {
        self.accepts(status).then(|| self.read(status, body).ok()).flatten()
    }

    fn read(&self, status: u16, body: &[u8]) -> Result<T, Unreadable> {
        if (self.denies)(body) { Err(Unreadable::Denied) } else { (self.read)(self.spec, status, body) }
    }
}
