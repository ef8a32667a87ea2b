//! One call from request to answer, in the order a service does it: faults, body, credentials, limits, ability,
//! idempotency, fields, handler; and then its answer onto the wire.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use axum::RequestExt;
use axum::body::Body as HttpBody;
use axum::extract::{RawPathParams, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, request};
use axum::response::Response;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::json;
use uuid::Uuid;

use crate::calls::{Access, Entry, Surface};
use crate::clock::Moment;
use crate::config::{AppAuth, Quirk};
use crate::faults::{self, Fault, Shape};
use crate::log::{self, Note};
use crate::protocol::answer::{Answer, Body, Outcome, Refusal};
use crate::protocol::envelope::{self, Asker};
use crate::protocol::form::{self, Upload};
use crate::protocol::idempotency::{self, Scope};
use crate::protocol::input::{self, Input};
use crate::protocol::paginator::{PER_PAGE, Page};
use crate::protocol::{html, limits};
use crate::server::Dropped;
use crate::service::Service;
use crate::state::key::ApiKey;
use crate::state::shelf::Bounds;
use crate::state::{HEAVIEST, World};

/// The longest form that is read: enough for an import.
const LONGEST_FORM: usize = 10 * 1024 * 1024;
/// The longest other body that is read.
const LONGEST_BODY: usize = 1024 * 1024;
/// How long a client may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// One call as its handler sees it.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) now: Moment,
    /// The id in the path; nil where the path has none or something else.
    pub(crate) id: Uuid,
    pub(crate) query: Input,
    pub(crate) body: Input,
    pub(crate) upload: Option<Upload>,
    /// The caller's place among the keys, if a key calls.
    pub(crate) key: Option<usize>,
    /// The session the caller's key is bound to.
    pub(crate) bound_session: Option<Uuid>,
    /// This call's own address without its query.
    address: String,
}

impl Call<'_> {
    /// The page of a list that was asked for.
    pub(crate) fn page(&self) -> Page<'_> {
        self.page_of(PER_PAGE)
    }

    pub(crate) fn page_of(&self, per_page: usize) -> Page<'_> {
        let page = Page::asked(&self.query, per_page, &self.address);
        if self.world.config.has(Quirk::IgnorePage) { Page { number: 1, ..page } } else { page }
    }

    /// Whether there is room for one more of something.
    pub(crate) fn room_beside(&self, count: usize) -> Result<(), Refusal> {
        if count < self.world.config.capacity {
            Ok(())
        } else {
            Err(Refusal::Unavailable("The sandbox is full."))
        }
    }
}

/// A request that has been read.
struct Read {
    parts: request::Parts,
    id: Uuid,
    body: Bytes,
    form: Option<(Input, Option<Upload>)>,
}

/// Answers a request to one of the calls.
pub(crate) async fn answer(service: Arc<Service>, entry: &'static Entry, mut request: Request) -> Response {
    let wished = match request.headers().get(faults::HEADER).map(|value| value.to_str().unwrap_or("")) {
        Some(text) => match text.parse::<Fault>() {
            Ok(fault) => Some((fault, text.to_owned())),
            Err(reason) => {
                let body = json!({ "message": format!("X-Sandbox-Fault: {reason}") });
                return respond(&service, Answer::new(400, Body::Plain(body)), Shape::Whole, Note::default());
            }
        },
        None => service.faults.lock().draw(entry, request.method(), request.uri().path()),
    };
    let (fault, fault_text) = wished.unzip();
    let fault = fault.unwrap_or_default();
    let mut note = Note { call: Some(entry.name), fault: fault_text, ..Note::default() };

    if !fault.delay.is_zero() {
        tokio::time::sleep(fault.delay).await;
    }
    if fault.shape == Shape::Close {
        return dropped(note);
    }
    let id = path_id(&mut request).await;
    let asker = Asker {
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
            let answer = asker.before_any_route(413, "The POST data is too large.");
            return respond(&service, answer.with("connection", "close"), Shape::Whole, note);
        }
        // The client went away, or never finished.
        Ok(Err(_)) | Err(_) => return dropped(note),
    };
    note.request = log::shown(&body);

    let stands_in = fault.status.or((fault.shape == Shape::Html).then_some(502));
    if let Some(status) = stands_in.filter(|_| !fault.processed) {
        let answer = stand_in(&service, asker, status, &fault, &parts.headers);
        return respond(&service, answer, fault.shape, note);
    }

    let form = match boundary {
        Some(boundary) => match form::read(&body, boundary).await {
            Ok(form) => Some(form),
            Err(()) => return respond(&service, asker.refuse(&Refusal::Malformed), fault.shape, note),
        },
        None => None,
    };
    let read = Read { parts, id, body, form };
    let mut answer = process(&service, entry, asker, &read, &mut note);
    service.wake.notify_one();
    if let Some(status) = stands_in {
        answer = stand_in(&service, asker, status, &fault, &read.parts.headers);
    }
    if fault.shape == Shape::Lost {
        return dropped(note);
    }
    respond(&service, answer, fault.shape, note)
}

