//! Calls by method and path, for routes that the catalog lacks. They have the same retries, keys and errors.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::marker::PhantomData;

use percent_encoding::utf8_percent_encode;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::path::RESERVED;
use crate::codec::input::record::Record;
use crate::dynamic::{CallInput, DynamicCall};
use crate::endpoint::{EndpointSpec, Route, Surface, Vendor};
use crate::error::Error;
use crate::http::method::Method;
use crate::schema::{Schema, Type};
use crate::service::Service;
use crate::types::json::Object;
use crate::{wazaj, zagely};

/// The name of all calls by route.
const NAME: &str = "request";

/// The input: no field has a name, and all members are sent.
static INPUT: Schema = Schema { name: "Request", doc: "", open: false, fields: &[] };

const fn spec(method: Method, surface: Surface) -> EndpointSpec {
    let vendor = match surface {
        Surface::Business => <wazaj::Credentials as Vendor>::INFO,
        Surface::V1 | Surface::App => <zagely::Credentials as Vendor>::INFO,
    };
    let route = Route {
        method,
        path: "",
        ability: None,
        anonymous: false,
        update: false,
        multipart: false,
        inferred: &[],
    };
    EndpointSpec::new(vendor, surface, [NAME, "", NAME], route, Type::Model(&INPUT), Type::Json, None)
}

const fn specs(surface: Surface) -> [EndpointSpec; 5] {
    [
        spec(Method::Get, surface),
        spec(Method::Post, surface),
        spec(Method::Put, surface),
        spec(Method::Patch, surface),
        spec(Method::Delete, surface),
    ]
}

static V1: [EndpointSpec; 5] = specs(Surface::V1);
static APP: [EndpointSpec; 5] = specs(Surface::App);
static BUSINESS: [EndpointSpec; 5] = specs(Surface::Business);

/// Returns the row of calls by route, for errors that belong to no other row.
#[must_use]
pub fn route_spec() -> &'static EndpointSpec {
    &V1[0]
}

impl<V: Vendor> Service<V> {
    /// Reads a call to a route that the catalog lacks.
    ///
    /// `path` is the part after the base URL, as in the catalog: `/api/v1/labels/{label_id}`. In an app route,
    /// [`Zagely::app_prefix`](crate::Zagely::app_prefix) replaces `/api`. The parameters in braces are taken from the input and
    /// encoded. Write values such as ids as parameters: logs and traces
    /// then show the path without them. A query may follow the path.
    ///
    /// `input` is a JSON object with the parameters of the path. Its other members become the query of a GET, and the JSON
    /// body of other methods. The
    /// output is the vendor's JSON. A call that changes something has an idempotency key where the vendor accepts one,
    /// and is repeated by the same rules as the calls of the catalog.
    ///
    /// ```
    /// use hudhud::{CallOptions, KeyPair, Method, Zagely};
    /// let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test")?);
    /// let input = r#"{"label_id": "l/1", "color": "red"}"#;
    /// let call = zagely.call_by_route(Method::Patch, "/api/v1/labels/{label_id}", input)?;
    /// let request = call.request(&zagely, &CallOptions::new())?;
    /// assert_eq!(request.url, "https://zagely.com/api/v1/labels/l%2F1");
    /// assert_eq!(request.body.unwrap(), br#"{"color":"red"}"#);
    /// # Ok::<(), hudhud::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_request`. It names `path` if libraries read the path differently, and `input` if the text is not a JSON object.
    pub fn call_by_route(&self, method: Method, path: &str, input: &str) -> Result<DynamicCall<V>, Error> {
        let CallInput { mut fields, extra, mut faults } = CallInput::read(input)?;
        let route = fill(path, &mut fields, &mut faults);
        let table = match V::surface(path) {
            Surface::V1 => &V1,
            Surface::App => &APP,
            Surface::Business => &BUSINESS,
        };
        let spec = table
            .iter()
            .find(|spec| spec.route.method == method)
            .ok_or_else(|| Error::invalid("method", "expected GET, POST, PUT, PATCH or DELETE"))?;
        fields.extend(extra.iter().map(|(name, value)| (name, value.clone())));
        let call = Record::read(INPUT.fields, &mut Object::new(), "", &mut faults);
        Ok(DynamicCall { spec, route: Some(route), call, extra: fields, faults, vendor: PhantomData })
    }
}

/// Returns the path with its parameters taken out of the input, and its template. Faults are under `path`, and under the
/// names of parameters.
fn fill(path: &str, input: &mut Object, faults: &mut FieldErrors) -> (String, String) {
    let (route, query) = match path.split_once('?') {
        Some((route, query)) => (route, Some(query)),
        None => (path, None),
    };
    let (mut filled, mut template) = (String::new(), String::new());
    let mut is_path = route.starts_with('/');
    for segment in route.split('/').skip(1) {
        let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        let (value, shown) = match name {
            Some(name) => {
                let value = input.remove(name);
                let text = value.as_ref().and_then(|value| match value.as_text() {
                    Some(text) => Some(text),
                    None if value.as_str().bytes().all(|byte| byte.is_ascii_digit()) => {
                        Some(Cow::Borrowed(value.as_str()))
                    }
                    None => None,
                });
                // These values would change the path.
                if text.as_deref().is_none_or(|text| matches!(text, "" | "." | "..")) {
                    faults.add(
                        name,
                        "expected a value for this part of the path, other than \"\", \".\" and \"..\"",
                    );
                }
                let text = text.unwrap_or_default();
                (utf8_percent_encode(&text, RESERVED).collect::<String>(), format!("{{{name}}}"))
            }
            None => (segment.into(), if is_plain(segment) { segment.into() } else { "{value}".into() }),
        };
        is_path &= name.is_some() || is_segment(segment);
        filled.extend(["/", &value]);
        template.extend(["/", &shown]);
    }
    if let Some(query) = query {
        is_path &= is_encoded(query, b"&=?/");
        filled.extend(["?", query]);
    }
    if !is_path {
        faults.add(
            "path",
            "expected a path such as /api/v1/labels/{label_id}: percent-encode spaces and other special characters",
        );
    }
    (filled, template)
}

/// Returns `true` for a segment that all HTTP libraries send unchanged.
fn is_segment(segment: &str) -> bool {
    let dots = segment.to_ascii_lowercase().replace("%2e", ".");
    !matches!(dots.as_str(), "" | "." | "..") && is_encoded(segment, b"")
}

/// Returns `true` for text of letters, digits, the characters that RFC 3986 allows in a segment, and whole escapes.
fn is_encoded(text: &str, more: &[u8]) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let legal = match byte {
            b'%' => bytes.by_ref().take(2).filter(u8::is_ascii_hexdigit).count() == 2,
            _ => byte.is_ascii_alphanumeric() || b"-._~!$'()*+,;:@".contains(&byte) || more.contains(&byte),
        };
        if !legal {
            return false;
        }
    }
    true
}

/// Returns `true` for a segment that is part of a route, and no value: a word, or the version of an API.
fn is_plain(segment: &str) -> bool {
    let word = segment.strip_prefix('v').filter(|number| number.len() <= 2);
    word.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        || segment.len() <= 32
            && segment.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'))
}
