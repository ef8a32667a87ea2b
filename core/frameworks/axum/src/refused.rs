//! The reason to refuse a delivery, which is also the response.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hudhud::webhook::WebhookError;

/// The reason to refuse a delivery.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refused {
    /// The delivery is not authentic, too old or malformed. The response is 400 or 401.
    Webhook(WebhookError),
    /// The body is larger than this number of bytes. The response is 413.
    TooLarge(usize),
    /// The body could not be read: the connection was lost. The response is 400.
    Unreadable,
}

impl Display for Refused {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Webhook(error) => error.fmt(formatter),
            Self::TooLarge(limit) => write!(
                formatter,
                "webhook refused: the body is larger than {limit} bytes; raise max_body_bytes to accept it"
            ),
            Self::Unreadable => {
                formatter.write_str("webhook refused: the connection was lost inside the body")
            }
        }
    }
}

impl Error for Refused {}

impl From<WebhookError> for Refused {
    fn from(error: WebhookError) -> Self {
        Self::Webhook(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Webhook(error) => {
                StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::BAD_REQUEST)
            }
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable => StatusCode::BAD_REQUEST,
        };
        (status, self.to_string()).into_response()
    }
}
