//! Writing of an input as URL, query and body of a request.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::Write;
use crate::codec::input::json::JsonSink;
use crate::codec::input::multipart::FormSink;
use crate::codec::input::path::PathSink;
use crate::codec::input::query::{QuerySink, as_parameter};
use crate::http::method::Method;
use crate::schema::Field;
use crate::types::json::Object;

/// A body and its content type.
pub(crate) type Body = Option<(Vec<u8>, Cow<'static, str>)>;

/// The facts about a call that its fields do not hold.
pub(crate) struct Context<'a> {
    pub(crate) method: Method,
    pub(crate) is_multipart: bool,
    pub(crate) fields: &'a [Field],
    /// The path, with `{parameters}`.
    pub(crate) path: &'a str,
    pub(crate) extra: &'a Object,
    pub(crate) textual_booleans: bool,
    /// Secrets that only the caller and the vendor know. They make the boundary of a form unpredictable.
    pub(crate) seed: &'a [&'a [u8]],
}

/// Writes the path and query of a call to the end of `url`, which holds the vendor's origin, and returns the body.
/// Faults of path parameters are added to `faults`.
pub(crate) fn write(
    context: &Context<'_>,
    call: &dyn Write,
    url: &mut String,
    faults: &mut FieldErrors,
) -> Body {
    let Context { method, is_multipart, fields, path, extra, textual_booleans, seed } = *context;
    let origin = url.len();
    url.push_str(path);
    if path.contains('{') {
        call.write(&mut PathSink { url, origin, faults });
    }
    if method == Method::Get {
        let mut query = QuerySink { url, started: path.contains('?'), extra, textual_booleans };
        call.write(&mut query);
        query.put_extra();
        return None;
    }
    if is_multipart {
        let mut form = FormSink::default();
        call.write(&mut form);
        for (name, value) in extra.iter() {
            form.add_text(name, &as_parameter(value));
        }
        let (boundary, body) = form.finish(seed);
        return Some((body, Cow::Owned(format!("multipart/form-data; boundary={boundary}"))));
    }
    // A call without fields has no body. A call whose fields are all absent has an empty object as its body.
    if extra.is_empty() && fields.iter().all(|field| field.path) {
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
