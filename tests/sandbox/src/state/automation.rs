//! Automations: replies that are sent if an inbound message meets a condition.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::store::Record;
use crate::clock::SimTime;

/// The number of trigger logs that an automation keeps and shows.
pub(crate) const TRIGGER_LOGS: usize = 50;

/// An automatic reply.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Automation {
    pub(crate) id: Uuid,
    pub(crate) session_id: Uuid,
    pub(crate) name: String,
    pub(crate) channel: String,
    pub(crate) trigger_type: String,
    pub(crate) trigger_value: Option<String>,
    pub(crate) response_content: String,
    pub(crate) response_media_url: Option<String>,
    pub(crate) response_buttons: Vec<Value>,
    pub(crate) conditions: Map<String, Value>,
    pub(crate) priority: i64,
    pub(crate) is_active: bool,
    pub(crate) logs: VecDeque<TriggerLog>,
    pub(crate) created_at: SimTime,
    pub(crate) updated_at: SimTime,
}

/// One reply of an automation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TriggerLog {
    pub(crate) contact_id: Uuid,
    pub(crate) message_id: Uuid,
    pub(crate) reply_id: Uuid,
    pub(crate) at: SimTime,
}

impl Record for Automation {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Automation {
    pub(crate) fn log(&mut self, log: TriggerLog) {
        self.logs.push_front(log);
        self.logs.truncate(TRIGGER_LOGS);
    }

    pub(crate) fn view(&self) -> Value {
        json!({
            "id": self.id,
            "session_id": self.session_id,
            "name": self.name,
            "channel": self.channel,
            "trigger_type": self.trigger_type,
            "trigger_value": self.trigger_value,
            "response_content": self.response_content,
            "response_media_url": self.response_media_url,
            "response_buttons": self.response_buttons,
            "conditions": self.conditions,
            "priority": self.priority,
            "is_active": self.is_active,
            "created_at": self.created_at.to_string(),
            "updated_at": self.updated_at.to_string(),
        })
    }

    pub(crate) fn view_with_logs(&self) -> Value {
        let logs: Vec<Value> = self
            .logs
            .iter()
            .map(|log| {
                json!({
                    "contact_id": log.contact_id,
                    "message_id": log.message_id,
                    "reply_message_id": log.reply_id,
                    "triggered_at": log.at.to_string(),
                })
            })
            .collect();
        let mut view = self.view();
        view["trigger_logs"] = Value::Array(logs);
        view
    }
}
