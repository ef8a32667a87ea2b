//! Wazaj: WhatsApp Business messages, from server to server.
//!
//! The vendor forbids its keys and base URL in browsers and apps. It documents no idempotency key, so a message with an
//! unknown outcome is never retried automatically.

mod messages;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub use messages::*;

use hudhud_macros::closed_enum;

use crate::endpoint::{EndpointSpec, RetrySafety, Surface, Vendor, VendorInfo};
use crate::error::Error;
use crate::http::request::Header;
use crate::service::Service;
use crate::service::variables::required;
use crate::types::json::{Json, Object};
use crate::types::secret::Secret;

/// The base URL in the examples of the vendor's page, with its production host. Each deployment has its own base URL.
/// The vendor asks its users to keep the base URL in an environment variable.
pub const EXAMPLE_BASE_URL: &str = "https://transuptech.online/api/wazaj/business";

/// The Wazaj client without I/O, for one API key.
///
/// ```
/// use hudhud::{ApiKey, CallOptions, Wazaj, wazaj::{EXAMPLE_BASE_URL, SendText}};
/// let wazaj = Wazaj::new(ApiKey::new("wzj_test")?, EXAMPLE_BASE_URL)?;
/// let request = wazaj.request(&SendText::new("+50912345678", "Hello"), &CallOptions::new())?;
/// assert!(request.url.ends_with("/api/wazaj/business/messages/text"));
/// # Ok::<(), hudhud::Error>(())
/// ```
pub type Wazaj = Service<Credentials>;

/// A key of the developer console.
///
/// Source: Wazaj, "Otantifikasyon".
#[derive(Clone, Debug)]
pub struct ApiKey(Secret);

impl ApiKey {
    /// Creates the key from its text (`wzj_…`).
    ///
    /// # Errors
    /// `invalid_request` for `api_key`.
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        let key = Secret::for_header("wzj_", key).map_err(|fault| Error::invalid("api_key", fault))?;
        Ok(Self(key))
    }
}

/// The header in which the key is sent: one of the three documented forms.
#[closed_enum]
#[derive(Default)]
#[non_exhaustive]
pub enum ApiKeyScheme {
    /// `X-API-Key: wzj_…`, as in every sample.
    #[default]
    Header,
    /// `Authorization: Bearer wzj_…`
    Bearer,
    /// `Authorization: ApiKey wzj_…`
    ApiKey,
}

/// The facts about Wazaj that its calls and errors depend on. The page asks to retry after 503, and its list of codes is
/// open.
static INFO: VendorInfo = VendorInfo {
    name: "wazaj",
    unkeyed: RetrySafety::OnlyIfUnavailable,
    error_codes: &["billing_send_denied", "templates_not_entitled"],
    has_sessions: false,
    hints: &[
        ("billing_send_denied", "The account's billing forbids sending: see the Wazaj console."),
        ("templates_not_entitled", "The account's plan has no templates: see the Wazaj console."),
    ],
};

/// Returns the part of the API to which a path belongs.
pub(crate) const fn surface(_: &str) -> Surface {
    Surface::Business
}

/// The credentials of a Wazaj client.
#[derive(Clone, Debug)]
pub struct Credentials {
    key: ApiKey,
    form: ApiKeyScheme,
}

impl Vendor for Credentials {
    const INFO: &'static VendorInfo = &INFO;

    fn surface(path: &str) -> Surface {
        surface(path)
    }

    fn authorize(&self, _: &EndpointSpec, headers: &mut Vec<Header>) {
        let key = self.key.0.expose_secret();
        headers.push(match self.form {
            ApiKeyScheme::Header => ("X-API-Key".into(), key.to_string()),
            ApiKeyScheme::Bearer => ("Authorization".into(), format!("Bearer {key}")),
            ApiKeyScheme::ApiKey => ("Authorization".into(), format!("ApiKey {key}")),
        });
    }

    fn is_error_body(body: &[u8]) -> bool {
        let Some(body) = crate::codec::output::in_bytes::<Object>(body) else { return false };
        let data = body.get("data").and_then(|data| data.read::<Object>().ok());
        let success = [body.get("success"), data.as_ref().and_then(|data| data.get("success"))];
        success.into_iter().flatten().any(is_refusal)
    }
}

/// Returns `true` if `success` has a value that is false in PHP, in any notation.
fn is_refusal(success: &Json) -> bool {
    match success.as_text() {
        Some(text) => {
            let text = text.trim();
            text.is_empty() || text.eq_ignore_ascii_case("false") || is_zero(text)
        }
        None => success.as_str() == "false" || is_zero(success.as_str()),
    }
}

/// Returns `true` for the number 0, as `0`, `0.0` or `-0`.
fn is_zero(text: &str) -> bool {
    text.strip_prefix('-').unwrap_or(text).starts_with('0')
        && crate::text::json_repair::number_as_text(text).is_some_and(|number| number == "0")
}

impl Wazaj {
    /// Creates a service with the base URL of a deployment: its host and `/api/wazaj/business`.
    ///
    /// # Errors
    /// `invalid_request` for `base_url`.
    pub fn new(key: ApiKey, base_url: &str) -> Result<Self, Error> {
        Self::with_base_url(Credentials { key, form: ApiKeyScheme::default() }, base_url)
    }

    /// Creates a service from the variables `WAZAJ_API_KEY` and `WAZAJ_BASE_URL`, which are both required. Core reads no
    /// environment itself: `lookup` returns the value of a variable. An empty value counts as unset.
    ///
    /// ```no_run
    /// let wazaj = hudhud::Wazaj::from_variables(|name| std::env::var(name).ok())?;
    /// # Ok::<(), hudhud::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_request`. It names a variable that has no value, and the setting, such as `base_url`, of an invalid value.
    pub fn from_variables(mut lookup: impl FnMut(&str) -> Option<String>) -> Result<Self, Error> {
        let lookup = &mut lookup;
        let key = required(lookup, "WAZAJ_API_KEY", "set it to a key from the developer console (wzj_…)");
        let base_url = required(
            lookup,
            "WAZAJ_BASE_URL",
            "set it to the deployment's URL, which ends in /api/wazaj/business",
        );
        match (key, base_url) {
            (Ok(key), Ok(base_url)) => Self::new(ApiKey::new(key)?, &base_url),
            (key, base_url) => Err(Error::together(key.err(), base_url.err())),
        }
    }

    /// Sets the form in which the key is sent. Default: [`ApiKeyScheme::Header`].
    #[must_use]
    pub fn api_key_scheme(mut self, form: ApiKeyScheme) -> Self {
        self.vendor.form = form;
        self
    }
}
