//! The Wazaj account: its keys, what it is allowed, what it sent.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Moment;

/// The first id the vendor's samples show.
const FIRST_MESSAGE_ID: u64 = 12345;

/// One Wazaj business account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Wazaj {
    pub(crate) keys: Vec<WazajKey>,
    pub(crate) standing: Standing,
    pub(crate) next_message_id: u64,
    pub(crate) sent: VecDeque<WazajMessage>,
}

/// A key; expired and revoked ones are told apart from unknown ones by nobody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WazajKey {
    pub(crate) key: String,
    pub(crate) expires_at: Option<Moment>,
    pub(crate) is_revoked: bool,
}

/// What stands between a good request and a message; changed by `POST /_sandbox/wazaj`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Standing {
    pub(crate) account: Account,
    /// The messaging module is ready.
    pub(crate) ready: bool,
    /// Billing lets messages through.
    pub(crate) billing: bool,
    /// The account's plan includes templates.
    pub(crate) templates: bool,
    /// Where a business rule's code stands in the answer; the vendor's page does not say.
    pub(crate) code_in: CodeIn,
}

/// Whether the account may send at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Account {
    Connected,
    Disconnected,
    Blocked,
}

/// The possible places of a business rule's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CodeIn {
    Code,
    ErrorCode,
    Error,
    Message,
    Errors,
}

/// A message that was taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WazajMessage {
    pub(crate) id: u64,
    pub(crate) to: String,
    pub(crate) content: Value,
    pub(crate) created_at: Moment,
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

    pub(crate) fn add_key(&mut self, key: String, expires_at: Option<Moment>) {
        self.keys.push(WazajKey { key, expires_at, is_revoked: false });
    }

    pub(crate) fn accepts(&self, key: &str, now: Moment) -> bool {
        self.keys.iter().any(|known| {
            known.key == key && !known.is_revoked && known.expires_at.is_none_or(|end| now < end)
        })
    }

    /// Takes a message and tells its id.
    pub(crate) fn take(&mut self, to: String, content: Value, now: Moment, keep: usize) -> u64 {
        let id = self.next_message_id;
        self.next_message_id += 1;
        self.sent.push_back(WazajMessage { id, to, content, created_at: now });
        while self.sent.len() > keep {
            self.sent.pop_front();
        }
        id
    }
}
