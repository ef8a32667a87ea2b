//! The extractor of verified deliveries.

use std::ops::Deref;

use axum::extract::{FromRef, FromRequest, Request};
use hudhud::webhook::{Verified, WebhookEvent};

use crate::refused::Refused;
use crate::webhook::Webhook;

/// A delivery whose signature and age were verified. Make it the last argument of the handler, because it reads the
/// body.
#[derive(Debug)]
pub struct VerifiedDelivery(
    /// The event, with its replay key.
    pub Verified<WebhookEvent>,
);

impl Deref for VerifiedDelivery {
    type Target = Verified<WebhookEvent>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<S> FromRequest<S> for VerifiedDelivery
where
    S: Send + Sync,
    Webhook: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        Webhook::from_ref(state).receive(request).await.map(Self)
    }
}
