//! The one error: what went wrong, where, whose fault it is and what to do about it.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Display, Formatter, Write as _};

use hudhud_macros::choice;

use crate::answer::{Decode, Unreadable};
use crate::endpoint::Spec;
use crate::idempotency::IdempotencyKey;
use crate::json::{self, Json, Object};
use crate::redact;
use crate::repeats::{first_places, keep_first};
use crate::request::Request;
use crate::response::{Meta, Response};
use crate::sentence::{self, Sent};

/// What kind of failure it is; the same names in every host.
#[choice]
#[non_exhaustive]
pub enum ErrorKind {
    /// A fault of the call itself, found before anything was sent.
    InvalidRequest,
    /// 401: keys are missing, wrong, inactive or expired.
    Authentication,
    /// 403: the key lacks an ability, or the account may not do this.
    Permission,
    /// 404: there is no such thing in this workspace.
    NotFound,
    /// 405: the route exists under another method.
    MethodNotAllowed,
    /// 422: fields or a business rule of the vendor's.
    Validation,
    /// 429: the minute's limit; it passes.
    RateLimited,
    /// 429: the day's or the month's quota; it does not pass soon.
    QuotaExceeded,
    /// 502, 503, 504: the vendor or something before it is down for a while.
    Unavailable,
    /// Any other 5xx.
    Server,
    /// Any 3xx. Redirects are not followed: keys would travel with them.
    Redirect,
    /// Any other 4xx.
    Client,
    /// A success that cannot be read as one.
    UnexpectedResponse,
    /// No answer came.
    Transport,
}

impl ErrorKind {
    /// The kind of a status that is no success, told apart by `code` where one status means two things.
    fn of(status: u16, code: Option<&str>) -> Self {
        match status {
            401 => Self::Authentication,
            403 => Self::Permission,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            422 => Self::Validation,
            429 if matches!(code, Some("daily_quota_exceeded" | "monthly_quota_exceeded")) => {
                Self::QuotaExceeded
            }
            429 => Self::RateLimited,
            502..=504 => Self::Unavailable,
            500..=599 => Self::Server,
            300..=399 => Self::Redirect,
            400..=499 => Self::Client,
            _ => Self::UnexpectedResponse,
        }
    }
}

/// Whose fault an error is.
#[choice(typed)]
#[non_exhaustive]
pub enum Side {
    /// The program or person that made the call.
    Caller,
    /// The vendor.
    Vendor,
    /// The way between them.
    Network,
}

/// How a transport failed.
#[choice(typed)]
#[non_exhaustive]
pub enum TransportFault {
    /// No connection could be made; the request was certainly not sent.
    Connect,
    /// No answer came in time; the request may have had its effect.
    Timeout,
    /// The connection was lost or broke half-way; the request may have had its effect.
    Closed,
}

/// Field by field, what is wrong: the shape of the vendors' own validation errors.
///
/// It holds the first thousand messages at most; the response or the input has all of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FieldErrors {
    fields: Vec<(String, Vec<String>)>,
    omitted: usize,
}

/// The most messages that are kept. A person reads fewer, and each error can still cross into another language quickly.
const MOST_MESSAGES: usize = 1000;

/// The longest name that nested objects make, in bytes. An outer name is copied for every field inside it.
const LONGEST_NAME: usize = 256;

