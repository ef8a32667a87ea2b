//! Generates the checks of list items. A check returns true if a value from `JSON.parse` equals what core would decode.
//! Each check names its fields: JavaScript engines run that faster than a loop over names.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hudhud::schema::{Field, Type};

/// The functions, by name. Each follows the functions that it calls.
#[derive(Default)]
pub(crate) struct Guard(Vec<(String, String)>);

impl Guard {
    /// Returns the name of the function for a kind, and adds the function if it is new.
    pub(crate) fn function(&mut self, kind: &Type) -> String {
        match kind {
            Type::Text | Type::Id | Type::Timestamp | Type::Date => "isText".into(),
            Type::Integer => "isInteger".into(),
            Type::Number => "isNumber".into(),
            Type::Boolean => "isFlag".into(),
            Type::Object => "isRecord".into(),
            Type::List(inner) => {
                let item = self.function(inner);
                self.named(format!("{item}s"), || format!("listOf({item})"))
            }
            Type::Enum(open) => {
                let values = open.values.iter().map(|(value, _)| format!("{value:?}"));
                self.named(format!("is{}", open.name), || {
                    format!("oneOf({})", values.collect::<Vec<_>>().join(", "))
                })
            }
            Type::Model(schema) => {
                let fields: Vec<_> = schema.fields.iter().map(|field| self.field(field)).collect();
                self.named(format!("is{}", schema.name), || {
                    let all = fields.join(" &&\n  ");
                    format!("(v) =>\n  isObject(v) &&\n  {all} &&\n  hasOnly(v, {})", fields.len())
                })
            }
            // Any JSON.
            _ => "isWhole".into(),
        }
    }

    /// Returns the check of a field. It first fills in the value of a field that the vendor left out.
    fn field(&mut self, Field { name, kind, required, .. }: &Field) -> String {
        let function = self.function(kind);
        match kind {
            Type::List(_) if *required => format!("{function}((v.{name} ??= []))"),
            Type::Object if *required => format!("{function}((v.{name} ??= {{}}))"),
            _ => format!("((v.{name} ??= null) === null || {function}(v.{name}))"),
        }
    }

    fn named(&mut self, name: String, write: impl FnOnce() -> String) -> String {
        if self.0.iter().all(|(known, _)| *known != name) {
            self.0.push((name.clone(), write()));
        }
        name
    }

    /// Writes all functions, and a table of those in `table`.
    pub(crate) fn write(&self, table: &BTreeMap<String, String>) -> String {
        let mut text = String::new();
        for (name, function) in &self.0 {
            let _ = writeln!(text, "const {name}: Guard = {function};");
        }
        text.push_str(
            "\n/** @internal The checks of list items, by the name of their type. */\nexport const GUARDS: Readonly<Record<string, Guard>> = {\n",
        );
        for (name, function) in table {
            let _ = writeln!(text, "  {name}: {function},");
        }
        text + "};\n"
    }
}
