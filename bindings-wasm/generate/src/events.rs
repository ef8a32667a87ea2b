//! Generates the events: an interface for each, their union, and the declared form of their data.

use std::fmt::Write as _;

use hudhud::schema::{HasSchema, Type};
use hudhud::webhook::{EventName, ReceivedMessage};

use crate::calls::pascal;
use crate::shape;

/// The events whose data the vendor documents.
const STATED: [(&str, Type); 1] = [("message.received", <ReceivedMessage as HasSchema>::TYPE)];

pub(crate) fn write() -> String {
    let Type::Enum(names) = <EventName as HasSchema>::TYPE else { return String::new() };
    let mut arms = String::new();
    let mut union = Vec::new();
    let mut table = String::new();
    let mut used = Vec::new();
    for (name, doc) in names.values {
        let stated = STATED.iter().find(|(event, _)| event == name).map(|(_, kind)| kind);
        let data = match stated {
            Some(Type::Model(schema)) => {
                used.push(schema.name);
                schema.name
            }
            _ => "unknown",
        };
        let said = if stated.is_some() {
            "The data of the event."
        } else {
            "The data of the event. The vendor does not document its form: validate it before use."
        };
        let arm = format!("{}Event", pascal(name));
        let _ = writeln!(
            arms,
            "/** {doc} */\nexport interface {arm} extends EventMetadata {{\n  /** The type of the event. */\n  readonly type: \"{name}\";\n  /** {said} */\n  readonly data: {data};\n}}\n"
        );
        union.push(arm);
        let shape = stated.map_or("0".into(), |kind| shape::of(kind).to_string());
        let _ = writeln!(table, "  \"{name}\": {shape},");
    }
    let used = used.join(", ");
    let union = union.join("\n  | ");
    format!(
        "import type {{ EventMetadata, UnknownEvent }} from \"../event.js\";\nimport type {{ {used} }} from \"./models.js\";\n\
         import type {{ Shape }} from \"../event-schema.js\";\n\n{arms}\
         /** A webhook event. Events that this version does not know are `UnknownEvent`. */\n\
         export type WebhookEvent =\n  | {union}\n  | UnknownEvent;\n\n\
         /** @internal The known events, with the form of their data if the vendor documents it. */\n\
         export const EVENTS: Readonly<Record<string, Shape | 0>> = {{\n{table}}};\n"
    )
}
