//! Tests of the three limits, their headers and `Retry-After`.

use hudhud_sandbox::{Config, Limits};

use crate::harness::{Harness, config};

fn limited(limits: Limits) -> Harness {
    Harness::with(Config { limits, start_at: Some("2026-04-30T12:00:00Z".into()), ..config() })
}

#[test]
fn authenticated_responses_contain_the_limits() {
    let harness = limited(Limits::default());
    for (path, status) in [("/api/v1/me", 200), ("/api/v1/contacts/x", 404), ("/api/analytics/overview", 200)]
    {
        let answer = harness.get(path);
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("x-ratelimit-limit"), "120");
        assert_eq!(answer.header("x-ratelimit-daily-limit"), "10000");
        assert_eq!(answer.header("retry-after"), "");
    }
    assert_eq!(harness.get("/api/v1/me").header("x-ratelimit-daily-remaining"), "9996");
    let open = harness.get("/api/v1/health");
    assert_eq!(open.header("x-ratelimit-limit"), "");
}

#[test]
fn the_limit_per_minute_ends_after_a_minute() {
    let harness = limited(Limits { per_minute: Some(2), ..Limits::NONE });
    harness.get("/api/v1/me").expect(200);
    harness.get("/api/v1/me").expect(200);
    let over = harness.get("/api/v1/me");
    assert_eq!(over.code(429), "rate_limit_exceeded");
    let wait: u64 = over.header("retry-after").parse().unwrap();
    assert!((50..=60).contains(&wait), "{wait}");
    assert_eq!(over.header("x-ratelimit-limit"), "2");
    harness.advance(wait);
    harness.get("/api/v1/me").expect(200);
}

#[test]
fn the_daily_limit_ends_at_midnight() {
    let harness = limited(Limits { daily: Some(1), ..Limits::NONE });
    assert_eq!(harness.get("/api/v1/me").header("x-ratelimit-daily-remaining"), "0");
    let over = harness.get("/api/v1/me");
    assert_eq!(over.code(429), "daily_quota_exceeded");
    assert_eq!(over.json()["error"]["message"], "Daily request quota exceeded.");
    assert_eq!(over.json()["error"]["details"]["limit"], 1);
    let wait: u64 = over.header("retry-after").parse().unwrap();
    assert!((43_100..=43_200).contains(&wait), "{wait}");
    harness.advance(wait);
    harness.get("/api/v1/me").expect(200);
}

#[test]
fn the_monthly_limit_ends_with_the_month() {
    let harness = limited(Limits { monthly: Some(1), ..Limits::NONE });
    harness.get("/api/v1/me").expect(200);
    let over = harness.get("/api/v1/me");
    assert_eq!(over.code(429), "monthly_quota_exceeded");
    assert_eq!(over.json()["error"]["details"]["limit"], 1);
    // On 30 April the month ends with the day.
    assert!(over.header("retry-after").parse::<u64>().unwrap() <= 43_200);
    harness.advance(43_200);
    harness.get("/api/v1/me").expect(200);
}

#[test]
fn retry_after_is_in_real_seconds() {
    let limits = Limits { daily: Some(1), ..Limits::NONE };
    let harness = Harness::with(Config {
        limits,
        time_scale: 1000.0,
        start_at: Some("2026-04-30T12:00:00Z".into()),
        ..config()
    });
    harness.get("/api/v1/me").expect(200);
    let wait: u64 = harness.get("/api/v1/me").header("retry-after").parse().unwrap();
    assert!((40..=44).contains(&wait), "expected half a day in 40 to 44 s, found {wait} s");
}

#[test]
fn app_routes_use_the_frameworks_message_for_429() {
    let harness = limited(Limits { per_minute: Some(1), ..Limits::NONE });
    harness.get("/api/analytics/overview").expect(200);
    let over = harness.get("/api/analytics/overview");
    assert_eq!(over.expect(429)["message"], "Too Many Attempts.");
    assert!(!over.header("retry-after").is_empty());
}
