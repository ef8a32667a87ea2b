//! WhatsApp sessions: phones that were connected with a QR code.
//!
//! Source: Zagely, "WhatsApp Session API".

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::codec::error::DecodeError;
use crate::codec::output::envelope::read_model;
use crate::codec::output::{CustomDecoding, Output, text_under};
use crate::types::json::{Id, Json, Object};
use crate::types::nullable::Nullable;
use crate::types::time::Timestamp;

/// Lists the workspace's sessions.
///
/// Returns [`Page`](crate::Page) of [`Session`].
///
/// Source: Zagely, "/api/v1/sessions".
#[endpoint(GET "/api/v1/sessions", ability = "sessions.read", inferred(method))]
pub struct ListSessions {
    /// The number of the page. Default 1, which is not sent.
    #[field(min = 1, inferred = "the framework's name for it; the vendor's page gives none")]
    pub page: Option<u64>,
}

/// Reads a session's live status.
///
/// Returns [`Session`] (inferred; at least its status). Errors: 404.
///
/// Source: Zagely, "/api/v1/sessions/{session}".
#[endpoint(GET "/api/v1/sessions/{session_id}", ability = "sessions.read", inferred(method, ability))]
pub struct GetSession {
    /// The session.
    #[field(path)]
    pub session_id: Id,
}

/// Creates a session and starts to connect it. The response contains the QR code to scan.
///
/// Returns [`Session`] with `qr_code`.
///
/// Source: Zagely, "/api/whatsapp/sessions".
#[endpoint(POST "/api/whatsapp/sessions", inferred(method))]
pub struct CreateSession {
    /// A name to display.
    #[field(max = 255)]
    pub name: String,
    /// The expected phone number, for information only. The scan of the QR code sets the real number.
    #[field(phone)]
    pub phone_number: Option<String>,
}

/// Changes a session's settings. Only the fields that are sent change.
///
/// Returns [`Session`] (inferred). Errors: 404, 422.
///
/// Source: Zagely, "/api/whatsapp/sessions/{session}".
#[endpoint(PUT "/api/whatsapp/sessions/{session_id}", update, inferred(method))]
pub struct UpdateSession {
    /// The session.
    #[field(path)]
    pub session_id: Id,
    /// A name to display.
    pub name: Nullable<String>,
    /// A description.
    pub description: Nullable<String>,
    /// The maximum number of messages per day.
    #[field(min = 1)]
    pub daily_limit: Nullable<i64>,
    /// True if the number of messages per day starts low and grows (warm-up).
    pub warmup_enabled: Nullable<bool>,
    /// The number of messages per day at the start of the warm-up.
    pub warmup_start_limit: Nullable<i64>,
    /// The number of messages per day at the end of the warm-up.
    pub warmup_max_limit: Nullable<i64>,
    /// The length of the warm-up in days.
    pub warmup_days: Nullable<i64>,
    /// True if typing is simulated before each message.
    pub simulate_typing: Nullable<bool>,
}

/// Reads the current QR code. Repeat the call while the status is `connecting`.
///
/// Returns [`QrCode`] (inferred).
///
/// Source: Zagely, "/api/whatsapp/sessions/{session}/qr".
#[endpoint(GET "/api/whatsapp/sessions/{session_id}/qr", inferred(method))]
pub struct GetQrCode {
    /// The session.
    #[field(path)]
    pub session_id: Id,
}

/// Disconnects a session. Its status becomes `disconnected`.
///
/// Returns [`Session`] (inferred).
///
/// Source: Zagely, "/api/whatsapp/sessions/{session}/disconnect".
#[endpoint(POST "/api/whatsapp/sessions/{session_id}/disconnect", inferred(method))]
pub struct DisconnectSession {
    /// The session.
    #[field(path)]
    pub session_id: Id,
}

/// Disconnects a session and deletes it permanently.
///
/// Returns [`Acknowledgement`].
///
/// Source: Zagely, "/api/whatsapp/sessions/{session}".
#[endpoint(DELETE "/api/whatsapp/sessions/{session_id}", inferred(method))]
pub struct DeleteSession {
    /// The session.
    #[field(path)]
    pub session_id: Id,
}

