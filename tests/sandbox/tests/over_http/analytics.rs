//! Tests of analytics, which are computed from the sandbox's activity.

use hudhud_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, SESSION, config};

/// Creates two days of activity: three contacts, a campaign, an inbound message.
fn lived() -> Harness {
    let ground = Harness::with(Config { start_at: Some("2026-04-29T09:30:00Z".into()), ..config() });
    ground.contact("+15551", json!({}));
    ground.contact("+1555999002", json!({}));
    let body = json!({ "name": "Sale", "session_id": SESSION, "message_content": "x", "target_type": "all" });
    let id = ground.post("/api/v1/campaigns", body).expect(201)["id"].as_str().unwrap().to_owned();
    ground.post(&format!("/api/v1/campaigns/{id}/start"), json!({})).expect(200);
    ground.advance(24 * 3600);
    ground.contact("+15552", json!({}));
    ground.send("+15551", "one");
    ground.admin(Method::POST, "/inbound", json!({ "from": "+15551", "content": "x" })).expect(200);
    ground.advance(1);
    ground
}

#[test]
fn overview() {
    let ground = lived();
    let expected = json!({
        "total_contacts": 3, "active_sessions": 1, "campaigns_this_month": 1, "messages_today": 2,
    });
    assert_eq!(ground.get("/api/analytics/overview").expect(200), expected);
    ground.advance(24 * 3600);
    let may = ground.get("/api/analytics/overview").expect(200);
    assert_eq!((&may["campaigns_this_month"], &may["messages_today"]), (&json!(0), &json!(0)));
}

#[test]
fn campaigns() {
    let ground = lived();
    let all = ground.get("/api/analytics/campaigns").expect(200);
    assert_eq!(all["summary"], json!({ "total_campaigns": 1, "total_sent": 2, "avg_delivery_rate": 50.0 }));
    let row = &all["campaigns"][0];
    assert_eq!(
        (&row["name"], &row["status"], &row["sent_count"]),
        (&json!("Sale"), &json!("completed"), &json!(2))
    );
    let none = ground.get("/api/analytics/campaigns?from_date=2026-04-30").expect(200);
    assert_eq!(none["summary"], json!({ "total_campaigns": 0, "total_sent": 0, "avg_delivery_rate": 0.0 }));
}

#[test]
fn sessions() {
    let ground = lived();
    let summary =
        |query: &str| ground.get(&format!("/api/analytics/sessions?{query}")).expect(200)["summary"].clone();
    let expected =
        |sent: u64| json!({ "total_sessions": 1, "active_sessions": 1, "total_messages_sent": sent });
    assert_eq!(summary(""), expected(3));
    assert_eq!(summary("to_date=2026-04-29"), expected(2));
    assert_eq!(summary("from_date=2026-04-30"), expected(1));
    let row = ground.get("/api/analytics/sessions").expect(200)["sessions"][0].clone();
    assert_eq!((&row["id"], &row["messages_received"]), (&json!(SESSION), &json!(1)));
}

#[test]
fn contacts() {
    let ground = lived();
    assert_eq!(
        ground.get("/api/analytics/contacts").expect(200),
        json!({
            "stats": { "total_contacts": 3, "new_contacts": 3 },
            "growth_data": [{ "date": "2026-04-29", "count": 2 }, { "date": "2026-04-30", "count": 1 }],
        })
    );
    let last = ground.get("/api/analytics/contacts?from_date=2026-04-30&to_date=2026-04-30").expect(200);
    assert_eq!(last["stats"], json!({ "total_contacts": 3, "new_contacts": 1 }));
    ground.advance(40 * 24 * 3600);
    assert_eq!(
        ground.get("/api/analytics/contacts").expect(200)["growth_data"],
        json!([]),
        "the last 30 days"
    );
}

#[test]
fn message_activity() {
    let ground = lived();
    assert_eq!(
        ground.get("/api/analytics/message-activity").expect(200),
        json!([
            { "date": "2026-04-29", "hour": 9, "direction": "outbound", "count": 2 },
            { "date": "2026-04-30", "hour": 9, "direction": "inbound", "count": 1 },
            { "date": "2026-04-30", "hour": 9, "direction": "outbound", "count": 1 },
        ])
    );
    ground.advance(6 * 24 * 3600);
    let week = ground.get("/api/analytics/message-activity").expect(200);
    assert_eq!(week.as_array().unwrap().len(), 2, "the last 7 days");
}

#[test]
fn dates_in_other_formats_are_refused() {
    let ground = Harness::new();
    for path in ["campaigns", "sessions", "contacts", "message-activity"] {
        let errors =
            |query: &str| -> Value { ground.get(&format!("/api/analytics/{path}?{query}")).errors() };
        assert_eq!(
            errors("from_date=1.4.2026&to_date=2026-02-30"),
            json!({
                "from_date": ["The from date field must match the format Y-m-d."],
                "to_date": ["The to date field must match the format Y-m-d."],
            })
        );
        assert_eq!(
            errors("from_date=2026-04-02&to_date=2026-04-01"),
            json!({ "to_date": ["The to date field must be a date after or equal to from date."] })
        );
    }
}
