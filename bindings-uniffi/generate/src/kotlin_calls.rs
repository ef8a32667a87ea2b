//! The groups of calls in Kotlin: suspending, blocking and asynchronous functions.

use std::fmt::Write as _;

use anyhow::Result;

use crate::calls::{Call, Group, Shape, Vendor, camel, lower, vendors};
use crate::java::Members;

const HEAD: &str = "// Written by `cargo xtask package kotlin` from core's catalog.\n\
                    @file:Suppress(\"RedundantVisibilityModifier\")\n\npackage dev.hudhud\n\n\
                    import java.util.concurrent.CompletableFuture\n\
                    import kotlinx.coroutines.flow.Flow\n";

/// Returns the source of the groups of all vendors.
pub(crate) fn groups() -> Result<String> {
    let mut groups = String::from(HEAD);
    for vendor in vendors()? {
        write_vendor(&vendor, &mut groups)?;
    }
    Ok(groups)
}

/// The ways to make a call.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    Suspending,
    Blocking,
    Async,
}

impl Style {
    const ALL: [Self; 3] = [Self::Suspending, Self::Blocking, Self::Async];

    /// Returns the prefix of the names of classes.
    fn prefix(self) -> &'static str {
        match self {
            Self::Suspending => "",
            Self::Blocking => "Blocking",
            Self::Async => "Async",
        }
    }

    /// Returns the words after "the calls" in the documentation.
    fn words(self) -> &'static str {
        match self {
            Self::Suspending => "",
            Self::Blocking => ", as blocking methods",
            Self::Async => ", as methods that return futures",
        }
    }

    /// Returns the type of a result.
    fn returned(self, ty: &str) -> String {
        if self == Self::Async { format!("CompletableFuture<{ty}>") } else { ty.to_owned() }
    }
}

fn write_vendor(vendor: &Vendor, out: &mut String) -> Result<()> {
    let client = camel(vendor.name);
    for style in Style::ALL {
        let kind = style.prefix();
        writeln!(out, "\n/** The calls of {client}, by group{}. */", style.words())?;
        if style == Style::Suspending {
            writeln!(
                out,
                "public abstract class {client}Calls internal constructor(core: ServiceAdapter, transport: Transport, observer: Observer?, rateLimiter: RateLimiter?) : Client<{client}>(core, transport, observer, rateLimiter) {{"
            )?;
        } else {
            writeln!(
                out,
                "public class {kind}{client}Calls internal constructor(client: {client}) : {kind}Client<{client}>(client) {{"
            )?;
        }
        for group in &vendor.groups {
            let (name, class) = (camel(group.name), lower(&camel(group.name)));
            // Java calls `contacts()`, and not the suspending functions.
            let getter = if style == Style::Suspending {
                "JvmSynthetic".into()
            } else {
                format!("JvmName(\"{class}\")")
            };
            writeln!(out, "    /** {} */\n    @get:{getter}", group.summary())?;
            writeln!(out, "    public val {class}: {kind}{client}{name} = {kind}{client}{name}(this)")?;
        }
        writeln!(out, "}}")?;
    }
    write_adapter(vendor, &client, out)?;
    for group in &vendor.groups {
        write_group(&client, group, out)?;
    }
    Ok(())
}

/// Writes the adapter of a vendor's service: the types of its calls are the only difference between the vendors.
fn write_adapter(vendor: &Vendor, client: &str, out: &mut String) -> Result<()> {
    writeln!(
        out,
        r#"
internal class {client}Adapter(private val service: {client}Service) : ServiceAdapter {{
    override val vendor = "{name}"

    override fun callByName(name: String, input: String) =
        service.callByName(name, input).run {{ Pair<kotlin.Any, _>(call, extra) }}

    override fun request(call: kotlin.Any, options: CallOptions) =
        if (call is RouteCall) service.requestByRoute(call, options) else service.request(call as {client}Call, options)

    override fun exchange(call: kotlin.Any, options: CallOptions, entropy: ByteArray) =
        if (call is RouteCall) service.exchangeByRoute(call, options, entropy)
        else service.exchange(call as {client}Call, options, entropy)

    override fun pages(call: kotlin.Any, options: CallOptions) = object : Pager {{
        private val pages = service.pages(call as {client}Call, options)

        override fun next(entropy: ByteArray) = pages.next(entropy)

        override fun close() = pages.close()
    }}

    override fun openOutbox(path: String, call: String, entropy: ByteArray, now: Long) =
        service.openOutbox(path, call, entropy, now.toULong())

    override fun outboxFields(call: kotlin.Any, row: Long) = service.outboxFields(call as {client}Call, row)
}}"#,
        name = vendor.name
    )?;
    Ok(())
}

fn write_group(client: &str, group: &Group, out: &mut String) -> Result<()> {
    let name = camel(group.name);
    for style in Style::ALL {
        let kind = style.prefix();
        writeln!(out, "\n/** {} */", group.summary())?;
        writeln!(
            out,
            "public class {kind}{client}{name} internal constructor(private val client: {kind}Client<{client}>) {{"
        )?;
        for call in &group.calls {
            write_call(call, style, out)?;
        }
        writeln!(out, "}}")?;
    }
    Ok(())
}

fn write_call(call: &Call, style: Style, out: &mut String) -> Result<()> {
    let input = call.input();
    let verb = lower(&camel(call.spec.verb));
    let default = if call.is_optional() { format!(" = {input}()") } else { String::new() };
    // Java sees no suspending function and no flow.
    let (overloads, word) = if style == Style::Suspending {
        ("    @JvmSynthetic\n", "suspend fun")
    } else {
        ("    @JvmOverloads\n", "fun")
    };
    let options = "options: CallOptions = CallOptions()";
    let returned = match style {
        Style::Suspending => "Returns a flow of",
        Style::Blocking => "Returns an iterable of",
        Style::Async => "Returns a future of the list of all",
    };
    let doc = kdoc(&call.spec.input.doc.replace("Returns `Page` of", returned), "    ");
    let (word, ty, body) = match call.output.shape {
        Shape::Pages(item) => {
            let ty = match style {
                Style::Suspending => format!("Flow<{item}>"),
                Style::Blocking => format!("BlockingItems<{item}>"),
                Style::Async => format!("CompletableFuture<List<{item}>>"),
            };
            ("fun", ty, "client.items(call, options) { it.data }")
        }
        _ => {
            let body = if style == Style::Async {
                "client.output(call, options)"
            } else {
                "client.withResponse(call, options).output"
            };
            (word, style.returned(&call.output.ty("List<{}>")), body)
        }
    };
    writeln!(
        out,
        "{doc}\n{overloads}    public {word} {verb}(call: {input}{default}, {options}): {ty} =\n        {body}\n"
    )?;
    if style != Style::Suspending && Members::has_builder(call.spec.input) {
        writeln!(
            out,
            "{doc}\n{overloads}    public {word} {verb}(call: {input}.Builder, {options}): {ty} =\n        {verb}(call.build(), options)\n"
        )?;
    }
    if let Some(id) = call.lone_id() {
        writeln!(
            out,
            "{doc}\n{overloads}    public {word} {verb}({id}: String, {options}): {ty} =\n        {verb}({input}({id}), options)\n"
        )?;
    }
    Ok(())
}

/// Formats Markdown as a KDoc comment.
fn kdoc(doc: &str, indent: &str) -> String {
    let lines: Vec<String> =
        doc.lines().map(|line| format!("{indent} * {line}").trim_end().to_owned()).collect();
    format!("{indent}/**\n{}\n{indent} */", lines.join("\n").replace("/*", "/ *"))
}
