//! Management of webhooks. [`crate::zagely::webhook`] verifies their deliveries.
//!
//! Source: Zagely, "Webhooks". The page names no field of these calls, so all fields are inferred. Put other fields
//! into the call's `extra`.

use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::types::json::{Id, Json};
use crate::types::nullable::Nullable;
use crate::types::time::Timestamp;
use crate::zagely::webhook::EventName;

/// Lists the workspace's webhooks.
///
/// Returns [`Page`](crate::Page) of [`RegisteredWebhook`]. The vendor does not state whether the list has pages.
///
/// Source: Zagely, "/api/v1/webhooks".
#[endpoint(GET "/api/v1/webhooks", ability = "webhooks.read", inferred(method))]
pub struct ListWebhooks {
    /// The number of the page. Default 1, which is not sent.
    #[field(min = 1, inferred = "the framework's name for it; the vendor's page gives none")]
    pub page: Option<u64>,
}

/// Registers a webhook.
///
/// Returns [`RegisteredWebhook`] (inferred). If no secret is given, the vendor creates one. Store it: probably only this response
/// contains it.
///
/// Source: Zagely, "/api/v1/webhooks".
#[endpoint(POST "/api/v1/webhooks", ability = "webhooks.write", inferred(method, fields))]
pub struct CreateWebhook {
    /// The URL that receives the deliveries.
    pub url: String,
    /// The events that are delivered.
    pub events: Option<Vec<EventName>>,
    /// The secret that signs the deliveries.
    #[field(secret)]
    pub secret: Option<String>,
    /// True if the webhook is on.
    pub is_active: Option<bool>,
}

/// Reads a webhook.
///
/// Returns [`RegisteredWebhook`] (inferred). Errors: 404.
///
/// Source: Zagely, "/api/v1/webhooks/{id}".
#[endpoint(GET "/api/v1/webhooks/{webhook_id}", ability = "webhooks.read", inferred(method))]
pub struct GetWebhook {
    /// The webhook.
    #[field(path)]
    pub webhook_id: Id,
}

/// Changes a webhook's URL, events or state. Only the fields that are sent change (inferred).
///
/// Returns [`RegisteredWebhook`] (inferred). Errors: 404, 422.
///
/// Source: Zagely, "/api/v1/webhooks/{id}".
#[endpoint(PUT "/api/v1/webhooks/{webhook_id}", ability = "webhooks.write", update, inferred(method, fields))]
pub struct UpdateWebhook {
    /// The webhook.
    #[field(path)]
    pub webhook_id: Id,
    /// The URL that receives the deliveries.
    pub url: Nullable<String>,
    /// The events that are delivered.
    pub events: Nullable<Vec<EventName>>,
    /// The secret that signs the deliveries.
    #[field(secret)]
    pub secret: Nullable<String>,
    /// True if the webhook is on.
    pub is_active: Nullable<bool>,
}

/// Removes a webhook.
///
/// Returns [`Acknowledgement`](crate::zagely::Acknowledgement). Errors: 404.
///
/// Source: Zagely, "/api/v1/webhooks/{id}".
#[endpoint(DELETE "/api/v1/webhooks/{webhook_id}", ability = "webhooks.write", inferred(method))]
pub struct DeleteWebhook {
    /// The webhook.
    #[field(path)]
    pub webhook_id: Id,
}

/// Lists the deliveries of a webhook, including those that did not arrive.
///
/// Returns [`Page`](crate::Page) of [`WebhookDelivery`].
///
/// Source: Zagely, "/api/v1/webhooks/{id}/deliveries".
#[endpoint(GET "/api/v1/webhooks/{webhook_id}/deliveries", ability = "webhooks.read", inferred(method))]
pub struct ListDeliveries {
    /// The webhook.
    #[field(path)]
    pub webhook_id: Id,
    /// The number of the page. Default 1, which is not sent.
    #[field(min = 1, inferred = "the framework's name for it; the vendor's page gives none")]
    pub page: Option<u64>,
}

/// Sends a test delivery with the event `webhook.test`.
///
/// Returns [`Acknowledgement`](crate::zagely::Acknowledgement).
///
/// Source: Zagely, "/api/v1/webhooks/{id}/test".
#[endpoint(POST "/api/v1/webhooks/{webhook_id}/test", ability = "webhooks.write", inferred(method))]
pub struct TestWebhook {
    /// The webhook.
    #[field(path)]
    pub webhook_id: Id,
}

/// A webhook. Inferred from the vendor's description of its creation.
#[model]
pub struct RegisteredWebhook {
    /// The webhook's id.
    pub id: Option<Id>,
    /// The URL that receives the deliveries.
    pub url: Option<String>,
    /// The events that are delivered.
    pub events: Vec<EventName>,
    /// The secret that signs the deliveries, if the vendor shows it.
    #[field(secret)]
    pub secret: Option<String>,
    /// True if the webhook is on.
    pub is_active: Option<bool>,
    /// The time of creation.
    pub created_at: Option<Timestamp>,
}

/// A delivery in the vendor's log. The vendor states that it has a status, a signature, attempts and a duration, but
/// not the names of these fields.
#[model]
pub struct WebhookDelivery {
    /// The delivery's id.
    pub id: Option<Id>,
    /// The event.
    pub event: Option<EventName>,
    /// The status.
    #[field(identifier)]
    pub status: Option<String>,
    /// The signature.
    #[field(secret)]
    pub signature: Option<String>,
    /// The number of attempts.
    pub attempts: Option<u64>,
    /// The duration of the last attempt. The vendor does not state the unit.
    pub duration: Option<Json>,
    /// The time of creation.
    pub created_at: Option<Timestamp>,
}
