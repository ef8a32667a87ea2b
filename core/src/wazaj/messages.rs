//! The two calls that send messages.
//!
//! Source: Wazaj, sections 1 and 2.

use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::types::json::{Json, Object};
use crate::types::nullable::Nullable;

/// Sends a text.
///
/// Returns [`SentMessage`]. Errors: 403 if the account is disconnected or blocked; 422 for an invalid field, or for a
/// business rule that the error's code names, such as `billing_send_denied`; 503 while the module is not ready. Of
/// these, only 503 is retried.
///
/// Source: Wazaj, "1. Voye mesaj tèks".
#[endpoint(POST "/messages/text")]
pub struct SendText {
    /// The recipient, in E.164: `+50912345678`.
    #[field(e164)]
    pub to: String,
    /// The text. The vendor states no maximum length.
    pub body: String,
    /// True if the recipient sees a preview of a URL in the text.
    pub preview_url: Option<bool>,
    /// The Meta id of the message that this text replies to. `null` means that it replies to no message.
    pub reply_to_meta_message_id: Nullable<String>,
}

/// Sends a template that Meta has approved.
///
/// Returns [`SentMessage`]. Errors are those of `messages.send_text`, and 422 `templates_not_entitled` if the plan does not
/// include templates.
///
/// Source: Wazaj, "2. Voye mesaj modèl".
#[endpoint(POST "/messages/template")]
pub struct SendTemplate {
    /// The recipient, in E.164: `+50912345678`.
    #[field(e164)]
    pub to: String,
    /// The name of the approved template.
    #[field(identifier)]
    pub template_name: String,
    /// The language of the template, such as `en`.
    #[field(identifier)]
    pub template_language: String,
    /// Meta's components with their parameters, sent unchanged.
    pub template_components: Option<Vec<Json>>,
}

/// A message that Wazaj accepted.
#[model]
pub struct SentMessage {
    /// True if the message was accepted.
    pub success: Option<bool>,
    /// The message's number in Wazaj. It is not Meta's `wamid`.
    pub message_id: Option<u64>,
}

/// Meta's template components with text parameters, for [`SendTemplate::template_components`].
///
/// Inferred: the vendor's page shows only a body. The other components follow Meta's Cloud API.
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
    /// Creates the component with the parameters of the body, in order.
    pub fn body<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Json {
        Self::component("body", [], texts)
    }

    /// Creates the component with the parameters of the header, in order.
    pub fn header<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Json {
        Self::component("header", [], texts)
    }

    /// Creates the component of a URL button. `ending` completes the address of the button. `index` is the button's position,
    /// from 0.
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
        // Objects with text can always be written as JSON.
        component.insert("parameters", Json::write(&parameters).unwrap_or_default());
        Json::write(&component).unwrap_or_default()
    }
}