impl FieldErrors {
    /// Whether there is nothing wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// How many fields are at fault.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// The number of messages that were left out.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// What is wrong with one field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&[String]> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, messages)| messages.as_slice())
    }

    /// Field names with their messages, in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.fields.iter().map(|(name, messages)| (name.as_str(), messages.as_slice()))
    }

    /// Adds a message without a search: [`FieldErrors::settled`] brings those of one field together.
    pub(crate) fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        if self.fields.len() < MOST_MESSAGES {
            self.fields.push((field.into(), [message.into()].into()));
        } else {
            self.omitted += 1;
        }
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        for (field, messages) in other.iter() {
            for message in messages {
                self.add(field, message);
            }
        }
        self.omitted += other.omitted;
    }

    /// Brings the messages of each field together at its first place, and drops repeated messages.
    fn settled(self) -> Self {
        if self.fields.len() < 2 {
            return self;
        }
        let Self { fields: found, omitted } = self;
        let firsts = first_places(&found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
        let mut places = Vec::with_capacity(found.len());
        let mut fields: Vec<(String, Vec<String>)> = Vec::new();
        for ((name, messages), first) in found.into_iter().zip(firsts) {
            let place = places.get(first).copied().unwrap_or(fields.len());
            match fields.get_mut(place) {
                Some((_, known)) => known.extend(messages),
                None => fields.push((name, messages)),
            }
            places.push(place);
        }
        for (_, messages) in &mut fields {
            keep_first(messages);
        }
        Self { fields, omitted }
    }

    /// Reads the vendors' `errors` in all its forms: lists, single texts, nested maps, objects that say by `field` whose
    /// message they hold, `[]` for nothing. What is nested deeper than `depth` is taken as the text it is: each level is
    /// read anew, and the stack has an end.
    fn read(&mut self, at: &str, value: &Json, depth: u8) {
        let deeper = depth > 0;
        if let Some(items) = deeper.then(|| list(value)).flatten() {
            for item in items {
                self.read_item(at, &item, depth - 1);
            }
        } else if let Some(members) = deeper.then(|| value.read::<Object>().ok()).flatten() {
            // At the top `message` is a field as any other, unless another member says whose message it is.
            let is_message = !at.is_empty() || members.text("field").is_some();
            if is_message && let Some(message) = message(&members) {
                return self.read(&name_of(at, &members), message, depth - 1);
            }
            for (name, value) in members.iter() {
                self.read(&inside(at, name), value, depth - 1);
            }
        } else if !value.is_null() {
            let at = if at.is_empty() { "errors" } else { at };
            self.add(at, value.as_text().unwrap_or(Cow::Borrowed(value.as_str())));
        }
    }

    /// Reads a body whose members are fields: those that are lists of messages.
    fn read_top(&mut self, body: &Object) {
        let is_message = |item: &Json| {
            item.as_text().is_some() || item.read::<Object>().is_ok_and(|item| message(&item).is_some())
        };
        for (name, value) in body.iter().filter(|(name, _)| !NO_FIELDS.contains(name)) {
            let items = list(value).filter(|items| !items.is_empty() && items.iter().all(is_message));
            items.into_iter().flatten().for_each(|item| self.read_item(name, &item, DEPTH));
        }
    }

    /// Reads an item of a list of errors, which may name its own field.
    fn read_item(&mut self, at: &str, item: &Json, depth: u8) {
        let members = if depth > 0 { item.read::<Object>().ok() } else { None };
        match members.as_ref().and_then(|members| Some((members, message(members)?))) {
            Some((members, message)) => self.read(&name_of(at, members), message, depth - 1),
            None => self.read(at, item, depth),
        }
    }
}

/// Returns the items of a list, which PHP may write as an object of positions.
fn list(value: &Json) -> Option<Vec<Json>> {
    <Vec<Json> as Decode>::decode(&mut serde_json::Deserializer::from_str(value.as_str())).ok().flatten()
}

/// Returns the message of an error that is an object: a text, or a list of texts.
fn message(members: &Object) -> Option<&Json> {
    let message = members.get("message")?;
    let is_text = |json: &Json| json.as_text().is_some();
    (is_text(message) || list(message).is_some_and(|texts| texts.iter().all(is_text))).then_some(message)
}

/// Returns the field that an error names which is an object.
fn name_of(at: &str, members: &Object) -> String {
    let name = ["field", "name", "path"].into_iter().find_map(|name| {
        let value = members.get(name)?;
        let path = || Some(list(value)?.iter().map(step).collect::<Vec<_>>().join("."));
        value.as_text().map(Cow::into_owned).or_else(path).filter(|name| !name.is_empty())
    });
    name.map_or_else(|| at.to_string(), |name| inside(at, &name))
}

