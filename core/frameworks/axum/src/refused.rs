//! The reason to refuse a delivery, and the response.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hudhud::webhook::WebhookError;

/// The reason to refuse a delivery. As a response it is a status without a body, because the sender may be an attacker. It writes
/// the reason to the log, at the level `WARN` with the target `hudhud`.
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
        tracing::warn!(target: "hudhud", "{self}");
        status.into_response()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;
    use std::sync::{Arc, Mutex};

    use axum::response::IntoResponse as _;
    use tracing::field::Field;
    use tracing::{Event, Subscriber};
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::{Context, SubscriberExt as _};

    use super::Refused;

    /// The log.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Lines {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let (target, level) = (event.metadata().target(), event.metadata().level());
            event.record(&mut |_: &Field, value: &dyn Debug| {
                self.0.lock().unwrap().push(format!("{level} {target} {value:?}"));
            });
        }
    }

    #[test]
    fn the_log_has_the_reason_that_the_sender_does_not_get() {
        let lines = Lines::default();
        let status =
            tracing::subscriber::with_default(tracing_subscriber::registry().with(lines.clone()), || {
                Refused::TooLarge(10_000).into_response().status()
            });
        assert_eq!(status, 413);
        let expected = "WARN hudhud webhook refused: the body is larger than 10000 bytes; raise max_body_bytes to accept it";
        assert_eq!(*lines.0.lock().unwrap(), [expected]);
    }
}