async fn path_id(request: &mut Request) -> Uuid {
    let Ok(params) = request.extract_parts::<RawPathParams>().await else { return Uuid::nil() };
    let id = params.iter().find(|(name, _)| *name == "id").map(|(_, value)| value);
    id.and_then(crate::protocol::validation::parse_uuid).unwrap_or_default()
}

/// Laravel's `expectsJson()`.
pub(crate) fn expects_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    let quality = |range: &str| -> f32 {
        let q = range.split(';').find_map(|part| part.trim().strip_prefix("q="));
        q.and_then(|q| q.parse().ok()).unwrap_or(1.0)
    };
    let mut first: Option<(&str, f32)> = None;
    for range in accept.split(',').map(str::trim).filter(|range| !range.is_empty()) {
        if first.is_none_or(|(_, best)| quality(range) > best) {
            first = Some((range, quality(range)));
        }
    }
    let first = first.map_or("*/*", |(range, _)| range).to_ascii_lowercase();
    let is_ajax = headers.get("x-requested-with").is_some_and(|value| value == "XMLHttpRequest");
    first.contains("/json") || first.contains("+json") || (is_ajax && first.starts_with("*/*"))
}

/// The answer of a fault with a status, as the surface would word it.
fn stand_in(service: &Service, asker: Asker<'_>, status: u16, fault: &Fault, headers: &HeaderMap) -> Answer {
    if fault.shape == Shape::Html {
        return Answer::html(status, html::proxy_page(status));
    }
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let message = reason.unwrap_or("Error");
    let usual = match status {
        401 => "invalid_credentials",
        403 => "forbidden",
        404 => "not_found",
        422 => "validation_failed",
        429 => "rate_limit_exceeded",
        500 => "server_error",
        503 => "service_unavailable",
        _ => "sandbox_fault",
    };
    let code = fault.code.as_deref().unwrap_or(usual);
    let body = match asker.surface {
        Surface::V1 => envelope::v1_error(code, message, None),
        Surface::App if service.config.has(Quirk::AppEnvelope) => envelope::v1_error(code, message, None),
        Surface::App => json!({ "message": message }),
        Surface::Wazaj => json!({ "success": false, "message": message }),
    };
    let mut answer = Answer::new(status, Body::Plain(body));
    if status == 429 || fault.retry_after.is_some() {
        answer = answer.with("retry-after", fault.retry_after.unwrap_or(1));
    }
    if asker.surface != Surface::Wazaj {
        let world = service.world.lock();
        if let Ok(key) = key_of(&world, headers, service.clock.now()) {
            answer.headers.extend(limits::headers(&world.keys[key]));
        }
    }
    answer
}

/// Everything that is decided under the lock.
fn process(service: &Service, entry: &Entry, asker: Asker<'_>, read: &Read, note: &mut Note) -> Answer {
    let mut world = service.world.lock();
    let now = service.clock.now();
    // A handler that panics is a defect of the sandbox, but no reason for it to end.
    let decided =
        catch_unwind(AssertUnwindSafe(|| decide(service, &mut world, now, entry, asker, read, note)));
    decided.unwrap_or_else(|_| asker.refuse(&Refusal::ServerError))
}

/// Who calls.
#[derive(Debug, Clone, Copy)]
enum Caller {
    Nobody,
    Key(usize),
    AppToken,
    WazajKey,
}

fn decide(
    service: &Service,
    world: &mut World,
    now: Moment,
    entry: &Entry,
    asker: Asker<'_>,
    read: &Read,
    note: &mut Note,
) -> Answer {
    let caller = match identify(world, entry, &read.parts.headers, now) {
        Ok(caller) => caller,
        Err(refusal) => return asker.refuse(&refusal),
    };
    note.who = match caller {
        Caller::Key(place) => Some(world.keys[place].name.clone()),
        Caller::AppToken => Some("app token".to_owned()),
        Caller::Nobody | Caller::WazajKey => None,
    };
    let outcome = admit(service, world, now, entry, asker, caller, read, note);
    let mut answer = outcome.unwrap_or_else(|refusal| asker.refuse(&refusal));
    if let Caller::Key(place) = caller
        && let Some(key) = world.keys.get(place)
    {
        answer.headers.extend(limits::headers(key));
    }
    answer
}

