//! The page at `/`, which shows a person the activity of the sandbox. Its HTML, style and script need no build step.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;

use crate::service::Service;

const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

/// Forbids content from other origins, and frames.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn router(service: &Arc<Service>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/_sandbox/page.js", get(async || serve(SCRIPT.to_owned(), "text/javascript; charset=utf-8")))
        .route("/_sandbox/page.css", get(async || serve(STYLE.to_owned(), "text/css; charset=utf-8")))
        .with_state(Arc::clone(service))
}

/// Serves the page. On loopback and under the sandbox's own address it contains the admin token, so that it opens
/// without a login. There, only users of this machine can see it.
async fn page(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    if !is_addressed(&service, &headers) {
        let mut response = Response::new(Body::from("the Host header is not an address of this sandbox\n"));
        *response.status_mut() = StatusCode::FORBIDDEN;
        return response;
    }
    let token = if service.address.ip().is_loopback() {
        service.world.lock().admin_token.clone()
    } else {
        String::new()
    };
    serve(PAGE.replace("{{ADMIN_TOKEN}}", &token), "text/html; charset=utf-8")
}

fn serve(text: String, kind: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Returns true if the `Host` header is an address of the sandbox. A web page whose name was made to resolve to this
/// machine (DNS rebinding) sends its own name.
pub(crate) fn is_addressed(service: &Service, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    let is_loopback_name = name == "localhost" || name.ends_with(".localhost");
    is_loopback_name || name.parse::<std::net::IpAddr>().is_ok() || !service.address.ip().is_loopback()
}
