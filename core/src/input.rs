//! What goes into a call: reading it from JSON, checking the stated limits, and writing it out.
//!
//! Every fault is collected, none ends the reading, so that a user hears of all of them at once, in the shape
//! in which the server would tell them.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::FieldErrors;
use crate::json::{Bytes, Json, Object};
use crate::nullable::Nullable;
use crate::phone::{Phone, misread};
use crate::request::Write;
use crate::schema::{Condition, Described, Field, Kind};
use crate::time::{Timestamp, is_date};

/// What `#[endpoint]` and `#[model(input)]` give a struct.
pub trait Input: Described {
    /// The fields, in the vendor's order.
    #[must_use]
    fn fields() -> &'static [Field] {
        match const { Self::KIND } {
            Kind::Model(schema) => schema.fields,
            _ => &[],
        }
    }

    /// Takes the fields out of `object`, which is left with what is unknown. `at` stands before field names in
    /// faults: empty, or the outer name and a dot.
    fn read(object: &mut Object, at: &str, faults: &mut FieldErrors) -> Self
    where
        Self: Sized;

    /// Checks the limits that the vendor states.
    fn check(&self, at: &str, faults: &mut FieldErrors);

    /// Hands every field to `sink`, in order.
    fn write(&self, sink: &mut dyn Sink);
}

/// Where the fields of a call go: into a path and query, a JSON body, or a form.
pub trait Sink {
    /// Takes one field.
    fn put(&mut self, field: &'static Field, value: &dyn Value);
}

/// A value that may stand in a call.
pub trait Value {
    /// Whether it is to be sent at all.
    fn is_given(&self) -> bool {
        true
    }

    /// Whether there is anything in it.
    fn is_filled(&self) -> bool {
        self.is_given()
    }

    /// Whether it is a list, which queries spell `name[]=…&name[]=…`.
    fn is_list(&self) -> bool {
        false
    }

    /// Checks the limits that the vendor states of this field.
    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        let _ = (at, field, faults);
    }

    /// Appends the value as JSON.
    fn json(&self, field: &Field, out: &mut Vec<u8>);

    /// Hands over the value as text, for a path or a query; a list hands over each item.
    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        let mut out = Vec::new();
        self.json(field, &mut out);
        put(&String::from_utf8_lossy(&out));
    }

    /// The bytes, if it is a file.
    fn bytes(&self) -> Option<&[u8]> {
        None
    }
}

/// A value that can be read from JSON.
pub(crate) trait Read: Default {
    /// The value, or `None` with a fault under `at` and `name`.
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self>;

    /// The value of a field that may be missing.
    fn take(json: Option<Json>, at: &str, field: &Field, faults: &mut FieldErrors) -> Self {
        match json.filter(|json| !json.is_null()) {
            Some(json) => Self::read(json, at, field.name, faults).unwrap_or_default(),
            None => {
                fault(faults, at, field.name, "field is required.");
                Self::default()
            }
        }
    }
}

/// Takes one field out of an object.
pub(crate) fn take<T: Read>(object: &mut Object, at: &str, field: &Field, faults: &mut FieldErrors) -> T {
    T::take(object.remove(field.name), at, field, faults)
}

/// "The phone number field is required.": the words of the framework behind both vendors.
pub(crate) fn fault(faults: &mut FieldErrors, at: &str, name: &str, what: &str) {
    faults.add(format!("{at}{name}"), format!("The {} {what}", name.replace('_', " ")));
}

/// Appends any serialisable value.
pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    // Writing to memory does not fail, and no value here has a form that JSON lacks.
    #[cfg(feature = "std")]
    let _ = value.serialize(&mut serde_json::Serializer::new(out));
    // Without `std`, serde_json writes only into memory of its own.
    #[cfg(not(feature = "std"))]
    out.extend(serde_json::to_vec(value).unwrap_or_default());
}

