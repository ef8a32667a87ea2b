//! Zagely's calls, one file per resource: what each reads, refuses and answers.

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

/// The channels that campaigns go through, in the page's order.
pub(crate) const CAMPAIGN_CHANNELS: [&str; 7] =
    ["whatsapp", "telegram", "messenger", "viber", "webpush", "email", "discord"];
/// The channels that templates and automations are for: those, or all of them.
pub(crate) const CHANNELS_OR_ALL: [&str; 8] =
    ["whatsapp", "telegram", "messenger", "viber", "webpush", "email", "discord", "all"];
/// The most characters of a name.
pub(crate) const NAME: usize = 255;
