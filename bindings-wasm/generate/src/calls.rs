//! Generates the calls: an interface for each group of calls, and the table from which a client makes them. Each member
//! of an interface has the types of a call's input and answer.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hudhud::ENDPOINTS;
use hudhud::endpoint::EndpointSpec;
use hudhud::schema::Type;

use crate::guards::Guard;

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
            let mut rows = Vec::new();
            for spec in calls {
                used.push(spec.input.name.to_owned());
                let (output, item) = match &spec.output {
                    Type::Page(item) => (typescript(item, &mut used), Some(*item)),
                    output => (typescript(output, &mut used), None),
                };
                let needs = spec.input.fields.iter().any(|field| field.required);
                let kind = match (item.is_some(), needs) {
                    (true, false) => "OptionalInputList",
                    (true, true) => "RequiredInputList",
                    (false, false) => "OptionalInputCall",
                    (false, true) => "RequiredInputCall",
                };
                let doc =
                    spec.input.doc.lines().map(|line| format!("   * {line}").trim_end().to_owned() + "\n");
                let doc: String = doc.collect();
                let input = spec.input.name;
                let verb = camel(spec.verb);
                let _ =
                    writeln!(interfaces, "  /**\n{doc}   */\n  readonly {verb}: {kind}<{input}, {output}>;");
                if let Some(item) = item {
                    listed.insert(output.clone(), fits.function(item));
                    rows.push(format!("{}: \"{output}\"", spec.verb));
                } else {
                    rows.push(format!("{}: 0", spec.verb));
                }
            }
            interfaces.push_str("}\n\n");
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
        "import type {{ RequiredInputCall, OptionalInputCall, RequiredInputList, OptionalInputList }} from \"../call.js\";"
    );
    let _ = writeln!(
        text,
        "import {{ type Guard, hasOnly, isFlag, isInteger, isObject, isRecord, isText, isWhole, listOf, oneOf }} from \"../guards.js\";"
    );
    let _ = writeln!(text, "import type {{\n  {},\n}} from \"./models.js\";\n", used.join(",\n  "));
    text.push_str(&interfaces);
    let _ = writeln!(
        text,
        "/** @internal The calls by vendor and group: the item type of a list, 0 for other calls. */\nexport const CALLS: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string | 0>>>>>> = {{\n{table}}};\n"
    );
    text.push_str(&fits.write(&listed));
    text
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

/// Converts `contact_groups` to `contactGroups`.
pub(crate) fn camel(name: &str) -> String {
    let pascal = pascal(name);
    pascal[..1].to_lowercase() + &pascal[1..]
}

/// Converts `contact_groups` to `ContactGroups`.
pub(crate) fn pascal(name: &str) -> String {
    let words = name.split(['_', '.']);
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
