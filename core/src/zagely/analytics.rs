//! Figures, read only. Days are `YYYY-MM-DD`.
//!
//! Source: Zagely, "Analytics". For these app routes, the page states one ability for analytics as a whole,
//! `campaigns.read`.

use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::types::json::{Date, Json};
use crate::zagely::Direction;

/// Reads the overview figures.
///
/// Returns [`Overview`].
///
/// Source: Zagely, "/api/analytics/overview".
#[endpoint(GET "/api/analytics/overview", ability = "campaigns.read", inferred(method))]
pub struct GetOverview {}

/// Reads the delivery figures of campaigns.
///
/// Returns [`CampaignAnalytics`].
///
/// Source: Zagely, "/api/analytics/campaigns".
#[endpoint(GET "/api/analytics/campaigns", ability = "campaigns.read", inferred(method))]
pub struct GetCampaignAnalytics {
    /// The first day.
    pub from_date: Option<Date>,
    /// The last day.
    pub to_date: Option<Date>,
}

/// Reads the figures of messages sent by sessions.
///
/// Returns [`SessionAnalytics`].
///
/// Source: Zagely, "/api/analytics/sessions".
#[endpoint(GET "/api/analytics/sessions", ability = "campaigns.read", inferred(method))]
pub struct GetSessionAnalytics {
    /// The first day.
    pub from_date: Option<Date>,
    /// The last day.
    pub to_date: Option<Date>,
}

/// Reads the growth of contacts, by default over the last 30 days.
///
/// Returns [`ContactAnalytics`].
///
/// Source: Zagely, "/api/analytics/contacts".
#[endpoint(GET "/api/analytics/contacts", ability = "campaigns.read", inferred(method))]
pub struct GetContactAnalytics {
    /// The first day.
    pub from_date: Option<Date>,
    /// The last day.
    pub to_date: Option<Date>,
}

/// Reads messages by hour and direction, by default over the last 7 days.
///
/// Returns a list of [`MessageActivity`], without pages.
///
/// Source: Zagely, "/api/analytics/message-activity".
#[endpoint(GET "/api/analytics/message-activity", ability = "campaigns.read", inferred(method))]
pub struct GetMessageActivity {
    /// The first day.
    pub from_date: Option<Date>,
    /// The last day.
    pub to_date: Option<Date>,
}

/// The overview figures.
#[model]
pub struct Overview {
    /// All contacts.
    pub total_contacts: Option<u64>,
    /// Sessions that are connected.
    pub active_sessions: Option<u64>,
    /// Campaigns of this month.
    pub campaigns_this_month: Option<u64>,
    /// Messages of today.
    pub messages_today: Option<u64>,
}

/// The delivery figures of campaigns.
#[model]
pub struct CampaignAnalytics {
    /// The totals of all campaigns.
    pub summary: Option<CampaignSummary>,
    /// The figures of each campaign. The vendor does not state the form of these objects.
    pub campaigns: Vec<Json>,
}

/// All campaigns together.
#[model]
pub struct CampaignSummary {
    /// The number of campaigns.
    pub total_campaigns: Option<u64>,
    /// The number of messages sent.
    pub total_sent: Option<u64>,
    /// The percentage of sent messages that were delivered, on average.
    pub avg_delivery_rate: Option<f64>,
}

/// The figures of messages sent by sessions.
#[model]
pub struct SessionAnalytics {
    /// The totals of all sessions.
    pub summary: Option<SessionSummary>,
    /// The figures of each session. The vendor does not state the form of these objects.
    pub sessions: Vec<Json>,
}

/// All sessions together.
#[model]
pub struct SessionSummary {
    /// The number of sessions.
    pub total_sessions: Option<u64>,
    /// The number of connected sessions.
    pub active_sessions: Option<u64>,
    /// The number of messages sent.
    pub total_messages_sent: Option<u64>,
}

/// The growth of contacts.
#[model]
pub struct ContactAnalytics {
    /// The totals.
    pub stats: Option<ContactStats>,
    /// The figures of each day.
    pub growth_data: Vec<ContactGrowth>,
}

/// The totals of contacts.
#[model]
pub struct ContactStats {
    /// All contacts.
    pub total_contacts: Option<u64>,
    /// The contacts created between the two days.
    pub new_contacts: Option<u64>,
}

/// Contacts of one day.
#[model]
pub struct ContactGrowth {
    /// The day.
    pub date: Option<Date>,
    /// The number of contacts created.
    pub count: Option<u64>,
}

/// Messages of one hour in one direction.
#[model]
pub struct MessageActivity {
    /// The day.
    pub date: Option<Date>,
    /// The hour, from 0.
    pub hour: Option<u64>,
    /// The direction of the messages.
    pub direction: Option<Direction>,
    /// The number of messages.
    pub count: Option<u64>,
}
