//! The part of an attempt before its connection is established.

use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout};

/// Reports every failure before a connection is established as `ConnectionFailed`: unknown hosts, TLS, proxies,
/// timeouts. The errors of `ureq` do not distinguish these from a lost connection.
#[derive(Debug, Default)]
pub(crate) struct Dial<T>(T);

impl Resolver for Dial<DefaultResolver> {
    fn resolve(
        &self,
        uri: &Uri,
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
        if details.needs_tls() && !has_tls(details) {
            return Err(ureq::Error::ConnectionFailed);
        }
        self.0.connect(details, chained).map_err(|_| ureq::Error::ConnectionFailed)
    }
}

/// Returns true if the features of this crate include the configured TLS. If they do not, and another crate enables
/// the other TLS library of `ureq`, `ureq` panics.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn has_tls(details: &ConnectionDetails<'_>) -> bool {
    use ureq::tls::TlsProvider;
    match details.config.tls_config().provider() {
        TlsProvider::Rustls => cfg!(feature = "rustls"),
        TlsProvider::NativeTls => cfg!(feature = "native-tls"),
        _ => true,
    }
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn has_tls(_: &ConnectionDetails<'_>) -> bool {
    false
}

#[cfg(all(test, feature = "rustls", not(feature = "native-tls")))]
mod tests {
    use hudhud::zagely::CheckHealth;
    use hudhud::{CallOptions, KeyPair, Transport, TransportFault, Zagely};
    use ureq::tls::{TlsConfig, TlsProvider};

    use crate::{Limits, UreqTransport};

    #[test]
    fn tls_without_its_feature_is_a_connect_fault() {
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("https://{}", server.local_addr().unwrap());
        let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap()).base_url(&origin).unwrap();
        let request = zagely.request(&CheckHealth::new(), &CallOptions::new()).unwrap();
        let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).build();
        let config = UreqTransport::config_builder().tls_config(tls);
        let transport = UreqTransport::with_config(config, Limits::new());
        assert_eq!(transport.send(request).unwrap_err(), TransportFault::Connect);
    }
}
