//! The transport: from core's request to a response, or to a fault.

use std::fmt::{self, Debug, Formatter};
use std::time::{Duration, SystemTime};

use hudhud::{AsyncTransport, Request, Response, TransportFault, UnixTime};
use hudhud_transport::{Limits, entropy, http, http_request, response};
use reqwest::header::LOCATION;
use reqwest::{Client, ClientBuilder, redirect, retry};

use crate::error::BuildError;

/// A transport for [`hudhud::AsyncClient`]. Clones share their connections.
///
/// It sends each request once, whatever the server does. Its futures need the runtime of tokio.
#[derive(Clone)]
pub struct ReqwestTransport {
    client: Client,
    limits: Limits,
}

impl ReqwestTransport {
    /// Creates a transport with the default [`Limits`].
    ///
    /// # Errors
    /// [`BuildError`] if TLS cannot be set up, for example because the machine has no root certificates.
    ///
    /// # Panics
    /// If the feature `rustls-no-provider` is on, `rustls` and `native-tls` are off, and your program has not installed a
    /// provider of cryptography.
    pub fn new() -> Result<Self, BuildError> {
        Self::with_limits(Limits::new())
    }

    /// Creates a transport with your own limits.
    ///
    /// # Errors
    /// The same as those of [`ReqwestTransport::new`].
    ///
    /// # Panics
    /// The same as those of [`ReqwestTransport::new`].
    pub fn with_limits(limits: Limits) -> Result<Self, BuildError> {
        Self::with_builder(Client::builder(), limits)
    }

    /// Creates a transport with your own settings, such as a proxy or root certificates. The transport replaces the
    /// builder's settings of redirects, retries and encodings. It also replaces the timeouts with those of `limits`.
    ///
    /// ```
    /// use hudhud_reqwest::{Limits, ReqwestTransport, reqwest};
    ///
    /// let builder = reqwest::Client::builder().https_only(true);
    /// let transport = ReqwestTransport::with_builder(builder, Limits::new())?;
    /// # Ok::<(), hudhud_reqwest::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// The same as those of [`ReqwestTransport::new`], and an error if a setting is invalid.
    ///
    /// # Panics
    /// The same as those of [`ReqwestTransport::new`].
    pub fn with_builder(builder: ClientBuilder, limits: Limits) -> Result<Self, BuildError> {
        let client = builder
            .redirect(redirect::Policy::none())
            // By default, reqwest repeats a request if a server refuses the HTTP/2 stream. The server's claim may be
            // false.
            .retry(retry::never())
            // The maximum size applies to unpacked bytes, so `response` unpacks them.
            .no_gzip()
            .no_deflate()
            .no_brotli()
            .no_zstd()
            .connect_timeout(limits.connect_timeout())
            .build()
            .map_err(BuildError)?;
        Ok(Self::with_client(client, limits))
    }

    /// Creates a transport with a client that your program also uses elsewhere. The timeout of the whole attempt and
    /// the maximum size in `limits` apply to each call. The connect timeout is a setting of the client: the one in
    /// `limits` has no effect.
    ///
    /// The client must meet these conditions, or a message may be sent twice:
    ///
    /// - It repeats nothing: `retry(reqwest::retry::never())`. By default, reqwest repeats requests that the server
    ///   claims to have refused.
    /// - It follows no redirects: `redirect(reqwest::redirect::Policy::none())`. Otherwise the keys reach the server that
    ///   the redirect names. The transport detects this afterwards and reports the redirect instead of the response.
    /// - It has no middleware (`connector_layer`) that repeats requests or returns responses from a cache.
    ///
    /// ```
    /// use hudhud_reqwest::{Limits, ReqwestTransport, reqwest};
    ///
    /// let client = reqwest::Client::builder()
    ///     .retry(reqwest::retry::never())
    ///     .redirect(reqwest::redirect::Policy::none())
    ///     .connect_timeout(Limits::new().connect_timeout())
    ///     .build()?;
    /// let transport = ReqwestTransport::with_client(client, Limits::new());
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    #[must_use]
    pub const fn with_client(client: Client, limits: Limits) -> Self {
        Self { client, limits }
    }
}

/// Shows the limits. A client may hold private headers and the password of a proxy.
impl Debug for ReqwestTransport {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ReqwestTransport").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl AsyncTransport for ReqwestTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportFault> {
        let timeout = self.limits.timeout_of(&request);
        let mut request: reqwest::Request = http_request(request)?.try_into().map_err(fault)?;
        *request.timeout_mut() = Some(timeout);
        let url = request.url().clone();
        let mut answer = self.client.execute(request).await.map_err(fault)?;
        if *answer.url() != url {
            return Ok(Response::new(302, [(LOCATION.as_str(), answer.url().as_str())], []));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(fault)? {
            self.limits.check_size(body.len() + chunk.len())?;
            body.extend_from_slice(&chunk);
        }
        let mut whole = http::Response::new(body);
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        response(whole, &self.limits)
    }

    async fn wait(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> UnixTime {
        SystemTime::now().into()
    }

    fn entropy(&self) -> [u8; 16] {
        entropy()
    }
}

fn fault(error: reqwest::Error) -> TransportFault {
    // A request that is not valid was not sent.
    if error.is_connect() || error.is_builder() {
        TransportFault::Connect
    } else if error.is_timeout() {
        TransportFault::Timeout
    } else {
        TransportFault::Closed
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn debug_shows_no_header_and_no_proxy() {
        let mut headers = HeaderMap::new();
        headers.insert("x-private", HeaderValue::from_static("tell nobody"));
        let proxy = reqwest::Proxy::all("http://user:hunter2@proxy.invalid").unwrap();
        let builder = Client::builder().default_headers(headers).proxy(proxy);
        let transport = ReqwestTransport::with_builder(builder, Limits::new()).unwrap();
        let shown = format!("{transport:?} {transport:#?}");
        assert!(shown.contains("timeout: 30s"), "{shown}");
        for private in ["tell nobody", "hunter2", "user", "proxy.invalid"] {
            assert!(!shown.contains(private), "{shown}");
        }
    }

    #[test]
    fn an_invalid_setting_is_an_error_that_says_what_to_do() {
        let builder = Client::builder().user_agent("a\nb");
        let error = ReqwestTransport::with_builder(builder, Limits::new()).unwrap_err();
        assert!(error.to_string().contains("check the root certificates"), "{error}");
        assert!(std::error::Error::source(&error).is_some());
    }
}
