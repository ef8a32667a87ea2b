//! The two sends.
//!
//! Source: Wazaj, sections 1 and 2.

use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::types::json::{Json, Object};
use crate::types::nullable::Nullable;

/// Sends a text.
///
/// Returns [`SentMessage`]. Refused with 403 if the account is disconnected or blocked, with 422 for a bad field
/// or a business rule (the error's code, such as `billing_send_denied`), with 503 while the module is not ready;
/// only the last is tried again.
///
/// Source: Wazaj, "1. Voye mesaj tèks".
#[endpoint(POST "/messages/text")]
pub struct SendText {
    /// The recipient, in E.164: `+50912345678`.
    #[field(e164)]
    pub to: String,
    /// The text. No greatest length is stated.
    pub body: String,
    /// True if the recipient sees a preview of a URL in the text.
    pub preview_url: Option<bool>,
    /// The Meta message id this text replies to; `null` is legal, and says that it replies to none.
    pub reply_to_meta_message_id: Nullable<String>,
}

/// Sends a template that Meta has approved.
///
/// Returns [`SentMessage`]. Errors are those of [`SendText`], and 422 `templates_not_entitled` where the plan has
/// no templates.
///
/// Source: Wazaj, "2. Voye mesaj modèl".
#[endpoint(POST "/messages/template")]
pub struct SendTemplate {
    /// The recipient, in E.164: `+50912345678`.
    #[field(e164)]
    pub to: String,
    /// The name of the approved template.
    pub template_name: String,
    /// The language of the template, such as `en`.
    pub template_language: String,
    /// Meta's components with their parameters, handed on as they are. [`TemplateComponent`] makes the usual
    /// ones.
    pub template_components: Option<Vec<Json>>,
}

/// A message that Wazaj took.
#[model]
pub struct SentMessage {
    /// True if the message was accepted.
    pub success: Option<bool>,
    /// The message's number in Wazaj: not Meta's `wamid`.
    pub message_id: Option<u64>,
}

/// Meta's template components with text parameters, for [`SendTemplate::template_components`].
///
/// Inferred: the vendor's page shows only a body; the others are as Meta's Cloud API has them.
///
/// ```
/// use hudhud::wazaj::{SendTemplate, TemplateComponent};
/// let call = SendTemplate::new("+50912345678", "order_update", "en")
///     .template_components([TemplateComponent::body(["John"])]);
/// # let _ = call;
/// ```
#[derive(Debug)]
pub struct TemplateComponent;

impl TemplateComponent {
    /// The parameters of the body, in order.
    pub fn body<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Json {
        Self::component("body", [], texts)
    }

    /// The parameters of the header, in order.
    pub fn header<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Json {
        Self::component("header", [], texts)
    }

    /// The ending of a URL button; `index` counts buttons from 0.
    pub fn url_button(index: u8, ending: impl Into<String>) -> Json {
        let which = [("sub_type", Json::from("url")), ("index", Json::from(u64::from(index)))];
        Self::component("button", which, [ending])
    }

    fn component<T: Into<String>>(
        kind: &str,
        which: impl IntoIterator<Item = (&'static str, Json)>,
        texts: impl IntoIterator<Item = T>,
    ) -> Json {
        let parameter =
            |text: T| Object::from([("type", Json::from("text")), ("text", Json::from(text.into()))]);
        let parameters: Vec<Object> = texts.into_iter().map(parameter).collect();
        let mut component = Object::from([("type", kind)]);
        for (name, value) in which {
            component.insert(name, value);
        }
        // Objects of text always have a JSON form.
        component.insert("parameters", Json::write(&parameters).unwrap_or_default());
        Json::write(&component).unwrap_or_default()
    }
}
