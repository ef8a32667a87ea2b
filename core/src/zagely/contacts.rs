//! Contacts: the recipients of messages.
//!
//! Source: Zagely, "Contacts".

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::template::TemplateValues;
use crate::types::json::{Bytes, Id, Object};
use crate::types::nullable::Nullable;
use crate::types::time::Timestamp;
use crate::zagely::Message;

/// Lists contacts, by default 50 per page and the newest first.
///
/// Returns [`Page`](crate::Page) of [`Contact`].
///
/// Source: Zagely, "/api/v1/contacts".
#[endpoint(GET "/api/v1/contacts", ability = "contacts.read", inferred(method))]
pub struct ListContacts {
    /// A part of a name, phone number or e-mail address.
    pub search: Option<String>,
    /// Only contacts that have all of these tags.
    pub tags: Option<Vec<String>>,
    /// With `true`, only blocked contacts.
    pub is_blocked: Option<bool>,
    /// With `true`, only contacts that have opted out.
    pub opted_out: Option<bool>,
    /// Only contacts of this group.
    pub group_id: Option<Id>,
    /// The field to sort by. Default `created_at`.
    pub sort_by: Option<ContactSort>,
    /// The sort order. Default `desc`.
    pub sort_order: Option<SortOrder>,
    /// The number of contacts per page. Default 50.
    #[field(range(1, 200))]
    pub per_page: Option<i64>,
    /// The number of the page. Default 1, which is not sent.
    #[field(min = 1, inferred = "the framework's name for it; the vendor's page gives none")]
    pub page: Option<u64>,
}

/// Creates a contact.
///
/// Returns [`Contact`] (inferred). Errors: 422 if the workspace has a contact with that phone number.
///
/// Source: Zagely, "/api/v1/contacts".
#[endpoint(POST "/api/v1/contacts", ability = "contacts.write")]
pub struct CreateContact {
    /// The phone number; E.164 is recommended: `+15551234567`.
    #[field(phone)]
    pub phone_number: String,
    /// A name. If absent, the vendor uses the phone number.
    pub name: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// Notes.
    pub notes: Option<String>,
    /// Custom fields by name. Templates use these names as variables.
    pub custom_fields: Option<Object>,
}

/// Reads a contact, with its last 10 messages and all its groups.
///
/// Returns [`Contact`]. Errors: 404.
///
/// Source: Zagely, "/api/v1/contacts/{contact}".
#[endpoint(GET "/api/v1/contacts/{contact_id}", ability = "contacts.read", inferred(method, ability))]
pub struct GetContact {
    /// The contact.
    #[field(path)]
    pub contact_id: Id,
}

/// Changes a contact. Only the fields that are sent change.
///
/// Returns [`Contact`] (inferred). Errors: 404, 422.
///
/// Source: Zagely, "/api/v1/contacts/{contact}".
#[endpoint(PUT "/api/v1/contacts/{contact_id}", ability = "contacts.write", update, inferred(method, ability))]
pub struct UpdateContact {
    /// The contact.
    #[field(path)]
    pub contact_id: Id,
    /// The phone number.
    #[field(phone)]
    pub phone_number: Nullable<String>,
    /// A name.
    pub name: Nullable<String>,
    /// An e-mail address.
    pub email: Nullable<String>,
    /// Tags.
    pub tags: Nullable<Vec<String>>,
    /// Notes.
    pub notes: Nullable<String>,
    /// Custom fields by name.
    pub custom_fields: Nullable<Object>,
}

/// Deletes a contact permanently, with all data that is linked to it.
///
/// Returns [`Acknowledgement`](crate::zagely::Acknowledgement). Errors: 404.
///
/// Source: Zagely, "/api/v1/contacts/{contact}".
#[endpoint(DELETE "/api/v1/contacts/{contact_id}", ability = "contacts.write", inferred(method, ability))]
pub struct DeleteContact {
    /// The contact.
    #[field(path)]
    pub contact_id: Id,
}

/// Blocks a contact. Campaigns no longer reach it.
///
/// Returns [`Contact`] (inferred).
///
/// Source: Zagely, "/api/contacts/{contact}/block".
#[endpoint(POST "/api/contacts/{contact_id}/block", inferred(method))]
pub struct BlockContact {
    /// The contact.
    #[field(path)]
    pub contact_id: Id,
}

