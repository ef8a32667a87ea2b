//! Generates the settings of a client in TypeScript.

use hudhud::{ClosedEnum, Method, RETRY_LIMITS, RetryLimitDefault, SETTINGS, SettingKind};

use crate::names::camel;

pub(crate) fn write() -> String {
    let (mut counts, mut durations, mut settings) = (String::new(), String::new(), String::new());
    for limit in RETRY_LIMITS {
        let name = camel(limit.name);
        match limit.default {
            RetryLimitDefault::Count(_) => counts += &member(&name, &limit.doc(), "number"),
            RetryLimitDefault::Duration(_) => durations += &member(&(name + "Ms"), &limit.doc(), "number"),
        }
    }
    counts += &member("retry", "The waits between attempts.", "RetryOptions");
    for setting in SETTINGS {
        let kind = match setting.kind {
            SettingKind::UpdateMethod => union(Method::UPDATES),
            SettingKind::Methods => "Readonly<Partial<Record<CallName, HttpMethod>>>".into(),
            SettingKind::Text => "string".into(),
            SettingKind::Flag(_) => "boolean".into(),
            // In JavaScript these are the options of `RetrySettings`, which a call has too.
            SettingKind::Retry => continue,
        };
        settings += &member(&camel(setting.name), &setting.doc(), &kind);
    }
    let interface = |doc: &str, head: &str, members: &str| {
        format!("/** {doc} */\nexport interface {head} {{\n{members}}}\n")
    };
    let head = format!(
        "import type {{ CallName }} from \"./calls.js\";\n\n/** A method of HTTP. */\nexport type HttpMethod = {};\n",
        union(<Method as ClosedEnum>::ALL)
    );
    [
        head,
        interface("The waits between attempts, in milliseconds.", "RetryOptions", &durations),
        interface("The limits of retries.", "RetrySettings", &counts),
        interface("Settings of all requests of a client.", "Settings extends RetrySettings", &settings),
    ]
    .join("\n")
}

fn member(name: &str, doc: &str, kind: &str) -> String {
    format!("  /** {} */\n  readonly {name}?: {kind} | undefined;\n", doc.replace('\n', " "))
}

fn union(methods: &[Method]) -> String {
    let names: Vec<String> = methods.iter().map(|method| format!("\"{}\"", method.as_str())).collect();
    names.join(" | ")
}
