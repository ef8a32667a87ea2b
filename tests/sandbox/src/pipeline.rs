//! Processes one call in the order that a service does: faults, body, credentials, limits, ability, idempotency,
//! fields, handler. Then it writes the response.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use axum::RequestExt;
use axum::extract::{RawPathParams, Request};
use axum::http::{HeaderMap, Method, StatusCode, header, request};
use axum::response::Response;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::json;
use uuid::Uuid;

use crate::call::Call;
use crate::clock::SimTime;
use crate::config::Quirk;
use crate::entry::Entry;
use crate::faults::{self, Fault, Shape};
use crate::log::{self, LogEntry};
use crate::protocol::accept::expects_json;
use crate::protocol::access::Access;
use crate::protocol::answer::{Answer, Body, Outcome, Refusal};
use crate::protocol::credentials::{Caller, identify, key_of};
use crate::protocol::envelope::{self, ErrorContext};
use crate::protocol::form::{self, Upload};
use crate::protocol::idempotency;
use crate::protocol::input::{self, Input};
use crate::protocol::surface::Surface;
use crate::protocol::validation::parse_uuid;
use crate::protocol::{html, limits};
use crate::service::Service;
use crate::state::answers::Scope;
use crate::state::store::Bounds;
use crate::state::world::{HEAVIEST, World};
use crate::wire::{dropped, respond};

/// The maximum size of a form, in bytes. It is large enough for an import.
const LONGEST_FORM: usize = 10 * 1024 * 1024;
/// The maximum size of any other body, in bytes.
const LONGEST_BODY: usize = 1024 * 1024;
/// The time that a client has to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A request that was read completely.
struct Read {
    parts: request::Parts,
    id: Uuid,
    body: Bytes,
    form: Option<(Input, Option<Upload>)>,
}

/// Responds to a request for one of the calls.
pub(crate) async fn answer(service: Arc<Service>, entry: &'static Entry, mut request: Request) -> Response {
    let wished = match request.headers().get(faults::HEADER).map(|value| value.to_str().unwrap_or("")) {
        Some(text) => match text.parse::<Fault>() {
            Ok(fault) => Some((fault, text.to_owned())),
            Err(reason) => {
                let body = json!({ "message": format!("X-Sandbox-Fault: {reason}") });
                return respond(
                    &service.config,
                    Answer::new(400, Body::Plain(body)),
                    Shape::Whole,
                    LogEntry::default(),
                );
            }
        },
        None => service.faults.lock().draw(entry, request.method(), request.uri().path()),
    };
    let (fault, fault_text) = wished.unzip();
    let fault = fault.unwrap_or_default();
    let mut note = LogEntry { call: Some(entry.name), fault: fault_text, ..LogEntry::default() };

    if !fault.delay.is_zero() {
        tokio::time::sleep(fault.delay).await;
    }
    if fault.shape == Shape::Close {
        return dropped(note);
    }
    let id = path_id(&mut request).await;
    let error_context = ErrorContext {
        surface: entry.surface(),
        expects_json: expects_json(request.headers()),
        config: &service.config,
    };
    let (parts, body) = request.into_parts();
    let boundary = form::boundary(&parts.headers);
    let longest = if boundary.is_some() { LONGEST_FORM } else { LONGEST_BODY };
    let limited = Limited::new(body, longest).collect();
    let body = match tokio::time::timeout(BODY_TIMEOUT, limited).await {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.downcast_ref::<LengthLimitError>().is_some() => {
            let answer = error_context.before_any_route(413, "The POST data is too large.");
            return respond(&service.config, answer.with("connection", "close"), Shape::Whole, note);
        }
        // The client went away or did not finish in time.
        Ok(Err(_)) | Err(_) => return dropped(note),
    };
    note.request = log::shown(&body);

    let stands_in = fault.status.or((fault.shape == Shape::Html).then_some(502));
    if let Some(status) = stands_in.filter(|_| !fault.processed) {
        let answer = stand_in(&service, error_context, status, &fault, &parts.headers);
        return respond(&service.config, answer, fault.shape, note);
    }

    let form = match boundary {
        Some(boundary) => match form::read(&body, boundary).await {
            Ok(form) => Some(form),
            Err(()) => {
                return respond(
                    &service.config,
                    error_context.refuse(&Refusal::Malformed),
                    fault.shape,
                    note,
                );
            }
        },
        None => None,
    };
    let read = Read { parts, id, body, form };
    let mut answer = process(&service, entry, error_context, &read, &mut note);
    service.changed();
    if let Some(status) = stands_in {
        answer = stand_in(&service, error_context, status, &fault, &read.parts.headers);
    }
    if fault.shape == Shape::Lost {
        return dropped(note);
    }
    respond(&service.config, answer, fault.shape, note)
}

