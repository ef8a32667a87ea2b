//! The calls of Zagely, one file per resource.

pub(crate) mod account;
pub(crate) mod analytics;
pub(crate) mod automations;
pub(crate) mod campaigns;
pub(crate) mod contact_groups;
pub(crate) mod contacts;
pub(crate) mod import_file;
pub(crate) mod messages;
pub(crate) mod sessions;
pub(crate) mod templates;
pub(crate) mod webhooks;

/// The channels of campaigns, in the order of the vendor's page.
pub(crate) const CAMPAIGN_CHANNELS: [&str; 7] =
    ["whatsapp", "telegram", "messenger", "viber", "webpush", "email", "discord"];
/// The channels of templates and automations: those of campaigns, or all.
pub(crate) const CHANNELS_OR_ALL: [&str; 8] =
    ["whatsapp", "telegram", "messenger", "viber", "webpush", "email", "discord", "all"];
/// The maximum number of characters of a name.
pub(crate) const NAME: usize = 255;
