//! Campaigns: one message to many contacts.
//!
//! A campaign is created as a draft and started separately. It cannot be changed once it runs.
//!
//! Source: Zagely, "Campaigns" and "Lifecycle endpoints".

use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::types::json::{Id, Json, Object};
use crate::types::nullable::Nullable;
use crate::types::time::Timestamp;
use crate::zagely::Channel;

/// Creates a campaign, as a draft.
///
/// Returns [`Campaign`] (inferred). Errors: 422.
///
/// Source: Zagely, "/api/v1/campaigns".
///
/// ```
/// use hudhud::zagely::{CreateCampaign, TargetType};
/// let sale = CreateCampaign::new("April Flash Sale", "Hi {{ name }}! 30% off today.", TargetType::Group)
///     .session_id("11111111-2222-3333-4444-555555555555")
///     .target_filters([("group_id", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")]);
/// # let _ = sale;
/// ```
#[endpoint(POST "/api/v1/campaigns", ability = "campaigns.write")]
pub struct CreateCampaign {
    /// A name to display.
    #[field(max = 255)]
    pub name: String,
    /// The channel: any except `instagram` and `all`.
    #[field(vendor_default = "whatsapp")]
    pub channel: Option<Channel>,
    /// The session or bot to send from.
    #[field(required_unless(channel = "email"), session_if(channel = "whatsapp"))]
    pub session_id: Option<Id>,
    /// The text, with `{{variables}}`.
    pub message_content: String,
    /// The type of recipients.
    pub target_type: TargetType,
    /// The URL of a media file that is sent with the text.
    pub media_url: Option<String>,
    /// Buttons for quick replies. The vendor does not state the form of these objects.
    pub buttons: Option<Vec<Json>>,
    /// The group or the filters: `group_id`, `tags` and others.
    #[field(required_if(target_type = "group", "filter"))]
    pub target_filters: Option<Object>,
    /// The time of the automatic start: ISO 8601, in the future.
    pub scheduled_at: Option<Timestamp>,
}

/// Changes a campaign that is a draft or scheduled. Only the fields that are sent change (inferred).
///
/// Returns [`Campaign`] (inferred). Errors: 404. The vendor does not state the error for a campaign in another state.
///
/// Source: Zagely, "/api/campaigns/{campaign}".
#[endpoint(PUT "/api/campaigns/{campaign_id}", update, inferred(method, fields))]
pub struct UpdateCampaign {
    /// The campaign.
    #[field(path)]
    pub campaign_id: Id,
    /// A name to display.
    #[field(max = 255)]
    pub name: Nullable<String>,
    /// The channel.
    pub channel: Nullable<Channel>,
    /// The session or bot to send from.
    pub session_id: Nullable<Id>,
    /// The text, with `{{variables}}`.
    pub message_content: Nullable<String>,
    /// The type of recipients.
    pub target_type: Nullable<TargetType>,
    /// The URL of a media file that is sent with the text.
    pub media_url: Nullable<String>,
    /// Buttons for quick replies.
    pub buttons: Nullable<Vec<Json>>,
    /// The group or the filters.
    pub target_filters: Nullable<Object>,
    /// The time of the automatic start: ISO 8601, in the future.
    pub scheduled_at: Nullable<Timestamp>,
}

/// Deletes a campaign that is a draft, scheduled or canceled.
///
/// Returns [`Acknowledgement`](crate::zagely::Acknowledgement).
///
/// Source: Zagely, "/api/campaigns/{campaign}".
#[endpoint(DELETE "/api/campaigns/{campaign_id}", inferred(method))]
pub struct DeleteCampaign {
    /// The campaign.
    #[field(path)]
    pub campaign_id: Id,
}

/// Starts a campaign that is a draft, scheduled or paused.
///
/// Returns [`Campaign`] (inferred).
///
/// Source: Zagely, "/api/v1/campaigns/{campaign}/start".
#[endpoint(POST "/api/v1/campaigns/{campaign_id}/start", ability = "campaigns.write", inferred(method))]
pub struct StartCampaign {
    /// The campaign.
    #[field(path)]
    pub campaign_id: Id,
}