async fn path_id(request: &mut Request) -> Uuid {
    let Ok(params) = request.extract_parts::<RawPathParams>().await else { return Uuid::nil() };
    let id = params.iter().find(|(name, _)| *name == "id").map(|(_, value)| value);
    id.and_then(parse_uuid).unwrap_or_default()
}

/// Returns the response for a fault with a status, in the format of the surface.
fn stand_in(
    service: &Service,
    error_context: ErrorContext<'_>,
    status: u16,
    fault: &Fault,
    headers: &HeaderMap,
) -> Answer {
    if fault.shape == Shape::Html {
        return Answer::html(status, html::proxy_page(status));
    }
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let message = reason.unwrap_or("Error");
    let default_code = match status {
        401 => "invalid_credentials",
        403 => "forbidden",
        404 => "not_found",
        422 => "validation_failed",
        429 => "rate_limit_exceeded",
        500 => "server_error",
        503 => "service_unavailable",
        _ => "sandbox_fault",
    };
    let code = fault.code.as_deref().unwrap_or(default_code);
    let body = match error_context.surface {
        Surface::V1 => envelope::v1_error(code, message, None),
        Surface::App if service.config.has(Quirk::AppEnvelope) => envelope::v1_error(code, message, None),
        Surface::App => json!({ "message": message }),
        Surface::Wazaj => json!({ "success": false, "message": message }),
    };
    let mut answer = Answer::new(status, Body::Plain(body));
    if status == 429 || fault.retry_after.is_some() {
        answer = answer.with("retry-after", fault.retry_after.unwrap_or(1));
    }
    if error_context.surface != Surface::Wazaj {
        let world = service.world.lock();
        if let Ok(key) = key_of(&world, headers, service.clock.now()) {
            answer.headers.extend(limits::headers(&world.keys[key]));
        }
    }
    answer
}

/// Makes all decisions that need the lock.
fn process(
    service: &Service,
    entry: &Entry,
    error_context: ErrorContext<'_>,
    read: &Read,
    note: &mut LogEntry,
) -> Answer {
    let mut world = service.world.lock();
    let mut context = CallContext {
        service,
        world: &mut world,
        now: service.clock.now(),
        entry,
        error_context,
        read,
        note,
    };
    // A panic in a handler is a defect of the sandbox, but must not end it.
    let decided = catch_unwind(AssertUnwindSafe(|| context.decide()));
    decided.unwrap_or_else(|_| error_context.refuse(&Refusal::ServerError))
}

/// One call with exclusive access to the state.
struct CallContext<'a> {
    service: &'a Service,
    world: &'a mut World,
    now: SimTime,
    entry: &'a Entry,
    error_context: ErrorContext<'a>,
    read: &'a Read,
    note: &'a mut LogEntry,
}

