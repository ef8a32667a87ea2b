//! The channels messages go through.
//!
//! Source: Zagely, "Channels".

use hudhud_macros::model;

/// A channel. Which ones a call takes is said at the call.
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
    /// Every channel, where a template or an automation is for all.
    All,
}