/// Writes a step of a path: a name, or a position.
fn step(value: &Json) -> Cow<'_, str> {
    value.as_text().unwrap_or(Cow::Borrowed(value.as_str()))
}

/// Joins the name of a member to that of its object.
pub(crate) fn inside(at: &str, name: &str) -> String {
    let mut inner = if at.is_empty() { name.to_string() } else { [at, name].join(".") };
    if inner.len() > LONGEST_NAME {
        inner.truncate(inner.floor_char_boundary(LONGEST_NAME));
        inner.push_str(redact::HIDDEN);
    }
    inner
}

impl Debug for FieldErrors {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter().map(|(name, _)| redact::name(name))).finish()
    }
}

impl serde::Serialize for FieldErrors {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// Everything that can go wrong with a call.
///
/// [`Display`] says what, where, whose fault and what to do, and leaves out whatever may be a key, a phone
/// number or a message: of the vendor's sentence it keeps the words such sentences are made of, names of fields, codes,
/// numbers of up to four digits, and limits of up to six. `[redacted]` stands for everything else. What the vendor said,
/// word for word, is behind [`Error::message`], [`Error::field_errors`] and [`Error::response`]: look at it, do not log it.
#[derive(Clone)]
pub struct Error(Box<Inner>);

/// What stands among the names of fields when the fault is in how an exchange was driven.
const EXCHANGE: &str = "exchange";

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    call: Option<&'static str>,
    code: Option<String>,
    message: String,
    /// Whether `message` is the vendor's, and not a sentence of ours.
    quoted: bool,
    fields: FieldErrors,
    details: Object,
    fault: Option<TransportFault>,
    /// Set for a list that ends although the vendor says that more items exist.
    is_cut_short: bool,
    key: Option<IdempotencyKey>,
    /// Whether the call was not repeated because the vendor may have forgotten the key.
    key_forgotten: bool,
    meta: Option<Meta>,
    response: Option<Response>,
    /// What the vendor's sentence may repeat.
    sent: Option<Sent>,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            call: None,
            code: None,
            message: message.into(),
            quoted: false,
            fields: FieldErrors::default(),
            details: Object::new(),
            fault: None,
            is_cut_short: false,
            key: None,
            key_forgotten: false,
            meta: None,
            response: None,
            sent: None,
        }))
    }

    /// One local fault.
    pub(crate) fn invalid(field: &str, message: &str) -> Self {
        let mut fields = FieldErrors::default();
        fields.add(field, message);
        Self::from_faults(None, fields)
    }

    /// An exchange that was driven otherwise than it goes. Something may well have been sent.
    pub(crate) fn misuse(call: &Spec, message: &str) -> Self {
        let mut error = Self::invalid(EXCHANGE, message).with_call(call);
        error.0.message = "This is no step of the exchange.".into();
        error
    }

    /// The faults of two things that were looked at separately.
    pub(crate) fn together(first: Option<Self>, second: Option<Self>) -> Self {
        let mut fields = FieldErrors::default();
        for error in [first, second].into_iter().flatten() {
            fields.extend(&error.0.fields);
        }
        Self::from_faults(None, fields)
    }

    /// All local faults of a call together.
    pub(crate) fn from_faults(call: Option<&Spec>, fields: FieldErrors) -> Self {
        let mut error = Self::new(ErrorKind::InvalidRequest, "The call has faults and was not sent.");
        error.0.call = call.map(|spec| spec.name);
        error.0.fields = fields.settled();
        error
    }

    /// No answer.
    pub(crate) fn from_transport(call: &Spec, fault: TransportFault, key: Option<IdempotencyKey>) -> Self {
        let message = match fault {
            TransportFault::Connect => "No connection could be made.",
            TransportFault::Timeout => "No answer came in time.",
            TransportFault::Closed => "The connection was lost before the answer was whole.",
        };
        let mut error = Self::new(ErrorKind::Transport, message);
        error.0.call = Some(call.name);
        error.0.fault = Some(fault);
        error.0.key = key;
        error
    }

    /// An answer that is no success.
    pub(crate) fn from_response(call: &Spec, response: Response, meta: Meta) -> Self {
        let said = Said::read(&response);
        let kind = ErrorKind::of(response.status, said.code.as_deref());
        let quoted = said.message.is_some();
        let message = said.message.unwrap_or_else(|| {
            if said.fields.is_empty() { said_nothing(&response) } else { "The vendor refuses fields.".into() }
        });
        let mut error = Self::new(kind, message);
        error.0.quoted = quoted;
        error.0.call = Some(call.name);
        error.0.code = said.code;
        error.0.fields = said.fields;
        error.0.details = said.details;
        error.0.key.clone_from(&meta.idempotency_key);
        error.0.meta = Some(meta);
        error.0.response = Some(response);
        error
    }

    /// A failure that the vendor reports under a status of success.
    pub(crate) fn denied(call: &Spec, response: Response, meta: Meta) -> Self {
        let mut error = Self::from_response(call, response, meta);
        error.0.kind = ErrorKind::UnexpectedResponse;
        error
    }

    /// A success that cannot be read.
    pub(crate) fn unreadable(call: &Spec, fault: &Unreadable, response: Response, meta: Meta) -> Self {
        let mut error = Self::from_response(call, response, meta);
        error.0.kind = ErrorKind::UnexpectedResponse;
        let encoding = error.0.response.as_ref().and_then(encoding);
        error.0.message = match encoding.filter(|_| matches!(fault, Unreadable::NotJson { .. })) {
            Some(name) => format!(
                "The body of the success is encoded as {name} (Content-Encoding), and the transport did not undo it: \
                 have it do so, or ask for no encoding."
            ),
            None => fault.to_string(),
        };
        error.0.quoted = false;
        error
    }

    /// Makes the error of a list that ends early, by what the vendor says.
    pub(crate) fn cut_short(call: &Spec, message: String, shown: Option<(Response, Meta)>) -> Self {
        let mut error = Self::new(ErrorKind::UnexpectedResponse, message);
        error.0.call = Some(call.name);
        error.0.is_cut_short = true;
        if let Some((response, meta)) = shown {
            error.0.key.clone_from(&meta.idempotency_key);
            (error.0.response, error.0.meta) = (Some(response), Some(meta));
        }
        error
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The call, such as `contacts.list`, where one was being made.
    #[must_use]
    pub fn call(&self) -> Option<&'static str> {
        self.0.call
    }

    /// The vendor's machine-readable code, verbatim: `error.code` of Zagely, the business code of Wazaj.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The vendor's sentence, verbatim, or ours where it said none. It may hold personal text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Field by field what is wrong, found here (`invalid_request`) or by the vendor (`validation`).
    #[must_use]
    pub fn field_errors(&self) -> &FieldErrors {
        &self.0.fields
    }

    /// The ability the key lacks (403 `insufficient_ability`).
    #[must_use]
    pub fn required_ability(&self) -> Option<Cow<'_, str>> {
        self.0.details.text("required_ability")
    }

    /// The vendor's `details`, such as the `limit` of a quota.
    #[must_use]
    pub fn details(&self) -> &Object {
        &self.0.details
    }

    /// The methods a 405 offers instead.
    #[must_use]
    pub fn allowed_methods(&self) -> Vec<String> {
        let allow =
            self.0.response.as_ref().and_then(|response| response.header("allow")).unwrap_or_default();
        allow
            .split(',')
            .map(|name| name.trim().to_ascii_uppercase())
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// The HTTP status, if an answer came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.meta.as_ref().map(|meta| meta.status)
    }

    /// Status, limits and replay mark, if an answer came.
    #[must_use]
    pub fn meta(&self) -> Option<&Meta> {
        self.0.meta.as_ref()
    }

    /// The idempotency key that was sent: with it the call can be repeated later without a second effect.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&IdempotencyKey> {
        self.0.key.as_ref()
    }

    /// The whole answer, if one came. It may hold personal text.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.0.response.as_ref()
    }

    /// Tells whether the call would have been repeated, had its idempotency key not reached the age at which the vendor
    /// forgets it ([`IdempotencyKey::LIFETIME`]). The error is that of the last attempt.
    #[must_use]
    pub fn is_key_forgotten(&self) -> bool {
        self.0.key_forgotten
    }

    /// How the transport failed, for the kind `transport`.
    #[must_use]
    pub fn transport_fault(&self) -> Option<TransportFault> {
        self.0.fault
    }

    /// Whether repeating the call, where that is safe, makes sense. Not once the vendor may have forgotten its key.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let passes =
            matches!(self.0.kind, ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Transport);
        passes && !self.0.key_forgotten
    }

    /// Whose fault it is.
    #[must_use]
    pub fn side(&self) -> Side {
        match self.0.kind {
            ErrorKind::Unavailable
            | ErrorKind::Server
            | ErrorKind::UnexpectedResponse
            | ErrorKind::Redirect => Side::Vendor,
            ErrorKind::Transport => Side::Network,
            _ => Side::Caller,
        }
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match (self.0.kind, self.code()) {
            _ if self.0.key_forgotten => {
                "The idempotency key is older than 24 hours and may be forgotten: look whether the call had its effect, \
                 then call with a new key."
            }
            (_, Some("unauthenticated")) => {
                "This route may want an app token of the dashboard instead of the key pair: set app_token."
            }
            (_, Some("key_inactive")) => "The key is disabled or expired: make a new one in the dashboard.",
            (_, Some("credentials_missing")) => {
                "The keys did not arrive: look for a proxy that drops headers."
            }
            (_, Some("billing_send_denied")) => {
                "The account's billing forbids sending: see the Wazaj console."
            }
            (_, Some("templates_not_entitled")) => {
                "The account's plan has no templates: see the Wazaj console."
            }
            (_, Some("insufficient_ability")) => "Give the key the ability it lacks, or use another key.",
            (ErrorKind::InvalidRequest, _) if self.0.fields.get(EXCHANGE).is_some() => {
                "Do as the exchange says; what was sent stays sent."
            }
            (ErrorKind::InvalidRequest, _) => "Correct the fields named; nothing was sent.",
            (ErrorKind::Authentication, _) => "Check the keys: complete, of this workspace, not revoked.",
            (ErrorKind::Permission, _) => "The key or account may not do this.",
            (ErrorKind::NotFound, _) => "Check the id, and that it belongs to this workspace.",
            (ErrorKind::MethodNotAllowed, _) => "Set the method of this call to one that the vendor allows.",
            (ErrorKind::Validation, _) => "Correct what the vendor refuses, then call again.",
            (ErrorKind::RateLimited, _) => "Wait for the time in retry_after, then call again.",
            (ErrorKind::QuotaExceeded, _) => "Wait for the next day or month, or raise the quota.",
            (ErrorKind::Unavailable, _) => "Call again later; the vendor is down for a while.",
            (ErrorKind::Server, _) => "Give the vendor's support the whole response.",
            (ErrorKind::Redirect, _) => {
                "Check the base URL; redirects are not followed, to keep the keys here."
            }
            (ErrorKind::Client, _) => "Look at the response for what the vendor refuses.",
            (ErrorKind::UnexpectedResponse, _) if self.0.is_cut_short => {
                "Ask for less at a time, by filters or a larger per_page, to see what is missing."
            }
            (ErrorKind::UnexpectedResponse, _) => {
                "The call may have had its effect: look before calling again. The body is in the response."
            }
            (ErrorKind::Transport, _) => match self.0.fault {
                Some(TransportFault::Connect) | None => "Nothing was sent: check the network and call again.",
                _ => "The call may have had its effect: look before calling again.",
            },
        }
    }

    /// The failure of this request, whose values are not shown should the vendor repeat them.
    pub(crate) fn with_sent(mut self, request: &Request) -> Self {
        self.0.sent = Some(Sent::of(request));
        self
    }

    /// The failure of a call that is not repeated because the vendor may have forgotten its key.
    pub(crate) fn with_forgotten_key(mut self) -> Self {
        self.0.key_forgotten = true;
        self
    }

    pub(crate) fn with_call(mut self, spec: &Spec) -> Self {
        self.0.call = Some(spec.name);
        self
    }
}