fn identify(world: &World, entry: &Entry, headers: &HeaderMap, now: Moment) -> Result<Caller, Refusal> {
    if entry.access == Access::Open {
        return Ok(Caller::Nobody);
    }
    match entry.surface() {
        Surface::V1 => key_of(world, headers, now).map(Caller::Key),
        Surface::App => {
            let auth = world.config.app_auth;
            if auth != AppAuth::Keys
                && let Some(token) = credentials(headers, "bearer")
            {
                return if token == world.app_token {
                    Ok(Caller::AppToken)
                } else {
                    Err(Refusal::Unauthenticated)
                };
            }
            if auth == AppAuth::Token {
                return Err(Refusal::Unauthenticated);
            }
            match key_of(world, headers, now) {
                Err(Refusal::CredentialsMissing) => Err(Refusal::Unauthenticated),
                found => found.map(Caller::Key),
            }
        }
        Surface::Wazaj => {
            let header = headers.get("x-api-key").and_then(|value| value.to_str().ok());
            let offered = [header, credentials(headers, "bearer"), credentials(headers, "apikey")];
            let is_known = offered.into_iter().flatten().any(|key| world.wazaj.accepts(key, now));
            if is_known { Ok(Caller::WazajKey) } else { Err(Refusal::Unauthenticated) }
        }
    }
}

/// The key pair of the two headers.
fn key_of(world: &World, headers: &HeaderMap, now: Moment) -> Result<usize, Refusal> {
    let text =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty());
    let (Some(public), Some(secret)) = (text("x-public-key"), text("x-secret-key")) else {
        return Err(Refusal::CredentialsMissing);
    };
    let known = |key: &ApiKey| key.public == public && key.secret == secret;
    let place = world.keys.iter().position(known).ok_or(Refusal::InvalidCredentials)?;
    if world.keys[place].is_usable(now) { Ok(place) } else { Err(Refusal::KeyInactive) }
}

