//! The README keeps its word: its table names every call, and the vendors' samples in it work.

use std::process::Command;

use hudhud_sandbox::Config;
use reqwest::Method;
use serde_json::json;

use crate::ground::{Ground, config};

const README: &str = include_str!("../../README.md");

#[test]
fn the_table_names_every_call() {
    let ground = Ground::new();
    let calls = ground.admin(Method::GET, "/calls", json!({})).expect(200);
    for call in calls["data"].as_array().unwrap() {
        let (vendor, name) = (call["vendor"].as_str().unwrap(), call["name"].as_str().unwrap());
        let verb = match call["verb"].as_str().unwrap() {
            "update" => "PUT/PATCH".to_owned(),
            verb => verb.to_uppercase(),
        };
        let path = call["path"].as_str().unwrap();
        let row = format!("| {vendor} | `{name}` | `{verb} {path}` | ");
        assert!(README.contains(&row), "the README lacks: {row}");
    }
    assert_eq!(
        README.lines().filter(|line| line.starts_with("| zagely |") || line.starts_with("| wazaj |")).count(),
        57
    );
}

/// Runs the samples of the vendors' pages as the README shows them, with nothing but the host replaced.
#[test]
fn the_vendors_samples_work_unchanged_but_for_the_host() {
    let ground = Ground::with(Config { samples: true, ..config() });
    let begin = README.find("<!-- samples -->").expect("the samples' beginning");
    let section = &README[begin..README[begin..].find("<!-- /samples -->").expect("their end") + begin];
    let blocks: Vec<&str> =
        section.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 8, "{}", blocks.len());
    for block in blocks {
        let script = block
            .replace("https://zagely.com", &ground.sandbox.zagely_base_url())
            .replace("https://transuptech.online", &ground.sandbox.zagely_base_url())
            // The page's own placeholder for what its previous sample answered.
            .replace("{group_id}", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
        assert!(script.contains("127.0.0.1"), "{script}");
        let script = script.replacen("curl ", "curl --silent --show-error --fail-with-body ", 1);
        let output = Command::new("bash")
            .args(["-c", &script])
            .env("WAZAJ_API_KEY", ground.sandbox.wazaj_key())
            .output()
            .expect("bash and curl are there");
        let told =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}\n{told}");
    }
}
