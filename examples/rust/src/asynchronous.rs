//! An asynchronous transport that uses `reqwest` and tokio.

use std::time::Duration;

use hudhud::{AsyncTransport, Request, Response, TransportFault, UnixTime};
use reqwest::{Client, ClientBuilder, redirect, retry};

use crate::{MAX_RESPONSE_BYTES, unpack};

/// A transport for [`hudhud::AsyncClient`]. Clones share their connections.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: Client,
    max_response_bytes: u64,
}

impl ReqwestTransport {
    /// Creates a transport with a timeout for the connection, and one for the whole attempt from its start to the
    /// last byte of the response. 10 and 30 seconds are good values.
    ///
    /// # Errors
    /// If TLS cannot be set up, for example because the machine has no root certificates.
    pub fn new(connect: Duration, whole: Duration) -> Result<Self, reqwest::Error> {
        Self::with_builder(Client::builder(), connect, whole)
    }

    /// Creates a transport like [`ReqwestTransport::new`], with your own settings such as a proxy or root
    /// certificates. It overrides the settings of redirects, retries and timeouts.
    ///
    /// # Errors
    /// As for [`ReqwestTransport::new`], and if a setting is invalid.
    pub fn with_builder(
        builder: ClientBuilder,
        connect: Duration,
        whole: Duration,
    ) -> Result<Self, reqwest::Error> {
        let client = builder
            .redirect(redirect::Policy::none())
            // By default, reqwest repeats a request if a server refuses the HTTP/2 stream. The server's claim may be
            // false.
            .retry(retry::never())
            // The maximum size applies to unpacked bytes, so the response is unpacked here.
            .no_gzip()
            .no_deflate()
            .no_brotli()
            .no_zstd()
            .connect_timeout(connect)
            .timeout(whole)
            .build()?;
        Ok(Self { client, max_response_bytes: MAX_RESPONSE_BYTES })
    }

    /// Sets the maximum size of a response in bytes, packed and unpacked. Default: 32 MiB.
    #[must_use]
    pub fn max_response_bytes(mut self, bytes: u64) -> Self {
        self.max_response_bytes = bytes;
        self
    }
}

impl AsyncTransport for ReqwestTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportFault> {
        // An invalid request was not sent.
        let request = http::Request::try_from(request).map_err(|_| TransportFault::Connect)?;
        let request = request.try_into().map_err(fault)?;
        let mut answer = self.client.execute(request).await.map_err(fault)?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(fault)? {
            if (body.len() + chunk.len()) as u64 > self.max_response_bytes {
                return Err(TransportFault::Closed);
            }
            body.extend_from_slice(&chunk);
        }
        let body = unpack::unpack(answer.headers_mut(), body, self.max_response_bytes)?;
        let mut response = http::Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response.into())
    }

    async fn wait(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> UnixTime {
        UnixTime::now()
    }

    fn entropy(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system has randomness");
        bytes
    }
}

fn fault(error: reqwest::Error) -> TransportFault {
    if error.is_connect() || error.is_builder() {
        TransportFault::Connect
    } else if error.is_timeout() {
        TransportFault::Timeout
    } else {
        TransportFault::Closed
    }
}