/// The limits on text: there at all, not too long, a date if it must be one.
pub(crate) fn check_text(text: &str, at: &str, field: &Field, faults: &mut FieldErrors) {
    if field.required && !field.path && text.is_empty() {
        fault(faults, at, field.name, "field is required.");
    }
    if let Some(max) = field.max_chars
        && text.len() > max as usize
        && text.chars().count() > max as usize
    {
        fault(faults, at, field.name, &format!("field must not be greater than {max} characters."));
    }
    match (field.phone, field.e164) {
        (true, true) if field.condition.is_none() => check_recipient(text, at, field, faults),
        (true, false) => check_phone(text, at, field.name, faults),
        _ => {}
    }
    if matches!(field.kind, Kind::Date | Kind::Nullable(Kind::Date)) && !is_date(text) {
        fault(faults, at, field.name, "field must be a day in the form YYYY-MM-DD.");
    }
}

fn check_number(number: i64, at: &str, field: &Field, faults: &mut FieldErrors) {
    let Some((low, high)) = field.range else { return };
    if (low..=high).contains(&number) {
        return;
    }
    let limit =
        if high == i64::MAX { format!("at least {low}") } else { format!("between {low} and {high}") };
    fault(faults, at, field.name, &format!("field must be {limit}."));
}

/// Reports that another field makes this one required.
fn is_required(field: &Field, other_field: &Field, other: &dyn Value) -> bool {
    let has_one_of = |values: &[&str]| {
        let mut found = false;
        if other.is_given() {
            other.text(other_field, &mut |text| found = values.contains(&text));
        } else if let Some(text) = other_field.default.or(other_field.taken_as) {
            found = values.contains(&text);
        }
        found
    };
    match field.condition {
        None => false,
        Some(Condition::If(_, values)) => has_one_of(values),
        Some(Condition::Unless(_, values)) => !has_one_of(values),
        Some(Condition::Without(_)) => !other.is_filled(),
    }
}

/// Whether a field is there that must be because of another one.
pub(crate) fn check_condition(
    at: &str,
    (field, value): (&Field, &dyn Value),
    (other_field, other): (&Field, &dyn Value),
    faults: &mut FieldErrors,
) {
    let Some(condition) = field.condition else { return };
    let required = is_required(field, other_field, other);
    if required && !value.is_filled() {
        fault(faults, at, field.name, &format!("field is required {condition}."));
    }
    if required && field.e164 {
        value.text(&AS_IT_IS, &mut |text| check_recipient(text, at, field, faults));
    }
}

/// Checks a recipient, which must be a number in E.164.
fn check_recipient(text: &str, at: &str, field: &Field, faults: &mut FieldErrors) {
    if !text.is_empty()
        && let Err(error) = Phone::parse(text)
    {
        fault(faults, at, field.name, &format!("field must be a phone number in E.164: {error}."));
    }
}

/// Checks a number that need not be in E.164: it must not become another number.
fn check_phone(text: &str, at: &str, name: &str, faults: &mut FieldErrors) {
    if let Some(error) = misread(text) {
        fault(faults, at, name, &format!("field must be a phone number: {error}."));
    }
}

/// A field without properties, whose text is written unchanged.
static AS_IT_IS: Field = Field {
    name: "",
    doc: "",
    kind: Kind::Text,
    required: false,
    condition: None,
    path: false,
    phone: false,
    e164: false,
    signed: false,
    secret: false,
    max_chars: None,
    range: None,
    default: None,
    taken_as: None,
    inferred: None,
};

/// A call that is written unchanged: without checks, no phone number is cleaned.
pub(crate) struct AsItIs<'a>(pub(crate) &'a dyn Write);

impl Write for AsItIs<'_> {
    fn write(&self, sink: &mut dyn Sink) {
        struct Raw<'a>(&'a mut dyn Sink);

        impl Sink for Raw<'_> {
            fn put(&mut self, field: &'static Field, value: &dyn Value) {
                self.0.put(field, &Untouched(value));
            }
        }

        self.0.write(&mut Raw(sink));
    }
}

/// A value that is written without regard to its field.
pub(crate) struct Untouched<'a>(pub(crate) &'a dyn Value);

