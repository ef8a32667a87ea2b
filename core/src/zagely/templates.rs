//! Message templates that the vendor keeps. [`Template`](crate::Template) renders them here.
//!
//! Source: Zagely, "Templates".

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::codec::error::Unreadable;
use crate::codec::output::envelope::read_model;
use crate::codec::output::{Answer, Odd, text_under};
use crate::types::json::{Id, Json, Object};
use crate::types::time::Timestamp;
use crate::zagely::Channel;

/// Creates a template.
///
/// Returns [`MessageTemplate`], with status 201. Errors: 422 if the workspace has a template of that name.
///
/// Source: Zagely, "/api/templates".
#[endpoint(POST "/api/templates", inferred(method))]
pub struct CreateTemplate {
    /// A name that no other template of the workspace has.
    pub name: String,
    /// The channel it is for, or `all`.
    pub channel: Channel,
    /// The text, with `{{variables}}`.
    pub content: String,
    /// A medium that goes with it.
    pub media_url: Option<String>,
    /// Buttons for quick replies or actions; the vendor does not state what such an object looks like.
    pub buttons: Option<Vec<Json>>,
    /// The names of the variables. The vendor finds them in the text when absent.
    pub variables: Option<Vec<String>>,
}

/// Has the vendor render a template: for a contact, or with values.
///
/// Returns [`TemplatePreview`]. [`Template::render`](crate::Template::render) does nearly the same without asking;
/// what the vendor does with missing variables is not stated.
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
    /// Its name.
    pub name: Option<String>,
    /// The channel it is for.
    pub channel: Option<Channel>,
    /// The text.
    pub content: Option<String>,
    /// The names of the variables, in the order of the text.
    pub variables: Vec<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// A rendered template. The vendor's page does not show this answer, so the text is looked for under the likely
/// names.
#[model(manual)]
pub struct TemplatePreview {
    /// The text, if it came under this name.
    pub preview: Option<String>,
    /// The text, if it came under this name.
    pub rendered: Option<String>,
    /// The text, if it came under this name.
    pub content: Option<String>,
    /// The text, if it came under this name.
    pub message: Option<String>,
}

impl TemplatePreview {
    /// The rendered text, under whichever name it came.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        let named =
            [&self.preview, &self.rendered, &self.content, &self.message].into_iter().flatten().next();
        named.map(|text| Cow::Borrowed(text.as_str())).or_else(|| self.extra.text("data"))
    }
}

impl Answer for TemplatePreview {
    const ODD: Option<&'static Odd> = Some(const { &Odd::of::<Self>() });

    fn instead(body: &[u8]) -> Option<Vec<u8>> {
        text_under("preview", body)
    }

    fn read(_: u16, body: &[u8]) -> Result<Self, Unreadable> {
        read_model(Self::instead(body).as_deref().unwrap_or(body))
    }
}
