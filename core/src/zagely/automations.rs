//! Automations: automatic replies.
//!
//! Source: Zagely, "Automations".

use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::types::json::{Id, Json, Object};
use crate::types::nullable::Nullable;
use crate::types::time::Timestamp;
use crate::zagely::Channel;

/// Lists automations.
///
/// Returns [`Page`](crate::Page) of [`Automation`]. The vendor does not state whether the list has pages.
///
/// Source: Zagely, "/api/automations".
#[endpoint(GET "/api/automations", inferred(method))]
pub struct ListAutomations {
    /// Only automations of this session.
    pub session_id: Option<Id>,
    /// With `true`, only automations that are on. With `false`, only those that are off.
    pub is_active: Option<bool>,
    /// Only automations with this trigger.
    pub trigger_type: Option<TriggerType>,
    /// The number of the page. Default 1, which is not sent.
    #[field(min = 1, inferred = "the framework's name for it; the vendor's page gives none")]
    pub page: Option<u64>,
}

/// Creates an automation.
///
/// Returns [`Automation`] (inferred). Errors: 422.
///
/// Source: Zagely, "/api/automations".
#[endpoint(POST "/api/automations", inferred(method))]
pub struct CreateAutomation {
    /// The session or bot on which the automation listens.
    pub session_id: Id,
    /// A name to display.
    #[field(max = 255)]
    pub name: String,
    /// The channel, or `all`.
    #[field(vendor_default = "whatsapp")]
    pub channel: Option<Channel>,
    /// The trigger.
    pub trigger_type: TriggerType,
    /// The keyword.
    #[field(required_if(trigger_type = "keyword"))]
    pub trigger_value: Option<String>,
    /// The reply, with `{{variables}}`.
    pub response_content: String,
    /// The URL of a media file that is sent with the reply.
    pub response_media_url: Option<String>,
    /// Buttons for quick replies. The vendor does not state the form of these objects.
    pub response_buttons: Option<Vec<Json>>,
    /// Further conditions. The vendor does not state them.
    pub conditions: Option<Object>,
    /// The priority. Automations with a higher value are tried earlier.
    #[field(range(0, 100), vendor_default = "0")]
    pub priority: Option<i64>,
}

/// Reads an automation, with its last 50 trigger logs.
///
/// Returns [`Automation`]. Errors: 404.
///
/// Source: Zagely, "/api/automations/{automation}".
#[endpoint(GET "/api/automations/{automation_id}", inferred(method))]
pub struct GetAutomation {
    /// The automation.
    #[field(path)]
    pub automation_id: Id,
}

/// Changes any field of an automation. Only the fields that are sent change (inferred).
///
/// Returns [`Automation`] (inferred). Errors: 404, 422.
///
/// Source: Zagely, "/api/automations/{automation}".
#[endpoint(PUT "/api/automations/{automation_id}", update, inferred(method))]
pub struct UpdateAutomation {
    /// The automation.
    #[field(path)]
    pub automation_id: Id,
    /// The session or bot on which the automation listens.
    pub session_id: Nullable<Id>,
    /// A name to display.
    #[field(max = 255)]
    pub name: Nullable<String>,
    /// The channel, or `all`.
    pub channel: Nullable<Channel>,
    /// The trigger.
    pub trigger_type: Nullable<TriggerType>,
    /// The keyword.
    pub trigger_value: Nullable<String>,
    /// The reply, with `{{variables}}`.
    pub response_content: Nullable<String>,
    /// The URL of a media file that is sent with the reply.
    pub response_media_url: Nullable<String>,
    /// Buttons for quick replies.
    pub response_buttons: Nullable<Vec<Json>>,
    /// Further conditions.
    pub conditions: Nullable<Object>,
    /// The priority. Automations with a higher value are tried earlier.
    #[field(range(0, 100))]
    pub priority: Nullable<i64>,
    /// True if the automation is on.
    #[field(inferred = "named by the filter of automations.list, and changed by automations.toggle")]
    pub is_active: Nullable<bool>,
}

/// Deletes an automation.
///
/// Returns [`Acknowledgement`](crate::zagely::Acknowledgement).
///
/// Source: Zagely, "/api/automations/{automation}".
#[endpoint(DELETE "/api/automations/{automation_id}", inferred(method))]
pub struct DeleteAutomation {
    /// The automation.
    #[field(path)]
    pub automation_id: Id,
}

/// Turns an automation on if it is off, and off if it is on. A second request undoes the first, so it is retried only
/// if the first one certainly had no effect.
///
/// Returns [`Automation`] (inferred).
///
/// Source: Zagely, "/api/automations/{automation}/toggle".
#[endpoint(POST "/api/automations/{automation_id}/toggle", inferred(method))]
pub struct ToggleAutomation {
    /// The automation.
    #[field(path)]
    pub automation_id: Id,
}

/// The trigger of an automation.
#[model]
pub enum TriggerType {
    /// A word in the message.
    Keyword,
    /// A contact's first message.
    Welcome,
    /// A message outside working hours.
    Away,
    /// A message that no other automation answers.
    Fallback,
}

/// An automation. Inferred from the fields of `automations.create`.
#[model]
pub struct Automation {
    /// The automation's id.
    pub id: Option<Id>,
    /// The session or bot on which the automation listens.
    pub session_id: Option<Id>,
    /// A name to display.
    pub name: Option<String>,
    /// The channel, or `all`.
    pub channel: Option<Channel>,
    /// The trigger.
    pub trigger_type: Option<TriggerType>,
    /// The keyword.
    pub trigger_value: Option<String>,
    /// The reply, with `{{variables}}`.
    pub response_content: Option<String>,
    /// The URL of a media file that is sent with the reply.
    pub response_media_url: Option<String>,
    /// Further conditions.
    pub conditions: Object,
    /// The priority. Automations with a higher value are tried earlier.
    pub priority: Option<i64>,
    /// True if the automation is on.
    pub is_active: Option<bool>,
    /// The time of creation.
    pub created_at: Option<Timestamp>,
}
