//! Sending messages, and listing messages.
//!
//! Source: Zagely, "Channels" and "Messages".

use alloc::string::String;

use hudhud_macros::{endpoint, model};

use crate::types::json::Id;
use crate::types::time::Timestamp;
use crate::zagely::channel::Channel;

/// Sends a message through a channel. The vendor queues it and responds at once; webhooks report its delivery.
///
/// Returns [`QueuedMessage`]. Errors: 401; 403 `insufficient_ability`; 422 with the invalid fields; 429 for the limit
/// per minute or a quota; 503. `Wazaj` also sends to WhatsApp.
///
/// Source: Zagely, "/api/v1/messages/send".
///
/// ```
/// use hudhud::zagely::SendMessage;
/// let text = SendMessage::text("+15551234567", "hi").session_id("11111111-2222-3333-4444-555555555555");
/// let image = SendMessage::image("+15551234567", "https://example.com/promo.jpg").message("Our latest offer!");
/// # let _ = (text, image);
/// ```
#[endpoint(POST "/api/v1/messages/send", ability = "messages.send")]
pub struct SendMessage {
    /// The channel to send through. The vendor's page states that v1 supports only `whatsapp` for now.
    #[field(sent_default = "whatsapp")]
    pub channel: Option<Channel>,
    /// The recipient's phone number, in E.164: `+15551234567`.
    #[field(e164, required_if(channel = "whatsapp"))]
    pub to: Option<String>,
    /// The text, or the caption of a media file. White space at its ends is probably removed (inferred from the
    /// vendor's framework). The vendor states no maximum length.
    #[field(required_if(type = "text"))]
    pub message: Option<String>,
    /// The type of message.
    #[field(vendor_default = "text")]
    pub r#type: Option<MessageType>,
    /// The session to send from. Needed unless the key is bound to one.
    #[field(session_if(channel = "whatsapp"))]
    pub session_id: Option<Id>,
    /// The public URL of the media file.
    #[field(required_unless(type = "text"))]
    pub media_url: Option<String>,
    /// The recipient on channels other than WhatsApp.
    #[field(inferred = "named in the vendor's table of channels, not in that of this call")]
    pub contact_id: Option<Id>,
    /// The recipient's chat id on Telegram, instead of `contact_id`.
    #[field(inferred = "named in the vendor's table of channels, not in that of this call")]
    pub telegram_chat_id: Option<String>,
}

impl SendMessage {
    /// Creates a text message.
    #[must_use]
    pub fn text(to: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new().to(to).message(message)
    }

    /// Creates an image message.
    #[must_use]
    pub fn image(to: impl Into<String>, media_url: impl Into<String>) -> Self {
        Self::media(to, MessageType::Image, media_url)
    }

    /// Creates a message with a media file of any type.
    #[must_use]
    pub fn media(to: impl Into<String>, r#type: MessageType, media_url: impl Into<String>) -> Self {
        Self::new().to(to).r#type(r#type).media_url(media_url)
    }
}

/// Lists messages, 50 to a page.
///
/// Returns [`Page`](crate::Page) of [`Message`].
///
/// Source: Zagely, "/api/v1/messages".
#[endpoint(GET "/api/v1/messages", ability = "messages.read")]
pub struct ListMessages {
    /// Only messages of this channel.
    pub channel: Option<Channel>,
    /// Only messages of this session.
    pub session_id: Option<Id>,
    /// Only messages to and from this contact.
    pub contact_id: Option<Id>,
    /// Only messages in this direction.
    pub direction: Option<Direction>,
    /// The number of the page. Default 1, which is not sent.
    #[field(min = 1, inferred = "the framework's name for it; the vendor's page gives none")]
    pub page: Option<u64>,
}

/// The type of a message.
#[model]
pub enum MessageType {
    /// Text.
    Text,
    /// An image.
    Image,
    /// A video.
    Video,
    /// An audio file.
    Audio,
    /// Any other file.
    Document,
}

/// The direction of a message.
#[model]
pub enum Direction {
    /// Received.
    Inbound,
    /// Sent.
    Outbound,
}

/// The status of a message. Inferred, except `queued` and `received`, from the names of the events.
#[model]
pub enum MessageStatus {
    /// Accepted, and waiting to be sent.
    Queued,
    /// Sent.
    Sent,
    /// Delivered to the recipient's device.
    Delivered,
    /// Read.
    Read,
    /// Failed, and given up by the vendor.
    Failed,
    /// Received from a contact.
    Received,
}

/// A message that the vendor accepted.
#[model]
pub struct QueuedMessage {
    /// `queued`.
    pub status: Option<MessageStatus>,
    /// The message's id. Webhooks and lists contain the same id.
    pub message_id: Option<Id>,
}

/// A message that was sent or received.
#[model]
pub struct Message {
    /// The message's id.
    pub id: Option<Id>,
    /// The channel.
    pub channel: Option<Channel>,
    /// The direction.
    pub direction: Option<Direction>,
    /// The type.
    pub r#type: Option<MessageType>,
    /// The text. The field is called `message` when sending.
    pub content: Option<String>,
    /// The status.
    pub status: Option<MessageStatus>,
    /// The time of creation.
    pub created_at: Option<Timestamp>,
    /// The sender or recipient, unless that contact was deleted.
    pub contact: Option<MessageContact>,
    /// The session that carried the message, unless it was deleted or the channel has no sessions.
    pub session: Option<MessageSession>,
}

/// The contact of a message.
#[model]
pub struct MessageContact {
    /// The contact's id.
    pub id: Option<Id>,
    /// The contact's name.
    pub name: Option<String>,
    /// The contact's phone number.
    pub phone_number: Option<String>,
}

/// The session of a message.
#[model]
pub struct MessageSession {
    /// The session's id.
    pub id: Option<Id>,
    /// The session's name.
    pub name: Option<String>,
}