/// The most fields that the sentence of an error shows, and the most messages of each.
const SHOWN_FIELDS: usize = 20;
const SHOWN_MESSAGES: usize = 3;

impl Display for Error {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Inner { kind, call, code, message, quoted, fields, .. } = &*self.0;
        // The vendor's sentences may repeat whatever was sent; ours say nothing of it.
        let sent = self.0.sent.as_ref().map(Sent::index).unwrap_or_default();
        let words =
            |text: &str, quoted: bool| if quoted { sentence::redact(text, &sent) } else { text.to_string() };
        if let Some(call) = call {
            write!(formatter, "{call}: ")?;
        }
        formatter.write_str(kind.as_str())?;
        match (self.status(), code) {
            (Some(status), Some(code)) if redact::is_word(code) && !sent.holds(code) => {
                write!(formatter, " (HTTP {status}, {code})")?;
            }
            (Some(status), _) => write!(formatter, " (HTTP {status})")?,
            _ => {}
        }
        write!(formatter, ": {}", words(message, *quoted))?;
        let mut left = fields.omitted;
        for (at, (field, messages)) in fields.iter().enumerate() {
            if at >= SHOWN_FIELDS {
                left += messages.len();
                continue;
            }
            let name = if sent.holds(field) { sentence::REDACTED } else { redact::name(field) };
            write!(formatter, " {name}:")?;
            for message in messages.iter().take(SHOWN_MESSAGES) {
                write!(formatter, " {}", words(message, *kind != ErrorKind::InvalidRequest))?;
            }
            left += messages.len().saturating_sub(SHOWN_MESSAGES);
        }
        if left > 0 {
            formatter.write_str(" … and ")?;
            redact::count(left, formatter)?;
            formatter.write_str(" more.")?;
        }
        if let Some(ability) = self.required_ability().filter(|ability| redact::is_word(ability)) {
            write!(formatter, " Required ability: {ability}.")?;
        }
        write!(formatter, " {}", self.advice())
    }
}

