//! Contact groups: static ones with members, dynamic ones with filters.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::contact::{Contact, ContactFilter};
use super::store::Record;
use crate::clock::SimTime;

/// A group of contacts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) membership: Membership,
    pub(crate) created_at: SimTime,
    pub(crate) updated_at: SimTime,
}

/// The way a group selects its contacts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Membership {
    Static(BTreeSet<Uuid>),
    Dynamic(ContactFilter),
}

impl Record for Group {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Group {
    pub(crate) fn has(&self, contact: &Contact) -> bool {
        match &self.membership {
            Membership::Static(members) => members.contains(&contact.id),
            Membership::Dynamic(filter) => filter.matches_contact(contact),
        }
    }

    pub(crate) fn view(&self, contacts_count: usize) -> Value {
        let (kind, filters) = match &self.membership {
            Membership::Static(_) => ("static", Value::Null),
            Membership::Dynamic(filter) => ("dynamic", json!(filter)),
        };
        json!({
            "id": self.id,
            "name": self.name,
            "type": kind,
            "description": self.description,
            "filters": filters,
            "contacts_count": contacts_count,
            "created_at": self.created_at.to_string(),
            "updated_at": self.updated_at.to_string(),
        })
    }
}