impl Value for Untouched<'_> {
    fn is_given(&self) -> bool {
        self.0.is_given()
    }

    fn is_filled(&self) -> bool {
        self.0.is_filled()
    }

    fn is_list(&self) -> bool {
        self.0.is_list()
    }

    fn json(&self, _: &Field, out: &mut Vec<u8>) {
        self.0.json(&AS_IT_IS, out);
    }

    fn text(&self, _: &Field, put: &mut dyn FnMut(&str)) {
        self.0.text(&AS_IT_IS, put);
    }

    fn bytes(&self) -> Option<&[u8]> {
        self.0.bytes()
    }
}

/// Writes a field that depends on another one. A recipient on another channel than WhatsApp is not cleaned: it need not
/// be a phone number.
pub(crate) fn put_if(
    sink: &mut dyn Sink,
    (field, value): (&'static Field, &dyn Value),
    (other_field, other): (&Field, &dyn Value),
) {
    if field.e164 && !is_required(field, other_field, other) {
        sink.put(field, &Untouched(value));
    } else {
        sink.put(field, value);
    }
}

/// The text to be sent: a phone number without what cannot be meant.
fn sent<'a>(text: &'a str, field: &Field) -> Cow<'a, str> {
    if field.phone { Phone::clean(text) } else { Cow::Borrowed(text) }
}

impl Value for String {
    fn is_filled(&self) -> bool {
        !self.is_empty()
    }

    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        check_text(self, at, field, faults);
    }

    fn json(&self, field: &Field, out: &mut Vec<u8>) {
        json(&*sent(self, field), out);
    }

    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        put(&sent(self, field));
    }
}

impl Read for String {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        let text = json.as_text().map(Cow::into_owned);
        if text.is_none() {
            fault(faults, at, name, "field must be a string.");
        }
        text
    }
}

impl Value for Timestamp {
    fn json(&self, _: &Field, out: &mut Vec<u8>) {
        json(self, out);
    }

    fn text(&self, _: &Field, put: &mut dyn FnMut(&str)) {
        put(self.as_str());
    }
}

impl Read for Timestamp {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        <String as Read>::read(json, at, name, faults).map(Self::from)
    }
}

impl Value for bool {
    fn json(&self, _: &Field, out: &mut Vec<u8>) {
        json(self, out);
    }

    // The framework's `boolean` rule takes `1` and `0` in a query, and refuses the words.
    fn text(&self, _: &Field, put: &mut dyn FnMut(&str)) {
        put(if *self { "1" } else { "0" });
    }
}

macro_rules! numbers {
    ($($type:ty),*) => { $(
        impl Value for $type {
            fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
                check_number(i64::try_from(*self).unwrap_or(i64::MAX), at, field, faults);
            }

            fn json(&self, _: &Field, out: &mut Vec<u8>) {
                json(self, out);
            }

            fn text(&self, _: &Field, put: &mut dyn FnMut(&str)) {
                put(&self.to_string());
            }
        }
    )* };
}
numbers!(i64, u64);

macro_rules! plain {
    ($($type:ty: $must:literal),*) => { $(
        impl Read for $type {
            fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
                let value = json.read().ok();
                if value.is_none() {
                    fault(faults, at, name, $must);
                }
                value
            }
        }
    )* };
}
plain! {
    bool: "field must be true or false.",
    i64: "field must be an integer.",
    u64: "field must be a positive integer.",
    Object: "field must be an object."
}

macro_rules! raw {
    ($($type:ty: $is_filled:expr),*) => { $(
        impl Value for $type {
            fn is_filled(&self) -> bool {
                $is_filled(self)
            }

            fn json(&self, _: &Field, out: &mut Vec<u8>) {
                json(self, out);
            }
        }
    )* };
}
raw!(Json: |json: &Json| !json.is_null(), Object: |object: &Object| !object.is_empty());

impl Default for Json {
    fn default() -> Self {
        Self::from(serde_json::Value::Null)
    }
}

impl Read for Json {
    fn read(json: Json, _: &str, _: &str, _: &mut FieldErrors) -> Option<Self> {
        Some(json)
    }
}

