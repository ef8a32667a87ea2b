//! `Codable` for the declared types in Swift, under the vendor's names.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use hudhud::DeclaredTypes;

use crate::calls::{camel, lower};
use crate::descriptions::Case;

/// Returns the conformances of all declared structs and open enums. `text` is UniFFI's Swift code.
pub(crate) fn conformances(text: &str, enums: &BTreeMap<String, Vec<(String, Case)>>) -> Result<String> {
    let mut out = String::new();
    let declared = DeclaredTypes::all();
    for (schema, _) in declared.structs {
        let types = fields(text, schema.name)?;
        let mut names: Vec<&str> = schema.fields.iter().map(|field| field.name).collect();
        // Outputs keep the members that have no field.
        names.extend(schema.open.then_some("extra"));
        ensure!(types.len() == names.len(), "{}: Swift has other fields than the schema", schema.name);
        write_struct(schema.name, schema.open, &names, &types, &mut out)?;
    }
    for open in declared.enums {
        let Some(cases) = enums.get(open.name) else { continue };
        write_enum(open.name, cases, &mut out)?;
    }
    Ok(out)
}

/// Returns the types of a struct's fields, in order.
fn fields<'a>(text: &'a str, name: &str) -> Result<Vec<&'a str>> {
    let begin = text
        .find(&format!("public struct {name}: "))
        .with_context(|| format!("UniFFI's Swift code has no struct {name}"))?;
    let end = text[begin..].find("\n}\n").with_context(|| format!("{name} has no end"))?;
    let fields = text[begin..begin + end].lines().filter_map(|line| line.strip_prefix("    public var "));
    Ok(fields.filter_map(|field| Some(field.split_once(": ")?.1.trim())).collect())
}

fn write_struct(name: &str, open: bool, names: &[&str], types: &[&str], out: &mut String) -> Result<()> {
    writeln!(out, "\nextension {name}: Codable {{")?;
    writeln!(out, "    /// Reads the JSON under the vendor's names.")?;
    writeln!(out, "    public init(from decoder: any Decoder) throws {{")?;
    let read = names.iter().zip(types).map(|(name, ty)| {
        let value = if ty.starts_with("Change<") {
            format!("try members.change(\"{name}\")")
        } else if ty.ends_with('?') {
            format!("try members.optional(\"{name}\")")
        } else if ty.starts_with('[') {
            let empty = if ty.contains(": ") { "[:]" } else { "[]" };
            format!("try members.optional(\"{name}\") ?? {empty}")
        } else {
            format!("try members.required(\"{name}\")")
        };
        format!("            {}: {value}", lower(&camel(name)))
    });
    let read: Vec<String> = read.collect();
    let listed = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    if !names.is_empty() || !open {
        writeln!(out, "        let members = try decoder.container(keyedBy: MemberName.self)")?;
    }
    if !open {
        writeln!(out, "        try members.refuseOthers(than: [{listed}])")?;
    }
    writeln!(out, "        self.init(\n{})\n    }}\n", read.join(",\n"))?;
    writeln!(
        out,
        "    /// Writes the JSON under the vendor's names. It contains all values, private ones too."
    )?;
    writeln!(out, "    public func encode(to encoder: any Encoder) throws {{")?;
    let word = if names.is_empty() { "_ =" } else { "var members =" };
    writeln!(out, "        {word} encoder.container(keyedBy: MemberName.self)")?;
    for (name, ty) in names.iter().zip(types) {
        let label = if ty.starts_with("Change<") { "change: " } else { "" };
        writeln!(out, "        try members.put({label}self.{}, \"{name}\")", lower(&camel(name)))?;
    }
    writeln!(out, "    }}\n}}")?;
    Ok(())
}

fn write_enum(name: &str, cases: &[(String, Case)], out: &mut String) -> Result<()> {
    let known = cases.iter().filter_map(|(case, what)| match what {
        Case::Known(text) => Some((lower(case), *text)),
        _ => None,
    });
    let known: Vec<_> = known.collect();
    writeln!(out, "\nextension {name}: RawRepresentable, Codable {{")?;
    writeln!(out, "    /// Creates the value that the vendor's text represents.")?;
    writeln!(out, "    public init(rawValue: String) {{\n        switch rawValue {{")?;
    for (case, text) in &known {
        writeln!(out, "        case \"{text}\": self = .{case}")?;
    }
    writeln!(out, "        default: self = .other(value: rawValue)\n        }}\n    }}\n")?;
    writeln!(out, "    /// The vendor's text.\n    public var rawValue: String {{\n        switch self {{")?;
    for (case, text) in &known {
        writeln!(out, "        case .{case}: \"{text}\"")?;
    }
    writeln!(out, "        case .other(let value): value\n        }}\n    }}\n}}")?;
    Ok(())
}
