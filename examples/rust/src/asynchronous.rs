//! A transport that does not block, over `reqwest` and tokio.

use std::time::Duration;

use hudhud::{AsyncTransport, Request, Response, TransportFault, UnixTime};

/// The largest body that is taken, far above what either vendor sends.
const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// A transport for [`hudhud::AsyncClient`]. Clones share their connections.
#[derive(Clone, Debug)]
pub struct ReqwestTransport(reqwest::Client);

impl ReqwestTransport {
    /// Gives up on a connection, and on a whole exchange, after these times; 10 and 30 seconds serve well.
    ///
    /// # Errors
    /// If TLS cannot be set up, for want of root certificates for example.
    pub fn new(connect: Duration, whole: Duration) -> Result<Self, reqwest::Error> {
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        builder.connect_timeout(connect).timeout(whole).build().map(Self)
    }
}

impl AsyncTransport for ReqwestTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportFault> {
        // A request that cannot be written down was not sent.
        let request = http::Request::try_from(request).map_err(|_| TransportFault::Connect)?;
        let request = request.try_into().map_err(fault)?;
        let mut answer = self.0.execute(request).await.map_err(fault)?;
        let mut response = http::Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        while let Some(chunk) = answer.chunk().await.map_err(fault)? {
            if response.body().len() + chunk.len() > LARGEST_BODY {
                return Err(TransportFault::Closed);
            }
            response.body_mut().extend_from_slice(&chunk);
        }
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
