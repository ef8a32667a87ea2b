//! Requests, exchanges and lists of calls whose types are known only at run time.

use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::json::JsonSink;
use crate::endpoint::{EndpointSpec, Vendor};
use crate::error::Error;
use crate::exchange::any::{AnyCall, AnyExchange, AnyPages};
use crate::exchange::decode::ResponseDecoder;
use crate::exchange::options::CallOptions;
use crate::http::request::Request;
use crate::service::Service;

impl<V: Vendor> Service<V> {
    /// Builds the request of a call. See [`Service::request`].
    ///
    /// # Errors
    /// `invalid_request` with all faults of the call.
    pub fn any_request(
        &self,
        spec: &'static EndpointSpec,
        call: &dyn AnyCall,
        options: &CallOptions,
    ) -> Result<Request, Error> {
        let faults = self.faults(call, options);
        self.build(spec, spec.route.path, call, options, faults, &[])
    }

    /// Starts a call whose responses are decoded to `T`. See [`Service::exchange_with`].
    ///
    /// # Errors
    /// `invalid_request` with all faults of the call.
    pub fn any_exchange<T>(
        &self,
        decoder: ResponseDecoder<T>,
        call: &dyn AnyCall,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> Result<AnyExchange<T>, Error> {
        let faults = self.faults(call, &options);
        let path = decoder.spec().route.path;
        let machine = self.machine(decoder.spec(), (path, path.into()), call, options, faults, entropy)?;
        Ok(AnyExchange::new(machine, decoder))
    }

    /// Starts the exchange of a list's next page. Returns `false` at the end of the list.
    ///
    /// # Errors
    /// `invalid_request` with all faults of the call. `unexpected_response` if the vendor says that more items exist, and
    /// they cannot be requested.
    pub fn next_page<T>(
        &self,
        pages: &mut AnyPages<T>,
        options: CallOptions,
        entropy: [u8; 16],
    ) -> Result<bool, Error> {
        let decoder = pages.decoder();
        let Some(call) = pages.call()? else { return Ok(false) };
        let exchange = self.any_exchange(decoder, call, options, entropy)?;
        pages.begin(exchange);
        Ok(true)
    }

    /// Checks a call, and returns its fields for [`Outbox::add`](crate::outbox::Outbox::add).
    ///
    /// # Errors
    /// `invalid_request` with all faults of the call.
    pub fn any_outbox_fields(
        &self,
        spec: &'static EndpointSpec,
        call: &dyn AnyCall,
    ) -> Result<String, Error> {
        self.any_request(spec, call, &CallOptions::new())?;
        let mut body = Vec::new();
        let mut sink = JsonSink::new(&mut body);
        call.write(&mut sink);
        sink.end();
        String::from_utf8(body).map_err(|_| Error::invalid("input", "The input must be a JSON object."))
    }

    fn faults(&self, call: &dyn AnyCall, options: &CallOptions) -> FieldErrors {
        let mut faults = FieldErrors::default();
        if self.validates(options) {
            call.check(&mut faults);
        }
        faults
    }
}
