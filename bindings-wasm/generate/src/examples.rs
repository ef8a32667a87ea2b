//! Generates an example of each call: the id and the required fields, with values that identify nobody.

use hudhud::endpoint::EndpointSpec;
use hudhud::schema::{Field, Requirement, Type};

use crate::inputs::Parameters;
use crate::names::camel;

/// Returns the statement that makes a call.
pub(crate) fn statement(spec: &EndpointSpec) -> String {
    let Parameters { id, fields, .. } = Parameters::of(spec);
    let mut arguments: Vec<String> = id.iter().map(|id| value(id)).collect();
    let mut given: Vec<_> = fields.iter().filter(|field| is_needed(field, &fields)).collect();
    if spec.route.update {
        given.extend(fields.first());
    }
    if !given.is_empty() {
        let members: Vec<_> = given.iter().map(|field| format!("{}: {}", field.name, value(field))).collect();
        arguments.push(format!("{{ {} }}", members.join(", ")));
    }
    let call =
        format!("{}.{}.{}({})", spec.vendor.name, camel(spec.group), camel(spec.verb), arguments.join(", "));
    match spec.output {
        Type::Page(_) => format!("for await (const item of {call}) console.log(item);"),
        _ => format!("await {call};"),
    }
}

/// Returns true if a field is needed with the values of the example: the defaults, and the first value of each enum.
fn is_needed(field: &Field, fields: &[&Field]) -> bool {
    let value_of = |name: &str| {
        let on = fields.iter().find(|field| field.name == name)?;
        if on.required { first_name(&on.kind) } else { on.sent_default.or(on.vendor_default) }
    };
    match field.condition {
        None => field.required,
        Some(Requirement::If(on, values)) => value_of(on).is_some_and(|value| values.contains(&value)),
        Some(Requirement::Unless(on, values)) => !value_of(on).is_some_and(|value| values.contains(&value)),
        // The first of the fields of which one is required.
        Some(Requirement::Without(_)) => {
            let mut either =
                fields.iter().filter(|field| matches!(field.condition, Some(Requirement::Without(_))));
            either.next().is_some_and(|first| first.name == field.name)
        }
        _ => true,
    }
}

fn value(field: &Field) -> String {
    of_kind(&field.kind, field.name, field.phone || field.e164)
}

fn of_kind(kind: &Type, name: &str, is_phone: bool) -> String {
    match kind {
        Type::Nullable(inner) => of_kind(inner, name, is_phone),
        Type::List(inner) => format!("[{}]", of_kind(inner, name, is_phone)),
        Type::Enum(_) => format!("{:?}", first_name(kind).unwrap_or_default()),
        Type::Id => format!("\"{}-1\"", &name[..1]),
        Type::Date => "\"2026-01-31\"".into(),
        Type::Timestamp => "\"2026-01-31T12:00:00Z\"".into(),
        Type::Integer | Type::Number => "1".into(),
        Type::Boolean => "true".into(),
        Type::Object => "{ tags: [\"vip\"] }".into(),
        Type::Bytes => "new TextEncoder().encode(\"phone_number\\n+15551234567\\n\")".into(),
        Type::Text if is_phone => "\"+15551234567\"".into(),
        Type::Text => format!(
            "\"{}\"",
            match name {
                _ if name.ends_with("url") => "https://example.com/hook",
                _ if name.ends_with("language") => "en",
                "template_name" => "order_update",
                "name" => "Spring sale",
                _ if name.ends_with("value") => "hello",
                _ => "Hello",
            }
        ),
        _ => "{}".into(),
    }
}

fn first_name(kind: &Type) -> Option<&'static str> {
    match kind {
        Type::Enum(open) => open.values.first().map(|(name, _)| *name),
        _ => None,
    }
}
