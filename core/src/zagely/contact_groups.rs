//! Groups of contacts: static ones are filled by hand, dynamic ones by filters.
//!
//! Source: Zagely, "Contact groups".

use alloc::string::String;
use alloc::vec::Vec;

use hudhud_macros::{endpoint, model};

use crate::types::json::{Date, Id, Object};
use crate::types::nullable::Nullable;
use crate::types::time::Timestamp;
use crate::zagely::Contact;

/// Lists groups, each with the number of its contacts.
///
/// Returns [`Page`](crate::Page) of [`ContactGroup`].
///
/// Source: Zagely, "/api/v1/contact-groups".
#[endpoint(GET "/api/v1/contact-groups", ability = "contacts.read", inferred(method, ability))]
pub struct ListContactGroups {
    /// The number of the page. Default 1, which is not sent.
    #[field(min = 1, inferred = "the framework's name for it; the vendor's page gives none")]
    pub page: Option<u64>,
}

/// Creates a group.
///
/// Returns [`ContactGroup`] (inferred). Errors: 422.
///
/// Source: Zagely, "/api/v1/contact-groups".
///
/// ```
/// use hudhud::zagely::{CreateContactGroup, GroupFilters, GroupType};
/// let by_hand = CreateContactGroup::new("VIP Customers", GroupType::Static);
/// let by_itself = CreateContactGroup::new("New VIPs", GroupType::Dynamic)
///     .filters(GroupFilters::new().tags(["vip"]).created_from("2026-01-01"));
/// # let _ = (by_hand, by_itself);
/// ```
#[endpoint(POST "/api/v1/contact-groups", ability = "contacts.write")]
pub struct CreateContactGroup {
    /// A name to display.
    #[field(max = 255)]
    pub name: String,
    /// The type: filled by hand or by filters.
    pub r#type: GroupType,
    /// A description.
    pub description: Option<String>,
    /// The filters that select the contacts of a dynamic group.
    #[field(required_if(type = "dynamic"))]
    pub filters: Option<GroupFilters>,
}

/// Reads a group, with its first 100 contacts.
///
/// Returns [`ContactGroup`]. Errors: 404.
///
/// Source: Zagely, "/api/v1/contact-groups/{group}".
#[endpoint(GET "/api/v1/contact-groups/{group_id}", ability = "contacts.read", inferred(method, ability))]
pub struct GetContactGroup {
    /// The group.
    #[field(path)]
    pub group_id: Id,
}

/// Changes a group's name, description or filters. Only the fields that are sent change.
///
/// Returns [`ContactGroup`] (inferred). Errors: 404, 422.
///
/// Source: Zagely, "/api/v1/contact-groups/{group}".
#[endpoint(PUT "/api/v1/contact-groups/{group_id}", ability = "contacts.write", update, inferred(method, ability))]
pub struct UpdateContactGroup {
    /// The group.
    #[field(path)]
    pub group_id: Id,
    /// A name to display.
    #[field(max = 255)]
    pub name: Nullable<String>,
    /// A description.
    pub description: Nullable<String>,
    /// The filters that select the contacts of a dynamic group.
    pub filters: Nullable<GroupFilters>,
}

/// Deletes a group. Its contacts stay.
///
/// Returns [`Acknowledgement`](crate::zagely::Acknowledgement). Errors: 404.
///
/// Source: Zagely, "/api/v1/contact-groups/{group}".
#[endpoint(DELETE "/api/v1/contact-groups/{group_id}", ability = "contacts.write", inferred(method, ability))]
pub struct DeleteContactGroup {
    /// The group.
    #[field(path)]
    pub group_id: Id,
}

/// Adds contacts to a static group, by id, by phone number, or both.
///
/// Returns [`Acknowledgement`](crate::zagely::Acknowledgement).
///
/// Source: Zagely, "/api/v1/contact-groups/{group}/contacts".
#[endpoint(POST "/api/v1/contact-groups/{group_id}/contacts", ability = "contacts.write", inferred(ability))]
pub struct AddGroupContacts {
    /// The group.
    #[field(path)]
    pub group_id: Id,
    /// Contacts by their ids. Inferred: at least one of the two lists is required.
    #[field(required_without(phone_numbers))]
    pub contact_ids: Option<Vec<Id>>,
    /// Contacts by their phone numbers.
    #[field(phone, required_without(contact_ids))]
    pub phone_numbers: Option<Vec<String>>,
}

/// Removes contacts from a static group, by id, by phone number, or both.
///
/// Returns [`Acknowledgement`](crate::zagely::Acknowledgement).
///
/// It is a DELETE with a body, which a transport must be able to send.
///
/// Source: Zagely, "/api/v1/contact-groups/{group}/contacts".
#[endpoint(
    DELETE "/api/v1/contact-groups/{group_id}/contacts", ability = "contacts.write", inferred(method, ability)
)]
pub struct RemoveGroupContacts {
    /// The group.
    #[field(path)]
    pub group_id: Id,
    /// Contacts by their ids. Inferred: at least one of the two lists is required.
    #[field(required_without(phone_numbers))]
    pub contact_ids: Option<Vec<Id>>,
    /// Contacts by their phone numbers.
    #[field(phone, required_without(contact_ids))]
    pub phone_numbers: Option<Vec<String>>,
}

/// The way in which a group is filled.
#[model]
pub enum GroupType {
    /// By hand.
    Static,
    /// By filters. The group is always up to date.
    Dynamic,
}

/// The filters of a dynamic group. The group contains the contacts that match all of them.
#[model(input)]
pub struct GroupFilters {
    /// Tags that the contacts must have.
    pub tags: Option<Vec<String>>,
    /// Values that the contacts must have in their custom fields.
    pub custom_fields: Option<Object>,
    /// The first day of creation, inclusive.
    pub created_from: Option<Date>,
    /// The last day of creation, inclusive.
    pub created_to: Option<Date>,
}

/// A group. Inferred from the fields of `contact_groups.create`, except `contacts_count`.
#[model]
pub struct ContactGroup {
    /// The group's id.
    pub id: Option<Id>,
    /// A name to display.
    pub name: Option<String>,
    /// The type: filled by hand or by filters.
    pub r#type: Option<GroupType>,
    /// A description.
    pub description: Option<String>,
    /// The filters, if the group is dynamic.
    pub filters: Object,
    /// The number of contacts.
    pub contacts_count: Option<u64>,
    /// The first 100 contacts. Only in the response to `contact_groups.get` (name inferred).
    pub contacts: Vec<Contact>,
    /// The time of creation.
    pub created_at: Option<Timestamp>,
}
