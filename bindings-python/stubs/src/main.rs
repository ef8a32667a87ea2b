//! Writes the type stubs of the Python package from core's catalog and types: `cargo xtask stubs`.
//!
//! `_hudhud.pyi` has the declared types behind what is written by hand in `native.pyi`; `_calls.pyi` has the calls, for
//! each vendor, blocking and not; `zagely.pyi` and `wazaj.pyi` say which types are whose.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use hudhud::ENDPOINTS;
use hudhud::endpoint::Spec;
use hudhud::schema::{Described, Field, Kind, OpenEnum, Schema};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../python/hudhud");
const HEAD: &str = "# Written by `cargo xtask stubs`; change core's catalog and types instead.\n";

/// Writes the stubs.
#[derive(Parser)]
struct Arguments {
    /// Writes nothing, and fails if the stubs are not as they would be written.
    #[arg(long)]
    check: bool,
}

fn main() -> Result<()> {
    let Arguments { check } = Arguments::parse();
    let found = Found::all();
    let files = [
        ("_hudhud.pyi", found.native()),
        ("_calls.pyi", calls()),
        ("zagely.pyi", found.module("zagely")),
        ("wazaj.pyi", found.module("wazaj")),
    ];
    for (name, text) in files {
        let path = Path::new(FOLDER).join(name);
        let text = format!("{HEAD}{text}");
        if check {
            let there = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            ensure!(there == text, "{} is out of date: run `cargo xtask stubs`", path.display());
        } else {
            std::fs::write(&path, text)?;
        }
    }
    Ok(())
}

/// Every declared type, by its name, and whose it is.
#[derive(Default)]
struct Found {
    structs: BTreeMap<&'static str, (&'static Schema, &'static str)>,
    enums: BTreeMap<&'static str, &'static OpenEnum>,
}

impl Found {
    fn all() -> Self {
        let mut found = Self::default();
        for spec in ENDPOINTS {
            found.add(spec.input, spec.vendor);
            found.visit(&spec.answer, spec.vendor);
        }
        found.visit(&<hudhud::webhook::ReceivedMessage as Described>::KIND, "webhook");
        found
    }

    fn visit(&mut self, kind: &'static Kind, of: &'static str) {
        match kind {
            Kind::List(inner) | Kind::Page(inner) | Kind::Nullable(inner) => self.visit(inner, of),
            Kind::Model(schema) => self.add(schema, of),
            Kind::Enum(open) => {
                self.enums.insert(open.name, open);
            }
            _ => {}
        }
    }

    fn add(&mut self, schema: &'static Schema, of: &'static str) {
        if self.structs.insert(schema.name, (schema, of)).is_none() {
            schema.fields.iter().for_each(|field| self.visit(&field.kind, of));
        }
    }

    /// The stub of the native module.
    fn native(&self) -> String {
        let mut text = String::from(include_str!("native.pyi"));
        for (name, open) in &self.enums {
            let values: Vec<String> = open.values.iter().map(|(value, _)| format!("\"{value}\"")).collect();
            let _ = write!(text, "\n_{name}: TypeAlias = Literal[{}] | str\n", values.join(", "));
        }
        for (schema, _) in self.structs.values() {
            class(schema, &mut text);
        }
        text
    }

    /// The stub of one vendor's module.
    fn module(&self, vendor: &str) -> String {
        let mut text = String::new();
        let names = self.structs.iter().filter(|(_, (_, of))| *of == vendor).map(|(name, _)| name);
        for name in names.clone() {
            let _ = writeln!(text, "from ._hudhud import {name} as {name}");
        }
        let all: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
        let _ = write!(text, "\n__all__ = [{}]\n", all.join(", "));
        text
    }
}

