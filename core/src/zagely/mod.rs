//! Zagely: one API for many channels, with an account, contacts, campaigns and webhooks.
//!
//! Each resource has a file, in the order of the vendor's page. Calls under `/api/v1` use a key pair. The
//! page also lists routes without a version, the *app routes*. They may need an app token instead ([`AppAuth`]).

mod account;
mod analytics;
mod automations;
mod campaigns;
pub(crate) mod channel;
mod contact_groups;
mod contacts;
mod messages;
mod sessions;
mod templates;
mod variables;
pub mod webhook;
mod webhooks;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub use account::*;
pub use analytics::*;
pub use automations::*;
pub use campaigns::*;
pub use contact_groups::*;
pub use contacts::*;
pub use messages::*;
pub use sessions::*;
pub use templates::*;
pub use webhooks::*;

pub use channel::Channel;

use hudhud_macros::closed_enum;

use crate::endpoint::{EndpointSpec, RetrySafety, Surface, Vendor, VendorInfo};
use crate::error::Error;
use crate::http::request::Header;
use crate::service::Service;
use crate::types::secret::Secret;

/// The origin in all samples of the vendor's page.
pub const BASE_URL: &str = "https://zagely.com";

/// The Zagely client without I/O, for one key pair.
///
/// ```
/// use hudhud::{CallOptions, KeyPair, Zagely, zagely::ListContacts};
/// let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test")?);
/// let request = zagely.request(&ListContacts::new().tags(["vip"]), &CallOptions::new())?;
/// assert_eq!(request.url, "https://zagely.com/api/v1/contacts?tags%5B%5D=vip");
/// # Ok::<(), hudhud::Error>(())
/// ```
pub type Zagely = Service<Credentials>;

/// The two keys of a workspace.
///
/// Source: Zagely, "Authentication". The page states the prefixes of keys, but not their lengths.
#[derive(Clone, Debug)]
pub struct KeyPair {
    public: Secret,
    secret: Secret,
}

impl KeyPair {
    /// Creates the pair from the public key (`pk_…`) and the secret key (`sk_…`).
    ///
    /// # Errors
    /// `invalid_request` for `public_key` or `secret_key`.
    pub fn new(public: impl Into<String>, secret: impl Into<String>) -> Result<Self, Error> {
        let (public, secret) =
            (header_value("public_key", "pk_", public), header_value("secret_key", "sk_", secret));
        match (public, secret) {
            (Ok(public), Ok(secret)) => Ok(Self { public, secret }),
            (public, secret) => Err(Error::together(public.err(), secret.err())),
        }
    }
}

/// The credentials that are sent on app routes if an app token is set.
#[closed_enum]
#[derive(Default)]
#[non_exhaustive]
pub enum AppAuth {
    /// The token alone. The keys are not sent.
    #[default]
    Token,
    /// The key pair alone. The token is not sent.
    Keys,
    /// The token and the key pair.
    TokenAndKeys,
}

/// The facts about Zagely that its calls and errors depend on.
static INFO: VendorInfo = VendorInfo {
    name: "zagely",
    unkeyed: RetrySafety::OnlyIfRejected,
    error_codes: &[],
    has_sessions: true,
    hints: &[
        (
            "unauthenticated",
            "This route may need an app token from the dashboard instead of the key pair: set app_token.",
        ),
        ("key_inactive", "The key is disabled or expired: create a new one in the dashboard."),
        ("credentials_missing", "The keys did not arrive: check for a proxy that drops headers."),
        ("insufficient_ability", "Give the key the ability it lacks, or use another key."),
    ],
};

/// Returns the part of the API to which a path belongs.
pub(crate) const fn surface(path: &str) -> Surface {
    if begins(path, "/api/v1/") { Surface::V1 } else { Surface::App }
}

