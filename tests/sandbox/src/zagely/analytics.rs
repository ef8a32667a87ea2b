//! Analytics, computed from the sandbox's activity.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::call::Call;
use crate::protocol::answer::{Answer, Outcome, Refusal};
use crate::protocol::validation::Check;
use crate::state::campaign::{Campaign, two_decimals};
use crate::state::session::Session;

/// `GET /api/analytics/overview`
pub(crate) fn overview(call: &mut Call<'_>) -> Outcome {
    let (today, month) = (call.now.date(), call.now.first_of_month());
    let this_month = |campaign: &&Campaign| campaign.created_at.first_of_month() == month;
    Answer::figures(json!({
        "total_contacts": call.world.contacts.len(),
        "active_sessions": call.world.sessions.iter().filter(|session| session.is_connected()).count(),
        "campaigns_this_month": call.world.campaigns.iter().filter(this_month).count(),
        "messages_today": call.world.activity.on(today),
    }))
}

/// `GET /api/analytics/campaigns`
pub(crate) fn campaigns(call: &mut Call<'_>) -> Outcome {
    let (from, to) = dates(call)?;
    let inside = |campaign: &&Campaign| is_inside(campaign.created_at.date(), from, to);
    let found: Vec<&Campaign> = call.world.campaigns.newest().filter(inside).collect();
    let sent: u64 = found.iter().map(|campaign| campaign.tally.sent).sum();
    let rates: Vec<f64> = found
        .iter()
        .filter(|campaign| campaign.tally.sent > 0)
        .map(|campaign| campaign.tally.delivery_rate())
        .collect();
    let average = if rates.is_empty() { 0.0 } else { rates.iter().sum::<f64>() / rates.len() as f64 };
    let rows: Vec<Value> = found
        .iter()
        .map(|campaign| {
            let mut row = campaign.tally.view();
            row["id"] = json!(campaign.id);
            row["name"] = json!(campaign.name);
            row["status"] = json!(campaign.status);
            row["created_at"] = json!(campaign.created_at.to_string());
            row
        })
        .collect();
    Answer::figures(json!({
        "summary": {
            "total_campaigns": found.len(),
            "total_sent": sent,
            "avg_delivery_rate": two_decimals(average),
        },
        "campaigns": rows,
    }))
}

/// `GET /api/analytics/sessions`
pub(crate) fn sessions(call: &mut Call<'_>) -> Outcome {
    let (from, to) = dates(call)?;
    let found: Vec<&Session> = call.world.sessions.newest().collect();
    let mut total = 0;
    let rows: Vec<Value> = found
        .iter()
        .map(|session| {
            let count = call.world.activity.of_session(session.id, from, to);
            total += count.sent;
            json!({
                "id": session.id,
                "name": session.name,
                "status": session.status,
                "messages_sent": count.sent,
                "messages_received": count.received,
            })
        })
        .collect();
    Answer::figures(json!({
        "summary": {
            "total_sessions": found.len(),
            "active_sessions": found.iter().filter(|session| session.is_connected()).count(),
            "total_messages_sent": total,
        },
        "sessions": rows,
    }))
}

/// `GET /api/analytics/contacts`: the last 30 days by default.
pub(crate) fn contacts(call: &mut Call<'_>) -> Outcome {
    let (from, to) = dates_or_last(call, 30)?;
    let mut days: BTreeMap<Date, u64> = BTreeMap::new();
    for contact in call.world.contacts.iter() {
        let day = contact.created_at.date();
        if is_inside(day, Some(from), Some(to)) {
            *days.entry(day).or_default() += 1;
        }
    }
    let growth: Vec<Value> =
        days.iter().map(|(day, count)| json!({ "date": day.to_string(), "count": count })).collect();
    Answer::figures(json!({
        "stats": {
            "total_contacts": call.world.contacts.len(),
            "new_contacts": days.values().sum::<u64>(),
        },
        "growth_data": growth,
    }))
}

/// `GET /api/analytics/message-activity`: the last 7 days by default, as a bare list.
pub(crate) fn message_activity(call: &mut Call<'_>) -> Outcome {
    let (from, to) = dates_or_last(call, 7)?;
    let rows: Vec<Value> = call
        .world
        .activity
        .hours(from, to)
        .map(|(date, hour, direction, count)| {
            json!({ "date": date.to_string(), "hour": hour, "direction": direction, "count": count })
        })
        .collect();
    Answer::figures(Value::Array(rows))
}

/// Reads the two optional days of the query.
fn dates(call: &Call<'_>) -> Result<(Option<Date>, Option<Date>), Refusal> {
    let mut check = Check::new(&call.query);
    let from = check.field("from_date").date().value();
    let to = check.field("to_date").date().value();
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        check.fail("to_date", "The to date field must be a date after or equal to from date.");
    }
    check.done()?;
    Ok((from, to))
}

fn dates_or_last(call: &Call<'_>, days: i32) -> Result<(Date, Date), Refusal> {
    let (from, to) = dates(call)?;
    let to = to.unwrap_or_else(|| call.now.date());
    // Today is one of the days, so one fewer is subtracted.
    let first = to.checked_sub(Span::new().days(days - 1)).unwrap_or(to);
    Ok((from.unwrap_or(first), to))
}

fn is_inside(day: Date, from: Option<Date>, to: Option<Date>) -> bool {
    from.is_none_or(|from| day >= from) && to.is_none_or(|to| day <= to)
}
