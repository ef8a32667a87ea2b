//! Selects the automation that replies to an inbound message. Candidates listen on its session and channel. They are
//! tried in the order of their priority, highest first, and older ones first if it is equal. At most one replies; a
//! fallback only if no other does.

use jiff::civil::{Date, Weekday};
use serde_json::{Map, Value};

use super::dispatch::Outgoing;
use crate::clock::SimTime;
use crate::state::automation::{Automation, TriggerLog};
use crate::state::contact::Contact;
use crate::state::message::Message;
use crate::state::template;
use crate::state::world::World;

impl World {
    pub(super) fn answer(&mut self, message: &Message, contact: &Contact, is_first: bool, now: SimTime) {
        let mut listening: Vec<&Automation> =
            self.automations.iter().filter(|automation| listens(automation, message, contact)).collect();
        // The sort is stable, so older automations stay first if the priority is equal.
        listening.sort_by_key(|automation| -automation.priority);
        let fits = |automation: &&&Automation| match automation.trigger_type.as_str() {
            "keyword" => says(message, automation.trigger_value.as_deref()),
            "welcome" => is_first,
            "away" => is_outside_hours(&automation.conditions, now),
            _ => false,
        };
        let chosen = listening
            .iter()
            .find(fits)
            .or_else(|| listening.iter().find(|automation| automation.trigger_type == "fallback"));
        let Some(automation) = chosen else { return };
        let outgoing = Outgoing {
            channel: message.channel.clone(),
            kind: if automation.response_media_url.is_some() {
                "image".to_owned()
            } else {
                "text".to_owned()
            },
            content: Some(template::fill(&automation.response_content, |name| {
                template::value_of_contact(contact, name)
            })),
            media_url: automation.response_media_url.clone(),
            buttons: automation.response_buttons.clone(),
            session_id: message.session_id,
            phone_number: message.phone_number.clone(),
            campaign_id: None,
            automation_id: Some(automation.id),
        };
        let automation_id = automation.id;
        let reply_id = self.chance.uuid();
        self.send(reply_id, outgoing, now);
        if let Some(automation) = self.automations.get_mut(automation_id) {
            let log = TriggerLog { contact_id: contact.id, message_id: message.id, reply_id, at: now };
            automation.log(log);
        }
    }
}

/// Returns true if the automation applies to this message.
fn listens(automation: &Automation, message: &Message, contact: &Contact) -> bool {
    let has_tags = match automation.conditions.get("tags") {
        Some(Value::Array(tags)) => {
            tags.iter().all(|tag| contact.tags.iter().any(|own| tag.as_str() == Some(own)))
        }
        _ => true,
    };
    automation.is_active
        && Some(automation.session_id) == message.session_id
        && (automation.channel == "all" || automation.channel == message.channel)
        && has_tags
}

/// Returns true if the text contains the keyword, ignoring case.
fn says(message: &Message, keyword: Option<&str>) -> bool {
    let Some((content, keyword)) = message.content.as_deref().zip(keyword) else { return false };
    content.to_lowercase().contains(&keyword.to_lowercase())
}

/// Returns true outside the business hours, which come from `conditions.business_hours`:
/// `{"start": "09:00", "end": "17:00", "days": [1, …, 7]}`, in UTC, where Monday is 1. The default is nine to five on
/// weekdays. The vendor does not describe `conditions`.
fn is_outside_hours(conditions: &Map<String, Value>, now: SimTime) -> bool {
    let hours = conditions.get("business_hours");
    let minute = |key: &str, or: i64| {
        hours.and_then(|hours| hours.get(key)).and_then(Value::as_str).and_then(minute_of_day).unwrap_or(or)
    };
    let (start, end) = (minute("start", 9 * 60), minute("end", 17 * 60));
    let at = now.seconds().rem_euclid(24 * 60 * 60) / 60;
    let weekday = weekday(now.date());
    let is_day = match hours.and_then(|hours| hours.get("days")) {
        Some(Value::Array(days)) => days.iter().any(|day| day.as_i64() == Some(weekday)),
        _ => weekday <= 5,
    };
    !(is_day && (start..end).contains(&at))
}

fn weekday(date: Date) -> i64 {
    let weekday: Weekday = date.weekday();
    i64::from(weekday.to_monday_one_offset())
}

fn minute_of_day(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    Some(hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn business_hours_default_to_nine_to_five_on_weekdays() {
        let at = |text: &str| SimTime::parse(text).unwrap();
        let none = Map::new();
        // 21 April 2026 is a Tuesday.
        assert!(!is_outside_hours(&none, at("2026-04-21T09:00:00Z")));
        assert!(is_outside_hours(&none, at("2026-04-21T17:00:00Z")));
        assert!(is_outside_hours(&none, at("2026-04-25T12:00:00Z")));
        let always =
            json!({ "business_hours": { "start": "00:00", "end": "24:00", "days": [1, 2, 3, 4, 5, 6, 7] } });
        assert!(!is_outside_hours(always.as_object().unwrap(), at("2026-04-25T23:59:59Z")));
    }
}