/// Unblocks a contact.
///
/// Returns [`Contact`] (inferred).
///
/// Source: Zagely, "/api/contacts/{contact}/unblock".
#[endpoint(POST "/api/contacts/{contact_id}/unblock", inferred(method))]
pub struct UnblockContact {
    /// The contact.
    #[field(path)]
    pub contact_id: Id,
}

/// Imports contacts from a CSV or XLSX file, in the background.
///
/// Returns [`Job`], with status 202.
///
/// The body is a form with one file. Experimental: the form and the name of its field are inferred.
///
/// Source: Zagely, "/api/contacts/import".
#[endpoint(POST "/api/contacts/import", multipart, inferred(method, body))]
pub struct ImportContacts {
    /// The bytes of the file.
    pub file: Bytes,
    /// The name of the file. Its extension distinguishes CSV from XLSX.
    #[field(sent_default = "contacts.csv")]
    pub file_name: Option<String>,
    /// The name of the form's field.
    #[field(sent_default = "file", inferred = "the usual name; the vendor's page gives none")]
    pub field_name: Option<String>,
}

/// Exports contacts, in the background. The filters are those of `contacts.list`.
///
/// Returns [`Job`], with status 202.
///
/// Source: Zagely, "/api/contacts/export".
#[endpoint(POST "/api/contacts/export", inferred(method, fields))]
pub struct ExportContacts {
    /// A part of a name, phone number or e-mail address.
    pub search: Option<String>,
    /// Only contacts that have all of these tags.
    pub tags: Option<Vec<String>>,
    /// With `true`, only blocked contacts.
    pub is_blocked: Option<bool>,
    /// With `true`, only contacts that have opted out.
    pub opted_out: Option<bool>,
    /// Only contacts of this group.
    pub group_id: Option<Id>,
    /// The field to sort by.
    pub sort_by: Option<ContactSort>,
    /// The sort order.
    pub sort_order: Option<SortOrder>,
}

/// The field that decides the order of contacts.
#[model]
pub enum ContactSort {
    /// The name.
    Name,
    /// The phone number.
    PhoneNumber,
    /// The e-mail address.
    Email,
    /// The time of creation.
    CreatedAt,
    /// The time of the last change.
    UpdatedAt,
}

/// A sort order.
#[model]
pub enum SortOrder {
    /// The smallest or oldest first.
    Asc,
    /// The greatest or newest first.
    Desc,
}

/// A contact.
#[model]
pub struct Contact {
    /// The contact's id.
    pub id: Option<Id>,
    /// The name.
    pub name: Option<String>,
    /// The phone number.
    pub phone_number: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The tags.
    pub tags: Vec<String>,
    /// True if the contact is blocked. Campaigns skip blocked contacts.
    pub is_blocked: Option<bool>,
    /// The time at which the contact opted out, if it did.
    pub opted_out_at: Option<Timestamp>,
    /// Custom fields by name.
    pub custom_fields: Object,
    /// The groups that contain the contact.
    pub groups: Vec<ContactGroupName>,
    /// The time of creation.
    pub created_at: Option<Timestamp>,
    /// The time of the last change (inferred).
    pub updated_at: Option<Timestamp>,
    /// The notes (inferred).
    pub notes: Option<String>,
    /// The last 10 messages. Only in the response to `contacts.get` (name inferred).
    pub messages: Vec<Message>,
}

/// Provides the values that the vendor fills in for a contact: `name`, `phone`, and each custom field under its name.
impl TemplateValues for Contact {
    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        self.own(name).or_else(|| self.custom_fields.value(name))
    }

    fn values(&self, names: &[&str]) -> Vec<Option<Cow<'_, str>>> {
        let mut values = self.custom_fields.values(names);
        for (value, name) in values.iter_mut().zip(names) {
            *value = self.own(name).or_else(|| value.take());
        }
        values
    }
}

impl Contact {
    fn own(&self, name: &str) -> Option<Cow<'_, str>> {
        let field = match name {
            "name" => self.name.as_deref(),
            "phone" => self.phone_number.as_deref(),
            _ => None,
        };
        field.map(Cow::Borrowed)
    }
}

/// A group of a contact.
#[model]
pub struct ContactGroupName {
    /// The group's id.
    pub id: Option<Id>,
    /// The group's name.
    pub name: Option<String>,
}

/// A job that runs in the background. Inferred: the vendor's page states only the status 202.
#[model]
pub struct Job {
    /// The job's id.
    pub id: Option<Id>,
    /// The status.
    #[field(identifier)]
    pub status: Option<String>,
    /// The vendor's message.
    pub message: Option<String>,
}
