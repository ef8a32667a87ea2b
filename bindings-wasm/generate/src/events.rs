//! Generates the events: an interface for each, their union, and the declared form of their data.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use hudhud::schema::{HasSchema, Schema, Type};
use hudhud::webhook::{EVENT_TYPES, EventName};

use crate::names::pascal;
use crate::shape;

pub(crate) fn write() -> String {
    let Type::Enum(names) = <EventName as HasSchema>::TYPE else { return String::new() };
    let mut arms = String::new();
    let mut union = Vec::new();
    let mut table = String::new();
    let mut used = BTreeSet::from(["EventName", "Open"]);
    for ((name, doc), event) in names.values.iter().zip(EVENT_TYPES) {
        let Type::Model(Schema { name: model, .. }) = event.data else { continue };
        collect(&event.data, &mut used);
        let (data, description) = if event.is_documented {
            ((*model).to_owned(), "The data of the event.")
        } else {
            let description = "The data of the event. Its form is inferred and is not checked: any member may be absent, or have \
                        another type.";
            (format!("Inferred<{model}>"), description)
        };
        let arm = format!("{}Event", pascal(name));
        let _ = writeln!(
            arms,
            "/** {doc} */\nexport interface {arm} extends EventMetadata {{\n  /** The type of the event. */\n  readonly type: \"{name}\";\n  /** {description} */\n  readonly data: {data};\n}}\n"
        );
        union.push(arm);
        let shape = if event.is_documented { shape::of(&event.data).to_string() } else { "0".into() };
        let _ = writeln!(table, "  \"{name}\": {shape},");
    }
    let used = used.into_iter().collect::<Vec<_>>().join(", ");
    let union = union.join("\n  | ");
    format!(
        "import type {{ EventMetadata, Inferred, UnknownEvent }} from \"../event.js\";\n\
         import type {{ {used} }} from \"./models.js\";\nimport type {{ Shape }} from \"../event-schema.js\";\n\n\
         export type {{ {used} }};\n\n{arms}\
         /** A webhook event. Events that this version does not know are `UnknownEvent`. */\n\
         export type WebhookEvent =\n  | {union}\n  | UnknownEvent;\n\n\
         /** @internal The known events, with the form of their data if the vendor documents it. */\n\
         export const EVENTS: Readonly<Record<EventName, Shape | 0>> = {{\n{table}}};\n"
    )
}

/// Collects the names of the interfaces and enums that a type consists of.
fn collect(kind: &'static Type, names: &mut BTreeSet<&'static str>) {
    match kind {
        Type::List(inner) | Type::Page(inner) | Type::Nullable(inner) => collect(inner, names),
        Type::Enum(open) => {
            names.insert(open.name);
        }
        Type::Model(schema) => {
            names.insert(schema.name);
            schema.fields.iter().for_each(|field| collect(&field.kind, names));
        }
        _ => {}
    }
}
