//! Writes parts of TypeScript: types, members and comments.

use std::fmt::Write as _;

use hudhud::schema::Type;

/// Returns the name and the type of a field of a call. A missing field is not `null`, except in an update, where `null`
/// has its own meaning. `undefined` is stated explicitly: with the strictest settings, the compiler otherwise rejects it
/// for optional fields.
pub(crate) fn member(name: &str, kind: &str, is_required: bool) -> String {
    if is_required { format!("{name}: {kind}") } else { format!("{name}?: {kind} | undefined") }
}

/// Returns the type of a value in a call.
pub(crate) fn input_type(kind: &Type) -> String {
    match kind {
        Type::List(inner) => format!("ReadonlyArray<{}>", input_type(inner)),
        Type::Nullable(inner) => format!("{} | null", input_type(inner)),
        Type::Enum(open) => open.name.into(),
        kind => leaf(kind),
    }
}

/// Returns the type of a value that is the same in calls and responses.
pub(crate) fn leaf(kind: &Type) -> String {
    match kind {
        Type::Text | Type::Id | Type::Date | Type::Timestamp => "string".into(),
        Type::Boolean => "boolean".into(),
        Type::Integer | Type::Number => "number".into(),
        Type::Object => "Record<string, unknown>".into(),
        Type::Bytes => "Uint8Array".into(),
        Type::Model(schema) => schema.name.into(),
        // Any JSON.
        _ => "unknown".into(),
    }
}

/// Returns a text as a comment.
pub(crate) fn comment(doc: &str, indent: &str) -> String {
    let mut text = format!("{indent}/**\n");
    for line in doc.lines() {
        let space = if line.is_empty() { "" } else { " " };
        let _ = writeln!(text, "{indent} *{space}{line}");
    }
    text + indent + " */\n"
}
