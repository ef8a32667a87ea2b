//! Tests that each error kind of core has a class in TypeScript and in Python, whose documentation begins with core's.
//! The tests of Kotlin and Swift are in `bindings-uniffi/generate`.

use hudhud::{ClosedEnum, TransportFault};
use hudhud_declaration::error_kinds;

/// The classes of TypeScript.
const TYPESCRIPT: &str = include_str!("../../../bindings-wasm/js/errors.ts");

/// The exceptions of Python.
const PYTHON: &str = include_str!("../../../bindings-python/python/hudhud/errors.py");

/// The classes of kinds that the tables of both hosts do not have, because they need no response.
const WITHOUT_RESPONSE: [(&str, &str); 4] = [
    ("invalid_request", "InvalidRequestError"),
    ("transport", "TransportError"),
    ("wait_too_long", "WaitTooLongError"),
    ("store", "StoreError"),
];

/// The class of all responses that report an error. It is also the class of the kind `client`.
const BASE: &str = "ApiError";

fn one_line(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "*").collect::<Vec<_>>().join(" ")
}

/// Returns the class of a kind: a row of a table such as `not_found: NotFoundError,`.
fn class_of(text: &str, kind: &str) -> Option<String> {
    if let Some((_, class)) = WITHOUT_RESPONSE.iter().find(|(name, _)| *name == kind) {
        return Some((*class).to_owned());
    }
    text.lines().find_map(|line| {
        let (name, class) = line.trim().strip_suffix(',')?.split_once(": ")?;
        (name.trim_matches('"') == kind).then(|| class.to_owned())
    })
}

/// Returns the comment before a class of TypeScript.
fn typescript(class: &str) -> Option<String> {
    let (before, _) = TYPESCRIPT.split_once(&format!("\nexport class {class} extends "))?;
    Some(one_line(before.rsplit_once("/**")?.1.strip_suffix("*/")?))
}

/// Returns the docstring of a class of Python.
fn python(class: &str) -> Option<String> {
    let (_, after) = PYTHON.split_once(&format!("\nclass {class}("))?;
    Some(one_line(after.split("\"\"\"").nth(1)?))
}

#[test]
fn each_kind_has_a_class_that_begins_with_its_documentation() {
    let mut faults = Vec::new();
    for (kind, doc) in error_kinds() {
        let (kind, doc) = (kind.as_str(), one_line(&doc));
        for (host, text, doc_of) in [
            ("errors.ts", TYPESCRIPT, typescript as fn(&str) -> Option<String>),
            ("errors.py", PYTHON, python),
        ] {
            let class = class_of(text, kind).unwrap_or_else(|| panic!("{host}: {kind} has no class"));
            let found = doc_of(&class).unwrap_or_else(|| panic!("{host}: {class} has no documentation"));
            if class != BASE && !found.starts_with(&doc) {
                faults.push(format!("{host}: {class}: expected {doc:?}, found {found:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn typescript_lists_each_failure_of_a_transport() {
    let names: Vec<_> = TransportFault::ALL.iter().map(|fault| format!("\"{}\"", fault.as_str())).collect();
    let list = format!("FAULTS: readonly TransportFault[] = [{}];", names.join(", "));
    assert!(TYPESCRIPT.contains(&list), "expected {list}");
}