impl Debug for Error {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "Error({self})")
    }
}

impl core::error::Error for Error {}

/// Errors are equal when they say the same thing of the same call.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        let key = |error: &Self| (error.kind(), error.call(), error.status());
        key(self) == key(other)
            && self.code() == other.code()
            && self.message() == other.message()
            && self.field_errors() == other.field_errors()
    }
}

/// Everything the error says, under the names every host uses. Unlike [`Display`] it holds the vendor's own words,
/// which may be personal: it is for handing an error to another language, not for a log.
impl serde::Serialize for Error {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;

        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.kind().as_str())?;
        map.serialize_entry("call", &self.call())?;
        map.serialize_entry("code", &self.code())?;
        map.serialize_entry("message", self.message())?;
        map.serialize_entry("field_errors", self.field_errors())?;
        map.serialize_entry("required_ability", &self.required_ability())?;
        map.serialize_entry("retryable", &self.is_retryable())?;
        map.serialize_entry("details", self.details())?;
        map.serialize_entry("advice", self.advice())?;
        match self.meta() {
            Some(meta) => meta.write(&mut map)?,
            None => {
                map.serialize_entry("idempotency_key", &self.idempotency_key().map(IdempotencyKey::as_str))?
            }
        }
        map.end()
    }
}

/// Our sentence for an answer in which the vendor said none.
fn said_nothing(response: &Response) -> String {
    let mut text = String::from("The vendor gave no reason");
    let kind = response.header("content-type").map(|kind| kind.split(';').next().unwrap_or(kind).trim());
    // A media type and nothing else: whatever else stands there may be anything.
    let word = |part: &str| redact::is_token(&part.replace('+', "-"));
    let kind = kind.filter(|kind| kind.split_once('/').is_some_and(|(kind, sub)| word(kind) && word(sub)));
    match kind {
        _ if response.body.is_empty() => text.push_str(" and an empty body."),
        _ if let Some(name) = encoding(response) => {
            let _ = write!(
                text,
                " that can be read, but {} bytes encoded as {name} (Content-Encoding), which the transport did not undo.",
                response.body.len()
            );
        }
        Some(kind) if kind.len() < 40 => {
            let _ = write!(text, " that can be read, but {} bytes of {kind}.", response.body.len());
        }
        _ => {
            let _ = write!(text, " that can be read, but {} bytes.", response.body.len());
        }
    }
    text
}

