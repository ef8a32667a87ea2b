//! Tests that the catalog is complete: it has every call of the vendors' pages, documentation for each call and
//! field, vectors for each call, and each route's parameters.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hudhud::endpoint::{EndpointSpec, Idempotency, Surface};
use hudhud::schema::{Field, Schema, Type};
use hudhud::{DeclaredTypes, ENDPOINTS, Method};
use serde_json::Value;

/// The names of all calls. They are typed in from `tests/vectors`, not generated from the catalog.
const ZAGELY: &str = "
    account: health me
    messages: send list
    sessions: list get create update qr_code disconnect delete
    contacts: list create get update delete block unblock import export
    contact_groups: list create get update delete add_contacts remove_contacts
    templates: create preview
    campaigns: create update delete start pause resume cancel stats
    automations: list create get update delete toggle
    analytics: overview campaigns sessions contacts message_activity
    webhooks: list create get update delete deliveries test";
const WAZAJ: &str = "messages: send_text send_template";

fn names(calls: &str) -> Vec<String> {
    let groups = calls.lines().filter_map(|line| line.split_once(':'));
    groups
        .flat_map(|(group, verbs)| {
            verbs.split_whitespace().map(move |verb| format!("{}.{verb}", group.trim()))
        })
        .collect()
}

fn full(spec: &EndpointSpec) -> String {
    format!("{} {}", spec.vendor.name, spec.name)
}

/// Returns every struct of a call or a response.
fn schemas() -> Vec<&'static Schema> {
    DeclaredTypes::all().structs.into_iter().map(|(schema, _)| schema).collect()
}

#[test]
fn the_catalog_has_exactly_the_57_calls() {
    let of = |vendor: &str| -> Vec<String> {
        ENDPOINTS.iter().filter(|spec| spec.vendor.name == vendor).map(|spec| spec.name.to_owned()).collect()
    };
    assert_eq!(of("zagely"), names(ZAGELY));
    assert_eq!(of("wazaj"), names(WAZAJ));
    assert_eq!(ENDPOINTS.len(), 57);
    let unique: BTreeSet<_> = ENDPOINTS.iter().map(|spec| full(spec)).collect();
    assert_eq!(unique.len(), 57);
    for spec in ENDPOINTS {
        assert_eq!(spec.name, format!("{}.{}", spec.group, spec.verb));
    }
    let structs: BTreeSet<_> = ENDPOINTS.iter().map(|spec| spec.input.name).collect();
    assert_eq!(structs.len(), 57, "two rows share a struct");
}

#[test]
fn every_row_has_a_request_and_a_response_vector() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let mut covered: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut cases: BTreeMap<String, usize> = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).expect("the folder tests/vectors can be read") {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let suite = file["suite"].as_str().unwrap().to_owned();
        for case in file["cases"].as_array().unwrap() {
            *cases.entry(suite.clone()).or_default() += 1;
            if let (Some(call), Some(vendor)) = (case["call"].as_str(), case["client"]["vendor"].as_str()) {
                covered.entry(suite.clone()).or_default().insert(format!("{vendor} {call}"));
            }
        }
    }
    for suite in ["request", "response"] {
        let covered = &covered[suite];
        let bare: Vec<_> =
            ENDPOINTS.iter().map(|spec| full(spec)).filter(|name| !covered.contains(name)).collect();
        assert!(bare.is_empty(), "rows without a {suite} vector: {bare:?}");
    }
    for (suite, least) in [("webhook", 30), ("exchange", 12), ("template", 15), ("phone", 15)] {
        assert!(cases[suite] >= least, "{suite}: {} cases of at least {least}", cases[suite]);
    }
}

#[test]
fn every_vector_has_a_call_of_the_catalog() {
    let known: BTreeSet<_> = ENDPOINTS.iter().map(|spec| full(spec)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(file) = serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap()) else { continue };
        for case in file["cases"].as_array().into_iter().flatten() {
            if let (Some(call), Some(vendor)) = (case["call"].as_str(), case["client"]["vendor"].as_str()) {
                let unknown = case["expect"]["error"]["fields"].get("call").is_some();
                let name = format!("{vendor} {call}");
                assert!(unknown || known.contains(&name), "{}: the catalog has no {name}", path.display());
            }
        }
    }
}

