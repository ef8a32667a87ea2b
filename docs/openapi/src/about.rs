//! The facts about each vendor's API as a whole: title, server and credentials.

use serde_json::{Value, json};

/// The facts about a vendor's API.
pub(crate) struct About {
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    pub(crate) server: &'static str,
    /// The security schemes.
    pub(crate) security: Value,
}

/// Returns the facts about a vendor's API.
pub(crate) fn about(vendor: &str) -> About {
    match vendor {
        "zagely" => About {
            title: "Zagely API",
            description: "The v1 API and the unversioned app routes. Details that the vendor's page does not state \
                          are marked `x-inferred`.",
            server: hudhud::zagely::BASE_URL,
            security: json!({
                "publicKey": {"type": "apiKey", "in": "header", "name": "X-Public-Key", "description": "`pk_…`"},
                "secretKey": {"type": "apiKey", "in": "header", "name": "X-Secret-Key", "description": "`sk_…`"},
                "appToken": {
                    "type": "http", "scheme": "bearer", "description": "A token of the dashboard, for app routes.",
                    "x-inferred": "the page does not say how app routes are authenticated",
                },
            }),
        },
        _ => About {
            title: "Wazaj Business API",
            description: "For servers only: the vendor forbids the keys and the base URL in browsers and apps.",
            server: hudhud::wazaj::EXAMPLE_BASE_URL,
            security: json!({
                "apiKeyHeader": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "`wzj_…`"},
                "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer wzj_…`"},
                "apiKeyScheme": {
                    "type": "apiKey", "in": "header", "name": "Authorization",
                    "description": "`Authorization: ApiKey wzj_…`",
                },
            }),
        },
    }
}
