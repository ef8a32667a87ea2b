//! Tests of the README: its table names every call, and the vendors' samples in it work.

use std::process::Command;

use hudhud_sandbox::Config;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Harness, config};

const README: &str = include_str!("../../README.md");

#[test]
fn the_table_names_every_call() {
    let harness = Harness::new();
    let calls = harness.admin(Method::GET, "/calls", json!({})).expect(200);
    for call in calls["data"].as_array().unwrap() {
        let (vendor, name) = (call["vendor"].as_str().unwrap(), call["name"].as_str().unwrap());
        let verb = match call["verb"].as_str().unwrap() {
            "update" => "PUT/PATCH".to_owned(),
            verb => verb.to_uppercase(),
        };
        let path = call["path"].as_str().unwrap();
        let row = format!("| {vendor} | `{name}` | `{verb} {path}` | ");
        assert!(README.contains(&row), "the README does not contain: {row}");
    }
    assert_eq!(
        README.lines().filter(|line| line.starts_with("| zagely |") || line.starts_with("| wazaj |")).count(),
        57
    );
}

/// Runs the samples of the vendors' pages as the README shows them. Only the host is replaced.
#[test]
fn the_vendors_samples_work_with_the_host_replaced() {
    let harness = Harness::with(Config { samples: true, ..config() });
    let begin = README.find("<!-- samples -->").expect("the README contains <!-- samples -->");
    let section = &README[begin
        ..README[begin..].find("<!-- /samples -->").expect("the README contains <!-- /samples -->") + begin];
    let blocks: Vec<&str> =
        section.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 8, "{}", blocks.len());
    for block in blocks {
        let script = block
            .replace("https://zagely.com", &harness.sandbox.zagely_base_url())
            .replace("https://transuptech.online", &harness.sandbox.zagely_base_url())
            // The placeholder of the vendor's page for the id in the previous response.
            .replace("{group_id}", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
        assert!(script.contains("127.0.0.1"), "{script}");
        let script = script.replacen("curl ", "curl --silent --show-error --fail-with-body ", 1);
        let output = Command::new("bash")
            .args(["-c", &script])
            .env("WAZAJ_API_KEY", harness.sandbox.wazaj_key())
            .output()
            .expect("bash can be run");
        let output_text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}\n{output_text}");
    }
}

/// Sends the bodies that the vendors' pages print without a command, byte for byte.
#[test]
fn the_vendors_printed_bodies_are_accepted() {
    let harness = Harness::with(Config { samples: true, ..config() });
    let post = |path: &str, body: &'static str| {
        let request =
            harness.request(Method::POST, path).header("content-type", "application/json").body(body);
        Answer::of(request)
    };
    let template = post(
        "/api/templates",
        "{\n\"name\": \"Order Confirmation\",\n\"channel\": \"whatsapp\",\n\"content\": \"Hi {{ name }}! Your order \
         #{{ order_id }} is confirmed.\nWe ship by {{ ship_date }}. 🎉\"\n}",
    )
    .expect(201);
    assert_eq!(template["variables"], json!(["name", "order_id", "ship_date"]));
    let path = format!("/api/templates/{}/preview", template["id"].as_str().unwrap());
    let by_contact = post(&path, r#"{ "contact_id": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee" }"#).expect(200);
    let values = r#"{ "variables": { "name": "Jane", "order_id": "ORD-001", "ship_date": "April 25" } }"#;
    assert_eq!(by_contact, post(&path, values).expect(200));
    assert!(
        by_contact["preview"].as_str().unwrap().starts_with("Hi Jane! Your order #ORD-001 is confirmed.")
    );
    let dynamic = r#"{
"name": "New VIPs",
"type": "dynamic",
"filters": { "tags": ["vip"], "created_from": "2026-01-01" }
}"#;
    assert_eq!(post("/api/v1/contact-groups", dynamic).expect(201)["type"], "dynamic");
    let automation = "{\n\"session_id\": \"11111111-2222-3333-4444-555555555555\",\n\"name\": \"Price Enquiry Reply\",\n\
        \"channel\": \"whatsapp\",\n\"trigger_type\": \"keyword\",\n\"trigger_value\": \"price\",\n\
        \"response_content\": \"Hi {{ name }}! Our plans start at $29/month. Visit\nhttps://example.com/pricing for \
        details.\",\n\"priority\": 10\n}";
    assert_eq!(post("/api/automations", automation).expect(201)["priority"], 10);
}
