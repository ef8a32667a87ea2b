//! Generates the declared types with their docs.

use std::fmt::Write as _;

use hudhud::schema::{Field, HasSchema, OpenEnum, Schema, Type};

macro_rules! generate {
    (
        [ $( $vendor:ident { $( $call:ident )* } )* ]
        $( $module:ident { records { $( $record:ident )* } enums { $( $open:ident )* } } )*
    ) => {
        const TYPES: &[Type] = &[
            $( $( <hudhud::$vendor::$call as HasSchema>::TYPE, )* )*
            $( $( <hudhud::$module::$record as HasSchema>::TYPE, )* )*
            $( $( <hudhud::$module::$open as HasSchema>::TYPE, )* )*
        ];
    };
}

hudhud::for_each_type!(generate);

pub(crate) fn write() -> String {
    let types = TYPES.iter().map(|declared| match declared {
        Type::Model(schema) => interface(schema),
        Type::Enum(open) => union(open),
        _ => String::new(),
    });
    types.collect::<Vec<_>>().join("\n\n") + "\n"
}

/// Returns the interface of a struct. In JSON, and therefore in JavaScript, the unknown members of a response are next
/// to the known ones. The type does not name them, so that a misspelt field is an error.
fn interface(schema: &Schema) -> String {
    let mut text = format!("{}export interface {} {{", comment(schema.doc, ""), schema.name);
    for field in schema.fields {
        let _ = write!(text, "\n{}    {};", comment(field.doc, "    "), member(field, schema.open));
    }
    text + if schema.fields.is_empty() { "}" } else { "\n}" }
}

/// Returns the name and the type of a field. A field of a response is always present, and `null` if the vendor sent
/// none. A missing field of a call is not `null`, except in an update, where `null` has its own meaning. `undefined` is
/// stated explicitly: with the strictest settings, the compiler otherwise rejects it for optional fields.
fn member(Field { name, kind, required, .. }: &Field, is_response: bool) -> String {
    let kind = name_of(kind);
    match (required, is_response) {
        (true, _) => format!("{name}: {kind}"),
        (false, true) => format!("{name}: {kind} | null"),
        (false, false) => format!("{name}?: {kind} | undefined"),
    }
}

/// Returns the type of an open enum: a union of the known values and any other text.
fn union(open: &OpenEnum) -> String {
    let known: String = open.values.iter().map(|(value, _)| format!("\"{value}\" | ")).collect();
    format!("{}export type {} = {known}(string & {{}});", comment(open.doc, ""), open.name)
}

/// Returns the TypeScript name of a type.
fn name_of(kind: &Type) -> String {
    match kind {
        Type::Text | Type::Id | Type::Date | Type::Timestamp => "string".into(),
        Type::Boolean => "boolean".into(),
        Type::Integer | Type::Number => "number".into(),
        Type::Object => "Record<string, unknown>".into(),
        Type::Bytes => "Uint8Array".into(),
        Type::List(inner) => format!("Array<{}>", name_of(inner)),
        Type::Nullable(inner) => format!("{} | null", name_of(inner)),
        Type::Model(schema) => schema.name.into(),
        Type::Enum(open) => open.name.into(),
        // Any JSON.
        _ => "unknown".into(),
    }
}

/// Returns a text as a comment.
fn comment(doc: &str, indent: &str) -> String {
    let mut text = format!("{indent}/**\n");
    for line in doc.lines() {
        let space = if line.is_empty() { "" } else { " " };
        let _ = writeln!(text, "{indent} *{space}{line}");
    }
    text + indent + " */\n"
}
