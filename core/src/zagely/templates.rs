//! Message templates that the vendor stores. [`Template`](crate::Template) renders them locally.
//!
//! Source: Zagely, "Templates".

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::codec::error::DecodeError;
use crate::codec::output::envelope::read_model;
use crate::codec::output::{CustomDecoding, Output, text_under};
use crate::types::json::{Id, Json, Object};
use crate::types::time::Timestamp;
use crate::zagely::Channel;

/// Creates a template.
///
/// Returns [`MessageTemplate`], with status 201. Errors: 422 if the workspace already has a template of that name.
///
/// Source: Zagely, "/api/templates".
#[endpoint(POST "/api/templates", inferred(method))]
pub struct CreateTemplate {
    /// A name that no other template of the workspace has.
    pub name: String,
    /// The channel of the template, or `all`.
    pub channel: Channel,
    /// The text, with `{{variables}}`.
    pub content: String,
    /// The URL of a media file that is sent with the text.
    pub media_url: Option<String>,
    /// Buttons for quick replies or actions. The vendor does not state the form of these objects.
    pub buttons: Option<Vec<Json>>,
    /// The names of the variables. If absent, the vendor finds them in the text.
    pub variables: Option<Vec<String>>,
}

/// Renders a template at the vendor, for a contact or with given values.
///
/// Returns [`TemplatePreview`]. [`Template::render`](crate::Template::render) gives nearly the same text without a
/// request. The vendor does not state how it renders missing variables.
///
/// Source: Zagely, "/api/templates/{template}/preview".
#[endpoint(POST "/api/templates/{template_id}/preview", inferred(method))]
pub struct PreviewTemplate {
    /// The template.
    #[field(path)]
    pub template_id: Id,
    /// The contact whose fields are filled in.
    pub contact_id: Option<Id>,
    /// Values by name.
    pub variables: Option<Object>,
}

/// A template.
#[model]
pub struct MessageTemplate {
    /// The template's id.
    pub id: Option<Id>,
    /// The template's name.
    pub name: Option<String>,
    /// The channel of the template, or `all`.
    pub channel: Option<Channel>,
    /// The text.
    pub content: Option<String>,
    /// The names of the variables, in the order of the text.
    pub variables: Vec<String>,
    /// The time of creation.
    pub created_at: Option<Timestamp>,
}

/// A rendered template. The vendor's page does not show this response, so the text is searched under its probable
/// names.
#[model(manual)]
pub struct TemplatePreview {
    /// The text, if the response has it under this name.
    pub preview: Option<String>,
    /// The text, if the response has it under this name.
    pub rendered: Option<String>,
    /// The text, if the response has it under this name.
    pub content: Option<String>,
    /// The text, if the response has it under this name.
    pub message: Option<String>,
}

impl TemplatePreview {
    /// Returns the rendered text, regardless of its name in the response.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        let named =
            [&self.preview, &self.rendered, &self.content, &self.message].into_iter().flatten().next();
        named.map(|text| Cow::Borrowed(text.as_str())).or_else(|| self.extra.text("data"))
    }
}

impl Output for TemplatePreview {
    const CUSTOM_DECODING: Option<&'static CustomDecoding> = Some(const { &CustomDecoding::of::<Self>() });

    fn instead(body: &[u8]) -> Option<Vec<u8>> {
        text_under("preview", body)
    }

    fn read(_: u16, body: &[u8]) -> Result<Self, DecodeError> {
        read_model(Self::instead(body).as_deref().unwrap_or(body))
    }
}
