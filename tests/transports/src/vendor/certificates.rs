//! A certificate authority for one run, and valid and invalid certificates.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::names;

/// The kind of a certificate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Certificate {
    /// Issued by the authority for all names of the vendor.
    Good,
    /// Self-signed.
    SelfSigned,
    /// Issued by the authority, but expired.
    Expired,
    /// Issued by the authority for another name.
    OtherName,
}

/// The certificate authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Result<Self, rcgen::Error> {
        let mut parameters = CertificateParams::new(Vec::new())?;
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        parameters.distinguished_name = named("Hudhud transport tests");
        Ok(Self(CertifiedIssuer::self_signed(parameters, KeyPair::generate()?)?))
    }

    /// Returns the authority's own certificate, for clients to trust.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// Returns a TLS acceptor with a certificate of this kind, for these ALPN protocols.
    pub(crate) fn acceptor(
        &self,
        certificate: Certificate,
        protocols: &[&[u8]],
    ) -> Result<TlsAcceptor, Box<dyn std::error::Error + Send + Sync>> {
        let name = match certificate {
            Certificate::OtherName => "somebody-else.hudhud.test",
            _ => names::VENDOR,
        };
        let mut names = vec![name.to_owned()];
        if certificate != Certificate::OtherName {
            names.extend([names::TWO, "localhost", "127.0.0.1", "127.0.0.2"].map(String::from));
        }
        let mut parameters = CertificateParams::new(names)?;
        parameters.distinguished_name = named(name);
        parameters.use_authority_key_identifier_extension = true;
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        (parameters.not_before, parameters.not_after) = match certificate {
            Certificate::Expired => (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1)),
            _ => (date_time_ymd(2025, 1, 1), date_time_ymd(2045, 1, 1)),
        };
        let key = KeyPair::generate()?;
        let signed = match certificate {
            Certificate::SelfSigned => parameters.self_signed(&key)?,
            _ => parameters.signed_by(&key, &self.0)?,
        };
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![signed.der().clone()], key)?;
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}