#[cfg(feature = "docs")]
#[test]
fn every_call_and_every_field_is_documented() {
    let is_sentence = |text: &str| {
        let text = text.trim();
        text.len() > 2
            && text.starts_with(|first: char| !first.is_lowercase())
            && text.ends_with(['.', '`', ')'])
    };
    for spec in ENDPOINTS {
        let doc = spec.input.doc;
        for part in ["Returns ", "Source: ", "**Route:** `", "**Ability:** "] {
            assert!(doc.contains(part), "{}: the documentation does not contain {part:?}", full(spec));
        }
        assert!(doc.contains(spec.route.path), "{}: the documentation has another route", full(spec));
        for word in spec.route.inferred {
            assert!(
                doc.contains(word),
                "{}: the documentation does not say that {word} is inferred",
                full(spec)
            );
        }
    }
    let schemas = schemas();
    assert!(schemas.len() > 57 + 25, "{} structs", schemas.len());
    for schema in schemas {
        assert!(is_sentence(schema.doc), "{}: {:?}", schema.name, schema.doc);
        for field in schema.fields {
            assert!(is_sentence(field.doc), "{}.{}: {:?}", schema.name, field.name, field.doc);
            if let Some(why) = field.inferred {
                assert!(
                    field.doc.contains(why),
                    "{}.{}: the documentation does not state the reason",
                    schema.name,
                    field.name
                );
            }
            for kind in [&field.kind, inner(&field.kind)] {
                let Type::Enum(values) = kind else { continue };
                assert!(is_sentence(values.doc), "{}: {:?}", values.name, values.doc);
                for (value, doc) in values.values {
                    assert!(is_sentence(doc), "{}.{value}: {doc:?}", values.name);
                }
            }
        }
    }
}

