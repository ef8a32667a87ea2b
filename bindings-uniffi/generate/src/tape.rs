//! The readers of tapes: how each language makes its values of what core read, without UniFFI. See
//! `core/src/bindings/uniffi/tape.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use hudhud::schema::{Described as _, Kind};
use hudhud::webhook::EventName;
use uniffi_bindgen::{BindgenLoader, BindgenPaths, GlobalConfig};
use uniffi_meta::{EnumMetadata, FieldMetadata, Metadata, RecordMetadata, Type};

use crate::calls::{Shape, camel, lower, vendors};
use crate::config::name;

/// How a language writes a reader.
pub(crate) struct Language {
    /// The beginning of the file.
    pub(crate) head: &'static str,
    /// `Contact?` of a slot, by its fields.
    pub(crate) record: fn(&str, &[String]) -> String,
    /// `Channel?` of a slot, by the names of its values.
    pub(crate) open_enum: fn(&str, &[&str]) -> String,
    /// What a vendor's calls answer.
    pub(crate) answers: fn(&str, &[Answered]) -> String,
    /// A webhook's event, by the names of events and their data.
    pub(crate) events: fn(&[(&str, String)]) -> String,
    /// The name of a field or an argument.
    pub(crate) field: fn(&str) -> String,
    /// What is there for sure.
    pub(crate) sure: &'static str,
    /// A list of a slot, by what reads the items.
    pub(crate) list: fn(&str, &str) -> String,
    /// A time of what reads its text.
    pub(crate) time: fn(&str) -> String,
    /// JSON that may be `null`.
    pub(crate) json: fn(&str) -> String,
}

/// A call's name, its answer's, and what reads that.
pub(crate) type Answered = (&'static str, String, String);

/// A line for each of them, with the number it has on a tape: from 1, for 0 is nothing.
pub(crate) fn numbered<T>(all: &[T], line: impl Fn(usize, &T) -> String) -> String {
    (1..).zip(all).map(|(number, one)| line(number, one)).collect()
}

/// What UniFFI noted of the types.
pub(crate) struct Noted {
    records: BTreeMap<String, RecordMetadata>,
    pub(crate) enums: BTreeMap<String, EnumMetadata>,
}

impl Noted {
    /// Of this library.
    pub(crate) fn of(library: &str) -> Result<Self> {
        let loader = BindgenLoader::new(BindgenPaths::default(), GlobalConfig::default());
        let mut noted = Self { records: BTreeMap::new(), enums: BTreeMap::new() };
        for item in loader.load_metadata(library.into())?.into_values().flat_map(|group| group.items) {
            match item {
                Metadata::Record(record) => drop(noted.records.insert(record.name.clone(), record)),
                Metadata::Enum(open) => drop(noted.enums.insert(open.name.clone(), open)),
                _ => {}
            }
        }
        Ok(noted)
    }
}

/// The readers for all answers and events of this library.
pub(crate) fn readers(noted: Noted, language: &Language) -> Result<String> {
    let mut writer = Writer { language, noted, wanted: Vec::new(), out: String::from(language.head) };
    for vendor in vendors()? {
        let mut answers = Vec::new();
        for call in vendor.groups.iter().flat_map(|group| &group.calls) {
            let value = match call.answer.shape {
                Shape::One(_) | Shape::Pages(_) => writer.sure(
                    &Type::Record { module_path: String::new(), name: call.answer.variant.clone() },
                    "at",
                )?,
                Shape::List(item) => {
                    let item = Type::Record { module_path: String::new(), name: item.into() };
                    writer.value(&Type::Sequence { inner_type: Box::new(item) }, "at")?
                }
            };
            answers.push((call.spec.name, call.answer.variant.clone(), value));
        }
        writer.out += &(language.answers)(vendor.name, &answers);
    }
    writer.events()?;
    writer.types()?;
    Ok(writer.out)
}

struct Writer<'a> {
    language: &'a Language,
    noted: Noted,
    /// The types that some reader reads, in order of first appearance.
    wanted: Vec<String>,
    out: String,
}

