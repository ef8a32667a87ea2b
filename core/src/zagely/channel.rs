//! The channels through which messages are sent.
//!
//! Source: Zagely, "Channels".

use hudhud_macros::model;

/// A channel. The documentation of each call states the channels that the call accepts.
#[model]
pub enum Channel {
    /// WhatsApp, through a session.
    Whatsapp,
    /// Telegram, through a bot.
    Telegram,
    /// Messenger, through a page.
    Messenger,
    /// Viber, through a bot.
    Viber,
    /// Discord, through a bot.
    Discord,
    /// Instagram, through an account. The vendor's page never prints this value.
    Instagram,
    /// Push messages of a web site.
    Webpush,
    /// E-mail, through the workspace's SMTP server.
    Email,
    /// All channels. Only templates and automations accept this value.
    All,
}