fn class(schema: &Schema, text: &mut String) {
    let open = schema.open;
    let name = schema.name;
    let _ = write!(text, "\n@final\nclass {name}:\n{}", docstring(schema.doc, 4));
    let mut fields: Vec<(&str, String, &str, Option<&str>)> = Vec::new();
    for field in schema.fields {
        // A list or an object of an answer is always there; anything else may be missing.
        let always = matches!(field.kind, Kind::List(_) | Kind::Object) && field.required;
        let (kind, default) = match (open, field.required) {
            (true, _) if always => (python(&field.kind, true), Some("...")),
            (true, _) => (format!("{} | None", python(&field.kind, true)), Some("None")),
            (false, true) => (python(&field.kind, true), None),
            (false, false) if nullable(field) => {
                (format!("{} | None | Absent", python(&field.kind, true)), Some("..."))
            }
            (false, false) => (format!("{} | None", python(&field.kind, true)), Some("None")),
        };
        fields.push((field.name, kind, field.doc, default));
    }
    if open {
        fields.push(("extra", "dict[str, Any]".into(), EXTRA, Some("...")));
    }
    for (field, kind, doc, _) in &fields {
        let _ = write!(text, "    @property\n    def {field}(self) -> {kind}:\n{}", docstring(doc, 8));
    }
    // What must be given stands first, as the constructor has it.
    let (required, optional): (Vec<_>, Vec<_>) = fields.iter().partition(|(.., default)| default.is_none());
    let mut parameters: Vec<String> =
        required.iter().map(|(field, kind, ..)| format!("{field}: {}", given(kind))).collect();
    parameters.extend(optional.iter().map(|(field, kind, _, default)| {
        format!("{field}: {} = {}", given(kind), default.unwrap_or_default())
    }));
    let star = if parameters.is_empty() { "" } else { ", *, " };
    let _ = writeln!(text, "    def __new__(cls{star}{}) -> Self: ...", parameters.join(", "));
    let names: Vec<String> = fields.iter().map(|(field, ..)| format!("Literal[\"{field}\"]")).collect();
    let names = if names.is_empty() { "()".into() } else { names.join(", ") };
    let _ = writeln!(text, "    __match_args__: ClassVar[tuple[{names}]]");
    text.push_str(
        "    def __reduce__(self) -> tuple[Any, ...]: ...\n    def __eq__(self, other: \
         object, /) -> bool: ...\n    __hash__: ClassVar[None]  # type: ignore[assignment]\n    def to_dict(self) -> \
         dict[str, Any]:\n        \"\"\"The object as what JSON knows, under the vendor's names.\"\"\"\n",
    );
}

/// What the declaration says of the field that every answer has beside its own.
const EXTRA: &str =
    "What the vendor sent beside the fields above: name and value, verbatim, in the vendor's order.";

/// What may be given where a type is read.
fn given(kind: &str) -> String {
    // Any sequence of the two that are usual will do; and for the bytes of a file, the file.
    kind.replace("list[", "Sequence[").replace("bytes", "_File")
}

fn nullable(field: &Field) -> bool {
    matches!(field.kind, Kind::Nullable(_))
}

/// A kind as Python's type. Names of enums are the native module's own.
fn python(kind: &Kind, native: bool) -> String {
    let inner = |kind| python(kind, native);
    match kind {
        Kind::Text | Kind::Id | Kind::Date => "str".into(),
        Kind::Timestamp => "datetime | str".into(),
        Kind::Integer => "int".into(),
        Kind::Number => "float".into(),
        Kind::Boolean => "bool".into(),
        Kind::Bytes => "bytes".into(),
        Kind::Json => "Any".into(),
        Kind::Object => "dict[str, Any]".into(),
        Kind::List(kind) => format!("list[{}]", inner(kind)),
        Kind::Page(kind) => format!("Page[{}]", inner(kind)),
        Kind::Nullable(kind) => inner(kind),
        Kind::Model(schema) if native => schema.name.into(),
        Kind::Model(schema) => format!("_hudhud.{}", schema.name),
        Kind::Enum(open) if native => format!("_{}", open.name),
        Kind::Enum(open) => format!("_hudhud._{}", open.name),
        _ => "Any".into(),
    }
}

