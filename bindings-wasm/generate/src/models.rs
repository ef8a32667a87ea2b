//! Generates the declared types with their docs.

use std::fmt::Write as _;

use hudhud::ENDPOINTS;
use hudhud::schema::{HasSchema, OpenEnum, Schema, Type};

use crate::inputs;
use crate::prose::without_provenance;
use crate::typescript::{comment, input_type, leaf, member};

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
