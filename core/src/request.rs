//! From a call to the bytes that cross the wire.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Display, Formatter};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use hudhud_macros::choice;

use crate::endpoint::Spec;
use crate::error::FieldErrors;
use crate::idempotency::IdempotencyKey;
use crate::input::{Input, JsonSink, Sink, Value, fault};
use crate::json::{Json, Object};
use crate::multipart::FormSink;
use crate::schema::{Field, Kind};

/// A method of HTTP.
#[choice(typed)]
#[non_exhaustive]
pub enum Method {
    /// Reads.
    #[wire("GET")]
    Get,
    /// Creates, or does.
    #[wire("POST")]
    Post,
    /// Replaces.
    #[wire("PUT")]
    Put,
    /// Changes.
    #[wire("PATCH")]
    Patch,
    /// Removes.
    #[wire("DELETE")]
    Delete,
}

/// The header that names the method of a request that travels as POST.
pub(crate) const METHOD_OVERRIDE: &str = "X-HTTP-Method-Override";

impl Display for Method {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// An HTTP request, as plain data for a transport to send.
///
/// A transport sends exactly this and follows no redirect.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The call it belongs to, such as `contacts.list`.
    pub call: &'static str,
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// Names and values. A host that may not set `User-Agent` leaves it out.
    pub headers: Vec<(&'static str, String)>,
    /// The body; with `None` there is none.
    pub body: Option<Vec<u8>>,
}

impl Request {
    /// The first header of this name, in whatever case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The call, the method, the names of the headers and the length of the body: nothing that is private.
impl Debug for Request {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("Request")
            .field("call", &self.call)
            .field("method", &self.method)
            .field("headers", &names)
            .field("body", &format_args!("{} bytes", self.body.as_ref().map_or(0, Vec::len)))
            .finish_non_exhaustive()
    }
}

/// What one call may do otherwise than its client does.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CallOptions {
    /// The key by which the vendor knows a repetition. Default: a random one on calls that take one.
    pub idempotency_key: Option<IdempotencyKey>,
    /// Another method than the catalog's, for where an inferred one is wrong.
    pub method: Option<Method>,
    /// Further members of the body, or parameters of the query, sent as they are; one that has the name of a
    /// field stands instead of it.
    pub extra: Object,
    /// Whether the vendor's stated limits are checked before sending. Default: as the client is set.
    pub checks: Option<bool>,
    /// How stubbornly to try. Default: as the client is set.
    pub retry: Option<crate::retry::RetryPolicy>,
}

impl CallOptions {
    /// With nothing but defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`CallOptions::idempotency_key`].
    #[must_use]
    pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self {
        self.idempotency_key = Some(key);
        self
    }

    /// Sets [`CallOptions::method`].
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Sets [`CallOptions::extra`].
    #[must_use]
    pub fn extra(mut self, extra: impl Into<Object>) -> Self {
        self.extra = extra.into();
        self
    }

    /// Sets [`CallOptions::checks`].
    #[must_use]
    pub fn checks(mut self, checks: bool) -> Self {
        self.checks = Some(checks);
        self
    }

    /// Sets [`CallOptions::retry`].
    #[must_use]
    pub fn retry(mut self, policy: crate::retry::RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }
}

/// Everything but letters, digits and `-._~` (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A body and what it is.
pub(crate) type Body = Option<(Vec<u8>, Cow<'static, str>)>;

/// What is known of a call beside its fields.
pub(crate) struct Context<'a> {
    pub(crate) method: Method,
    pub(crate) spec: &'a Spec,
    /// The path, with `{parameters}`.
    pub(crate) path: &'a str,
    pub(crate) extra: &'a Object,
    pub(crate) boolean_words: bool,
    /// What only the two ends of the connection know: it makes the boundary of a form one that nobody foresees.
    pub(crate) seed: &'a [&'a [u8]],
}