fn docstring(doc: &str, indent: usize) -> String {
    let space = " ".repeat(indent);
    let doc = doc.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
    let lines: Vec<String> = doc
        .lines()
        .map(|line| if line.is_empty() { String::new() } else { format!("{space}{line}") })
        .collect();
    let text = lines.join("\n");
    if lines.len() > 1 {
        format!("{space}\"\"\"{}\n{space}\"\"\"\n", text.trim_start())
    } else {
        format!("{space}\"\"\"{}\"\"\"\n", text.trim_start())
    }
}

/// The stub of the calls.
fn calls() -> String {
    let mut text = String::from(include_str!("calls.pyi"));
    for asynchronous in [false, true] {
        for vendor in ["zagely", "wazaj"] {
            let specs: Vec<&Spec> = ENDPOINTS.iter().copied().filter(|spec| spec.vendor == vendor).collect();
            let mut groups: Vec<&str> = specs.iter().map(|spec| spec.group).collect();
            groups.dedup();
            let prefix = format!("{}{}", if asynchronous { "Async" } else { "" }, capitalised(vendor));
            for group in &groups {
                let _ = write!(
                    text,
                    "\nclass {prefix}{}(Group):\n    \"\"\"The calls `{group}.…`.\"\"\"\n",
                    title(group)
                );
                for spec in specs.iter().filter(|spec| spec.group == *group) {
                    verb(spec, asynchronous, &mut text);
                }
            }
            let _ = write!(text, "\nclass {prefix}Calls:\n    \"\"\"The groups of calls.\"\"\"\n");
            for group in &groups {
                let _ = writeln!(text, "    {group}: {prefix}{}", title(group));
            }
        }
    }
    text
}

fn verb(spec: &Spec, asynchronous: bool, text: &mut String) {
    let decorator = match (asynchronous, matches!(spec.answer, Kind::Page(_))) {
        (false, false) => "_verb",
        (false, true) => "_list",
        (true, false) => "_async_verb",
        (true, true) => "_async_list",
    };
    let answer = match &spec.answer {
        Kind::Page(item) => python(item, false),
        other => python(other, false),
    };
    let (required, optional): (Vec<&Field>, Vec<&Field>) =
        spec.input.fields.iter().partition(|field| field.required);
    let parameters: Vec<String> = required
        .iter()
        .chain(&optional)
        .map(|field| {
            let kind = given(&python(&field.kind, false)).replace("_File", "_hudhud._File");
            match (field.required, nullable(field)) {
                (true, _) => format!("{}: {kind}", field.name),
                (false, true) => format!("{}: {kind} | None | Absent = ...", field.name),
                (false, false) => format!("{}: {kind} | None = None", field.name),
            }
        })
        .collect();
    let star = if parameters.is_empty() { "" } else { "*, " };
    let separator = if parameters.is_empty() { "" } else { ", " };
    let keyword = if spec.verb == "import" { "_" } else { "" };
    let _ = write!(
        text,
        "    @{decorator}\n    def {}{keyword}(self, {star}{}{separator}**options: Unpack[Options]) -> {answer}:\n{}",
        spec.verb,
        parameters.join(", "),
        docstring(&documentation(spec), 8)
    );
}

/// A call's documentation with that of its arguments.
fn documentation(spec: &Spec) -> String {
    let mut doc = spec.input.doc.to_owned();
    if !spec.input.fields.is_empty() {
        doc.push_str("\n\nArgs:");
        for field in spec.input.fields {
            let _ =
                write!(doc, "\n    {}: {}", field.name, field.doc.replace("\n\n", " ").replace('\n', " "));
        }
    }
    doc
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `contact_groups` as `ContactGroups`.
fn title(group: &str) -> String {
    group.split('_').map(capitalised).collect()
}