impl CallContext<'_> {
    fn decide(&mut self) -> Answer {
        let caller = match identify(
            self.world,
            self.error_context.surface,
            self.entry.access,
            &self.read.parts.headers,
            self.now,
        ) {
            Ok(caller) => caller,
            Err(refusal) => return self.error_context.refuse(&refusal),
        };
        self.note.who = match caller {
            Caller::Key(place) => Some(self.world.keys[place].name.clone()),
            Caller::AppToken => Some("app token".to_owned()),
            Caller::Anonymous | Caller::WazajKey => None,
        };
        let outcome = self.admit(caller).and_then(|()| self.answer_once(caller));
        let mut answer = outcome.unwrap_or_else(|refusal| self.error_context.refuse(&refusal));
        if let Some(place) = caller.key() {
            answer.headers.extend(limits::headers(&self.world.keys[place]));
        }
        answer
    }

    /// Checks limits before abilities, so that a call without the required ability counts too.
    fn admit(&mut self, caller: Caller) -> Result<(), Refusal> {
        if let Some(place) = caller.key() {
            limits::admit(&mut self.world.keys[place], self.now).map_err(|exceeded| {
                // Retry-After uses real seconds, because the client waits by its own clock.
                let wait = self.service.clock.real(self.now.until(exceeded.ends)).as_secs_f64().ceil();
                Refusal::OverLimit(exceeded, (wait as u64).max(1))
            })?;
            if let Access::Ability(ability) = self.entry.access
                && !self.world.keys[place].may(ability)
            {
                return Err(Refusal::InsufficientAbility(ability));
            }
        }
        let needs_database =
            self.error_context.surface != Surface::Wazaj && self.entry.access != Access::Open;
        if needs_database && !self.world.database_reachable {
            return Err(Refusal::Unavailable("The database is not reachable."));
        }
        Ok(())
    }

    /// Returns the stored response for the idempotency key, or a new one.
    fn answer_once(&mut self, caller: Caller) -> Outcome {
        let config = &self.service.config;
        let scope = self.idempotency_scope(caller)?;
        if let Some(kept) = scope.as_ref().and_then(|scope| self.world.answers.find(scope, self.now)) {
            self.note.is_replay = true;
            let answer = Answer::new(kept.status, Body::Text(kept.body.clone()));
            return Ok(answer.with("idempotent-replay", "true"));
        }
        let answer = self.call(caller)?;
        if let Some(scope) = scope.filter(|_| (200..300).contains(&answer.status)) {
            let (status, text) = (answer.status, answer.clone().into_text(config));
            let bounds = Bounds { count: config.keep, weight: HEAVIEST };
            self.world.answers.keep(scope, status, text, self.now, bounds);
        }
        Ok(answer)
    }

    fn call(&mut self, caller: Caller) -> Outcome {
        let (body, upload) = fields(self.error_context.surface, self.service.config.samples, self.read)?;
        let key = caller.key();
        let mut call = Call {
            bound_session: key.and_then(|place| self.world.keys[place].session_id),
            world: self.world,
            now: self.now,
            id: self.read.id,
            query: input::from_pairs(self.read.parts.uri.query().unwrap_or_default().as_bytes()),
            body,
            upload,
            key,
            address: address_of(self.service, &self.read.parts),
        };
        (self.entry.handler)(&mut call)
    }

    /// Returns the scope of the request's idempotency key. The header applies only on v1, and only to calls that
    /// change something.
    fn idempotency_scope(&self, caller: Caller) -> Result<Option<Scope>, Refusal> {
        let parts = &self.read.parts;
        let changes = parts.method != Method::GET && parts.method != Method::HEAD;
        let (Some(place), Some(key)) = (caller.key(), parts.headers.get("idempotency-key")) else {
            return Ok(None);
        };
        if self.error_context.surface != Surface::V1 || !changes {
            return Ok(None);
        }
        if !idempotency::is_well_formed(key.as_bytes()) {
            return Err(Refusal::InvalidIdempotencyKey);
        }
        Ok(Some(Scope {
            key_id: self.world.keys[place].id,
            path: parts.uri.path().to_owned(),
            idempotency_key: key.to_str().unwrap_or_default().to_owned(),
        }))
    }
}

/// Parses the body's fields by content type. With `samples` it also accepts the invalid JSON of the vendors' pages.
fn fields(surface: Surface, samples: bool, read: &Read) -> Result<(Input, Option<Upload>), Refusal> {
    if let Some((fields, upload)) = &read.form {
        return Ok((fields.clone(), upload.clone()));
    }
    let content_type = read.parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
    if content_type.contains("json") {
        let parsed = input::from_json(&read.body).or_else(|error| {
            let repaired = samples.then(|| input::with_breaks_escaped(&read.body));
            repaired.map_or(Err(error), |repaired| input::from_json(&repaired))
        });
        return match parsed {
            Ok(fields) => Ok((fields, None)),
            // Only Zagely documents a 400 for this. Plain Laravel treats the body as having no fields.
            Err(_) if surface == Surface::Wazaj => Ok((Input::new(), None)),
            Err(_) => Err(Refusal::Malformed),
        };
    }
    if content_type.starts_with("application/x-www-form-urlencoded") {
        return Ok((input::from_pairs(&read.body), None));
    }
    Ok((Input::new(), None))
}

fn address_of(service: &Service, parts: &request::Parts) -> String {
    let host = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let host = host.map_or_else(|| service.address.to_string(), str::to_owned);
    format!("http://{host}{}", parts.uri.path())
}
