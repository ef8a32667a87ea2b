//! A blocking transport that uses `ureq`.

use std::time::Duration;

use hudhud::{Request, Response, Transport, TransportFault, UnixTime};
use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout};

use crate::{MAX_RESPONSE_BYTES, unpack};

/// A transport for [`hudhud::Client`]. Clones share their connections.
#[derive(Clone, Debug)]
pub struct UreqTransport {
    agent: Agent,
    max_response_bytes: u64,
}

impl UreqTransport {
    /// Creates a transport with a timeout for the connection, and one for the whole attempt from its start to the
    /// last byte of the response. 10 and 30 seconds are good values.
    pub fn new(connect: Duration, whole: Duration) -> Self {
        Self::with_config(Agent::config_builder(), connect, whole)
    }

    /// Creates a transport like [`UreqTransport::new`], with your own settings such as a proxy or root certificates.
    /// It overrides the settings of redirects, statuses and timeouts.
    pub fn with_config(config: ConfigBuilder<AgentScope>, connect: Duration, whole: Duration) -> Self {
        let config = config
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(connect))
            .timeout_global(Some(whole))
            .user_agent("")
            .build();
        let agent = Agent::with_parts(
            config,
            Dial::<DefaultConnector>::default(),
            Dial::<DefaultResolver>::default(),
        );
        Self { agent, max_response_bytes: MAX_RESPONSE_BYTES }
    }

    /// Sets the maximum size of a response in bytes, packed and unpacked. Default: 32 MiB.
    #[must_use]
    pub fn max_response_bytes(mut self, bytes: u64) -> Self {
        self.max_response_bytes = bytes;
        self
    }
}

impl Transport for UreqTransport {
    fn send(&self, request: Request) -> Result<Response, TransportFault> {
        // An invalid request was not sent.
        let request = http::Request::try_from(request).map_err(|_| TransportFault::Connect)?;
        let (parts, body) = request.into_parts();
        let answer = match parts.method {
            http::Method::GET => self.agent.run(http::Request::from_parts(parts, ())),
            _ => self.agent.run(http::Request::from_parts(parts, body)),
        };
        let (mut parts, mut body) = answer.map_err(fault)?.into_parts();
        // `ureq` refuses a body that exactly reaches its limit.
        let limit = self.max_response_bytes.saturating_add(1);
        let body = body.with_config().limit(limit).read_to_vec().map_err(fault)?;
        if body.len() as u64 > self.max_response_bytes {
            return Err(TransportFault::Closed);
        }
        let body = unpack::unpack(&mut parts.headers, body, self.max_response_bytes)?;
        Ok(http::Response::from_parts(parts, body).into())
    }

    fn wait(&self, duration: Duration) {
        std::thread::sleep(duration);
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

fn fault(error: ureq::Error) -> TransportFault {
    match error {
        ureq::Error::ConnectionFailed | ureq::Error::TlsRequired | ureq::Error::BadUri(_) => {
            TransportFault::Connect
        }
        ureq::Error::Timeout(_) => TransportFault::Timeout,
        _ => TransportFault::Closed,
    }
}

/// Reports every failure before a connection is established with the same error: unknown hosts, TLS, proxies,
/// timeouts. The errors of `ureq` do not distinguish these from a lost connection.
#[derive(Debug, Default)]
struct Dial<T>(T);

impl Resolver for Dial<DefaultResolver> {
    fn resolve(
        &self,
        uri: &http::Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        self.0.resolve(uri, config, timeout).map_err(|_| ureq::Error::ConnectionFailed)
    }
}

impl Connector for Dial<DefaultConnector> {
    type Out = <DefaultConnector as Connector>::Out;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        self.0.connect(details, chained).map_err(|_| ureq::Error::ConnectionFailed)
    }
}
