//! Tests the main job in the order of a new user: the minimum that the sandbox must support.

use crate::harness::{Answer, Harness, Receiver, SESSION, until};
use reqwest::Method;
use serde_json::json;

#[test]
fn a_new_user_can_complete_the_main_job() {
    let harness = Harness::new();
    assert_eq!(Answer::of(harness.bare(Method::GET, "/api/v1/health")).expect(200)["data"]["status"], "ok");
    assert_eq!(harness.get("/api/v1/me").expect(200)["data"]["abilities"], json!(["*"]));

    let receiver = Receiver::new();
    harness.webhook(&receiver.url, "a secret", &["message.sent", "campaign.completed", "contact.created"]);
    let jane =
        harness.contact("+1 555 123 4567", json!({ "name": "Jane", "custom_fields": { "order_id": "7" } }));
    harness.contact("+15551234568", json!({ "name": "Joe" }));

    let template = harness
        .post(
            "/api/templates",
            json!({ "name": "Order", "channel": "whatsapp", "content": "Hi {{ name }}, order {{order_id}}." }),
        )
        .expect(201);
    assert_eq!(template["variables"], json!(["name", "order_id"]));
    let preview = format!("/api/templates/{}/preview", template["id"].as_str().unwrap());
    let rendered = harness.post(&preview, json!({ "contact_id": jane })).expect(200);
    assert_eq!(rendered["preview"], "Hi Jane, order 7.");

    let id = harness.send("+15551234567", "Hello");
    assert_eq!(harness.message(&id)["contact"]["id"], jane.as_str());

    let once = || {
        let body =
            json!({ "channel": "whatsapp", "session_id": SESSION, "to": "+15551234567", "message": "once" });
        let request = harness.request(Method::POST, "/api/v1/messages/send");
        Answer::of(request.header("idempotency-key", "one-and-the-same").json(&body))
    };
    let (first, second) = (once(), once());
    assert_eq!((first.header("idempotent-replay"), second.header("idempotent-replay")), ("", "true"));
    assert_eq!((first.status, &first.text), (second.status, &second.text));

    for status in [429, 503] {
        harness.sandbox.fault("messages.list", 1, &format!("status={status};retry-after=2")).unwrap();
        let answer = harness.get("/api/v1/messages");
        assert_eq!((answer.status, answer.header("retry-after")), (status, "2"));
        harness.get("/api/v1/messages").expect(200);
    }

    let campaign = harness
        .post(
            "/api/v1/campaigns",
            json!({
                "name": "Sale", "session_id": SESSION, "message_content": "Hi {{ name }}!", "target_type": "all"
            }),
        )
        .expect(201);
    assert_eq!(campaign["status"], "draft");
    let id = campaign["id"].as_str().unwrap();
    assert_eq!(
        harness.post(&format!("/api/v1/campaigns/{id}/start"), json!({})).expect(200)["status"],
        "running"
    );
    assert_eq!(
        harness.post(&format!("/api/campaigns/{id}/pause"), json!({})).expect(200)["status"],
        "paused"
    );
    assert_eq!(
        harness.post(&format!("/api/campaigns/{id}/resume"), json!({})).expect(200)["status"],
        "running"
    );
    let completed = receiver.wait_for("campaign.completed");
    assert_eq!(completed.json()["data"]["campaign"]["status"], "completed");
    let stats = until(|| {
        let stats = harness.get(&format!("/api/campaigns/{id}/stats")).expect(200);
        (stats["read_count"] == 2).then_some(stats)
    });
    assert_eq!((&stats["total_recipients"], &stats["delivery_rate"]), (&json!(2), &json!(100.0)));
    let joe = receiver.wait_for("contact.created");
    assert!(joe.header("x-zagely-signature").starts_with("sha256="));

    let wazaj = |path: &str, name: &str, value: String, body: serde_json::Value| {
        let url = format!("{}{path}", harness.sandbox.wazaj_base_url());
        Answer::of(harness.client.post(url).header(name, value).json(&body)).expect(200)
    };
    let key = harness.sandbox.wazaj_key().to_owned();
    let text = json!({ "to": "+50912345678", "body": "Hello from Wazaj API", "preview_url": false });
    let template =
        json!({ "to": "+50912345678", "template_name": "order_update", "template_language": "en" });
    let sent = [
        wazaj("/messages/text", "x-api-key", key.clone(), text.clone()),
        wazaj("/messages/template", "authorization", format!("Bearer {key}"), template),
        wazaj("/messages/text", "authorization", format!("ApiKey {key}"), text),
    ];
    assert_eq!(sent.map(|answer| answer["message_id"].as_u64()), [Some(12345), Some(12346), Some(12347)]);
}
