//! Kotlin: edits UniFFI's file for its users.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use hudhud::DeclaredTypes;

use crate::aliases;
use crate::calls::{answers, camel, lower};
use crate::descriptions::{self, Case};
use crate::java::{Members, write_constants, write_texts};
use crate::kotlin_calls;
use crate::parameter::Parameter;
use crate::tape::{self, Language, LibraryMetadata, numbered};

/// UniFFI's code to read text, which is most of the data. It makes a copy of the bytes.
const READ_TEXT: &str = "    override fun read(buf: ByteBuffer): String {
        val len = buf.getInt()
";
/// Code that makes no copy if the buffer has an array, as in the faster interface.
const READ_TEXT_AT_ONCE: &str = "    override fun read(buf: ByteBuffer): String {
        val len = buf.getInt()
        if (buf.hasArray()) {
            val at = buf.position()
            buf.position(at + len)
            return String(buf.array(), buf.arrayOffset() + at, len, Charsets.UTF_8)
        }
";

/// UniFFI's declarations that only this library uses. They become internal.
const INTERNAL: [&str; 37] = [
    "Decoded",
    "Disposable",
    "ExchangeHandle",
    "ExchangeHandleInterface",
    "FfiConverter",
    "FfiConverterRustBuffer",
    "Identity",
    "InternalException",
    "NamedWazajCall",
    "NamedZagelyCall",
    "NextStep",
    "NoHandle",
    "ObservedStep",
    "OutboxHandle",
    "OutboxHandleInterface",
    "OutboxStep",
    "RateLimiterHandle",
    "RateLimiterHandleInterface",
    "RouteCall",
    "RustBuffer",
    "UniffiCleaner",
    "UniffiNullRustCallStatusErrorHandler",
    "UniffiRustCallStatusErrorHandler",
    "UniffiWithHandle",
    "Verification",
    "WazajCall",
    "WazajPages",
    "WazajPagesInterface",
    "WazajService",
    "WazajServiceInterface",
    "WebhookVerifier",
    "WebhookVerifierInterface",
    "ZagelyCall",
    "ZagelyPages",
    "ZagelyPagesInterface",
    "ZagelyService",
    "ZagelyServiceInterface",
];
/// UniFFI's functions that only this library uses.
const INTERNAL_FUNCTIONS: [&str; 12] = [
    "checkInbox",
    "decodeResponse",
    "inboxClaim",
    "inboxEnd",
    "inboxKey",
    "refuseCall",
    "refuseLoneSurrogates",
    "refuseNegatives",
    "renderTemplate",
    "templateVariables",
    "webhookHeaders",
    "webhookSecrets",
];

/// The members of `JsonValue` that read it.
const JSON_READERS: &str = "\
    /** Returns the member of this name, or null if this is not an object or has no such member. */
    public operator fun get(name: kotlin.String): JsonValue? = (this as? Object)?.members?.get(name)

    /** Returns the item at this position, or null if this is not an array or has no such item. */
    public operator fun get(position: kotlin.Int): JsonValue? = (this as? Array)?.items?.getOrNull(position)

    /** Returns the text of the member of this name, or null if there is no such text. */
    public fun text(name: kotlin.String): kotlin.String? = (get(name) as? Text)?.value

    /** Returns the integer of the member of this name, or null if there is no such integer. */
    public fun integer(name: kotlin.String): kotlin.Long? = (get(name) as? Int)?.value

    /** Returns the number of the member of this name, or null if there is no such number. */
    public fun number(name: kotlin.String): kotlin.Double? =
        get(name)?.let { (it as? Double)?.value ?: (it as? Int)?.value?.toDouble() }

    /** Returns `true` or `false` of the member of this name, or null if there is no such member. */
    public fun bool(name: kotlin.String): kotlin.Boolean? = (get(name) as? Bool)?.value

    /** Returns the JSON text. It contains all values, private ones too. */
    public fun toJson(): kotlin.String = JsonText.of(this)

    /** Returns the same value as a map, list, text, number or boolean, or null. Jackson writes it. */
    @com.fasterxml.jackson.annotation.JsonValue
    public fun toPlain(): kotlin.Any? = JsonFields.plain(this)
