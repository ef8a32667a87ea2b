//! The layer that verifies deliveries in front of a service.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::webhook::Webhook;

/// A layer that verifies deliveries. The inner service receives only verified ones. The event is in the extensions of the
/// request, as `Arc<Verified<WebhookEvent>>`. The body is unchanged.
#[derive(Clone, Debug)]
pub struct VerifyLayer(Webhook);

impl VerifyLayer {
    /// Creates the layer.
    #[must_use]
    pub fn new(webhook: Webhook) -> Self {
        Self(webhook)
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = VerifyService<S>;

    fn layer(&self, inner: S) -> VerifyService<S> {
        VerifyService { webhook: self.0.clone(), inner }
    }
}

/// The service of a [`VerifyLayer`].
#[derive(Clone, Debug)]
pub struct VerifyService<S> {
    webhook: Webhook,
    inner: S,
}

impl<S> Service<Request> for VerifyService<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The service that was polled is the one to call. Its clone takes its place.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let webhook = self.webhook.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match webhook.read(&parts.headers, body).await {
                Ok((event, body)) => {
                    parts.extensions.insert(Arc::new(event));
                    inner.call(Request::from_parts(parts, Body::from(body))).await
                }
                Err(refused) => Ok(refused.into_response()),
            }
        })
    }
}
