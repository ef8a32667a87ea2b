//! Decoding of a response into an output or an error.

use core::fmt::{self, Debug, Formatter};

use crate::codec::error::DecodeError;
use crate::codec::output::Output;
use crate::endpoint::{Endpoint, EndpointSpec, Vendor};
use crate::error::Error;
use crate::exchange::api_response::ApiResponse;
use crate::http::metadata::Meta;
use crate::http::response::Response;
use crate::types::idempotency_key::IdempotencyKey;
use crate::types::time::UnixTime;

/// A function that decodes the body of a response with this status.
pub type ReadBody<T> = fn(&'static EndpointSpec, u16, &[u8]) -> Result<T, DecodeError>;

/// A decoder of one call's responses to `T`. It consists of function pointers. Code that uses it is therefore not
/// generic over the call.
pub struct ResponseDecoder<T> {
    spec: &'static EndpointSpec,
    accepts: fn(u16) -> bool,
    is_error_body: fn(&[u8]) -> bool,
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
    /// Returns the decoder of a call whose output converts to `T`.
    #[must_use]
    pub const fn of<E: Endpoint<Output: Into<T>>>() -> Self {
        let read: ReadBody<T> = |_, status, body| E::Output::read(status, body).map(Into::into);
        Self::reading::<E>(read)
    }

    /// Returns the decoder of a call, with another function for bodies than the output's own.
    #[doc(hidden)]
    #[must_use]
    pub const fn reading<E: Endpoint>(read: ReadBody<T>) -> Self {
        Self { spec: E::SPEC, accepts: E::Output::accepts, is_error_body: E::Vendor::is_error_body, read }
    }

    /// Returns the decoder of a call that is known by its row of the catalog.
    pub(crate) fn by_spec(
        spec: &'static EndpointSpec,
        is_error_body: fn(&[u8]) -> bool,
        read: ReadBody<T>,
    ) -> Self {
        Self { spec, accepts: spec.accepting(), is_error_body, read }
    }

    /// Returns the call's row of the catalog.
    #[must_use]
    pub fn spec(&self) -> &'static EndpointSpec {
        self.spec
    }

    /// Returns true if a response with this status has an output.
    pub(crate) fn accepts(&self, status: u16) -> bool {
        (self.accepts)(status)
    }

    /// Decodes a response. `key` is the idempotency key that was sent. It is part of the metadata.
    ///
    /// # Errors
    /// The vendor's error, or `unexpected_response` for a success that cannot be decoded.
    pub fn decode(&self, response: Response, key: Option<&IdempotencyKey>) -> Result<ApiResponse<T>, Error> {
        self.decode_at(response, key, None)
    }

    /// Does the same as [`ResponseDecoder::decode`] for a response that arrived at the given time.
    pub(crate) fn decode_at(
        &self,
        response: Response,
        key: Option<&IdempotencyKey>,
        now: Option<UnixTime>,
    ) -> Result<ApiResponse<T>, Error> {
        let meta = Meta::read(&response, key, now);
        if !self.accepts(response.status) {
            return Err(Error::from_response(self.spec, response, meta));
        }
        match self.read(response.status, &response.body) {
            Ok(output) => Ok(ApiResponse { output, meta, response }),
            Err(DecodeError::Denied) => Err(Error::denied(self.spec, response, meta)),
            Err(fault) => Err(Error::unreadable(self.spec, &fault, response, meta)),
        }
    }

    /// Decodes the output from a response's body. Returns `None` if [`ResponseDecoder::decode`] would return an error.
    #[must_use]
    pub fn output(&self, status: u16, body: &[u8]) -> Option<T> {
        self.accepts(status).then(|| self.read(status, body).ok()).flatten()
    }

    fn read(&self, status: u16, body: &[u8]) -> Result<T, DecodeError> {
        if (self.is_error_body)(body) {
            Err(DecodeError::Denied)
        } else {
            (self.read)(self.spec, status, body)
        }
    }
}