";
/// The companion object of `JsonValue`.
const JSON_COMPANION: &str = "    companion object {
        /** Converts a value as [jsonOf] does. Jackson reads with it. */
        @JvmStatic
        @com.fasterxml.jackson.annotation.JsonCreator(mode = com.fasterxml.jackson.annotation.JsonCreator.Mode.DELEGATING)
        public fun of(value: kotlin.Any?): JsonValue = jsonOf(value)
    }";

/// The readers of tapes in Kotlin.
const TAPES: Language = Language {
    head: "// Written by `cargo xtask package kotlin`: the readers of tapes, by type.\npackage dev.hudhud\n",
    record: |name, fields| {
        let function = lower(name);
        format!(
            "\ninternal fun Tape.{function}(at: Int): {name}? = if (at == 0) null else {name}(\n    {},\n)\n",
            fields.join(",\n    ")
        )
    },
    open_enum: |name, values| {
        let function = lower(name);
        let known = numbered(values, |number, value| format!("    {number} -> {name}.{value}\n"));
        format!(
            "\ninternal fun Tape.{function}(slot: Int): {name}? = when (slot) {{\n    0 -> null\n{known}    else -> {name}.Other(text(-slot)!!)\n}}\n"
        )
    },
    answers: |vendor, answers| {
        let known: String = answers
            .iter()
            .map(|(call, output, value)| format!("    \"{call}\" -> Output.{output}({value})\n"))
            .collect();
        format!(
            "\ninternal fun Tape.{vendor}(call: String, at: Int): Output = when (call) {{\n{known}    else -> error(\"$call: no call has this name\")\n}}\n"
        )
    },
    events: |events| {
        let known = numbered(events, |number, (event, data)| {
            format!("    {number} -> WebhookEvent.{event}({data})\n")
        });
        format!(
            "\ninternal fun Tape.event(number: Int, name: String, data: Int): WebhookEvent = when (number) {{\n{known}    else -> WebhookEvent.Unknown(name, json(data) ?: JsonValue.Null)\n}}\n"
        )
    },
    field: |_| String::new(),
    sure: "!!",
    list: |slot, item| format!("list({slot}) {{ item -> {item} }}"),
    time: |text| format!("{text}?.let(::Timestamp)"),
    json: |slot| format!("(json({slot}) ?: JsonValue.Null)"),
};

pub(crate) fn finish(library: &str, out: &Path) -> Result<()> {
    let metadata = LibraryMetadata::of(library)?;
    let folder = out.join("dev/hudhud");
    let generated = folder.join("hudhud.kt");
    let text = std::fs::read_to_string(&generated).with_context(|| generated.display().to_string())?;
    std::fs::write(&generated, polish(&aliases::resolved(&text), descriptions::enums(&metadata)?)?)?;
    std::fs::write(folder.join("Calls.kt"), kotlin_calls::groups()?)?;
    std::fs::write(folder.join("Tapes.kt"), tape::readers(metadata, &TAPES)?)?;
    Ok(())
}