/// Pauses a campaign that runs.
///
/// Returns [`Campaign`] (inferred).
///
/// Source: Zagely, "/api/campaigns/{campaign}/pause".
#[endpoint(POST "/api/campaigns/{campaign_id}/pause", inferred(method))]
pub struct PauseCampaign {
    /// The campaign.
    #[field(path)]
    pub campaign_id: Id,
}

/// Resumes a paused campaign. `campaigns.start` does the same, and needs no app token.
///
/// Returns [`Campaign`] (inferred).
///
/// Source: Zagely, "/api/campaigns/{campaign}/resume".
#[endpoint(POST "/api/campaigns/{campaign_id}/resume", inferred(method))]
pub struct ResumeCampaign {
    /// The campaign.
    #[field(path)]
    pub campaign_id: Id,
}

/// Cancels a campaign that is scheduled, runs or is paused.
///
/// Returns [`Campaign`] (inferred).
///
/// Source: Zagely, "/api/campaigns/{campaign}/cancel".
#[endpoint(POST "/api/campaigns/{campaign_id}/cancel", inferred(method))]
pub struct CancelCampaign {
    /// The campaign.
    #[field(path)]
    pub campaign_id: Id,
}

/// Reads the figures of a campaign.
///
/// Returns [`CampaignStats`].
///
/// Source: Zagely, "/api/campaigns/{campaign}/stats".
#[endpoint(GET "/api/campaigns/{campaign_id}/stats", inferred(method))]
pub struct GetCampaignStats {
    /// The campaign.
    #[field(path)]
    pub campaign_id: Id,
}

/// The type of a campaign's recipients.
#[model]
pub enum TargetType {
    /// Every contact.
    All,
    /// A group.
    Group,
    /// The contacts that match the filters.
    Filter,
}

/// The status of a campaign.
#[model]
pub enum CampaignStatus {
    /// Created, but not started.
    Draft,
    /// Starts automatically at a later time.
    Scheduled,
    /// Sending.
    Running,
    /// Paused.
    Paused,
    /// Canceled.
    #[wire("canceled", "cancelled")]
    Canceled,
    /// Done (inferred from the event `campaign.completed`).
    Completed,
    /// Failed (inferred).
    Failed,
}

/// A campaign. Inferred from the fields of `campaigns.create`.
#[model]
pub struct Campaign {
    /// The campaign's id.
    pub id: Option<Id>,
    /// A name to display.
    pub name: Option<String>,
    /// The status.
    pub status: Option<CampaignStatus>,
    /// The channel.
    pub channel: Option<Channel>,
    /// The session or bot it is sent from.
    pub session_id: Option<Id>,
    /// The text, with `{{variables}}`.
    pub message_content: Option<String>,
    /// The type of recipients.
    pub target_type: Option<TargetType>,
    /// The URL of a media file that is sent with the text.
    pub media_url: Option<String>,
    /// The group or the filters.
    pub target_filters: Object,
    /// The time of the automatic start.
    pub scheduled_at: Option<Timestamp>,
    /// The time of creation.
    pub created_at: Option<Timestamp>,
}

/// The figures of a campaign.
#[model]
pub struct CampaignStats {
    /// The number of recipients.
    pub total_recipients: Option<u64>,
    /// The number of messages sent.
    pub sent_count: Option<u64>,
    /// The number of messages delivered.
    pub delivered_count: Option<u64>,
    /// The number of messages read.
    pub read_count: Option<u64>,
    /// The number of messages that failed.
    pub failed_count: Option<u64>,
    /// The number of messages not yet sent.
    pub pending_count: Option<u64>,
    /// The percentage of sent messages that were delivered.
    pub delivery_rate: Option<f64>,
    /// The percentage of delivered messages that were read.
    pub read_rate: Option<f64>,
}