/// Returns the kind inside lists, pages and `Nullable`.
fn inner(kind: &'static Type) -> &'static Type {
    match kind {
        Type::List(kind) | Type::Page(kind) | Type::Nullable(kind) => inner(kind),
        kind => kind,
    }
}

#[test]
fn the_parameters_of_a_path_are_its_path_fields_in_order() {
    for spec in ENDPOINTS {
        let parameters: Vec<&str> =
            spec.route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let fields: Vec<&Field> = spec.input.fields.iter().filter(|field| field.path).collect();
        let names: Vec<_> = fields.iter().map(|field| field.name).collect();
        assert_eq!(parameters, names, "{}", full(spec));
        for field in fields {
            assert!(field.required && matches!(field.kind, Type::Id), "{}: {}", full(spec), field.name);
            assert!(field.name.ends_with("_id"), "{}: {}", full(spec), field.name);
        }
        assert!(!spec.route.path.contains(['?', '%', ' ']));
    }
}

#[test]
fn updates_distinguish_absent_and_null_in_every_field() {
    let mut updates = Vec::new();
    for spec in ENDPOINTS {
        if spec.route.update {
            updates.push(spec.name);
            assert_eq!((spec.verb, spec.route.method), ("update", Method::Put), "{}", full(spec));
            assert!(spec.input.fields.iter().any(|field| !field.path));
            for field in spec.input.fields.iter().filter(|field| !field.path) {
                let nullable = matches!(field.kind, Type::Nullable(_));
                assert!(nullable && !field.required, "{}: {}", full(spec), field.name);
            }
        } else {
            assert_ne!(spec.verb, "update", "{}", full(spec));
            assert!(!matches!(spec.route.method, Method::Put | Method::Patch), "{}", full(spec));
        }
    }
    let six = ["sessions", "contacts", "contact_groups", "campaigns", "automations", "webhooks"];
    assert_eq!(updates, six.map(|group| format!("{group}.update")));
}

#[test]
fn surface_and_idempotency_follow_from_the_path() {
    for spec in ENDPOINTS {
        let path = spec.route.path;
        let surface = match path {
            _ if spec.vendor.name == "wazaj" => Surface::Business,
            path if path.starts_with("/api/v1/") => Surface::V1,
            _ => Surface::App,
        };
        assert_eq!(spec.surface, surface, "{}", full(spec));
        let idempotency = match (spec.route.method, surface) {
            (Method::Get, _) => Idempotency::ReadOnly,
            (_, Surface::V1) => Idempotency::Key,
            _ => Idempotency::None,
        };
        assert_eq!(spec.idempotency, idempotency, "{}", full(spec));
        assert_eq!(spec.route.anonymous, spec.name == "account.health");
        assert_eq!(spec.route.multipart, spec.name == "contacts.import");
        // The inferred parts of a route are parts that routes have.
        for word in spec.route.inferred {
            assert!(["method", "ability", "body", "fields"].contains(word), "{}: {word}", full(spec));
        }
    }
    // No two calls have the same request.
    let routes: BTreeSet<_> = ENDPOINTS
        .iter()
        .map(|spec| (spec.vendor.name, spec.route.method.as_str(), spec.route.path))
        .collect();
    assert_eq!(routes.len(), 57);
}

#[test]
fn abilities_match_the_vendors_table() {
    // The vendor's table of abilities, with the resources of each.
    let about = |ability: &str| -> &[&str] {
        match ability {
            "sessions.read" => &["sessions"],
            "messages.send" | "messages.read" => &["messages"],
            "contacts.read" | "contacts.write" => &["contacts", "contact_groups"],
            "campaigns.read" => &["campaigns", "templates", "analytics"],
            "campaigns.write" => &["campaigns", "automations"],
            "webhooks.read" | "webhooks.write" => &["webhooks"],
            _ => &[],
        }
    };
    for spec in ENDPOINTS {
        let Some(ability) = spec.route.ability else { continue };
        assert!(about(ability).contains(&spec.group), "{}: {ability}", full(spec));
        let reads = ability.ends_with(".read");
        assert_eq!(reads, spec.route.method == Method::Get, "{}: {ability}", full(spec));
    }
    // The versioned routes check a key's abilities. All of them name one, except the two calls about the key itself.
    let bare: Vec<_> = ENDPOINTS
        .iter()
        .filter(|spec| spec.surface == Surface::V1 && spec.route.ability.is_none())
        .map(|spec| spec.name)
        .collect();
    assert_eq!(bare, ["account.health", "account.me"]);
}

#[test]
fn fields_have_the_limits_that_the_vendor_states() {
    for spec in ENDPOINTS {
        for field in spec.input.fields {
            let at = || format!("{} {}", full(spec), field.name);
            assert!(field.max_chars.is_none_or(|max| max == 255 && field.name == "name"), "{}", at());
            match field.name {
                "per_page" => assert_eq!(field.range, Some((1, 200)), "{}", at()),
                "priority" => assert_eq!(field.range, Some((0, 100)), "{}", at()),
                "daily_limit" | "page" => assert_eq!(field.range, Some((1, i64::MAX)), "{}", at()),
                _ => assert_eq!(field.range, None, "{}", at()),
            }
            // Fields with these names are phone numbers or secrets in every struct.
            let phone = matches!(field.name, "to" | "phone_number" | "phone_numbers");
            assert_eq!(field.phone, phone, "{}", at());
            assert_eq!(field.secret, field.name == "secret", "{}", at());
        }
        // Every list has the same field name for its page.
        let pages = spec.input.fields.iter().any(|field| field.name == "page");
        assert_eq!(pages, matches!(spec.output, Type::Page(_)), "{}", full(spec));
    }
}

#[test]
fn responses_keep_unknown_members_and_calls_refuse_them() {
    for spec in ENDPOINTS {
        assert!(!spec.input.open, "{}", full(spec));
        let mut kinds = vec![&spec.output];
        while let Some(kind) = kinds.pop() {
            let Type::Model(schema) = inner(kind) else { continue };
            assert!(schema.open, "{}", schema.name);
            for field in schema.fields {
                assert!(!field.path && field.max_chars.is_none(), "{}.{}", schema.name, field.name);
                kinds.push(&field.kind);
            }
        }
    }
}
