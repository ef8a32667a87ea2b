//! Swift: UniFFI's file as its users are to see it, and the groups of calls.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::calls::{Call, Group, Shape, Vendor, camel, lower, vendors};
use crate::config::RENAMED;

const HEAD: &str = "// Written by `cargo xtask package swift` from core's catalog.\n";

pub(crate) fn finish(out: &Path) -> Result<()> {
    let generated = out.join("Hudhud.swift");
    let text = std::fs::read_to_string(&generated).with_context(|| generated.display().to_string())?;
    std::fs::write(&generated, polish(&text)?)?;
    let mut calls = String::from(HEAD);
    for vendor in vendors()? {
        write_vendor(&vendor, &mut calls)?;
    }
    std::fs::write(out.join("Calls.swift"), calls)?;
    Ok(())
}

/// What UniFFI cannot be told.
fn polish(text: &str) -> Result<String> {
    let mut text = text.to_owned();
    // UniFFI renames a type, but not where it shows itself.
    for (core, ours) in RENAMED {
        text = text.replace(&format!("FfiConverterType{core}_"), &format!("FfiConverterType{ours}_"));
    }
    // The cases of an error are spelled as those of every other enum.
    let start = text.find("enum HudhudError:").context("no HudhudError")?;
    let body = &text[start..start + text[start..].find("\n}").context("no end of HudhudError")?];
    let kinds: Vec<String> = body
        .lines()
        .filter_map(|line| line.trim().strip_prefix("case ")?.strip_suffix('(').map(ToOwned::to_owned))
        .collect();
    ensure!(kinds.len() > 10, "UniFFI writes Swift otherwise than it did: see generate/src/swift.rs");
    let mut failure = String::from(
        "\nextension HudhudError {\n    /// Everything it says.\n    public var failure: Failure {\n        switch self {\n",
    );
    for kind in kinds {
        let case = lower(&kind);
        text = text.replace(&format!("case {kind}("), &format!("case {case}("));
        text = text.replace(&format!("case let .{kind}("), &format!("case let .{case}("));
        text = text.replace(&format!("return .{kind}("), &format!("return .{case}("));
        writeln!(failure, "        case .{case}(let failure): failure")?;
    }
    Ok(text + &failure + "        }\n    }\n}\n")
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
    for group in &vendor.groups {
        write_group(&client, group, out)?;
    }
    Ok(())
}

fn write_group(client: &str, group: &Group, out: &mut String) -> Result<()> {
    for call in &group.calls {
        let (input, variant, answer) = (call.input(), lower(&call.variant()), lower(&call.answer.variant));
        let protocol = if matches!(call.answer.shape, Shape::Pages(_)) { "PagedCall" } else { "Call" };
        writeln!(out, "\nextension {input}: {protocol} {{")?;
        writeln!(out, "    public typealias Service = {client}Service")?;
        writeln!(out, "    public static var callName: String {{ \"{}\" }}", call.spec.name)?;
        writeln!(out, "    public var inner: {client}Call {{ .{variant}(call: self) }}")?;
        writeln!(out, "    public static func read(_ answer: Answer) -> {}? {{", call.answer.ty("[{}]"))?;
        writeln!(out, "        if case .{answer}(let value) = answer {{ value }} else {{ nil }}")?;
        writeln!(out, "    }}")?;
        if let Shape::Pages(item) = call.answer.shape {
            writeln!(
                out,
                "    public static func items(_ page: {}) -> [{item}] {{ page.data }}",
                call.answer.ty("[{}]")
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
    write!(out, "\n{}", docc(call.spec.input.doc))?;
    if let Shape::Pages(_) = call.answer.shape {
        writeln!(out, "    public func {verb}(_ call: {input}{default}, {options}) -> Items<{input}> {{")?;
        writeln!(out, "        client.items(call, options: options)\n    }}")?;
        return Ok(());
    }
    let ty = call.answer.ty("[{}]");
    writeln!(out, "    @discardableResult")?;
    writeln!(out, "    public func {verb}(_ call: {input}{default}, {options}) async throws -> {ty} {{")?;
    writeln!(out, "        try await client.reply(call, options: options).answer\n    }}")?;
    if let Some(id) = call.lone_id() {
        write!(out, "\n{}", docc(call.spec.input.doc))?;
        writeln!(out, "    @discardableResult")?;
        writeln!(out, "    public func {verb}({id}: String, {options}) async throws -> {ty} {{")?;
        writeln!(out, "        try await {verb}({input}({id}: {id}), options: options)\n    }}")?;
    }
    Ok(())
}

/// Markdown as a comment.
fn docc(doc: &str) -> String {
    doc.lines().map(|line| format!("    /// {line}").trim_end().to_owned() + "\n").collect()
}
