//! Generates the types of the input of calls. A call takes its only path parameter by position, so that its interface
//! holds the other fields. Fields that are required under a condition become a union.

use std::fmt::Write as _;

use hudhud::endpoint::EndpointSpec;
use hudhud::schema::{Field, Requirement, Type};

use crate::names::{camel, pascal};
use crate::prose::without_provenance;
use crate::typescript::{comment, input_type, member};

/// The parameters of a call.
pub(crate) struct Parameters {
    /// The id, if the call has exactly one path parameter.
    pub(crate) id: Option<&'static Field>,
    /// The other fields.
    pub(crate) fields: Vec<&'static Field>,
    /// True if the object with the other fields must be passed.
    pub(crate) is_required: bool,
}

impl Parameters {
    pub(crate) fn of(spec: &EndpointSpec) -> Self {
        let all: Vec<&'static Field> = spec.input.fields.iter().collect();
        let mut paths = all.iter().copied().filter(|field| field.path);
        let id = paths.next().filter(|_| paths.next().is_none());
        let fields: Vec<_> =
            all.into_iter().filter(|field| id.is_none_or(|id| id.name != field.name)).collect();
        // An update without a change is a mistake.
        let is_required = spec.route.update
            || fields.iter().any(|field| is_always_needed(field) || condition(field).is_some());
        Self { id, fields, is_required }
    }

    /// Returns the parameters in TypeScript, without the options.
    pub(crate) fn list(&self, input: &str) -> Vec<String> {
        let id = self.id.map(|id| format!("{}: {}", id.name, input_type(&id.kind)));
        let mark = if self.is_required { "" } else { "?" };
        let fields = (!self.fields.is_empty()).then(|| format!("input{mark}: {input}"));
        id.into_iter().chain(fields).collect()
    }
}

/// Returns true if a call must have the field, whatever the other fields are.
pub(crate) fn is_always_needed(field: &Field) -> bool {
    field.required && field.session.is_none()
}

/// Returns true if a call must have the field as long as the fields on which it depends have their default.
pub(crate) fn is_usually_needed(field: &Field, fields: &[&Field]) -> bool {
    let default = |on: &str| {
        let by = fields.iter().find(|field| field.name == on)?;
        by.sent_default.or(by.vendor_default)
    };
    match condition(field) {
        Some(Requirement::If(on, values)) => {
            default(on).is_some_and(|default_value| values.contains(&default_value))
        }
        Some(Requirement::Unless(on, values)) => {
            default(on).is_some_and(|default_value| !values.contains(&default_value))
        }
        _ => is_always_needed(field),
    }
}

/// Returns the condition under which a call must have the field. A client may have a session for all calls.
fn condition(field: &Field) -> Option<&'static Requirement> {
    field.condition.filter(|_| field.session.is_none())
}

/// Returns the interface of the fields of a call, or nothing if it takes none.
pub(crate) fn interface(spec: &EndpointSpec) -> String {
    let (name, Parameters { fields, .. }) = (spec.input.name, Parameters::of(spec));
    if fields.is_empty() {
        return String::new();
    }
    let unions = unions(name, &fields);
    let doc = format!("The input of `{}.{}`.", camel(spec.group), camel(spec.verb));
    let mut text = String::new();
    let plain: Vec<_> =
        fields.iter().copied().filter(|field| !unions.iter().any(|union| union.has(field))).collect();
    if unions.is_empty() {
        write_interface(&mut text, name, &doc, plain.iter().map(|field| (*field, is_always_needed(field))));
        return text;
    }
    let mut parts = Vec::new();
    if !plain.is_empty() {
        let base = format!("{name}Fields");
        write_interface(
            &mut text,
            &base,
            &format!("The fields of `{name}` that have no condition."),
            plain.iter().map(|field| (*field, is_always_needed(field))),
        );
        parts.push(base);
    }
    for union in &unions {
        let mut names = Vec::new();
        for arm in &union.arms {
            text.push_str(&arm.text);
            names.push(arm.name.clone());
        }
        parts.push(format!("({})", names.join(" | ")));
    }
    let _ = writeln!(text, "{}export type {name} = {};\n", comment(&doc, ""), parts.join(" & "));
    text
}

