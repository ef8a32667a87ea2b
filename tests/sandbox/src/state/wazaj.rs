//! The Wazaj account: its keys, its permissions and its sent messages.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::SimTime;

/// The first id in the vendor's samples.
const FIRST_MESSAGE_ID: u64 = 12345;

/// One Wazaj business account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Wazaj {
    pub(crate) keys: Vec<WazajKey>,
    pub(crate) standing: Standing,
    pub(crate) next_message_id: u64,
    pub(crate) sent: VecDeque<WazajMessage>,
}

/// A key. Responses do not distinguish expired or revoked keys from unknown ones.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WazajKey {
    pub(crate) key: String,
    pub(crate) expires_at: Option<SimTime>,
    pub(crate) is_revoked: bool,
}

/// The conditions that can refuse a valid request. `POST /_sandbox/wazaj` changes them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Standing {
    pub(crate) account: Account,
    /// True if the messaging module is ready.
    pub(crate) ready: bool,
    /// True if billing allows messages.
    pub(crate) billing: bool,
    /// True if the account's plan includes templates.
    pub(crate) templates: bool,
    /// The field of the response that contains a business rule's code. The vendor's page does not state it.
    pub(crate) code_in: CodeIn,
}

/// The state of the account. Only a connected one may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Account {
    Connected,
    Disconnected,
    Blocked,
}

/// The possible fields for a business rule's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CodeIn {
    Code,
    ErrorCode,
    Error,
    Message,
    Errors,
}

/// An accepted message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WazajMessage {
    pub(crate) id: u64,
    pub(crate) to: String,
    pub(crate) content: Value,
    pub(crate) created_at: SimTime,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            account: Account::Connected,
            ready: true,
            billing: true,
            templates: true,
            code_in: CodeIn::Code,
        }
    }
}

impl Wazaj {
    pub(crate) fn new(key: String) -> Self {
        let key = WazajKey { key, expires_at: None, is_revoked: false };
        Self {
            keys: vec![key],
            standing: Standing::default(),
            next_message_id: FIRST_MESSAGE_ID,
            sent: VecDeque::new(),
        }
    }

    pub(crate) fn add_key(&mut self, key: String, expires_at: Option<SimTime>) {
        self.keys.push(WazajKey { key, expires_at, is_revoked: false });
    }

    pub(crate) fn accepts(&self, key: &str, now: SimTime) -> bool {
        self.keys.iter().any(|known| {
            known.key == key && !known.is_revoked && known.expires_at.is_none_or(|end| now < end)
        })
    }

    /// Accepts a message and returns its id.
    pub(crate) fn take(&mut self, to: String, content: Value, now: SimTime, keep: usize) -> u64 {
        let id = self.next_message_id;
        self.next_message_id += 1;
        self.sent.push_back(WazajMessage { id, to, content, created_at: now });
        while self.sent.len() > keep {
            self.sent.pop_front();
        }
        id
    }
}