/// Makes the changes to UniFFI's file that its configuration does not offer.
fn polish(text: &str, mut enums: BTreeMap<String, Vec<(String, Case)>>) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let members = Members::of_catalog()?;
    // The current class with its constructor's parameters, and the comment before the next parameter.
    let (mut current, mut parameters, mut doc) = (None::<String>, Vec::new(), Vec::new());
    let mut constants = String::new();
    let mut open = None;
    let (mut messages, mut constructors, mut prepared, mut hidden) = (0, 0, 0, 0);
    let mut shown = descriptions::structs()?;
    let (mut class, mut sealed) = (None, None);
    let mut answers = answers()?.into_iter().peekable();
    ensure!(
        text.contains(READ_TEXT),
        "UniFFI's code to read text has changed: adapt READ_TEXT in generate/src/kotlin.rs"
    );
    for line in text
        .replacen("@file:Suppress", "@file:JvmName(\"Hudhud\")\n@file:Suppress", 1)
        .replacen(READ_TEXT, READ_TEXT_AT_ONCE, 1)
        .lines()
    {
        // Counts fit into a Long, and Java has no ULong. Both have the same bytes. A status fits into an Int.
        let is_field = line.trim_start().starts_with("val `");
        let mut line = if is_field {
            line.replace("kotlin.ULong?", "kotlin.Long?")
                .replace("kotlin.UShort", "kotlin.Int")
                .replace("kotlin.UInt", "kotlin.Int")
        } else if line.contains("FfiConverterUShort.") {
            ["status", "httpStatus"].iter().fold(
                line.replace(".read(buf)", ".read(buf).toInt()"),
                |line, field| {
                    line.replace(&format!("value.`{field}`"), &format!("value.`{field}`.toUShort()"))
                },
            )
        } else if line.contains("FfiConverterUInt.") {
            line.replace("FfiConverterUInt.", "FfiConverterInt.")
        } else {
            ["read(buf)", "allocationSize(value.", "write(value."].iter().fold(
                line.to_owned(),
                |line, call| {
                    line.replace(
                        &format!("FfiConverterOptionalULong.{call}"),
                        &format!("FfiConverterOptionalLong.{call}"),
                    )
                },
            )
        };
        // Core generates the answers from the catalog without documentation: it is added here.
        if let Some((_, doc)) = answers.next_if(|(output, _)| line == format!("    data class {output}(")) {
            writeln!(out, "    /** {doc} */")?;
        }
        // Java has no default arguments.
        if let Some(name) = line.strip_prefix("data class ").and_then(|rest| rest.strip_suffix(" (")) {
            (current, parameters, doc) = (Some(name.to_owned()), Vec::new(), Vec::new());
            if members.has_overloads(name) {
                line = format!("data class {name} @JvmOverloads constructor (");
                constructors += 1;
            }
        } else if let Some(name) = line.strip_prefix("class ").and_then(|rest| rest.strip_suffix(" {"))
            && !members.interfaces(name).is_empty()
        {
            (current, parameters) = (Some(name.to_owned()), Vec::new());
            line = format!("class {name}{} {{", members.interfaces(name));
        } else if let Some(name) = &current {
            if line == "){" {
                line = format!("){} {{", members.interfaces(name));
            } else if line.starts_with("    val `") {
                parameters.extend(Parameter::read(&line, std::mem::take(&mut doc)));
            } else if line.starts_with("    /**") || line.starts_with("     *") {
                doc.push(line.clone());
            }
        }
        // Add a `toString` without private texts.
        if let Some((_, name)) = line.split_once("data class ").filter(|(before, _)| before.is_empty()) {
            let name = name.split([' ', '(']).next().unwrap_or_default();
            class = shown.remove_entry(name);
        } else if line == "    companion object"
            && let Some((name, fields)) = class.take()
        {
            writeln!(out, "    override fun toString(): String = RedactedDescription(\"{name}\")")?;
            for (field, how) in fields {
                let field = lower(&camel(&field));
                let arguments = how.arguments(&field, &field, |field| format!("`{field}`"));
                writeln!(out, "        .{}({arguments})", how.method())?;
            }
            writeln!(out, "        .toString()\n")?;
        } else if let Some(name) = line.strip_prefix("sealed class ").and_then(|rest| rest.strip_suffix(" {"))
        {
            sealed = enums.remove(name);
            let known: Vec<String> =
                sealed.iter().flatten().filter_map(text_of).map(|(name, _)| name).collect();
            if !known.is_empty() {
                write_constants(name, &known, &mut constants)?;
                open = DeclaredTypes::all().enums.into_iter().find(|open| open.name == name);
                line = format!("sealed class {name} : {name}Constants, OpenEnum {{");
            }
        } else if line == "    companion object"
            && let Some(cases) = sealed.take()
        {
            let texts: Vec<(String, &str)> = cases.iter().filter_map(text_of).collect();
            let line_of_json = cases.iter().any(|(case, _)| case == "Digits");
            // The method is final: a data class would generate one that shows all fields.
            writeln!(out, "    final override fun toString(): kotlin.String = when (this) {{")?;
            for (case, what) in cases {
                writeln!(out, "        is {case} -> {}", shown_case(&case, what))?;
            }
            writeln!(out, "    }}\n")?;
            if let Some(open) = open.take() {
                let cases: Vec<(&str, &str)> =
                    texts.iter().map(|(case, text)| (case.as_str(), *text)).collect();
                write_texts(open.name, &cases, open.also, &mut out)?;
                continue;
            }
            if line_of_json {
                writeln!(out, "{JSON_READERS}")?;
                line = JSON_COMPANION.to_owned();
            }
        }
        if line == "    companion object"
            && let Some(name) = current.take()
            && members.write(&name, &parameters, &mut out)?
        {
            continue;
        }
        line = internal(line, &mut hidden);
        // The message of an exception is the summary of its failure, which contains nothing private.
        if line.contains("get() = \"failure=${ `failure` }\"") {
            line = line.replace("\"failure=${ `failure` }\"", "`failure`.`summary`");
            messages += 1;
        }
        // Every class of exceptions has the property `failure`.
        if line.trim() == "val `failure`: ErrorDetails" {
            line = line.replace("val", "override val");
        } else if line == "sealed class HudhudException: kotlin.Exception() {" {
            // Java code cannot catch a checked exception that no method declares.
            line = line.replace("Exception()", "RuntimeException()");
            line += "\n    /** The details of the failure. */\n    abstract val `failure`: ErrorDetails";
        } else if line.starts_with("sealed class OutboxException") {
            line = line.replace("kotlin.Exception(", "kotlin.RuntimeException(");
        }
        // JNA unpacks its own library when its class is loaded. The folder must be set before.
        if line == "    var status = UniffiRustCallStatus()" {
            line.insert_str(0, "    LibraryFile.prepare()\n");
            prepared += 1;
        }
        // JNA and JNI must load the same file.
        if line.trim() == "return \"hudhud_native\"" {
            line = line.replace("\"hudhud_native\"", "LibraryFile.path");
        }
        // Converters are not part of the public interface.
        for word in ["object", "typealias"] {
            if line.starts_with(&format!("public {word} FfiConverter")) {
                line = line.replacen("public", "internal", 1);
            }
        }
        out.push_str(&line);
        out.push('\n');
    }
    ensure!(
        messages > 0
            && constructors > 0
            && prepared == 1
            && hidden == INTERNAL.len() + INTERNAL_FUNCTIONS.len()
            && shown.is_empty()
            && class.is_none()
            && answers.next().is_none()
            && enums.is_empty()
            && sealed.is_none(),
        "UniFFI's Kotlin code has changed: adapt `polish` in generate/src/kotlin.rs"
    );
    Ok(out + &constants)
}

