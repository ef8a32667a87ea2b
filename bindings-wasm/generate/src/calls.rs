//! Generates the calls: an interface for each group of calls, and the table from which a client makes them. Each member
//! of an interface is a call, which has its own interface with its signature.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hudhud::ENDPOINTS;
use hudhud::endpoint::{EndpointSpec, Idempotency};
use hudhud::schema::{Field, Type};

use crate::examples;
use crate::guards::Guard;
use crate::inputs::{self, Parameters};
use crate::names::{camel, pascal};
use crate::prose::{sentences, without_provenance};
use crate::typescript::comment;

pub(crate) fn write() -> String {
    let mut text = String::new();
    let (mut used, mut fits, mut listed) = (Vec::new(), Guard::default(), BTreeMap::new());
    let (mut interfaces, mut table) = (String::new(), String::new());
    for vendor in ["zagely", "wazaj"] {
        let mut groups: Vec<(&str, Vec<&EndpointSpec>)> = Vec::new();
        for spec in ENDPOINTS.iter().filter(|spec| spec.vendor.name == vendor) {
            match groups.iter_mut().find(|(group, _)| *group == spec.group) {
                Some((_, calls)) => calls.push(spec),
                None => groups.push((spec.group, vec![spec])),
            }
        }
        let mut members = String::new();
        let _ = writeln!(table, "  {vendor}: {{");
        for (group, calls) in groups {
            let interface = format!("{}{}", pascal(vendor), pascal(group));
            let _ = writeln!(
                interfaces,
                "/** The calls of `{vendor}.{}`. */\nexport interface {interface} {{",
                camel(group)
            );
            let (mut rows, mut calls_text) = (Vec::new(), String::new());
            for spec in calls {
                let (output, item) = match &spec.output {
                    Type::Page(item) => (typescript(item, &mut used), Some(*item)),
                    output => (typescript(output, &mut used), None),
                };
                let parameters = Parameters::of(spec);
                if !parameters.fields.is_empty() {
                    used.push(spec.input.name.to_owned());
                }
                let verb = camel(spec.verb);
                let call = format!("{interface}{}", pascal(spec.verb));
                calls_text.push_str(&call_interface(&call, spec, &parameters, &output, item.is_some()));
                let doc = without_provenance(spec.input.doc);
                let title =
                    doc.split("\n\n").next().map(|first| sentences(first)[0].to_owned()).unwrap_or_default();
                let _ = writeln!(interfaces, "  /** {title} */\n  readonly {verb}: {call};");
                if let Some(item) = item {
                    listed.insert(output.clone(), fits.function(item));
                }
                rows.push(format!("{}: {:?}", spec.verb, row(&parameters, item.map(|_| &*output))));
            }
            interfaces.push_str("}\n\n");
            interfaces.push_str(&calls_text);
            let _ = writeln!(
                members,
                "  /** The calls of `{}`. */\n  readonly {}: {interface};",
                group,
                camel(group)
            );
            let _ = writeln!(table, "    {group}: {{ {} }},", rows.join(", "));
        }
        let _ = writeln!(
            interfaces,
            "/** All calls of this vendor, by group. */\nexport interface {}Calls {{\n{members}}}\n",
            pascal(vendor)
        );
        table.push_str("  },\n");
    }
    used.sort();
    used.dedup();
    let _ = writeln!(
        text,
        "import type {{ Call, List, SansIo }} from \"../call.js\";\nimport type {{ CallOptions, KeylessCallOptions }} from \"../call-options.js\";\nimport type {{ Page }} from \"../api-response.js\";"
    );
    let _ = writeln!(
        text,
        "import {{ type Guard, hasOnly, isFlag, isInteger, isObject, isRecord, isText, isWhole, listOf, oneOf }} from \"../guards.js\";"
    );
    let _ = writeln!(text, "import type {{\n  {},\n}} from \"./models.js\";\n", used.join(",\n  "));
    text.push_str("export type { CallName } from \"./call-name.js\";\n\n");
    text.push_str(&interfaces);
    let _ = writeln!(
        text,
        "/** @internal The calls by vendor and group. The parts of a text are the item of a list, the id that is passed by position, and a sign if the call has other fields. */\nexport const CALLS: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {{\n{table}}};\n"
    );
    text.push_str(&fits.write(&listed));
    text
}

