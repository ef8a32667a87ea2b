//! Contacts, one per phone number, and the filters that select them.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::store::{Record, Store};
use crate::clock::SimTime;

/// A contact.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Contact {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) phone_number: String,
    pub(crate) email: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) notes: Option<String>,
    pub(crate) custom_fields: Map<String, Value>,
    pub(crate) is_blocked: bool,
    pub(crate) opted_out_at: Option<SimTime>,
    /// True after the first inbound message. A contact gets a welcome message only once.
    pub(crate) has_written: bool,
    pub(crate) created_at: SimTime,
    pub(crate) updated_at: SimTime,
}

impl Record for Contact {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Contact {
    pub(crate) fn new(id: Uuid, phone_number: String, now: SimTime) -> Self {
        Self {
            id,
            name: phone_number.clone(),
            phone_number,
            email: None,
            tags: Vec::new(),
            notes: None,
            custom_fields: Map::new(),
            is_blocked: false,
            opted_out_at: None,
            has_written: false,
            created_at: now,
            updated_at: now,
        }
    }

    /// Returns the three fields that identify a contact in a message.
    pub(crate) fn card(&self) -> Value {
        json!({ "id": self.id, "name": self.name, "phone_number": self.phone_number })
    }

    /// Returns the contact as the list shows it, except its groups.
    pub(crate) fn view(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "phone_number": self.phone_number,
            "email": self.email,
            "tags": self.tags,
            "notes": self.notes,
            "is_blocked": self.is_blocked,
            "opted_out_at": self.opted_out_at.map(|at| at.to_string()),
            "custom_fields": self.custom_fields,
            "created_at": self.created_at.to_string(),
            "updated_at": self.updated_at.to_string(),
        })
    }

    /// Returns true if a message on `channel` can reach the contact. The table on the vendor's page states what each
    /// channel needs. The dashboard sets these values; here they are custom fields of the same names.
    pub(crate) fn reachable_on(&self, channel: &str) -> bool {
        let has = |field: &str| self.custom_fields.get(field).is_some_and(|value| !value.is_null());
        match channel {
            "email" => self.email.is_some() && self.opted_out_at.is_none(),
            "webpush" => self.opted_out_at.is_none(),
            "telegram" => has("telegram_chat_id"),
            "messenger" => has("messenger_psid"),
            "viber" => has("viber_user_id"),
            "discord" => has("discord_user_id"),
            "instagram" => has("instagram_igsid"),
            _ => true,
        }
    }
}

/// Normalizes a phone number to a plus and its digits, as in the vendor's samples.
pub(crate) fn digits_of(phone_number: &str) -> Option<String> {
    let digits: String = phone_number.chars().filter(char::is_ascii_digit).collect();
    (1..=15).contains(&digits.len()).then(|| format!("+{digits}"))
}

/// All contacts, indexed by id and by phone number.
#[derive(Debug, Default)]
pub(crate) struct Contacts {
    store: Store<Contact>,
    by_phone: HashMap<String, Uuid>,
}

impl Contacts {
    pub(crate) fn put(&mut self, contact: Contact) {
        self.by_phone.insert(contact.phone_number.clone(), contact.id);
        self.store.put(contact);
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<&Contact> {
        self.store.get(id)
    }

    pub(crate) fn with_phone(&self, phone_number: &str) -> Option<&Contact> {
        self.by_phone.get(phone_number).and_then(|&id| self.store.get(id))
    }

    /// Changes a contact and keeps the index of phone numbers up to date.
    pub(crate) fn change<R>(&mut self, id: Uuid, change: impl FnOnce(&mut Contact) -> R) -> Option<R> {
        let contact = self.store.get_mut(id)?;
        let before = contact.phone_number.clone();
        let result = change(contact);
        if contact.phone_number != before {
            let after = contact.phone_number.clone();
            self.by_phone.remove(&before);
            self.by_phone.insert(after, id);
        }
        Some(result)
    }

    pub(crate) fn take(&mut self, id: Uuid) -> Option<Contact> {
        let contact = self.store.take(id)?;
        self.by_phone.remove(&contact.phone_number);
        Some(contact)
    }

    pub(crate) fn len(&self) -> usize {
        self.store.len()
    }

    /// Iterates over the contacts, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Contact> {
        self.store.iter()
    }
}

impl Serialize for Contacts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.store.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Contacts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let store = Store::<Contact>::deserialize(deserializer)?;
        let by_phone = store.iter().map(|contact| (contact.phone_number.clone(), contact.id)).collect();
        Ok(Self { store, by_phone })
    }
}

/// A filter of contacts: for a list's query, a dynamic group, a campaign's target or an export.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ContactFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) search: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) custom_fields: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_blocked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) opted_out: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_from: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_to: Option<Date>,
}

impl ContactFilter {
    /// Applies all conditions except the group. The filters of a dynamic group cannot name a group.
    pub(crate) fn matches_contact(&self, contact: &Contact) -> bool {
        let found = |needle: &String| {
            let needle = needle.to_lowercase();
            contact.name.to_lowercase().contains(&needle)
                || contact.phone_number.contains(&needle)
                || contact.email.as_ref().is_some_and(|email| email.to_lowercase().contains(&needle))
        };
        let created = contact.created_at.date();
        self.search.as_ref().is_none_or(found)
            && self.tags.iter().all(|tag| contact.tags.contains(tag))
            && self.custom_fields.iter().all(|(key, value)| contact.custom_fields.get(key) == Some(value))
            && self.is_blocked.is_none_or(|blocked| contact.is_blocked == blocked)
            && self.opted_out.is_none_or(|out| contact.opted_out_at.is_some() == out)
            && self.created_from.is_none_or(|from| created >= from)
            && self.created_to.is_none_or(|to| created <= to)
    }
}
