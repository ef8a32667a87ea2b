//! Generates the settings of a client and the variables of the environment in TypeScript.

use hudhud::host_support::{
    STORE_FAILURE_LIMIT, STORE_LONGEST_USE, STORE_MOST_SWAPS, STORE_REFUSES, STORE_TOO_SLOW,
};
use hudhud::{ClosedEnum, Method, RETRY_LIMITS, RetryLimitDefault, SETTINGS, SettingKind, Wazaj, Zagely};

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
        "import type {{ CallName }} from \"./call-name.js\";\n\n/** A method of HTTP. */\nexport type HttpMethod = {};\n",
        union(<Method as ClosedEnum>::ALL)
    );
    [
        head,
        interface("The waits between attempts, in milliseconds.", "RetryOptions", &durations),
        interface("The limits of retries.", "RetrySettings", &counts),
        interface("Settings of all requests of a client.", "Settings extends RetrySettings", &settings),
        names("The names of the members of `RetryOptions`", "WAITS", &durations),
        names("The names of the members of `RetrySettings`", "RETRIES", &counts),
        names("The names of the other members of `Settings`", "SETTINGS", &settings),
        variables(),
        limits_of_stores(),
    ]
    .join("\n")
}

/// Writes the names of the members of an interface, for the errors about misspelt options.
fn names(doc: &str, name: &str, members: &str) -> String {
    let declared = members.lines().filter_map(|line| line.trim().strip_prefix("readonly ")?.split_once('?'));
    let names: Vec<String> = declared.map(|(name, _)| format!("{name:?}")).collect();
    format!("/** {doc}. */\nexport const {name} = [{}] as const;\n", names.join(", "))
}

/// Generates core's limits of the uses of a rate limiter's store.
fn limits_of_stores() -> String {
    let (longest, failing) = (STORE_LONGEST_USE.as_millis(), STORE_FAILURE_LIMIT.as_millis());
    format!(
        "/** The time after which core lets another use of a store replace one that has not ended, in milliseconds. */\n\
         export const STORE_LONGEST_USE_MS = {longest};\n\n\
         /** The error of a use that was replaced. */\n\
         export const STORE_TOO_SLOW = {STORE_TOO_SLOW:?};\n\n\
         /** The most swaps of one use. */\n\
         export const STORE_MOST_SWAPS = {STORE_MOST_SWAPS};\n\n\
         /** The error of a use whose swaps were all refused. */\n\
         export const STORE_REFUSES = {STORE_REFUSES:?};\n\n\
         /** The time for which calls wait while a store fails, in milliseconds. */\n\
         export const STORE_FAILURE_LIMIT_MS = {failing};\n"
    )
}

fn member(name: &str, doc: &str, kind: &str) -> String {
    format!("  /** {} */\n  readonly {name}?: {kind} | undefined;\n", doc.replace('\n', " "))
}

/// Generates the table of variables. Core looks its variables up by name, so the names that it asks for are all of them.
fn variables() -> String {
    let zagely = looked_up(|lookup| Zagely::from_variables(lookup).is_ok());
    let wazaj = looked_up(|lookup| Wazaj::from_variables(lookup).is_ok());
    format!(
        "/** The variables of each vendor: the name, the option, and 1 if it is required. */\n\
         export const VARIABLES = {{\n{}{}}} as const;\n",
        rows("zagely", &zagely),
        rows("wazaj", &wazaj)
    )
}

/// Returns the names that a client is made from, in order, each with true if none is made without it.
fn looked_up(makes: impl Fn(&mut dyn FnMut(&str) -> Option<String>) -> bool) -> Vec<(String, bool)> {
    let mut names = Vec::new();
    let is_made = makes(&mut |name| {
        names.push(name.to_owned());
        Some(example(name))
    });
    assert!(is_made, "{names:?}: an example is invalid");
    let is_required = |left_out: &str| !makes(&mut |name| (name != left_out).then(|| example(name)));
    names.iter().map(|name| (name.clone(), is_required(name))).collect()
}

/// Returns a valid value of a variable.
fn example(name: &str) -> String {
    match name.split_once('_') {
        Some((_, "PUBLIC_KEY")) => "pk_example",
        Some((_, "SECRET_KEY")) => "sk_example",
        Some((_, "API_KEY")) => "wzj_example",
        Some((_, "BASE_URL")) => "https://example.com/api",
        _ => "example",
    }
    .into()
}

fn rows(vendor: &str, names: &[(String, bool)]) -> String {
    let row = |(name, is_required): &(String, bool)| {
        let option = camel(&name[vendor.len() + 1..].to_lowercase());
        format!("[{name:?}, {option:?}, {}]", u8::from(*is_required))
    };
    format!("  {vendor}: [{}],\n", names.iter().map(row).collect::<Vec<_>>().join(", "))
}

fn union(methods: &[Method]) -> String {
    let names: Vec<String> = methods.iter().map(|method| format!("\"{}\"", method.as_str())).collect();
    names.join(" | ")
}