impl Value for Bytes {
    fn json(&self, _: &Field, out: &mut Vec<u8>) {
        json(&crate::base64::encode(&self.0), out);
    }

    fn bytes(&self) -> Option<&[u8]> {
        Some(&self.0)
    }

    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        if self.0.is_empty() {
            fault(faults, at, field.name, "field is required.");
        }
    }
}

/// In JSON, which has no bytes, a file is its text, or `{"base64": "…"}`.
impl Read for Bytes {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        if let Some(text) = json.as_text() {
            return Some(Self::from(&*text));
        }
        let bytes =
            json.read::<Object>().ok().and_then(|object| crate::base64::decode(&object.text("base64")?));
        if bytes.is_none() {
            fault(faults, at, name, "field must be the text of a file, or {\"base64\": \"…\"}.");
        }
        bytes.map(Self)
    }
}

impl<T: Value> Value for Option<T> {
    fn is_given(&self) -> bool {
        self.is_some()
    }

    fn is_filled(&self) -> bool {
        self.as_ref().is_some_and(Value::is_filled)
    }

    fn is_list(&self) -> bool {
        self.as_ref().is_some_and(Value::is_list)
    }

    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        if let Some(value) = self {
            value.check(at, field, faults);
        }
    }

    fn json(&self, field: &Field, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.json(field, out),
            None => out.extend(b"null"),
        }
    }

    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        if let Some(value) = self {
            value.text(field, put);
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        self.as_ref().and_then(Value::bytes)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        T::read(json, at, name, faults).map(Some)
    }

    fn take(json: Option<Json>, at: &str, field: &Field, faults: &mut FieldErrors) -> Self {
        T::read(json.filter(|json| !json.is_null())?, at, field.name, faults)
    }
}

impl<T: Value> Value for Nullable<T> {
    fn is_given(&self) -> bool {
        !self.is_absent()
    }

    fn is_filled(&self) -> bool {
        self.value().is_some_and(Value::is_filled)
    }

    fn is_list(&self) -> bool {
        self.value().is_some_and(Value::is_list)
    }

    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        if let Self::Value(value) = self {
            value.check(at, field, faults);
        }
    }

    fn json(&self, field: &Field, out: &mut Vec<u8>) {
        match self {
            Self::Value(value) => value.json(field, out),
            Self::Absent | Self::Null => out.extend(b"null"),
        }
    }

    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        if let Self::Value(value) = self {
            value.text(field, put);
        }
    }
}

impl<T: Read> Read for Nullable<T> {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        T::read(json, at, name, faults).map(Self::Value)
    }

    fn take(json: Option<Json>, at: &str, field: &Field, faults: &mut FieldErrors) -> Self {
        match json {
            None => Self::Absent,
            Some(json) if json.is_null() => Self::Null,
            Some(json) => T::read(json, at, field.name, faults).map_or(Self::Absent, Self::Value),
        }
    }
}

impl<T: Value> Value for Vec<T> {
    fn is_filled(&self) -> bool {
        !self.is_empty()
    }

    fn is_list(&self) -> bool {
        true
    }

    fn check(&self, at: &str, field: &Field, faults: &mut FieldErrors) {
        check_list(&mut self.iter().map(|item| item as &dyn Value), at, field, faults);
    }

    fn json(&self, field: &Field, out: &mut Vec<u8>) {
        out.push(b'[');
        for (at, item) in self.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            item.json(field, out);
        }
        out.push(b']');
    }

    fn text(&self, field: &Field, put: &mut dyn FnMut(&str)) {
        for item in self {
            item.text(field, put);
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: Json, at: &str, name: &str, faults: &mut FieldErrors) -> Option<Self> {
        read_items(json, at, name, faults, T::read)
    }
}

/// Reads the items of a list, each under the list's name and its position.
pub(crate) fn read_items<T>(
    json: Json,
    at: &str,
    name: &str,
    faults: &mut FieldErrors,
    read: impl Fn(Json, &str, &str, &mut FieldErrors) -> Option<T>,
) -> Option<Vec<T>> {
    let Ok(items) = json.read::<Vec<Json>>() else {
        fault(faults, at, name, "field must be an array.");
        return None;
    };
    let at = format!("{at}{name}.");
    let mut values = Vec::with_capacity(items.len());
    for (position, item) in items.into_iter().enumerate() {
        values.extend(read(item, &at, &position.to_string(), faults));
    }
    Some(values)
}

