//! The transport: from core's request to a response, or to a fault.

use std::fmt::{self, Debug, Formatter};
use std::time::{Duration, SystemTime};

use hudhud::{Request, Response, Transport, TransportFault, UnixTime};
use hudhud_transport::{Limits, entropy, http_request, response};
use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::http::{self, Method};
use ureq::typestate::AgentScope;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;

use crate::dial::Dial;

/// A transport for [`hudhud::Client`]. Clones share their connections.
///
/// It sends each request once, whatever the server does.
#[derive(Clone)]
pub struct UreqTransport {
    agent: Agent,
    limits: Limits,
}

impl UreqTransport {
    /// Creates a transport with the default [`Limits`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(Limits::new())
    }

    /// Creates a transport with your own limits.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self::with_config(Self::config_builder(), limits)
    }

    /// Creates a transport with your own settings, such as a proxy or root certificates. The transport replaces the
    /// settings of redirects, statuses and `User-Agent`. It also replaces the timeouts with those of `limits`.
    ///
    /// This function accepts settings and not an [`Agent`], because the transport must replace the agent's connector.
    /// The errors of `ureq` do not state whether a connection was established.
    ///
    /// ```
    /// use hudhud_ureq::{Limits, UreqTransport, ureq};
    ///
    /// let proxy = ureq::Proxy::new("http://proxy.example:3128")?;
    /// let config = UreqTransport::config_builder().proxy(Some(proxy));
    /// let transport = UreqTransport::with_config(config, Limits::new());
    /// # Ok::<(), ureq::Error>(())
    /// ```
    ///
    /// # Panics
    /// Calls panic if a setting needs a feature of `ureq` that is off, such as `socks-proxy`.
    #[must_use]
    pub fn with_config(config: ConfigBuilder<AgentScope>, limits: Limits) -> Self {
        let config = config
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(limits.connect_timeout()))
            .timeout_global(Some(limits.timeout()))
            .user_agent("")
            .build();
        let agent = Agent::with_parts(
            config,
            Dial::<DefaultConnector>::default(),
            Dial::<DefaultResolver>::default(),
        );
        Self { agent, limits }
    }

    /// Returns the settings that [`UreqTransport::new`] starts from: those of `ureq`, with the TLS and the root certificates
    /// that the features of this crate select.
    #[must_use]
    pub fn config_builder() -> ConfigBuilder<AgentScope> {
        let config = Agent::config_builder();
        #[cfg(any(feature = "platform-verifier", all(feature = "native-tls", not(feature = "rustls"))))]
        let config = {
            use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
            let provider =
                if cfg!(feature = "rustls") { TlsProvider::Rustls } else { TlsProvider::NativeTls };
            let tls = TlsConfig::builder().provider(provider).root_certs(RootCerts::PlatformVerifier);
            config.tls_config(tls.build())
        };
        config
    }
}

impl Default for UreqTransport {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the limits. An agent may hold the password of a proxy.
impl Debug for UreqTransport {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("UreqTransport").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Transport for UreqTransport {
    fn send(&self, request: Request) -> Result<Response, TransportFault> {
        let timeout = Some(self.limits.timeout_of(&request));
        let (parts, body) = http_request(request)?.into_parts();
        let agent = &self.agent;
        let answer = match parts.method {
            Method::GET => {
                let request = http::Request::from_parts(parts, ());
                agent.run(agent.configure_request(request).timeout_global(timeout).build())
            }
            _ => {
                let request = http::Request::from_parts(parts, body);
                agent.run(agent.configure_request(request).timeout_global(timeout).build())
            }
        };
        let (parts, mut body) = answer.map_err(fault)?.into_parts();
        // `ureq` refuses a body that exactly reaches its limit.
        let limit = self.limits.max_response_bytes().saturating_add(1);
        let body = body.with_config().limit(limit).read_to_vec().map_err(fault)?;
        response(http::Response::from_parts(parts, body), &self.limits)
    }

    fn wait(&self, duration: Duration) {
        std::thread::sleep(duration);
    }

    fn now(&self) -> UnixTime {
        SystemTime::now().into()
    }

    fn entropy(&self) -> [u8; 16] {
        entropy()
    }
}

fn fault(error: ureq::Error) -> TransportFault {
    match error {
        ureq::Error::ConnectionFailed
        | ureq::Error::TlsRequired
        | ureq::Error::RequireHttpsOnly(_)
        | ureq::Error::BadUri(_) => TransportFault::Connect,
        ureq::Error::Timeout(_) => TransportFault::Timeout,
        _ => TransportFault::Closed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_proxy() {
        let proxy = ureq::Proxy::new("http://user:hunter2@proxy.invalid:1").unwrap();
        let config = UreqTransport::config_builder().proxy(Some(proxy));
        let transport = UreqTransport::with_config(config, Limits::new());
        let shown = format!("{transport:?} {transport:#?}");
        assert!(shown.contains("timeout: 30s"), "{shown}");
        for private in ["hunter2", "user", "proxy.invalid"] {
            assert!(!shown.contains(private), "{shown}");
        }
    }

    #[test]
    fn errors_before_the_connection_are_connect_faults_and_others_are_not() {
        assert_eq!(fault(ureq::Error::ConnectionFailed), TransportFault::Connect);
        let https_only = ureq::Agent::from(ureq::config::Config::builder().https_only(true).build());
        let refused = https_only.get("http://127.0.0.1:9/").call().unwrap_err();
        assert_eq!(fault(refused), TransportFault::Connect);
        assert_eq!(fault(ureq::Error::Timeout(ureq::Timeout::Global)), TransportFault::Timeout);
        for error in
            [ureq::Error::HostNotFound, ureq::Error::Io(std::io::ErrorKind::ConnectionRefused.into())]
        {
            assert_eq!(fault(error), TransportFault::Closed);
        }
    }
}