/// Implements `str::starts_with` for constants.
const fn begins(text: &str, start: &str) -> bool {
    let (text, start) = (text.as_bytes(), start.as_bytes());
    let mut at = 0;
    while at < start.len() {
        if at >= text.len() || text[at] != start[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The credentials of a Zagely client.
#[derive(Clone, Debug)]
pub struct Credentials {
    keys: KeyPair,
    app_token: Option<Secret>,
    app_auth: AppAuth,
    app_prefix: String,
}

impl Vendor for Credentials {
    const INFO: &'static VendorInfo = &INFO;

    fn surface(path: &str) -> Surface {
        surface(path)
    }

    fn authorize(&self, spec: &EndpointSpec, headers: &mut Vec<Header>) {
        let token = self.app_token.as_ref().filter(|_| spec.surface == Surface::App);
        let (token, keys) = match (token, self.app_auth) {
            (Some(token), AppAuth::Token) => (Some(token), false),
            (Some(token), AppAuth::TokenAndKeys) => (Some(token), true),
            (_, _) => (None, true),
        };
        if let Some(token) = token {
            headers.push(("Authorization".into(), format!("Bearer {}", token.expose_secret())));
        }
        if keys {
            headers.push(("X-Public-Key".into(), self.keys.public.expose_secret().to_string()));
            headers.push(("X-Secret-Key".into(), self.keys.secret.expose_secret().to_string()));
        }
    }

    fn public_key_end(&self) -> Option<String> {
        let key = self.keys.public.expose_secret();
        // A key that is not longer than its end would be shown as a whole.
        let end = if key.len() > 12 { &key[key.len() - 4..] } else { "" };
        Some(format!("pk_…{end}"))
    }

    fn public_key(&self) -> Option<&str> {
        Some(self.keys.public.expose_secret())
    }

    fn prefix<'a>(&'a self, path: &'a str, surface: Surface) -> (&'a str, &'a str) {
        match path.strip_prefix("/api") {
            Some(rest) if surface == Surface::App => (&self.app_prefix, rest),
            _ => ("", path),
        }
    }
}

impl Zagely {
    /// Creates a service with the vendor's own origin and default settings.
    #[must_use]
    pub fn new(keys: KeyPair) -> Self {
        let access = Credentials {
            keys,
            app_token: None,
            app_auth: AppAuth::default(),
            app_prefix: "/api".to_string(),
        };
        Self::with_static_base_url(access, BASE_URL)
    }

    /// Sets a token of the dashboard. It is sent as `Authorization: Bearer …` on app routes, which are the routes
    /// without a version.
    ///
    /// Inferred: the vendor's page does not say how those routes are authenticated. It states only that other channels are
    /// reached "via the Sanctum API".
    ///
    /// # Errors
    /// `invalid_request` for `app_token` if the token cannot be the value of a header.
    pub fn app_token(mut self, token: impl Into<String>) -> Result<Self, Error> {
        self.vendor.app_token = Some(header_value("app_token", "", token)?);
        Ok(self)
    }

    /// Sets the credentials that are sent on app routes if a token is set. Default: [`AppAuth::Token`].
    #[must_use]
    pub fn app_auth(mut self, auth: AppAuth) -> Self {
        self.vendor.app_auth = auth;
        self
    }

    /// Sets the prefix that replaces `/api` in the paths of app routes, such as `/api/v1`. Use it if the vendor serves
    /// these routes under another prefix. Inferred: the vendor's page names abilities of keys for resources that have only app
    /// routes, so key pairs may reach these routes under `/api/v1`.
    ///
    /// # Errors
    /// `invalid_request` for `app_prefix` if the prefix is neither empty nor a valid path. A valid path begins with one slash,
    /// has no empty, `.` or `..` segment, and consists of ASCII letters, digits and `-._~/`.
    pub fn app_prefix(mut self, prefix: &str) -> Result<Self, Error> {
        let prefix = prefix.trim_end_matches('/');
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        // These segments would change the path.
        let moves = prefix.split('/').skip(1).any(|segment| matches!(segment, "" | "." | ".."));
        if !(prefix.is_empty() || prefix.starts_with('/')) || !prefix.bytes().all(legal) || moves {
            return Err(Error::invalid("app_prefix", "The app prefix must be a path such as /api/v1."));
        }
        self.vendor.app_prefix = prefix.to_string();
        Ok(self)
    }
}

/// Checks a key. Its error is under `field`.
fn header_value(field: &str, prefix: &str, text: impl Into<String>) -> Result<Secret, Error> {
    Secret::for_header(prefix, text).map_err(|fault| Error::invalid(field, fault))
}
