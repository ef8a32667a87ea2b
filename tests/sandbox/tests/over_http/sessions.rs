//! Tests of sessions: pairing with a real QR code, settings, warm-up, loss of the connection.

use hudhud_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, SESSION, config, until};

/// Decodes the PNG of a `data:` URI and reads its QR code.
fn scanned(uri: &Value) -> String {
    use base64::Engine;
    let encoded = uri.as_str().unwrap().strip_prefix("data:image/png;base64,").unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let (width, height) = (info.width as usize, info.height as usize);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let grids = image.detect_grids();
    grids[0].decode().unwrap().1
}

#[test]
fn a_new_session_is_paired_by_a_qr_code() {
    let harness =
        Harness::with(Config { start_at: Some("2026-04-21T10:00:00Z".into()), scan_after: None, ..config() });
    let made = harness.post("/api/whatsapp/sessions", json!({ "name": "Customer Support" })).expect(201);
    assert_eq!((&made["name"], &made["status"]), (&json!("Customer Support"), &json!("connecting")));
    let id = made["id"].as_str().unwrap();
    let first = scanned(&made["qr_code"]);
    assert!(first.starts_with("2@"), "{first}");
    let qr = || harness.get(&format!("/api/whatsapp/sessions/{id}/qr")).expect(200);
    assert_eq!(scanned(&qr()["qr_code"]), first, "the code is the same until it expires");
    harness.advance(20);
    assert_ne!(scanned(&qr()["qr_code"]), first, "an expired code is replaced");
    let status = || harness.get(&format!("/api/v1/sessions/{id}")).expect(200);
    assert_eq!((&status()["status"], &status()["phone_number"]), (&json!("connecting"), &Value::Null));
    harness.admin(Method::POST, &format!("/sessions/{id}/scan"), json!({})).expect(200);
    assert_eq!(status()["status"], "connected");
    assert!(status()["phone_number"].is_string(), "the number is known after the scan");
    assert_eq!((&qr()["qr_code"], &qr()["status"]), (&Value::Null, &json!("connected")));
}

#[test]
fn an_imaginary_phone_scans_the_code_after_the_configured_time() {
    let harness = Harness::fast();
    let body = json!({ "name": "Shop", "phone_number": "+15551234567" });
    let made = harness.post("/api/whatsapp/sessions", body).expect(201);
    let path = format!("/api/v1/sessions/{}", made["id"].as_str().unwrap());
    until(|| (harness.get(&path).expect(200)["status"] == "connected").then_some(()));
    assert_eq!(harness.get(&path).expect(200)["phone_number"], "+15551234567");
}

#[test]
fn the_list_has_the_fields_of_the_vendors_page() {
    let harness = Harness::new();
    harness.admin(Method::POST, "/sessions", json!({ "channel": "telegram", "name": "Bot" })).expect(201);
    let list = harness.get("/api/v1/sessions").expect(200);
    assert_eq!((&list["current_page"], &list["total"]), (&json!(1), &json!(1)), "WhatsApp sessions only");
    assert!(list.get("per_page").is_none());
    let mut keys: Vec<&String> = list["data"][0].as_object().unwrap().keys().collect();
    keys.sort_unstable();
    assert_eq!(keys, ["created_at", "daily_limit", "id", "name", "phone_number", "status", "warmup_enabled"]);
}

#[test]
fn an_update_changes_only_the_settings_that_were_sent() {
    let harness = Harness::new();
    let path = format!("/api/whatsapp/sessions/{SESSION}");
    let body = json!({
        "name": "New", "description": "d", "daily_limit": 5, "warmup_enabled": true, "warmup_start_limit": 1,
        "warmup_max_limit": 3, "warmup_days": 2, "simulate_typing": true,
    });
    let updated = harness.put(&path, body.clone()).expect(200);
    for (key, value) in body.as_object().unwrap() {
        assert_eq!(&updated[key], value, "{key}");
    }
    let one = harness.put(&path, json!({ "description": null })).expect(200);
    assert_eq!((&one["description"], &one["daily_limit"]), (&Value::Null, &json!(5)));
    assert_eq!(
        harness.put(&path, json!({ "daily_limit": 0, "warmup_enabled": "maybe", "name": "" })).errors(),
        json!({
            "name": ["The name field is required."],
            "daily_limit": ["The daily limit field must be at least 1."],
            "warmup_enabled": ["The warmup enabled field must be true or false."],
        })
    );
    assert_eq!(
        harness.post("/api/whatsapp/sessions", json!({ "name": "x".repeat(256) })).errors(),
        json!({ "name": ["The name field must not be greater than 255 characters."] })
    );
}

#[test]
fn warm_up_holds_messages_back_until_the_next_day() {
    let harness = Harness::with(Config { start_at: Some("2026-04-21T10:00:00Z".into()), ..config() });
    let body = json!({
        "warmup_enabled": true, "warmup_start_limit": 2, "warmup_max_limit": 4, "warmup_days": 2, "daily_limit": 100
    });
    harness.put(&format!("/api/whatsapp/sessions/{SESSION}"), body).expect(200);
    for number in 0..10 {
        harness.send("+15551", &number.to_string());
    }
    let sent = || {
        harness.advance(5);
        let list = harness.get("/api/v1/messages").expect(200);
        list["data"].as_array().unwrap().iter().filter(|message| message["status"] != "queued").count()
    };
    assert_eq!(sent(), 2);
    harness.advance(24 * 3600);
    assert_eq!(sent(), 2 + 3);
    harness.advance(24 * 3600);
    assert_eq!(sent(), 2 + 3 + 4);
    harness.advance(24 * 3600);
    assert_eq!(sent(), 10);
}

#[test]
fn a_higher_limit_releases_waiting_messages() {
    let harness = Harness::new();
    let path = format!("/api/whatsapp/sessions/{SESSION}");
    harness.put(&path, json!({ "daily_limit": 1 })).expect(200);
    let messages = [harness.send("+15551", "one"), harness.send("+15552", "two")];
    harness.advance(5);
    let statuses = || [&messages[0], &messages[1]].map(|id| harness.message(id)["status"].clone());
    assert_eq!(statuses(), ["read", "queued"]);
    harness.put(&path, json!({ "daily_limit": 2 })).expect(200);
    harness.advance(5);
    assert_eq!(statuses(), ["read", "read"]);
}

#[test]
fn simulated_typing_delays_messages() {
    let harness = Harness::new();
    harness.put(&format!("/api/whatsapp/sessions/{SESSION}"), json!({ "simulate_typing": true })).expect(200);
    let id = harness.send("+15551", &"x".repeat(100));
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(harness.message(&id)["status"], "queued");
    harness.advance(4);
    assert_ne!(harness.message(&id)["status"], "queued");
}

#[test]
fn a_session_can_be_disconnected_and_banned_and_deleted() {
    let harness = Harness::new();
    let path = format!("/api/whatsapp/sessions/{SESSION}");
    assert_eq!(harness.post(&format!("{path}/disconnect"), json!({})).expect(200)["status"], "disconnected");
    harness.admin(Method::POST, &format!("/sessions/{SESSION}/scan"), json!({})).expect(200);
    harness.admin(Method::POST, &format!("/sessions/{SESSION}/ban"), json!({})).expect(200);
    let live = format!("/api/v1/sessions/{SESSION}");
    assert_eq!(harness.get(&live).expect(200)["status"], "banned");
    harness.delete(&path).expect(200);
    assert_eq!(harness.get(&live).code(404), "not_found");
    assert_eq!(harness.delete(&path).expect(404)["message"], "Not Found");
}
