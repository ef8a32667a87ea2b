//! The verifier of a server, with the limit of a body.

use std::sync::Arc;
use std::time::SystemTime;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hudhud::Error;
use hudhud::webhook::{Verified, Verifier, WebhookErrorReason, WebhookEvent};

use crate::refused::Refused;

/// The verifier of deliveries in the state of a router. Clones share it.
#[derive(Clone, Debug)]
pub struct Webhook {
    verifier: Arc<Verifier>,
    max_body_bytes: usize,
}

impl Webhook {
    /// The default limit of a body. A delivery has a few kilobytes.
    pub const MAX_BODY_BYTES: usize = 1024 * 1024;

    /// Creates a verifier with the webhook's secret.
    ///
    /// # Errors
    /// Those of [`Verifier::new`].
    pub fn new(secret: impl AsRef<str>) -> Result<Self, Error> {
        Ok(Verifier::new(secret)?.into())
    }

    /// Sets the limit of a body in bytes. Default: [`Webhook::MAX_BODY_BYTES`].
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Reads and verifies a delivery.
    ///
    /// # Errors
    /// [`Refused`], which is also the response.
    pub async fn receive(&self, request: Request) -> Result<Verified<WebhookEvent>, Refused> {
        let (parts, body) = request.into_parts();
        Ok(self.read(&parts.headers, body).await?.0)
    }

    /// Reads and verifies a delivery. Returns its event and its body.
    pub(crate) async fn read(
        &self,
        headers: &axum::http::HeaderMap,
        body: Body,
    ) -> Result<(Verified<WebhookEvent>, Bytes), Refused> {
        // The headers of most forged deliveries are wrong, so the body need not be read.
        if let Err(error) = self.verifier.verify_signature(headers, b"", SystemTime::now().into())
            && error.reason() != WebhookErrorReason::SignatureMismatch
        {
            return Err(Refused::Webhook(error));
        }
        let body = Limited::new(body, self.max_body_bytes).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                Refused::TooLarge(self.max_body_bytes)
            } else {
                Refused::Unreadable
            }
        })?;
        let body = body.to_bytes();
        let event = self.verifier.verify(headers, &body, SystemTime::now().into())?;
        Ok((event, body))
    }
}

impl From<Verifier> for Webhook {
    fn from(verifier: Verifier) -> Self {
        Self { verifier: Arc::new(verifier), max_body_bytes: Self::MAX_BODY_BYTES }
    }
}
