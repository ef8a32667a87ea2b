//! The bounds of fields that several resources have.

/// The channels of campaigns, in the order of the vendor's page.
pub(crate) const CAMPAIGN_CHANNELS: [&str; 7] =
    ["whatsapp", "telegram", "messenger", "viber", "webpush", "email", "discord"];
/// The channels of templates and automations: those of campaigns, or all.
pub(crate) const CHANNELS_OR_ALL: [&str; 8] =
    ["whatsapp", "telegram", "messenger", "viber", "webpush", "email", "discord", "all"];
/// The maximum number of characters of a name.
pub(crate) const NAME: usize = 255;
