//! Generates the declared types with their docs.

use std::fmt::Write as _;

use hudhud::ENDPOINTS;
use hudhud::schema::{HasSchema, OpenEnum, Schema, Type};

use crate::inputs;
use crate::prose::without_provenance;

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
        Type::Model(schema) => match ENDPOINTS.iter().find(|spec| spec.input.name == schema.name) {
            Some(spec) => inputs::interface(spec),
            None => interface(schema),
        },
        Type::Enum(open) => union(open),
        _ => String::new(),
    });
    let open = "/** A name of the vendor: a known one, or one that this version does not know. */\nexport type Open<Known extends string> = Known | (string & {});\n\n";
    open.to_owned() + &types.collect::<Vec<_>>().join("\n")
}

/// Returns the interface of a struct. In JSON, and therefore in JavaScript, the unknown members of a response are next
/// to the known ones. The type does not name them, so that a misspelt field is an error.
fn interface(schema: &Schema) -> String {
    let mut text =
        format!("{}export interface {} {{\n", comment(&without_provenance(schema.doc), ""), schema.name);
    for field in schema.fields {
        // A field of a response is always present, and `null` if the vendor sent none.
        let line = match (schema.open, field.required) {
            (true, true) => format!("{}: {}", field.name, output_type(&field.kind)),
            (true, false) => format!("{}: {} | null", field.name, output_type(&field.kind)),
            (false, is_required) => member(field.name, &input_type(&field.kind), is_required),
        };
        let _ = writeln!(text, "{}    {line};", comment(&without_provenance(field.doc), "    "));
    }
    text + "}\n"
}

/// Returns the name and the type of a field of a call. A missing field is not `null`, except in an update, where `null`
/// has its own meaning. `undefined` is stated explicitly: with the strictest settings, the compiler otherwise rejects it
/// for optional fields.
pub(crate) fn member(name: &str, kind: &str, is_required: bool) -> String {
    if is_required { format!("{name}: {kind}") } else { format!("{name}?: {kind} | undefined") }
}

/// Returns the type of an enum: a union of the known values. A response may have other ones.
fn union(open: &OpenEnum) -> String {
    let known: Vec<_> = open.values.iter().map(|(value, _)| format!("\"{value}\"")).collect();
    format!(
        "{}export type {} = {};\n",
        comment(&without_provenance(open.doc), ""),
        open.name,
        known.join(" | ")
    )
}

/// Returns the type of a value in a response.
fn output_type(kind: &Type) -> String {
    match kind {
        Type::List(inner) => format!("Array<{}>", output_type(inner)),
        Type::Nullable(inner) => format!("{} | null", output_type(inner)),
        Type::Enum(open) => format!("Open<{}>", open.name),
        kind => leaf(kind),
    }
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

fn leaf(kind: &Type) -> String {
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
