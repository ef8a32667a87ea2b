//! The HTTP client for deliveries.

use reqwest::redirect;

/// The maximum number of concurrent attempts, so that a hanging receiver does not use up all sockets.
pub(crate) const AT_ONCE: usize = 256;

/// Creates the HTTP client for deliveries.
pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .user_agent("Zagely-Webhooks/1.0 (hudhud-sandbox)")
        .redirect(redirect::Policy::none())
        .no_proxy()
        // The vendor's page writes header names in this case, and some receivers compare them case-sensitively.
        .http1_title_case_headers()
        .pool_max_idle_per_host(AT_ONCE)
        .build()
}