impl Writer<'_> {
    /// What reads a value of a type, or of one that may be nothing.
    fn value(&mut self, ty: &Type, slot: &str) -> Result<String> {
        Ok(match ty {
            Type::Optional { inner_type } => self.value(inner_type, slot)?,
            Type::String => format!("text({slot})"),
            Type::UInt64 => format!("count({slot})"),
            Type::Int64 => format!("whole({slot})"),
            Type::Float64 => format!("number({slot})"),
            Type::Boolean => format!("flag({slot})"),
            Type::Sequence { inner_type } => {
                let item = self.sure(inner_type, "item")?;
                (self.language.list)(slot, &item)
            }
            Type::Custom { name, .. } if name == "Timestamp" => {
                (self.language.time)(&format!("text({slot})"))
            }
            Type::Custom { name, .. } if name == "Object" => format!("members({slot})"),
            Type::Custom { name, .. } if name == "Json" => format!("json({slot})"),
            Type::Record { name, .. } | Type::Enum { name, .. } => {
                if !self.wanted.contains(name) {
                    self.wanted.push(name.clone());
                }
                format!("{}({slot})", lower(crate::config::name(name)))
            }
            other => {
                bail!("{other:?} stands in no answer yet: core/src/bindings/uniffi/tape.rs must know it too")
            }
        })
    }

    /// What reads a value that is there.
    fn sure(&mut self, ty: &Type, slot: &str) -> Result<String> {
        let value = self.value(ty, slot)?;
        Ok(match ty {
            Type::Optional { .. } | Type::Sequence { .. } => value,
            Type::Custom { name, .. } if name == "Object" => value,
            Type::Custom { name, .. } if name == "Json" => (self.language.json)(slot),
            _ => value + self.language.sure,
        })
    }

    fn events(&mut self) -> Result<()> {
        let event = self.noted.enums.get("WebhookEvent").context("no WebhookEvent")?.clone();
        let Kind::Enum(names) = EventName::KIND else { bail!("EventName is no enum") };
        let mut events = Vec::new();
        for (variant, (event, _)) in event.variants.iter().zip(names.values) {
            ensure!(variant.name == camel(&event.replace('.', "_")), "{event} is not {}", variant.name);
            let [FieldMetadata { ty, .. }] = &variant.fields[..] else { bail!("{event} has no data") };
            events.push((variant.name.as_str(), self.sure(ty, "data")?));
        }
        ensure!(events.len() + 1 == event.variants.len(), "an event more than names");
        self.out += &(self.language.events)(&events);
        Ok(())
    }

    fn types(&mut self) -> Result<()> {
        let mut next = 0;
        while let Some(wanted) = self.wanted.get(next).cloned() {
            next += 1;
            if let Some(open) = self.noted.enums.get(&wanted) {
                let known: Vec<&str> = open
                    .variants
                    .iter()
                    .filter(|variant| variant.fields.is_empty())
                    .map(|variant| &*variant.name)
                    .collect();
                ensure!(known.len() + 1 == open.variants.len(), "{wanted} is no open enum");
                self.out += &(self.language.open_enum)(name(&wanted), &known);
                continue;
            }
            let record = self.noted.records.get(&wanted).with_context(|| format!("no {wanted}"))?.clone();
            let mut arguments = Vec::new();
            for (position, field) in record.fields.iter().enumerate() {
                let slot = if position == 0 { "slot(at)".into() } else { format!("slot(at + {position})") };
                let mut argument = String::new();
                let label = (self.language.field)(&field.name);
                write!(argument, "{label}{}", self.sure(&field.ty, &slot)?)?;
                arguments.push(argument);
            }
            self.out += &(self.language.record)(name(&wanted), &arguments);
        }
        Ok(())
    }
}