/// Names the encoding that a transport did not undo; a name that may be anything else is not shown.
fn encoding(response: &Response) -> Option<String> {
    let headers = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    let names = headers.flat_map(|(_, value)| value.split(',')).map(str::trim);
    let names: Vec<_> = names
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"))
        .map(|name| if name.len() <= 20 && redact::is_token(name) { name } else { "another form" })
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// What a body says of an error, in any of the shapes the vendors use: Zagely's envelope, the framework's
/// `{message, errors}`, Wazaj's `{success, message, errors}`, or nothing that can be read.
#[derive(Default)]
struct Said {
    code: Option<String>,
    message: Option<String>,
    fields: FieldErrors,
    details: Object,
}

/// How deep `errors` are looked into: the deepest form known is a map of lists in a map.
const DEPTH: u8 = 8;

/// The members of an error's body that are never fields.
const NO_FIELDS: [&str; 6] = ["data", "details", "error", "errors", "meta", "trace"];

/// The business codes Wazaj's page names; the list is open.
const BUSINESS_CODES: [&str; 2] = ["billing_send_denied", "templates_not_entitled"];

impl Said {
    fn read(response: &Response) -> Self {
        let mut fields = FieldErrors::default();
        let Some(body) = json::in_bytes::<Json>(&response.body) else { return Self::default() };
        let body = match body.read::<Object>() {
            Ok(body) if !body.is_empty() && list(&Json::write(&body).unwrap_or_default()).is_none() => body,
            _ => {
                // The body is the list of errors.
                if let Some(items) = list(&body) {
                    items.iter().for_each(|item| fields.read_item("", item, DEPTH));
                }
                return Self { fields: fields.settled(), ..Self::default() };
            }
        };
        let object = |name: &str| body.get(name).and_then(|value| value.read::<Object>().ok());
        let (envelope, data) = (object("error"), object("data").unwrap_or_default());
        let inner = envelope.as_ref().unwrap_or(&body);
        let details =
            inner.get("details").and_then(|details| details.read::<Object>().ok()).unwrap_or_default();
        let mut fields = FieldErrors::default();
        let places = [&details, inner, &body, &data];
        for (at, place) in places.into_iter().enumerate() {
            // Without an envelope two of them are one.
            if let Some(errors) = place.get("errors").filter(|_| at != 2 || envelope.is_some()) {
                fields.read("", errors, DEPTH);
            }
        }
        if response.status == 422 && fields.is_empty() {
            fields.read_top(&body);
        }
        let fields = fields.settled();
        let message = [inner, &body, &data].iter().find_map(|object| word(object, "message"));
        let message = message.or_else(|| word(&body, "error").filter(|text| text.contains(' ')));
        // A number under `code` is the status once more, not a name of what is wrong.
        let stated = [
            (&body, "code"),
            (&body, "error_code"),
            (inner, "code"),
            (&body, "error"),
            (&data, "code"),
            (&data, "error_code"),
            (&data, "error"),
        ];
        let mut stated =
            stated.into_iter().filter_map(|(object, name)| object.text(name)).map(Cow::into_owned);
        let code = stated.find(|code| !code.is_empty() && !code.contains(' '));
        let code = code.or_else(|| message.clone().filter(|text| is_code(text))).or_else(|| {
            let found = fields.iter().find_map(|(name, messages)| {
                BUSINESS_CODES
                    .into_iter()
                    .find(|code| name == *code || messages.iter().any(|text| text == code))
            });
            found.map(String::from)
        });
        Self { code, message, fields, details }
    }
}

/// A member that is text or a number, as text.
fn word(object: &Object, name: &str) -> Option<String> {
    let value = object.get(name)?;
    let number = || {
        value
            .as_str()
            .starts_with(|first: char| first == '-' || first.is_ascii_digit())
            .then(|| value.as_str().to_string())
    };
    value.as_text().map(Cow::into_owned).or_else(number).filter(|text| !text.is_empty())
}

/// `^[a-z][a-z0-9]*(_[a-z0-9]+)+$`
fn is_code(text: &str) -> bool {
    let mut parts = text.split('_');
    let legal = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    parts.next().is_some_and(|first| legal(first) && first.as_bytes()[0].is_ascii_lowercase())
        && text.contains('_')
        && parts.all(legal)
}

#[cfg(test)]
mod tests {
    use super::{FieldErrors, is_code};
    use alloc::vec::Vec;

    #[test]
    fn codes_are_told_from_sentences() {
        assert!(is_code("billing_send_denied") && is_code("a1_2"));
        for text in ["", "unauthorized", "Not_a_code", "_a", "a_", "a__b", "1_a", "a b_c"] {
            assert!(!is_code(text), "{text}");
        }
    }

    #[test]
    fn errors_are_read_in_every_form() {
        let mut fields = FieldErrors::default();
        let errors = r#"{"to":["a","b"],"name":"c","deep":{"er":["d"]},"none":[],"n":5}"#;
        fields.read("", &errors.parse().unwrap(), super::DEPTH);
        let fields = fields.settled();
        let read: Vec<_> = fields.iter().map(|(name, messages)| (name, messages.len())).collect();
        assert_eq!(read, [("to", 2), ("name", 1), ("deep.er", 1), ("n", 1)]);
    }

    #[test]
    fn errors_that_are_objects_say_themselves_which_field_they_are_about() {
        for (errors, expected) in [
            (r#"[{"field":"to","message":"a"}]"#, "to: a"),
            (r#"[{"name":"to","message":"a"},{"path":"to","message":"b"}]"#, "to: a, b"),
            (r#"[{"field":"to","name":"x","path":"y","message":"a"}]"#, "to: a"),
            (r#"[{"path":["contacts",0,"phone"],"message":"a"}]"#, "contacts.0.phone: a"),
            (r#"{"0":{"field":"to","message":"a"},"2":{"field":"name","message":"b"}}"#, "to: a; name: b"),
            (r#"[{"message":"a"}]"#, "errors: a"),
            (r#"[{"field":"to","message":["a","b"]}]"#, "to: a, b"),
            (r#"{"to":{"message":"a","code":"x"}}"#, "to: a"),
            (r#"{"to":{"message":["a","b"]}}"#, "to: a, b"),
            (r#"{"to":[{"message":"a"},"b"]}"#, "to: a, b"),
            (r#"{"to":{"0":"a","3":"b"}}"#, "to: a, b"),
            (r#"{"message":["The message field is required."]}"#, "message: The message field is required."),
            (r#"{"message":"a","name":"b"}"#, "message: a; name: b"),
            (r#"{"field":"to","message":"a"}"#, "to: a"),
            (r#"{"to":{"deep":["a"],"message":{"x":"y"}}}"#, "to.deep: a; to.message.x: y"),
            ("{}", ""),
            ("[]", ""),
        ] {
            let mut fields = FieldErrors::default();
            fields.read("", &errors.parse().unwrap(), super::DEPTH);
            let fields = fields.settled();
            let read: Vec<_> = fields
                .iter()
                .map(|(name, messages)| alloc::format!("{name}: {}", messages.join(", ")))
                .collect();
            assert_eq!(read.join("; "), expected, "{errors}");
        }
    }
}