/// The status of a session.
#[model]
pub enum SessionStatus {
    /// Waiting for its QR code to be scanned.
    Connecting,
    /// Ready to send.
    Connected,
    /// Not connected.
    Disconnected,
    /// Banned by WhatsApp.
    Banned,
}

/// A WhatsApp session.
#[model]
pub struct Session {
    /// The session's id.
    pub id: Option<Id>,
    /// A name to display.
    pub name: Option<String>,
    /// The phone's number. Absent until the QR code was scanned (inferred).
    pub phone_number: Option<String>,
    /// The status.
    pub status: Option<SessionStatus>,
    /// The maximum number of messages per day.
    pub daily_limit: Option<u64>,
    /// True if the number of messages per day starts low and grows (warm-up).
    pub warmup_enabled: Option<bool>,
    /// The time of creation.
    pub created_at: Option<Timestamp>,
    /// The QR code to scan, as a `data:` URL. Only in the response to `sessions.create`.
    #[field(secret)]
    pub qr_code: Option<String>,
}

/// The QR code of a session that is being connected. It is a secret: the phone that scans it controls the session.
#[model(manual)]
pub struct QrCode {
    /// The image, as a `data:image/png;base64,…` URL.
    #[field(secret)]
    pub qr_code: Option<String>,
    /// The status of the session, if the response contains it.
    pub status: Option<SessionStatus>,
}

/// The vendor's page does not show this response. The image is searched under its probable names, as a JSON string, and
/// as the body itself.
impl Output for QrCode {
    const CUSTOM_DECODING: Option<&'static CustomDecoding> = Some(const { &CustomDecoding::of::<Self>() });

    fn instead(body: &[u8]) -> Option<Vec<u8>> {
        let body = crate::text::json_repair::unmarked(body);
        let image = [(&b"\x89PNG"[..], "png"), (b"\xff\xd8\xff", "jpeg"), (b"<svg", "svg+xml")];
        if let Some((_, kind)) = image.into_iter().find(|(magic, _)| body.starts_with(magic)) {
            let code = format!("data:image/{kind};base64,{}", crate::text::base64::encode(body));
            return text_under("qr_code", Json::from(code).as_str().as_bytes());
        }
        match core::str::from_utf8(body).map(str::trim) {
            Ok(text) if text.starts_with("data:") => {
                text_under("qr_code", Json::from(text).as_str().as_bytes())
            }
            _ => text_under("qr_code", body),
        }
    }

    fn completed(_: u16, members: &Object) -> Option<(&'static str, String)> {
        let text = ["qr", "data", "code", "image"].into_iter().find_map(|name| members.text(name))?;
        Some(("qr_code", text.into_owned()))
    }

    fn read(status: u16, body: &[u8]) -> Result<Self, DecodeError> {
        let mut code: Self = read_model(Self::instead(body).as_deref().unwrap_or(body))?;
        if code.qr_code.is_none() {
            code.qr_code = Self::completed(status, &code.extra).map(|(_, text)| text);
        }
        Ok(code)
    }
}

/// The confirmation of an action. The vendor's page does not show these responses, so any form is accepted.
#[model(manual)]
pub struct Acknowledgement {
    /// The vendor's message.
    pub message: Option<String>,
}

impl Output for Acknowledgement {
    const CUSTOM_DECODING: Option<&'static CustomDecoding> = Some(const { &CustomDecoding::of::<Self>() });

    /// A bare `true`, `1` or `"ok"` also confirms the action.
    fn instead(body: &[u8]) -> Option<Vec<u8>> {
        let json = crate::codec::output::in_bytes::<Json>(body)?;
        (!json.as_str().starts_with(['{', '[', 'n'])).then(|| b"{}".to_vec())
    }

    fn read(_: u16, body: &[u8]) -> Result<Self, DecodeError> {
        read_model(Self::instead(body).as_deref().unwrap_or(body))
    }
}
