//! Accepts connections, serves them with hyper, and closes one during a call if a fault requires it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::calls::CALLS;
use crate::faults::Shape;
use crate::log::LogEntry;
use crate::pipeline;
use crate::protocol::accept::expects_json;
use crate::protocol::envelope::ErrorContext;
use crate::protocol::surface::Surface;
use crate::service::Service;
use crate::wire::{Dropped, respond};
use crate::{admin, dashboard};

/// The time that a client has to send a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The time that calls in progress have when the sandbox ends.
const GRACE: Duration = Duration::from_secs(2);

/// Marks the framework's 405 response. Its text contains methods that are known only when the response is complete.
#[derive(Debug, Clone, Copy)]
struct NotAllowed;

/// Serves until `ending` changes, then lets calls in progress finish.
pub(crate) async fn serve(listener: TcpListener, service: Arc<Service>, mut ending: watch::Receiver<bool>) {
    let router = TowerToHyperService::new(router(&service));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = ending.changed() => break,
            Some(_) = connections.join_next() => continue,
        };
        let Ok((socket, _)) = accepted else {
            // The process has probably too many open sockets. Some will be closed soon.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        // A response is one small write, so Nagle's algorithm would only add delay.
        let _ = socket.set_nodelay(true);
        let (service, router, mut ending) = (Arc::clone(&service), router.clone(), ending.clone());
        connections.spawn(async move {
            let answering = service_fn(move |request| {
                let (service, router) = (Arc::clone(&service), router.clone());
                async move { answer(&service, &router, request).await }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .serve_connection(TokioIo::new(socket), answering);
            let mut connection = std::pin::pin!(connection);
            tokio::select! {
                _ = connection.as_mut() => {}
                _ = ending.changed() => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

async fn answer(
    service: &Service,
    router: &TowerToHyperService<Router>,
    request: Request<Incoming>,
) -> Result<Response, Dropped> {
    let (started, at) = (Instant::now(), service.clock.now());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let wants_json = expects_json(request.headers());
    let mut response = router.call(request.map(Body::new)).await.unwrap_or_else(|never| match never {});
    if response.extensions().get::<NotAllowed>().is_some() {
        response = name_allowed(service, response, &method, &path, wants_json);
    }
    let is_dropped = response.extensions().get::<Dropped>().is_some();
    if !is_own(&path) {
        let note = response.extensions_mut().remove::<LogEntry>().unwrap_or_default();
        let status = if is_dropped { 0 } else { response.status().as_u16() };
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        service.log.call(at, method.to_string(), path, status, micros, note);
    }
    if is_dropped { Err(Dropped) } else { Ok(response) }
}

/// Returns true for the page and the admin endpoints. They are not logged as calls.
fn is_own(path: &str) -> bool {
    path == "/" || path == "/favicon.ico" || path.starts_with("/_sandbox")
}

/// Returns the router for all 57 calls, the page and the admin endpoints.
fn router(service: &Arc<Service>) -> Router {
    let mut router = Router::new();
    for entry in &CALLS {
        for method in entry.verb.methods(service.config.update_verb) {
            let filter =
                MethodFilter::try_from(method.clone()).expect("the table contains only standard methods");
            router = router.route(
                entry.path,
                on(filter, move |State(service): State<Arc<Service>>, request: Request| {
                    pipeline::answer(service, entry, request)
                }),
            );
        }
    }
    router = router.method_not_allowed_fallback(not_allowed).fallback(not_found);
    router.with_state(Arc::clone(service)).merge(admin::router(service)).merge(dashboard::router(service))
}

async fn not_allowed() -> Result<Response, Infallible> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response.extensions_mut().insert(NotAllowed);
    Ok(response)
}

async fn not_found(State(service): State<Arc<Service>>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let wants_json = expects_json(request.headers());
    let error_context =
        ErrorContext { surface: Surface::App, expects_json: wants_json, config: &service.config };
    let answer = error_context.before_any_route(404, &format!("The route {path} could not be found."));
    respond(&service.config, answer, Shape::Whole, LogEntry::default())
}

/// Adds the methods of the `Allow` header to the text of the framework's 405.
fn name_allowed(
    service: &Service,
    bare: Response,
    method: &Method,
    path: &str,
    wants_json: bool,
) -> Response {
    let allow = bare.headers().get(header::ALLOW).cloned();
    let methods = allow.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default().replace(',', ", ");
    let message = format!(
        "The {method} method is not supported for route {}. Supported methods: {methods}.",
        path.trim_start_matches('/')
    );
    let error_context =
        ErrorContext { surface: Surface::App, expects_json: wants_json, config: &service.config };
    let answer = error_context.before_any_route(405, &message).with("allow", methods);
    respond(&service.config, answer, Shape::Whole, LogEntry::default())
}