/// Writes a call out: its path behind `url`, which holds the vendor's origin, its query, and its body. Faults of path
/// parameters are told in `faults`.
pub(crate) fn write(
    context: &Context<'_>,
    call: &dyn Write,
    url: &mut String,
    faults: &mut FieldErrors,
) -> Body {
    let Context { method, spec, path, extra, boolean_words, seed } = *context;
    let origin = url.len();
    url.push_str(path);
    if path.contains('{') {
        call.write(&mut PathSink { url, origin, faults });
    }
    if method == Method::Get {
        let mut query = QuerySink { url, started: false, extra, boolean_words };
        call.write(&mut query);
        query.put_extra();
        return None;
    }
    if spec.route.multipart {
        let mut form = FormSink::default();
        call.write(&mut form);
        for (name, value) in extra.iter() {
            form.add_text(name, &as_parameter(value));
        }
        let (boundary, body) = form.finish(seed);
        return Some((body, Cow::Owned(format!("multipart/form-data; boundary={boundary}"))));
    }
    // A call without fields has no body; one whose fields are all absent says so with an empty object.
    if extra.is_empty() && spec.input.fields.iter().all(|field| field.path) {
        return None;
    }
    let mut body = Vec::with_capacity(256);
    let mut sink = JsonSink { out: &mut body, instead: Some(extra), started: false };
    call.write(&mut sink);
    for (name, value) in extra.iter() {
        sink.name(name);
        sink.out.extend_from_slice(value.as_str().as_bytes());
    }
    sink.end();
    Some((body, Cow::Borrowed("application/json")))
}

/// [`Input::write`] as an object.
pub(crate) trait Write {
    fn write(&self, sink: &mut dyn Sink);
}

impl<T: Input> Write for T {
    fn write(&self, sink: &mut dyn Sink) {
        Input::write(self, sink);
    }
}

/// Puts path parameters in their places.
struct PathSink<'a> {
    url: &'a mut String,
    /// Where the path begins.
    origin: usize,
    faults: &'a mut FieldErrors,
}

impl Sink for PathSink<'_> {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        if !field.path {
            return;
        }
        value.text(field, &mut |text| {
            // These would make another path of it.
            if matches!(text, "" | "." | "..") {
                fault(self.faults, "", field.name, "field is required, and may not be . or ...");
            }
            let segment = utf8_percent_encode(text, RESERVED).to_string();
            let path = self.url.split_off(self.origin);
            self.url.push_str(&path.replace(&format!("{{{}}}", field.name), &segment));
        });
    }
}

/// Appends `name=value` pairs in the order of the fields.
struct QuerySink<'a> {
    url: &'a mut String,
    started: bool,
    extra: &'a Object,
    boolean_words: bool,
}

impl QuerySink<'_> {
    fn pair(&mut self, name: &str, list: bool, value: &str) {
        self.url.push(if self.started { '&' } else { '?' });
        self.started = true;
        self.url.extend(utf8_percent_encode(name, RESERVED));
        // The brackets of a list, as RFC 3986 wants them.
        self.url.push_str(if list { "%5B%5D=" } else { "=" });
        self.url.extend(utf8_percent_encode(value, RESERVED));
    }

    fn put_extra(&mut self) {
        for (name, value) in self.extra.iter() {
            match value.read::<Vec<Json>>() {
                Ok(items) => items.iter().for_each(|item| self.pair(name, true, &as_parameter(item))),
                Err(_) => self.pair(name, false, &as_parameter(value)),
            }
        }
    }
}

/// A JSON value as the value of a parameter: text without quotes, truth as `1` and `0`.
fn as_parameter(value: &Json) -> Cow<'_, str> {
    match value.as_str() {
        "true" => Cow::Borrowed("1"),
        "false" => Cow::Borrowed("0"),
        "null" => Cow::Borrowed(""),
        other => value.as_text().unwrap_or(Cow::Borrowed(other)),
    }
}

impl Sink for QuerySink<'_> {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        // The first page is what the vendor gives unasked, and the parameter is inferred.
        let mut skip = field.path || !value.is_given() || self.extra.get(field.name).is_some();
        if field.name == "page" {
            value.text(field, &mut |text| skip |= text == "1" || text == "0");
        }
        if !skip {
            let list = value.is_list();
            let words = self.boolean_words && field.kind == Kind::Boolean;
            value.text(field, &mut |text| {
                let text = match text {
                    "1" if words => "true",
                    "0" if words => "false",
                    text => text,
                };
                self.pair(field.name, list, text);
            });
        }
    }
}
