//! What tells, for each type that is listed, whether a value read by JavaScript is just what core would make of it: a
//! function that names each field, of which JavaScript's compilers make more than of any loop over names.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hudhud::schema::{Field, Kind};

/// The functions: each behind those it needs, once.
#[derive(Default)]
pub(crate) struct Fits(Vec<(String, String)>);

impl Fits {
    /// The function for values of a kind.
    pub(crate) fn function(&mut self, kind: &Kind) -> String {
        match kind {
            Kind::Text | Kind::Id | Kind::Timestamp | Kind::Date => "isText".into(),
            Kind::Integer => "isInteger".into(),
            Kind::Number => "isNumber".into(),
            Kind::Boolean => "isFlag".into(),
            Kind::Object => "isRecord".into(),
            Kind::List(inner) => {
                let item = self.function(inner);
                self.named(format!("{item}s"), || format!("listOf({item})"))
            }
            Kind::Enum(open) => {
                let values = open.values.iter().map(|(value, _)| format!("{value:?}"));
                self.named(format!("is{}", open.name), || {
                    format!("oneOf({})", values.collect::<Vec<_>>().join(", "))
                })
            }
            Kind::Model(schema) => {
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

    /// Whether a field fits, once what stands for one that the vendor left out is put in.
    fn field(&mut self, Field { name, kind, required, .. }: &Field) -> String {
        let function = self.function(kind);
        match kind {
            Kind::List(_) if *required => format!("{function}((v.{name} ??= []))"),
            Kind::Object if *required => format!("{function}((v.{name} ??= {{}}))"),
            _ => format!("((v.{name} ??= null) === null || {function}(v.{name}))"),
        }
    }

    fn named(&mut self, name: String, write: impl FnOnce() -> String) -> String {
        if self.0.iter().all(|(known, _)| *known != name) {
            self.0.push((name.clone(), write()));
        }
        name
    }

    /// All of them, and a table of those that are asked for by name.
    pub(crate) fn write(&self, table: &BTreeMap<String, String>) -> String {
        let mut text = String::new();
        for (name, function) in &self.0 {
            let _ = writeln!(text, "const {name}: Fits = {function};");
        }
        text.push_str(
            "\n/** @internal Whether a value is what is listed under this name. */\nexport const FITS: Readonly<Record<string, Fits>> = {\n",
        );
        for (name, function) in table {
            let _ = writeln!(text, "  {name}: {function},");
        }
        text + "};\n"
    }
}
