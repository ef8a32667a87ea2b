//! Generates the readers of tapes: functions that read each language's values from a tape of core, without UniFFI. See
//! `bindings-uniffi/src/tape/mod.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use hudhud::schema::{self, HasSchema as _};
use hudhud::webhook::EventName;
use uniffi_bindgen::{BindgenLoader, BindgenPaths, GlobalConfig};
use uniffi_meta::{EnumMetadata, FieldMetadata, Metadata, RecordMetadata, Type};

use crate::calls::{Shape, camel, lower, vendors};

/// The templates of one language for readers.
pub(crate) struct Language {
    /// The beginning of the file.
    pub(crate) head: &'static str,
    /// Writes the reader of a record, such as `Contact?`, from its name and the expressions of its fields.
    pub(crate) record: fn(&str, &[String]) -> String,
    /// Writes the reader of an open enum, such as `Channel?`, from its name and the names of its values.
    pub(crate) open_enum: fn(&str, &[&str]) -> String,
    /// Writes the reader of the answers to a vendor's calls.
    pub(crate) answers: fn(&str, &[CallOutput]) -> String,
    /// Writes the reader of a webhook's event, from the names of the events and the expressions of their data.
    pub(crate) events: fn(&[(&str, String)]) -> String,
    /// Returns the argument label of a field.
    pub(crate) field: fn(&str) -> String,
    /// The operator that unwraps an optional value.
    pub(crate) sure: &'static str,
    /// Returns the expression of a list, from its slot and the expression of an item.
    pub(crate) list: fn(&str, &str) -> String,
    /// Returns the expression of a timestamp, from the expression of its text.
    pub(crate) time: fn(&str) -> String,
    /// Returns the expression of a JSON value, which is JSON `null` if the slot is empty.
    pub(crate) json: fn(&str) -> String,
}

/// The name of a call, the name of its output, and the expression that reads the output.
pub(crate) type CallOutput = (&'static str, String, String);

/// Writes a line for each item with its number on a tape. Numbers start at 1, because 0 means absent.
pub(crate) fn numbered<T>(all: &[T], line: impl Fn(usize, &T) -> String) -> String {
    (1..).zip(all).map(|(number, one)| line(number, one)).collect()
}

/// UniFFI's metadata of the types.
pub(crate) struct LibraryMetadata {
    pub(crate) records: BTreeMap<String, RecordMetadata>,
    pub(crate) enums: BTreeMap<String, EnumMetadata>,
}

impl LibraryMetadata {
    /// Reads the metadata from a library.
    pub(crate) fn of(library: &str) -> Result<Self> {
        let loader = BindgenLoader::new(BindgenPaths::default(), GlobalConfig::default());
        let mut metadata = Self { records: BTreeMap::new(), enums: BTreeMap::new() };
        for item in loader.load_metadata(library.into())?.into_values().flat_map(|group| group.items) {
            match item {
                Metadata::Record(record) => drop(metadata.records.insert(record.name.clone(), record)),
                Metadata::Enum(open) => drop(metadata.enums.insert(open.name.clone(), open)),
                _ => {}
            }
        }
        Ok(metadata)
    }
}

/// Returns the source of the readers for all answers and events.
pub(crate) fn readers(metadata: LibraryMetadata, language: &Language) -> Result<String> {
    let mut writer = Writer { language, metadata, wanted: Vec::new(), out: String::from(language.head) };
    for vendor in vendors()? {
        let mut answers = Vec::new();
        for call in vendor.groups.iter().flat_map(|group| &group.calls) {
            let value = match call.output.shape {
                Shape::One(_) | Shape::Pages(_) => writer.sure(
                    &Type::Record { module_path: String::new(), name: call.output.variant.clone() },
                    "at",
                )?,
                Shape::List(item) => {
                    let item = Type::Record { module_path: String::new(), name: item.into() };
                    writer.value(&Type::Sequence { inner_type: Box::new(item) }, "at")?
                }
            };
            answers.push((call.spec.name, call.output.variant.clone(), value));
        }
        writer.out += &(language.answers)(vendor.name, &answers);
    }
    writer.events()?;
    writer.types()?;
    Ok(writer.out)
}

struct Writer<'a> {
    language: &'a Language,
    metadata: LibraryMetadata,
    /// The types that need a reader, in order of first appearance.
    wanted: Vec<String>,
    out: String,
}

impl Writer<'_> {
    /// Returns the expression that reads an optional value of a type.
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
                format!("{}({slot})", lower(name))
            }
            other => bail!(
                "{other:?} is not supported in answers: add it here and to bindings-uniffi/src/tape/mod.rs"
            ),
        })
    }

    /// Returns the expression that reads a required value of a type.
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
        let event = self
            .metadata
            .enums
            .get("WebhookEvent")
            .context("UniFFI's metadata has no enum WebhookEvent")?
            .clone();
        let schema::Type::Enum(names) = EventName::TYPE else { bail!("EventName: expected an enum") };
        let mut events = Vec::new();
        for (variant, (event, _)) in event.variants.iter().zip(names.values) {
            ensure!(
                variant.name == camel(&event.replace('.', "_")),
                "expected the event {event}, found the variant {}",
                variant.name
            );
            let [FieldMetadata { ty, .. }] = &variant.fields[..] else {
                bail!("{event}: expected one field")
            };
            events.push((variant.name.as_str(), self.sure(ty, "data")?));
        }
        ensure!(
            events.len() + 1 == event.variants.len(),
            "WebhookEvent: expected one variant for each name and one for others"
        );
        self.out += &(self.language.events)(&events);
        Ok(())
    }

    fn types(&mut self) -> Result<()> {
        let mut next = 0;
        while let Some(wanted) = self.wanted.get(next).cloned() {
            next += 1;
            if let Some(open) = self.metadata.enums.get(&wanted) {
                let known: Vec<&str> = open
                    .variants
                    .iter()
                    .filter(|variant| variant.fields.is_empty())
                    .map(|variant| &*variant.name)
                    .collect();
                ensure!(
                    known.len() + 1 == open.variants.len(),
                    "{wanted}: expected one variant with a value"
                );
                self.out += &(self.language.open_enum)(&wanted, &known);
                continue;
            }
            let record = self
                .metadata
                .records
                .get(&wanted)
                .with_context(|| format!("UniFFI's metadata has no record {wanted}"))?
                .clone();
            let mut arguments = Vec::new();
            for (position, field) in record.fields.iter().enumerate() {
                let slot = if position == 0 { "slot(at)".into() } else { format!("slot(at + {position})") };
                let mut argument = String::new();
                let label = (self.language.field)(&field.name);
                write!(argument, "{label}{}", self.sure(&field.ty, &slot)?)?;
                arguments.push(argument);
            }
            self.out += &(self.language.record)(&wanted, &arguments);
        }
        Ok(())
    }
}
