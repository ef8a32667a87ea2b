//! The documentation of a call for an editor and for `help()`: short texts of its fields, and an example. The stubs are
//! written with the same file.

use hudhud::endpoint::EndpointSpec;
use hudhud::schema::{Field, Requirement, Type};

/// Returns the text of a field, on one line.
pub(crate) fn described(field: &Field) -> String {
    let summary = spelled(&field.summary());
    let says_none = !matches!(field.kind, Type::Nullable(_)) || summary.contains("`None`");
    summary + if says_none { "" } else { " `None` clears it." }
}

/// Returns a text with the values of JSON in Python's spelling.
pub(crate) fn spelled(text: &str) -> String {
    text.replace("`true`", "`True`").replace("`false`", "`False`").replace("`null`", "`None`")
}

/// Returns an example of a call, with its required fields.
pub(crate) fn example(spec: &EndpointSpec) -> String {
    let fields = spec.input.fields;
    let mut arguments: Vec<String> = Vec::new();
    for field in fields.iter().filter(|field| is_required(field, fields)) {
        // A list that another one replaces is shown alone.
        let replaces = |condition: &&Requirement| matches!(condition, Requirement::Without(_));
        if field.condition.filter(replaces).is_none()
            || !arguments.iter().any(|given| given.contains("_ids="))
        {
            let value = sample(field, &field.kind);
            arguments.push(if field.path { value } else { format!("{}={value}", field.name) });
        }
    }
    // An update without a field to change shows nothing.
    let changed =
        fields.iter().find(|field| field.name == "name").or(fields.iter().find(|field| !field.path));
    if let Some(field) = changed.filter(|field| spec.route.update && !is_required(field, fields)) {
        arguments.push(format!("{}={}", field.name, sample(field, &field.kind)));
    }
    let keyword = if spec.verb == "import" { "_" } else { "" };
    format!("{}.{}{keyword}({})", spec.vendor.name, spec.name, arguments.join(", "))
}

/// Returns `true` if a call that names no more than it must needs the field.
fn is_required(field: &Field, fields: &[Field]) -> bool {
    let default_of = |name: &str| {
        let other = fields.iter().find(|field| field.name == name)?;
        other.sent_default.or(other.vendor_default).or_else(|| first(&other.kind).filter(|_| other.required))
    };
    field.required
        || match field.condition {
            None => false,
            Some(Requirement::If(name, values)) => {
                default_of(name).is_some_and(|default| values.contains(&default))
            }
            Some(Requirement::Unless(name, values)) => {
                default_of(name).is_none_or(|default| !values.contains(&default))
            }
            Some(_) => true,
        }
}

fn first(kind: &Type) -> Option<&'static str> {
    match kind {
        Type::Enum(open) => open.values.first().map(|(value, _)| *value),
        Type::Nullable(kind) => first(kind),
        _ => None,
    }
}

/// Returns a value of a field, as Python code.
fn sample(field: &Field, kind: &Type) -> String {
    match kind {
        Type::Nullable(kind) => sample(field, kind),
        Type::List(kind) => format!("[{}]", sample(field, kind)),
        Type::Enum(_) => format!("\"{}\"", first(kind).unwrap_or_default()),
        Type::Id => format!("\"{}-1\"", field.name.trim_end_matches('s').trim_end_matches("_id")),
        Type::Integer | Type::Number => "1".into(),
        Type::Boolean => "True".into(),
        Type::Bytes => "open(\"contacts.csv\", \"rb\")".into(),
        Type::Text if field.phone => "\"+15551234567\"".into(),
        Type::Text if field.name.ends_with("url") => "\"https://example.com/…\"".into(),
        Type::Text => format!("\"{}\"", if field.name == "name" { "Jane" } else { "hi" }),
        _ => "{…}".into(),
    }
}