/// Makes a declaration of this library's own internal, and counts it.
fn internal(line: String, hidden: &mut usize) -> String {
    // The companion object implements an internal interface.
    if line.starts_with("    companion object ErrorHandler") {
        return line.replacen("companion", "internal companion", 1);
    }
    if line.starts_with("public fun uniffi") {
        return line.replacen("public", "internal", 1);
    }
    // Java sees internal functions, because the JVM does not have them.
    if line.starts_with("inline fun") || line.starts_with("internal inline fun") {
        return format!("@JvmSynthetic internal {}", line.trim_start_matches("internal "));
    }
    if let Some(name) = INTERNAL_FUNCTIONS.iter().find(|name| line.contains(&format!(" fun `{name}`("))) {
        *hidden += 1;
        return line.replacen(&format!(" fun `{name}`"), &format!(" internal fun `{name}`"), 1);
    }
    let mut words = line.split([' ', '(', ':', '{', '<']);
    let is_declaration = words
        .by_ref()
        .take_while(|word| {
            ["public", "open", "data", "sealed", "class", "interface", "object"].contains(word)
        })
        .count()
        > 0;
    let name = line.split([' ', '(', ':', '{', '<']).find(|word| word.starts_with(char::is_uppercase));
    if is_declaration && name.is_some_and(|name| INTERNAL.contains(&name)) {
        *hidden += 1;
        return format!("internal {}", line.trim_start_matches("public "));
    }
    line
}

/// Returns the name and the text of a case if it is a known value of an open enum.
fn text_of((name, case): &(String, Case)) -> Option<(String, &'static str)> {
    match case {
        Case::Known(text) => Some((name.clone(), *text)),
        _ => None,
    }
}

/// Returns the expression for the text of a case of a sealed class.
fn shown_case(name: &str, case: Case) -> String {
    match case {
        Case::Known(text) => format!("\"{text}\""),
        Case::Other => "RedactedDescription.token(`value`).toString()".into(),
        Case::Holds(fields) => {
            let shown = fields
                .iter()
                .map(|(field, how)| {
                    let field = lower(&camel(field));
                    let arguments = how.arguments(&field, &field, |field| format!("`{field}`"));
                    format!(".{}({arguments})", how.method())
                })
                .collect::<String>();
            format!("RedactedDescription(\"{name}\"){shown}.toString()")
        }
    }
}
