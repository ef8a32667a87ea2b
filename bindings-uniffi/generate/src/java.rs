//! Members of Kotlin's classes that Java and JSON libraries need: builders, because Java has neither default arguments nor `copy`, and constants
//! of open enums.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use hudhud::schema::{Schema, Type};

use crate::calls::{camel, snake, vendors};
use crate::maps::Maps;
use crate::parameter::Parameter;

/// The classes, in addition to the calls and the structs in calls, that are built step by step.
const OPTIONS: [&str; 4] = ["AppRoutes", "CallOptions", "RetryPolicy", "Settings"];

/// A function that begins a builder: its documentation, its name and parameters, and the fields that it sets.
type Factory = (&'static str, &'static str, &'static str);

/// The functions that begin a builder with several fields, by class. Core has the same functions in Rust.
const FACTORIES: &[(&str, &[Factory])] = &[(
    "SendMessage",
    &[
        (
            "Begins a text message.",
            "text(to: kotlin.String, message: kotlin.String)",
            ".to(to).message(message)",
        ),
        (
            "Begins an image message.",
            "image(to: kotlin.String, mediaUrl: kotlin.String)",
            ".to(to).type(MessageType.Image).mediaUrl(mediaUrl)",
        ),
        (
            "Begins a message with a media file of any type.",
            "media(to: kotlin.String, type: MessageType, mediaUrl: kotlin.String)",
            ".to(to).type(type).mediaUrl(mediaUrl)",
        ),
    ],
)];

/// Writes the functions of a builder that set and clear a field.
fn write_setters(parameter: &Parameter, out: &mut String) -> Result<()> {
    let Parameter { name, ty, doc, .. } = parameter;
    let ty = ty.strip_suffix('?').unwrap_or(ty);
    let change = ty.strip_prefix("Change<").and_then(|inner| inner.strip_suffix('>'));
    for (parameter, value) in java_types(change.unwrap_or(ty)) {
        for line in doc {
            writeln!(out, "    {line}")?;
        }
        let value = if change.is_some() { format!("Change.Set({value})") } else { value.into() };
        let set = format!("apply {{ built = built.copy(`{name}` = {value}) }}");
        writeln!(out, "        public fun `{name}`(value: {parameter}): Builder = {set}\n")?;
    }
    if change.is_some() {
        writeln!(out, "        /** Clears `{name}`. */")?;
        let cleared = format!("apply {{ built = built.copy(`{name}` = Change.Clear) }}");
        writeln!(out, "        public fun clear{}(): Builder = {cleared}\n", camel(name))?;
    }
    Ok(())
}

/// Returns the types of arguments that Java passes for a field, each with the conversion to the field's type.
fn java_types(ty: &str) -> Vec<(&str, &'static str)> {
    match ty {
        "Map<kotlin.String, JsonValue>" => vec![("Map<kotlin.String, *>", "jsonMembers(value)")],
        "List<JsonValue>" => vec![("List<*>", "value.map(::jsonOf)")],
        "JsonValue" => vec![("kotlin.Any?", "jsonOf(value)")],
        "Timestamp" => vec![(ty, "value"), ("java.time.Instant", "Timestamp(value)")],
        _ => vec![(ty, "value")],
    }
}

/// The classes that get members.
pub(crate) struct Members {
    /// The type of the call and the expression of its value, by class.
    calls: BTreeMap<&'static str, (String, String)>,
    /// The structs in calls.
    nested: Vec<&'static str>,
    maps: Maps,
}

impl Members {
    pub(crate) fn of_catalog() -> Result<Self> {
        let mut members = Self { calls: BTreeMap::new(), nested: Vec::new(), maps: Maps::of_catalog() };
        for vendor in vendors()? {
            let client = camel(vendor.name);
            for call in vendor.groups.iter().flat_map(|group| &group.calls) {
                let ty = format!("{client}, {}", call.output.ty("List<{}>"));
                let value = format!(
                    "Call(\"{}\", {client}Call.{}(this)) {{ (it as Output.{}).value }}",
                    call.spec.name,
                    call.variant(),
                    call.output.variant
                );
                members.calls.insert(call.spec.input.name, (ty, value));
                members.find_nested(call.spec.input);
            }
        }
        Ok(members)
    }

    fn find_nested(&mut self, schema: &'static Schema) {
        for field in schema.fields {
            let mut kind = &field.kind;
            while let Type::Nullable(inner) | Type::List(inner) = kind {
                kind = inner;
            }
            if let Type::Model(schema) = kind
                && !self.nested.contains(&schema.name)
            {
                self.nested.push(schema.name);
                self.find_nested(schema);
            }
        }
    }

    /// True if Java can construct the class with fewer arguments.
    pub(crate) fn has_overloads(&self, class: &str) -> bool {
        self.calls.contains_key(class)
            || self.nested.contains(&class)
            || OPTIONS.contains(&class)
            || class == "Request"
    }

    /// Returns the interfaces of a class, with a colon before them. The text is empty for a class without any.
    pub(crate) fn interfaces(&self, class: &str) -> String {
        let call = self.calls.get(class).map(|(ty, _)| format!("CallInput<{ty}>"));
        let record = self.maps.has(class).then(|| "JsonRecord".to_owned());
        let all: Vec<String> = call.into_iter().chain(record).collect();
        if all.is_empty() { String::new() } else { format!(" : {}", all.join(", ")) }
    }

    /// Writes the members of a class, from the line of its companion object on. Returns false if that line stays.
    pub(crate) fn write(&self, class: &str, parameters: &[Parameter], out: &mut String) -> Result<bool> {
        if let Some((ty, value)) = self.calls.get(class) {
            writeln!(out, "    override fun call(): Call<{ty}> = {value}\n")?;
        }
        self.maps.write_to_map(class, parameters, out)?;
        let mut companion = String::new();
        if self.has_overloads(class) && class != "Request" && parameters.iter().any(|one| one.has_default) {
            self.write_builder(class, parameters, out)?;
            write_beginnings(class, parameters, &mut companion)?;
        }
        self.maps.write_from_map(class, parameters, &mut companion)?;
        if companion.is_empty() {
            return Ok(false);
        }
        writeln!(
            out,
            "    companion object {{\n{}    }}",
            companion.trim_end_matches('\n').to_owned() + "\n"
        )?;
        Ok(true)
    }

    fn write_builder(&self, class: &str, parameters: &[Parameter], out: &mut String) -> Result<()> {
        let call = self.calls.get(class);
        let interface = call.map_or_else(String::new, |(ty, _)| format!(" : CallInput<{ty}>"));
        writeln!(out, "    /** Builds a [{class}] step by step, for Java. */")?;
        writeln!(
            out,
            "    public class Builder internal constructor(private var built: {class}){interface} {{"
        )?;
        for parameter in parameters.iter().filter(|parameter| parameter.has_default) {
            write_setters(parameter, out)?;
        }
        if let Some((ty, _)) = call {
            writeln!(out, "        override fun call(): Call<{ty}> = built.call()\n")?;
        }
        writeln!(
            out,
            "        /** Returns the [{class}]. */\n        public fun build(): {class} = built\n    }}\n"
        )?;
        writeln!(out, "    /** Returns a builder that begins with the values of this [{class}]. */")?;
        writeln!(out, "    public fun toBuilder(): Builder = Builder(this)\n")?;
        // A negative duration cannot cross to core.
        for parameter in parameters.iter().filter(|parameter| parameter.ty == "java.time.Duration?") {
            let name = &parameter.name;
            // Core refuses zero for these.
            let least = if matches!(&**name, "timeout" | "deadline") { "> 0" } else { ">= 0" };
            writeln!(
                out,
                "    init {{\n        require(`{name}` == null || !`{name}`.isNegative) {{ \"{name}: expected a duration {least}\" }}\n    }}\n"
            )?;
        }
        Ok(())
    }

    /// Returns true if the class of a call has a builder.
    pub(crate) fn has_builder(schema: &Schema) -> bool {
        schema.fields.iter().any(|field| !field.required)
    }
}

/// Writes the functions that begin a builder.
fn write_beginnings(class: &str, parameters: &[Parameter], out: &mut String) -> Result<()> {
    let required: Vec<&Parameter> = parameters.iter().filter(|parameter| !parameter.has_default).collect();
    let builder_parameters: Vec<String> =
        required.iter().map(|parameter| format!("`{}`: {}", parameter.name, parameter.ty)).collect();
    let passed: Vec<String> =
        required.iter().map(|parameter| format!("`{0}` = `{0}`", parameter.name)).collect();
    let begun = format!("Builder({class}({}))", passed.join(", "));
    writeln!(out, "        /** Returns a builder of a [{class}]. */\n        @JvmStatic")?;
    writeln!(out, "        public fun builder({}): Builder = {begun}\n", builder_parameters.join(", "))?;
    for (doc, name, set) in FACTORIES.iter().filter(|(of, _)| *of == class).flat_map(|(_, all)| *all) {
        writeln!(out, "        /** {doc} */\n        @JvmStatic")?;
        writeln!(out, "        public fun {name}: Builder = builder(){set}\n")?;
    }
    Ok(())
}

/// Writes the members of an open enum, from the line of its companion object on: its text, and the value of a text. `also` are
/// other spellings.
pub(crate) fn write_texts(
    name: &str,
    cases: &[(&str, &str)],
    also: &[(&str, usize)],
    out: &mut String,
) -> Result<()> {
    writeln!(out, "    override fun text(): kotlin.String = when (this) {{")?;
    for (case, text) in cases {
        writeln!(out, "        is {case} -> \"{text}\"")?;
    }
    writeln!(out, "        is Other -> `value`\n    }}\n\n    companion object {{")?;
    writeln!(out, "        /** Returns the value of the vendor's text. */\n        @JvmStatic")?;
    writeln!(
        out,
        "        @com.fasterxml.jackson.annotation.JsonCreator(mode = com.fasterxml.jackson.annotation.JsonCreator.Mode.DELEGATING)"
    )?;
    writeln!(out, "        public fun of(text: kotlin.String): {name} = when (text) {{")?;
    for (case, text) in cases {
        writeln!(out, "            \"{text}\" -> {case}")?;
    }
    for (text, position) in also {
        writeln!(out, "            \"{text}\" -> {}", cases[*position].0)?;
    }
    writeln!(out, "            else -> Other(text)\n        }}\n    }}")?;
    Ok(())
}

/// Writes the interface from which an open enum inherits constants for its known values.
///
/// The enum's own companion object cannot have them: the JVM would create the values before the constants in some programs, and
/// after them in others.
pub(crate) fn write_constants(name: &str, values: &[String], out: &mut String) -> Result<()> {
    writeln!(out, "\n/** The known values of [{name}], for Java: `{name}.{}`. */", constant(&values[0]))?;
    writeln!(out, "public interface {name}Constants {{\n    public companion object {{")?;
    for value in values {
        writeln!(out, "        /** [{name}.{value}]. */")?;
        writeln!(out, "        @JvmField public val {}: {name} = {name}.{value}", constant(value))?;
    }
    writeln!(out, "    }}\n}}")?;
    Ok(())
}

/// Converts `MessageReceived` to `MESSAGE_RECEIVED`.
fn constant(name: &str) -> String {
    snake(name).to_uppercase()
}