fn write_interface(
    text: &mut String,
    name: &str,
    doc: &str,
    fields: impl Iterator<Item = (&'static Field, bool)>,
) {
    let _ = writeln!(text, "{}export interface {name} {{", comment(doc, ""));
    for (field, is_required) in fields {
        let kind = input_type(&field.kind);
        let _ = writeln!(
            text,
            "{}    {};",
            comment(&without_provenance(field.doc), "    "),
            member(field.name, &kind, is_required)
        );
    }
    text.push_str("}\n\n");
}

/// Interfaces of which the input is one.
struct Union {
    /// The names of the fields that the interfaces contain.
    fields: Vec<&'static str>,
    arms: Vec<Arm>,
}

struct Arm {
    name: String,
    text: String,
}

impl Union {
    fn has(&self, field: &Field) -> bool {
        self.fields.contains(&field.name)
    }
}

/// Returns a union for each field on whose value other fields depend, and one for fields of which one is required.
fn unions(input: &str, fields: &[&'static Field]) -> Vec<Union> {
    let mut unions = Vec::new();
    let mut done: Vec<&str> = Vec::new();
    for field in fields {
        let (Some(Requirement::If(on, values)) | Some(Requirement::Unless(on, values))) = condition(field)
        else {
            continue;
        };
        if done.contains(on) {
            continue;
        }
        done.push(on);
        unions.extend(by_value(input, on, values, fields));
    }
    let either: Vec<_> = fields
        .iter()
        .copied()
        .filter(|field| matches!(condition(field), Some(Requirement::Without(_))))
        .collect();
    if !either.is_empty() {
        let arms = either.iter().map(|given| {
            let name = format!("{input}With{}", pascal(given.name));
            let mut text = String::new();
            let doc = format!("`{input}` with `{}`.", given.name);
            write_interface(
                &mut text,
                &name,
                &doc,
                either.iter().map(|field| (*field, field.name == given.name)),
            );
            Arm { name, text }
        });
        unions.push(Union { fields: either.iter().map(|field| field.name).collect(), arms: arms.collect() });
    }
    unions
}

/// Returns the union of two interfaces: the field `on` has one of `values`, or another value or none.
fn by_value(input: &str, on: &'static str, values: &[&str], fields: &[&'static Field]) -> Option<Union> {
    let by = fields.iter().copied().find(|field| field.name == on)?;
    let Type::Enum(open) = &by.kind else { return None };
    let default_value = by.sent_default.or(by.vendor_default);
    let dependent: Vec<_> = fields
        .iter()
        .copied()
        .filter(|field| match condition(field) {
            Some(Requirement::If(name, of) | Requirement::Unless(name, of)) => *name == on && *of == values,
            _ => false,
        })
        .collect();
    let arm = |is_listed: bool| {
        let of_arm: Vec<_> = open
            .values
            .iter()
            .map(|(value, _)| *value)
            .filter(|value| values.contains(value) == is_listed)
            .collect();
        // Absent counts as the default, or as a value that is not listed.
        let may_be_absent = !by.required
            && default_value.map_or(!is_listed, |default_value| values.contains(&default_value) == is_listed);
        let literals = of_arm.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(" | ");
        let title =
            if is_listed { values.iter().map(|value| pascal(value)).collect() } else { "Other".to_owned() };
        let name = format!("{input}{}{title}", pascal(on));
        let mut text = String::new();
        let listed = values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" or ");
        let doc = format!("`{input}` whose `{on}` is {}{listed}.", if is_listed { "" } else { "not " });
        let _ = writeln!(text, "{}export interface {name} {{", comment(&doc, ""));
        let _ = writeln!(
            text,
            "{}    {};",
            comment(&without_provenance(by.doc), "    "),
            member(on, &literals, !may_be_absent)
        );
        for field in &dependent {
            let is_required = matches!(condition(field), Some(Requirement::If(..))) == is_listed;
            let doc = comment(&without_provenance(field.doc), "    ");
            let _ = writeln!(text, "{doc}    {};", member(field.name, &input_type(&field.kind), is_required));
        }
        text.push_str("}\n\n");
        Arm { name, text }
    };
    let names = dependent.iter().map(|field| field.name).chain([on]).collect();
    // The compiler reports the last one if none fits, so the one that applies without the field is last.
    let is_listed_default =
        !by.required && default_value.is_some_and(|default_value| values.contains(&default_value));
    Some(Union { fields: names, arms: vec![arm(!is_listed_default), arm(is_listed_default)] })
}