/// The limits on a list: there at all, and no phone number in it that would become another.
pub(crate) fn check_list(
    items: &mut dyn ExactSizeIterator<Item = &dyn Value>,
    at: &str,
    field: &Field,
    faults: &mut FieldErrors,
) {
    if field.required && items.len() == 0 {
        fault(faults, at, field.name, "field is required.");
    }
    if field.phone {
        let at = format!("{at}{}.", field.name);
        for (position, item) in items.enumerate() {
            item.text(&AS_IT_IS, &mut |text| check_phone(text, &at, &position.to_string(), faults));
        }
    }
}

/// Tells every member that is left in `object`.
pub(crate) fn refuse_unknown(object: &Object, at: &str, faults: &mut FieldErrors) {
    for (name, _) in object.iter() {
        // The name may be anything, so it stands in no sentence of ours.
        faults.add(
            format!("{at}{name}"),
            "The field is not known here; to send it all the same, put it under extra.",
        );
    }
}

/// Writes the fields of a call or record as the members of a JSON object.
pub(crate) struct JsonSink<'a> {
    pub(crate) out: &'a mut Vec<u8>,
    /// Members that are written separately and take the place of fields.
    pub(crate) instead: Option<&'a Object>,
    pub(crate) started: bool,
}

impl<'a> JsonSink<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, instead: None, started: false }
    }

    /// The name of the next member.
    pub(crate) fn name(&mut self, name: &str) {
        self.out.push(if self.started { b',' } else { b'{' });
        self.started = true;
        json(name, self.out);
        self.out.push(b':');
    }

    /// The name of a field, which is plain ASCII and needs no escapes.
    fn field(&mut self, field: &'static Field) {
        self.out.extend_from_slice(if self.started { b",\"" } else { b"{\"" });
        self.started = true;
        self.out.extend_from_slice(field.name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// The end of the object, which begins here if nothing was written.
    pub(crate) fn end(self) {
        if !self.started {
            self.out.push(b'{');
        }
        self.out.push(b'}');
    }
}

impl Sink for JsonSink<'_> {
    fn put(&mut self, field: &'static Field, value: &dyn Value) {
        if field.path || self.instead.is_some_and(|extra| extra.get(field.name).is_some()) {
            return;
        }
        if value.is_given() {
            self.field(field);
            value.json(field, self.out);
        } else if let Some(default) = field.default {
            self.field(field);
            json(default, self.out);
        }
    }
}

/// Lets a record that `#[model(input)]` declared stand in a call.
macro_rules! implement_record {
    ($name:ident) => {
        impl $crate::input::Value for $name {
            fn check(
                &self,
                at: &str,
                field: &$crate::schema::Field,
                faults: &mut $crate::error::FieldErrors,
            ) {
                $crate::input::Input::check(self, &::alloc::format!("{at}{}.", field.name), faults);
            }

            fn json(&self, _: &$crate::schema::Field, out: &mut ::alloc::vec::Vec<u8>) {
                let mut sink = $crate::input::JsonSink::new(out);
                $crate::input::Input::write(self, &mut sink);
                sink.end();
            }
        }

        impl $crate::input::Read for $name {
            fn read(
                json: $crate::json::Json,
                at: &str,
                name: &str,
                faults: &mut $crate::error::FieldErrors,
            ) -> ::core::option::Option<Self> {
                let mut object: $crate::json::Object = $crate::input::Read::read(json, at, name, faults)?;
                let at = ::alloc::format!("{at}{name}.");
                let record = <Self as $crate::input::Input>::read(&mut object, &at, faults);
                $crate::input::refuse_unknown(&object, &at, faults);
                Some(record)
            }
        }

        $crate::redact::shown!($name);
    };
}
pub(crate) use implement_record;