/// Returns the type of the names of calls. It is in its own file, because the types of options name it and calls have
/// options.
pub(crate) fn write_names() -> String {
    let names = ENDPOINTS.iter().map(|spec| format!("\n  | \"{}.{}\"", camel(spec.group), camel(spec.verb)));
    let mut names: Vec<_> = names.collect();
    names.dedup();
    format!("/** The name of a call of either vendor. */\nexport type CallName ={};\n", names.concat())
}

/// Returns the description of a call from which a client makes it: `item:id:+`, each part only if there is such a thing.
fn row(Parameters { id, fields, .. }: &Parameters, item: Option<&str>) -> String {
    let plus = if fields.is_empty() { "" } else { "+" };
    format!("{}:{}:{plus}", item.unwrap_or_default(), id.map_or("", |id| id.name))
}

/// Returns the interface of one call. Its documentation is on the signature, so that editors show it with the parameters.
fn call_interface(
    name: &str,
    spec: &EndpointSpec,
    parameters: &Parameters,
    output: &str,
    is_list: bool,
) -> String {
    let mut given = parameters.list(spec.input.name);
    // A key is refused or not sent by calls that the vendor does not recognize by one.
    let is_keyed = spec.idempotency_with(spec.route.method) == Idempotency::Key;
    given.push(format!("options?: {}CallOptions", if is_keyed { "" } else { "Keyless" }));
    let given = given.join(", ");
    let (kind, decoded) =
        if is_list { ("List", format!("Page<{output}>")) } else { ("Call", output.to_owned()) };
    let mut doc = without_provenance(spec.input.doc);
    if let Some(ability) = spec.route.ability {
        let _ = write!(doc, "\n\nNeeds the ability `{ability}`.");
    }
    doc.push('\n');
    if let Some(id) = parameters.id {
        let _ = write!(doc, "\n@param {} {}", id.name, without_provenance(id.doc));
    }
    if !parameters.fields.is_empty() {
        let _ = write!(doc, "\n@param input {}", listed(&parameters.fields));
    }
    let _ =
        write!(doc, "\n@param options The options of this call.\n@example\n{}", examples::statement(spec));
    format!(
        "/** The call `{}.{}`. */\nexport interface {name} extends SansIo<[{given}], {decoded}> {{\n{}  ({given}): {kind}<{output}>;\n}}\n\n",
        camel(spec.group),
        camel(spec.verb),
        comment(&doc, "  ")
    )
}

/// Lists the names of fields for a documentation: those that an ordinary call must pass, then the others.
fn listed(fields: &[&Field]) -> String {
    let names = |is_needed: bool| {
        let named = fields.iter().filter(|field| inputs::is_usually_needed(field, fields) == is_needed);
        named.map(|field| format!("`{}`", field.name)).collect::<Vec<_>>().join(", ")
    };
    match (names(true), names(false)) {
        (needed, others) if needed.is_empty() => format!("Optional fields: {others}."),
        (needed, others) if others.is_empty() => format!("Fields: {needed}."),
        (needed, others) => format!("Fields: {needed}. Optional or required under a condition: {others}."),
    }
}

/// Returns the TypeScript type of an output.
fn typescript(kind: &Type, used: &mut Vec<String>) -> String {
    match kind {
        Type::Model(schema) => {
            used.push(schema.name.to_owned());
            schema.name.to_owned()
        }
        Type::List(inner) => format!("Array<{}>", typescript(inner, used)),
        _ => "unknown".to_owned(),
    }
}
