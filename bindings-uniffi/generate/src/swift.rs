//! Swift: edits UniFFI's file for its users, and writes the groups of calls.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::aliases;
use crate::calls::{Call, Group, Shape, Vendor, answers, camel, lower, snake, vendors};
use crate::codable;
use crate::comments;
use crate::descriptions::{self, Case};
use crate::tape::{self, Language, LibraryMetadata, numbered};

/// A mirror without children. Without it `dump` and debuggers show all fields of a type, private ones too.
const NO_CHILDREN: &str = "    /// A mirror without children, because they would show private text.\n    public var customMirror: Mirror { Mirror(self, children: []) }";
const HEAD: &str = "// Written by `cargo xtask package swift` from core's catalog.\nimport Foundation\n";

/// UniFFI's code for durations, which it converts to seconds in a `Double`.
const DURATION: &str = "throws -> TimeInterval {
        let seconds: UInt64 = try readInt(&buf)
        let nanoseconds: UInt32 = try readInt(&buf)
        return Double(seconds) + (Double(nanoseconds) / 1.0e9)
    }

    public static func write(_ value: TimeInterval, into buf: inout [UInt8]) {
        if value.rounded(.down) > Double(Int64.max) {
            fatalError(\"Duration overflow, exceeds max bounds supported by Uniffi\")
        }

        if value < 0 {
            fatalError(\"Invalid duration, must be non-negative\")
        }

        let seconds = UInt64(value)
        let nanoseconds = UInt32((value - Double(seconds)) * 1.0e9)
        writeInt(&buf, seconds)
        writeInt(&buf, nanoseconds)
    }
";
/// The same code for the type of the standard library.
const DURATION_OF_SWIFT: &str = "throws -> Duration {
        let seconds: UInt64 = try readInt(&buf)
        let nanoseconds: UInt32 = try readInt(&buf)
        return .seconds(Int64(clamping: seconds)) + .nanoseconds(Int64(nanoseconds))
    }

    public static func write(_ value: Duration, into buf: inout [UInt8]) {
        precondition(value >= .zero, \"expected a duration >= 0\")
        let (seconds, attoseconds) = value.components
        writeInt(&buf, UInt64(seconds))
        writeInt(&buf, UInt32(attoseconds / 1_000_000_000))
    }
";
/// UniFFI's declarations that only this library uses, and their internal form.
const INTERNAL: [(&str, &str); 9] = [
    ("public func checkInbox(", "func checkInbox("),
    ("public func inboxClaim(", "func inboxClaim("),
    ("public func inboxEnd(", "func inboxEnd("),
    ("public func inboxKey(", "func inboxKey("),
    ("public func refuseCall(", "func refuseCall("),
    ("public func refuseLoneSurrogates(", "func refuseLoneSurrogates("),
    ("public func refuseNegatives(", "func refuseNegatives("),
    ("open class RateLimiterHandle:", "class RateLimiterHandle:"),
    ("public protocol RateLimiterHandleProtocol:", "protocol RateLimiterHandleProtocol:"),
];
/// The members of `ErrorDetails` that core does not have.
const UNDERLYING_ERROR: &str = "    /// The HTTP client's own error, if the transport failed and has one. It contains nothing private of the request.
    public var underlyingError: (any Error)? { underlying.error }
    var underlying = Underlying()
";

/// The readers of tapes in Swift.
const TAPES: Language = Language {
    head: "// Written by `cargo xtask package swift`: the readers of tapes, by type.\n\nextension Tape {",
    record: |name, fields| {
        let function = lower(name);
        format!(
            "\n    func {function}(_ at: Int) -> {name}? {{\n        at == 0 ? nil : {name}(\n            {})\n    }}\n",
            fields.join(",\n            ")
        )
    },
    open_enum: |name, values| {
        let function = lower(name);
        let known = numbered(values, |number, value| format!("        case {number}: .{}\n", lower(value)));
        format!(
            "\n    func {function}(_ slot: Int) -> {name}? {{\n        switch slot {{\n        case 0: nil\n{known}        default: .other(value: text(-slot)!)\n        }}\n    }}\n"
        )
    },
    answers: |vendor, answers| {
        let known: String = answers
            .iter()
            .map(|(call, output, value)| {
                format!("        case \"{call}\": .{}(value: {value})\n", lower(output))
            })
            .collect();
        format!(
            "\n    func {vendor}(_ call: String, _ at: Int) -> Output {{\n        switch call {{\n{known}        default: preconditionFailure(\"no call has this name\")\n        }}\n    }}\n"
        )
    },
    events: |events| {
        let known = numbered(events, |number, (event, data)| {
            format!("        case {number}: .{}(data: {data})\n", lower(event))
        });
        format!(
            "\n    func event(_ number: Int, _ name: String, _ data: Int) -> WebhookEvent {{\n        switch number {{\n{known}        default: .unknown(name: name, json: json(data) ?? .null)\n        }}\n    }}\n"
        )
    },
    field: |name| lower(&camel(name)) + ": ",
    sure: "!",
    list: |slot, item| format!("list({slot}) {{ item in {item} }}"),
    time: |text| format!("{text}.map(Timestamp.init(text:))"),
    json: |slot| format!("(json({slot}) ?? .null)"),
};

/// The header of the functions of `src/c.rs`, which Swift calls in addition to UniFFI's functions.
const BRIDGE: &str = "
// The direct interface to functions that run often.
typedef struct HudhudResult {
    uint32_t kind;
    uint8_t *_Nonnull data;
    uintptr_t bytes;
} HudhudResult;
HudhudResult hudhud_decode(
    const uint8_t *_Nullable head, uintptr_t head_bytes, const uint8_t *_Nullable body, uintptr_t body_bytes);
HudhudResult hudhud_new_verifier(int64_t tolerance, const uint8_t *_Nullable secrets, uintptr_t count);
void hudhud_free_verifier(int64_t verifier);
HudhudResult hudhud_verify(
    int64_t verifier, const uint8_t *_Nullable head, uintptr_t head_bytes, const uint8_t *_Nullable body,
    uintptr_t body_bytes, int64_t now);
HudhudResult hudhud_inbox_key(const uint8_t *_Nullable replay_key, uintptr_t count);
HudhudResult hudhud_inbox_claim(
    uint32_t is_transactional, int64_t lease, int64_t max_attempts, uint32_t has_stored, const uint8_t *_Nullable stored,
    uintptr_t stored_bytes, int64_t deduplicate_until, const uint8_t *_Nonnull holder, int64_t now);
HudhudResult hudhud_inbox_end(
    int32_t how, const uint8_t *_Nullable entry, uintptr_t entry_bytes, const uint8_t *_Nullable expected,
    uintptr_t expected_bytes, int64_t max_attempts, int64_t now);
void hudhud_free(HudhudResult result);
";

/// The names of the durations of a retry policy.
macro_rules! retry_durations {
    (counts { $($count:tt)* } durations { $( $(#[doc = $doc:tt])* $name:ident = $seconds:tt, )* }) => {
        [$(stringify!($name)),*]
    };
}

pub(crate) fn finish(library: &str, out: &Path) -> Result<()> {
    let metadata = LibraryMetadata::of(library)?;
    let generated = out.join("Hudhud.swift");
    let text = std::fs::read_to_string(&generated).with_context(|| generated.display().to_string())?;
    let enums = descriptions::enums(&metadata)?;
    let text = polish(&comments::as_lines(&aliases::resolved(&text)), &metadata)?;
    let codable = codable::conformances(&text, &enums)?;
    std::fs::write(&generated, text + &shown_enums(enums)? + &codable)?;
    let mut calls = String::from(HEAD);
    for vendor in vendors()? {
        write_vendor(&vendor, &mut calls)?;
    }
    std::fs::write(out.join("Calls.swift"), calls)?;
    std::fs::write(out.join("Tapes.swift"), tape::readers(metadata, &TAPES)? + "}\n")?;
    let header = out.join("CHudhud.h");
    let text = std::fs::read_to_string(&header).with_context(|| header.display().to_string())?;
    std::fs::write(&header, text + BRIDGE)?;
    Ok(())
}

/// Makes the changes to UniFFI's file that its configuration does not offer.
fn polish(text: &str, metadata: &LibraryMetadata) -> Result<String> {
    let mut text = text.to_owned();
    // One type of durations in the whole package.
    ensure!(
        text.contains(DURATION),
        "UniFFI's code for durations has changed: adapt DURATION in generate/src/swift.rs"
    );
    text = text.replacen(DURATION, DURATION_OF_SWIFT, 1).replace("TimeInterval", "Duration");
    // An error of the transport has the HTTP client's own error.
    let details = "public struct ErrorDetails: Equatable, Hashable, CustomDebugStringConvertible {\n";
    ensure!(text.contains(details), "UniFFI's Swift code has no struct ErrorDetails");
    text = text.replacen(details, &format!("{details}{UNDERLYING_ERROR}"), 1);
    // Converters are not part of the public interface.
    for word in ["struct", "func", "enum"] {
        text = text.replace(&format!("public {word} FfiConverter"), &format!("{word} FfiConverter"));
    }
    // Neither is the object behind `RateLimiter`.
    for (public, internal) in INTERNAL {
        ensure!(text.contains(public), "UniFFI's Swift code has no `{public}`: adapt INTERNAL");
        text = text.replacen(public, internal, 1);
    }
    // Core generates the answers from the catalog without documentation: it is added here.
    let start = text.find("public enum Output:").context("UniFFI's Swift code has no enum Output")?;
    let (before, mut cases) = (text[..start].to_owned(), text[start..].to_owned());
    for (output, doc) in answers()? {
        let case = format!("    case {}(value: ", lower(&output));
        ensure!(cases.contains(&case), "UniFFI's Swift code has no case {output} in Output");
        cases = cases.replacen(&case, &format!("    /// {doc}\n{case}"), 1);
    }
    text = before + &cases;
    // Error cases get a lower-case first letter, as in every other enum.
    let mut failure = String::from(
        "\nextension HudhudError {\n    /// The details of the failure.\n    public var failure: ErrorDetails {\n        switch self {\n",
    );
    for kind in lower_cases(&mut text, "HudhudError")? {
        writeln!(failure, "        case .{kind}(let failure): failure")?;
    }
    let mut message = String::from(
        "\nextension OutboxError: LocalizedError, CustomStringConvertible {\n    /// The message, which says what to do.\n    public var description: String {\n        switch self {\n",
    );
    for kind in lower_cases(&mut text, "OutboxError")? {
        writeln!(message, "        case .{kind}(let message): message")?;
    }
    message.push_str("        }\n    }\n    public var errorDescription: String? { description }\n}\n");
    // Core writes the descriptions of these types. A mirror would show their fields: bodies, headers and tokens.
    let shown_by_core: Vec<String> = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("public struct ")?.strip_suffix(", CustomDebugStringConvertible {")
        })
        .filter_map(|line| Some(line.split_once(':')?.0.to_owned()))
        .collect();
    ensure!(
        shown_by_core.len() > 3,
        "UniFFI's Swift code has changed: adapt `polish` in generate/src/swift.rs"
    );
    let mut text = text + &failure + "        }\n    }\n}\n" + &message;
    for name in shown_by_core {
        writeln!(text, "\nextension {name}: CustomReflectable {{\n{NO_CHILDREN}\n}}")?;
    }
    text.push_str(&names_of_reasons(metadata)?);
    text.push_str(&negatives());
    for (name, fields) in descriptions::structs()? {
        // CustomStringConvertible is not possible here, because a field may have the name `description`.
        writeln!(
            text,
            "\nextension {name}: CustomDebugStringConvertible, CustomReflectable {{\n{NO_CHILDREN}"
        )?;
        write!(text, "    public var debugDescription: String {{\n        RedactedDescription(\"{name}\")")?;
        for (field, how) in fields {
            let field = lower(&camel(&field));
            let arguments = how.arguments(&field, &field, |field| format!("self.{field}"));
            write!(text, "\n            .{}({arguments})", how.method())?;
        }
        writeln!(text, "\n            .description\n    }}\n}}")?;
    }
    Ok(text)
}

/// Gives the cases of an error a lower-case first letter. Returns the cases.
fn lower_cases(text: &mut String, error: &str) -> Result<Vec<String>> {
    let start = text
        .find(&format!("enum {error}:"))
        .with_context(|| format!("UniFFI's Swift code has no enum {error}"))?;
    let body =
        &text[start..start + text[start..].find("\n}").with_context(|| format!("{error} has no end"))?];
    let kinds: Vec<String> = body
        .lines()
        .filter_map(|line| Some(line.trim().strip_prefix("case ")?.split_once('(')?.0.to_owned()))
        .collect();
    ensure!(kinds.len() > 2, "UniFFI's Swift code has changed: adapt `lower_cases` in generate/src/swift.rs");
    for kind in &kinds {
        let case = lower(kind);
        *text = text.replace(&format!("case {kind}("), &format!("case {case}("));
        *text = text.replace(&format!("case .{kind}("), &format!("case .{case}("));
        *text = text.replace(&format!("case let .{kind}("), &format!("case let .{case}("));
        *text = text.replace(&format!("return .{kind}("), &format!("return .{case}("));
    }
    Ok(kinds.iter().map(|kind| lower(kind)).collect())
}

/// Returns the descriptions of the reasons for which a delivery is refused: their names in all hosts.
fn names_of_reasons(metadata: &LibraryMetadata) -> Result<String> {
    let reasons =
        metadata.enums.get("WebhookErrorReason").context("the library has no enum WebhookErrorReason")?;
    let mut text = String::from(
        "\nextension WebhookErrorReason: CustomStringConvertible {\n    /// The name of the reason in every host, such as \
         `signature_mismatch`.\n    public var description: String {\n        switch self {\n",
    );
    for variant in &reasons.variants {
        writeln!(text, "        case .{}: \"{}\"", lower(&variant.name), snake(&variant.name))?;
    }
    Ok(text + "        }\n    }\n}\n")
}

/// Returns the member that finds the negative durations of a retry policy.
fn negatives() -> String {
    let durations = hudhud::for_each_retry_limit!(retry_durations).map(|name| {
        let name = lower(&camel(name));
        format!("(\"{name}\", {name})")
    });
    format!(
        "\nextension RetryPolicy {{\n    /// The names of the negative durations.\n    var negatives: [String] {{\n        [{}]\n            .compactMap {{ name, duration in duration.map {{ $0 < .zero }} == true ? name : nil }}\n    }}\n}}\n",
        durations.join(", ")
    )
}

/// Returns the debug descriptions of the enums.
fn shown_enums(enums: BTreeMap<String, Vec<(String, Case)>>) -> Result<String> {
    let mut text = String::new();
    for (name, cases) in enums {
        writeln!(
            text,
            "\nextension {name}: CustomDebugStringConvertible, CustomReflectable {{\n{NO_CHILDREN}"
        )?;
        writeln!(text, "    public var debugDescription: String {{\n        switch self {{")?;
        for (case, what) in cases {
            let case = lower(&case);
            match what {
                Case::Known(known) => writeln!(text, "        case .{case}: \"{known}\"")?,
                Case::Other => {
                    writeln!(text, "        case .{case}(let value): RedactedDescription.token(value)")?
                }
                Case::Holds(fields) => {
                    let names: Vec<_> =
                        fields.iter().map(|(field, how)| (lower(&camel(field)), *how)).collect();
                    let bound: Vec<_> = names.iter().map(|(field, _)| format!("let {field}")).collect();
                    let bound =
                        if bound.is_empty() { String::new() } else { format!("({})", bound.join(", ")) };
                    let shown: String = names
                        .iter()
                        .map(|(field, how)| {
                            format!(".{}({})", how.method(), how.arguments(field, field, str::to_owned))
                        })
                        .collect();
                    writeln!(
                        text,
                        "        case .{case}{bound}: RedactedDescription(\"{case}\"){shown}.description"
                    )?;
                }
            }
        }
        writeln!(text, "        }}\n    }}\n}}")?;
    }
    Ok(text)
}

fn write_vendor(vendor: &Vendor, out: &mut String) -> Result<()> {
    let client = camel(vendor.name);
    writeln!(out, "\nextension {client} {{")?;
    for group in &vendor.groups {
        let name = camel(group.name);
        writeln!(out, "    /// {}", group.summary())?;
        writeln!(out, "    public var {}: {client}{name} {{ {client}{name}(client: self) }}", lower(&name))?;
    }
    writeln!(out, "}}")?;
    write_service(vendor, &client, out)?;
    for group in &vendor.groups {
        write_group(&client, group, out)?;
    }
    Ok(())
}

/// Writes the protocol of a vendor's service: the types of its calls are the only difference between the vendors.
fn write_service(vendor: &Vendor, client: &str, out: &mut String) -> Result<()> {
    writeln!(
        out,
        r#"
extension {client}Service: Service {{
    public static var vendor: String {{ "{name}" }}
    public func nextPages(call: {client}Call, options: CallOptions) throws -> @Sendable (Data) throws -> ExchangeHandle? {{
        let pages = try pages(call: call, options: options)
        return {{ try pages.next(entropy: $0) }}
    }}
    public func readByName(name: String, input: String) throws -> ({client}Call, [String: JsonValue]) {{
        let read = try callByName(name: name, input: input)
        return (read.call, read.extra)
    }}
}}"#,
        name = vendor.name
    )?;
    Ok(())
}

fn write_group(client: &str, group: &Group, out: &mut String) -> Result<()> {
    for call in &group.calls {
        let (input, variant, output) = (call.input(), lower(&call.variant()), lower(&call.output.variant));
        let protocol = if matches!(call.output.shape, Shape::Pages(_)) { "PagedCall" } else { "Call" };
        writeln!(out, "\nextension {input}: {protocol} {{")?;
        writeln!(out, "    public typealias Service = {client}Service")?;
        writeln!(out, "    public static var callName: String {{ \"{}\" }}", call.spec.name)?;
        writeln!(out, "    public var inner: {client}Call {{ .{variant}(call: self) }}")?;
        writeln!(out, "    public static func read(_ output: Output) -> {}? {{", call.output.ty("[{}]"))?;
        writeln!(out, "        if case .{output}(let value) = output {{ value }} else {{ nil }}")?;
        writeln!(out, "    }}")?;
        if let Shape::Pages(item) = call.output.shape {
            writeln!(
                out,
                "    public static func items(_ page: {}) -> [{item}] {{ page.data }}",
                call.output.ty("[{}]")
            )?;
        }
        writeln!(out, "}}")?;
    }
    let name = camel(group.name);
    writeln!(out, "\n/// {}", group.summary())?;
    writeln!(out, "public struct {client}{name}: Sendable {{")?;
    writeln!(out, "    let client: {client}")?;
    for call in &group.calls {
        write_call(call, out)?;
    }
    writeln!(out, "}}")?;
    Ok(())
}

fn write_call(call: &Call, out: &mut String) -> Result<()> {
    let input = call.input();
    let verb = match lower(&camel(call.spec.verb)) {
        verb if verb == "import" => "`import`".to_owned(),
        verb => verb,
    };
    let default = if call.is_optional() { " = .init()" } else { "" };
    let options = "options: CallOptions = .init()";
    let doc = call.spec.input.doc.replace("Returns `Page` of", "Returns an asynchronous sequence of");
    write!(out, "\n{}", docc(&doc))?;
    if let Shape::Pages(_) = call.output.shape {
        writeln!(out, "    public func {verb}(_ call: {input}{default}, {options}) -> Items<{input}> {{")?;
        writeln!(out, "        client.items(call, options: options)\n    }}")?;
        return Ok(());
    }
    let ty = call.output.ty("[{}]");
    writeln!(out, "    @discardableResult")?;
    writeln!(out, "    public func {verb}(_ call: {input}{default}, {options}) async throws -> {ty} {{")?;
    writeln!(out, "        try await client.withResponse(call, options: options).output\n    }}")?;
    if let Some(id) = call.lone_id() {
        write!(out, "\n{}", docc(call.spec.input.doc))?;
        writeln!(out, "    @discardableResult")?;
        writeln!(out, "    public func {verb}(_ {id}: String, {options}) async throws -> {ty} {{")?;
        writeln!(out, "        try await {verb}({input}({id}: {id}), options: options)\n    }}")?;
    }
    Ok(())
}

/// Formats Markdown as a DocC comment.
fn docc(doc: &str) -> String {
    doc.lines().map(|line| format!("    /// {line}").trim_end().to_owned() + "\n").collect()
}