/// What follows a scheme's name in `Authorization`.
pub(crate) fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (named, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

#[expect(clippy::too_many_arguments, reason = "it is one step of a pipeline, cut off only to be read alone")]
fn admit(
    service: &Service,
    world: &mut World,
    now: Moment,
    entry: &Entry,
    asker: Asker<'_>,
    caller: Caller,
    read: &Read,
    note: &mut Note,
) -> Outcome {
    if let Caller::Key(place) = caller {
        limits::admit(&mut world.keys[place], now).map_err(|exceeded| {
            // Told in the seconds that a client's own clock counts.
            let wait = service.clock.real(now.until(exceeded.ends)).as_secs_f64().ceil();
            Refusal::OverLimit(exceeded, (wait as u64).max(1))
        })?;
        if let Access::Ability(ability) = entry.access
            && !world.keys[place].may(ability)
        {
            return Err(Refusal::InsufficientAbility(ability));
        }
    }
    if asker.surface != Surface::Wazaj && entry.access != Access::Open && !world.database_reachable {
        return Err(Refusal::Unavailable("The database is not reachable."));
    }
    let scope = idempotency_scope(world, asker.surface, caller, &read.parts)?;
    if let Some(kept) = scope.as_ref().and_then(|scope| world.answers.find(scope, now)) {
        note.is_replay = true;
        let answer = Answer::new(kept.status, Body::Text(kept.body.clone()));
        return Ok(answer.with("idempotent-replay", "true"));
    }
    let (body, upload) = fields(asker.surface, service.config.samples, read)?;
    let key = match caller {
        Caller::Key(place) => Some(place),
        Caller::Nobody | Caller::AppToken | Caller::WazajKey => None,
    };
    let bound_session = key.and_then(|place| world.keys[place].session_id);
    let mut call = Call {
        world,
        now,
        id: read.id,
        query: input::from_pairs(read.parts.uri.query().unwrap_or_default().as_bytes()),
        body,
        upload,
        key,
        bound_session,
        address: address_of(service, &read.parts),
    };
    let answer = (entry.handler)(&mut call)?;
    if let Some(scope) = scope.filter(|_| (200..300).contains(&answer.status)) {
        let (status, text) = (answer.status, answer.clone().into_text(&service.config));
        world.answers.keep(scope, status, text, now, Bounds { count: service.config.keep, weight: HEAVIEST });
    }
    Ok(answer)
}

/// The scope of the request's idempotency key, where the header counts at all: on v1, for what changes something.
fn idempotency_scope(
    world: &World,
    surface: Surface,
    caller: Caller,
    parts: &request::Parts,
) -> Result<Option<Scope>, Refusal> {
    let Caller::Key(place) = caller else { return Ok(None) };
    let Some(key) = parts.headers.get("idempotency-key") else { return Ok(None) };
    if surface != Surface::V1 || parts.method == Method::GET || parts.method == Method::HEAD {
        return Ok(None);
    }
    if !idempotency::is_well_formed(key.as_bytes()) {
        return Err(Refusal::InvalidIdempotencyKey);
    }
    Ok(Some(Scope {
        key_id: world.keys[place].id,
        path: parts.uri.path().to_owned(),
        idempotency_key: key.to_str().unwrap_or_default().to_owned(),
    }))
}

/// The body's fields, by its content type. With `samples` also what the vendors' pages print, but JSON forbids.
fn fields(surface: Surface, samples: bool, read: &Read) -> Result<(Input, Option<Upload>), Refusal> {
    if let Some((fields, upload)) = &read.form {
        return Ok((fields.clone(), upload.clone()));
    }
    let content_type = read.parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
    if content_type.contains("json") {
        let parsed = input::from_json(&read.body).or_else(|error| {
            let mended = samples.then(|| input::with_breaks_escaped(&read.body));
            mended.map_or(Err(error), |mended| input::from_json(&mended))
        });
        return match parsed {
            Ok(fields) => Ok((fields, None)),
            // Only Zagely documents a 400 for this; Laravel by itself sees no fields at all.
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

/// No answer at all: the connection will be closed.
fn dropped(note: Note) -> Response {
    let mut response = Response::new(HttpBody::empty());
    response.extensions_mut().insert(Dropped);
    response.extensions_mut().insert(note);
    response
}

/// Puts an answer on the wire, in the shape a fault gave it.
pub(crate) fn respond(service: &Service, answer: Answer, shape: Shape, mut note: Note) -> Response {
    let (status, content_type, headers) = (answer.status, answer.content_type, answer.headers.clone());
    let mut text = answer.into_text(&service.config);
    if shape == Shape::BrokenJson {
        let half = (0..=text.len() / 2).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(half);
    }
    note.response = log::shown(text.as_bytes());
    let bytes = Bytes::from(text);
    let length = bytes.len();
    let body = match shape {
        Shape::Truncate => cut(bytes),
        Shape::Drip(between) => drip(bytes, between),
        _ => HttpBody::from(bytes),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let fields = response.headers_mut();
    if status != 204 {
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    // Told even of a body that will not arrive whole: that is how a client notices.
    if matches!(shape, Shape::Truncate | Shape::Drip(_)) {
        fields.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            fields.insert(name, value);
        }
    }
    response.extensions_mut().insert(note);
    response
}

/// Half of the body, then the end of the connection.
fn cut(bytes: Bytes) -> HttpBody {
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    tokio::spawn(async move {
        let _ = sender.send(Ok(bytes.slice(..bytes.len() / 2))).await;
        // Lets the half leave before the connection ends.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let _ = sender.send(Err(std::io::ErrorKind::ConnectionAborted.into())).await;
    });
    HttpBody::new(Stream(receiver))
}

/// The body byte by byte.
fn drip(bytes: Bytes, between: Duration) -> HttpBody {
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    tokio::spawn(async move {
        for at in 0..bytes.len() {
            if sender.send(Ok(bytes.slice(at..=at))).await.is_err() {
                return;
            }
            tokio::time::sleep(between).await;
        }
    });
    HttpBody::new(Stream(receiver))
}

/// Frames as they come out of a channel.
struct Stream(tokio::sync::mpsc::Receiver<Result<Bytes, std::io::Error>>);

impl hyper::body::Body for Stream {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, std::io::Error>>> {
        self.0.poll_recv(context).map(|next| next.map(|frame| frame.map(hyper::body::Frame::data)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_expected_when_it_is_asked_for_first() {
        let expects = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            expects_json(&headers)
        };
        assert!(expects("application/json") && expects("application/vnd.api+json, */*"));
        assert!(expects("text/html;q=0.5, application/json"));
        assert!(!expects("*/*") && !expects("text/html, application/json") && !expects(""));
        assert!(!expects_json(&HeaderMap::new()));
    }
}
