//! The endpoints under `/_sandbox`: functions that tests need and that no vendor offers. They require the admin
//! token. The `Host` header must be one of the sandbox's own addresses, so that no web page can reach them through a
//! browser.

mod access;
mod actions;
mod faults;
mod inspect;
mod reply;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde_json::json;

use self::reply::{Shared, answer};
use crate::dashboard;
use crate::protocol::credentials::credentials;
use crate::service::Service;

pub(crate) fn router(service: &Arc<Service>) -> Router {
    Router::new()
        .route("/_sandbox", get(inspect::about))
        .route("/_sandbox/calls", get(inspect::calls))
        .route("/_sandbox/log", get(inspect::log))
        .route("/_sandbox/messages", get(inspect::messages))
        .route("/_sandbox/recipients", get(inspect::recipients))
        .route("/_sandbox/deliveries", get(inspect::deliveries))
        .route("/_sandbox/deliveries/{id}/replay", post(actions::replay))
        .route("/_sandbox/inbound", post(actions::inbound))
        .route("/_sandbox/advance", post(actions::advance))
        .route("/_sandbox/faults", get(faults::list).post(faults::add).delete(faults::clear))
        .route("/_sandbox/faults/{id}", delete(faults::remove))
        .route("/_sandbox/keys", post(access::add_key))
        .route("/_sandbox/keys/{id}", post(access::change_key))
        .route("/_sandbox/sessions", get(inspect::sessions).post(actions::add_session))
        .route("/_sandbox/sessions/{id}/{event}", post(actions::session_event))
        .route("/_sandbox/contacts/{id}/opt-out", post(actions::opt_out))
        .route("/_sandbox/imports/{id}", get(inspect::transfer))
        .route("/_sandbox/exports/{id}", get(inspect::transfer))
        .route("/_sandbox/exports/{id}/file", get(inspect::export_file))
        .route("/_sandbox/database", post(actions::database))
        .route("/_sandbox/wazaj", get(access::wazaj).post(access::change_wazaj))
        .route("/_sandbox/wazaj/keys", post(access::add_wazaj_key))
        .route("/_sandbox/reset", post(actions::reset))
        .layer(from_fn_with_state(Arc::clone(service), only_admin))
        .with_state(Arc::clone(service))
}

async fn only_admin(State(service): Shared, request: Request, next: Next) -> Response {
    if !dashboard::is_addressed(&service, request.headers()) {
        return answer(
            StatusCode::FORBIDDEN,
            &json!({ "message": "the Host header is not an address of this sandbox" }),
        );
    }
    let is_admin = {
        let world = service.world.lock();
        credentials(request.headers(), "bearer") == Some(world.admin_token.as_str())
    };
    if !is_admin {
        let body = json!({ "message": "the header Authorization: Bearer <admin token> is required" });
        return answer(StatusCode::UNAUTHORIZED, &body);
    }
    // GET requests, which the page makes constantly, change nothing.
    let changes = request.method() != Method::GET;
    let response = next.run(request).await;
    if changes {
        service.changed();
    }
    response
}
