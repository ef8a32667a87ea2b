//! Contacts, one per phone number, and the filters that choose among them.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::shelf::{Record, Shelf};
use super::{Group, World};
use crate::clock::Moment;

/// Somebody to write to.
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
    pub(crate) opted_out_at: Option<Moment>,
    /// Has sent an inbound message: nobody is welcomed twice.
    pub(crate) has_written: bool,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
}

impl Record for Contact {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Contact {
    pub(crate) fn new(id: Uuid, phone_number: String, now: Moment) -> Self {
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

    /// The three fields under which a message names its contact.
    pub(crate) fn card(&self) -> Value {
        json!({ "id": self.id, "name": self.name, "phone_number": self.phone_number })
    }

    /// The contact as the list shows it, but for its groups.
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

    /// Whether a message on `channel` has somewhere to go. The page's table says what each channel needs; how a
    /// contact comes to have it is a matter of the dashboard, so here it is a custom field of that name.
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

/// A number without what is not a digit, as the page's samples write it: with a plus in front.
pub(crate) fn digits_of(phone_number: &str) -> Option<String> {
    let digits: String = phone_number.chars().filter(char::is_ascii_digit).collect();
    (1..=15).contains(&digits.len()).then(|| format!("+{digits}"))
}

/// All contacts, also by phone number.
#[derive(Debug, Default)]
pub(crate) struct Contacts {
    shelf: Shelf<Contact>,
    by_phone: HashMap<String, Uuid>,
}

impl Contacts {
    pub(crate) fn put(&mut self, contact: Contact) {
        self.by_phone.insert(contact.phone_number.clone(), contact.id);
        self.shelf.put(contact);
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<&Contact> {
        self.shelf.get(id)
    }

    pub(crate) fn with_phone(&self, phone_number: &str) -> Option<&Contact> {
        self.by_phone.get(phone_number).and_then(|&id| self.shelf.get(id))
    }

    /// Changes a contact; the index follows its phone number.
    pub(crate) fn change<R>(&mut self, id: Uuid, change: impl FnOnce(&mut Contact) -> R) -> Option<R> {
        let contact = self.shelf.get_mut(id)?;
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
        let contact = self.shelf.take(id)?;
        self.by_phone.remove(&contact.phone_number);
        Some(contact)
    }

    pub(crate) fn len(&self) -> usize {
        self.shelf.len()
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Contact> {
        self.shelf.iter()
    }
}

impl Serialize for Contacts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.shelf.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Contacts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shelf = Shelf::<Contact>::deserialize(deserializer)?;
        let by_phone = shelf.iter().map(|contact| (contact.phone_number.clone(), contact.id)).collect();
        Ok(Self { shelf, by_phone })
    }
}

/// Which contacts are meant: by a list's query, a dynamic group, a campaign's target or an export.
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
    pub(crate) fn matches(&self, contact: &Contact, world: &World) -> bool {
        self.matches_contact(contact)
            && self.group_id.is_none_or(|id| world.groups.get(id).is_some_and(|group| group.has(contact)))
    }

    /// All but the group, which a dynamic group's own filters cannot name.
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

impl World {
    /// The contact with the groups it is in, as lists and single answers show it.
    pub(crate) fn contact_view(&self, contact: &Contact) -> Value {
        let mut view = contact.view();
        let groups: Vec<Value> = self
            .groups
            .iter()
            .filter(|group| group.has(contact))
            .map(|group| json!({ "id": group.id, "name": group.name }))
            .collect();
        view["groups"] = Value::Array(groups);
        view
    }

    /// Gives a contact another number; its messages stay its own.
    pub(crate) fn renumber(&mut self, id: Uuid, phone_number: String) {
        let before = self
            .contacts
            .change(id, |contact| std::mem::replace(&mut contact.phone_number, phone_number.clone()));
        let Some(before) = before.filter(|before| *before != phone_number) else { return };
        for message in self.messages.iter_mut().filter(|message| message.phone_number == before) {
            message.phone_number.clone_from(&phone_number);
        }
    }

    /// The contacts of a group, oldest first.
    pub(crate) fn contacts_of<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a Contact> {
        self.contacts.iter().filter(move |contact| group.has(contact))
    }

    /// Contacts named by id or phone number; whoever is not known is left out.
    pub(crate) fn contacts_named(&self, ids: &[Uuid], phones: &[String]) -> BTreeSet<Uuid> {
        let known = ids.iter().copied().filter(|&id| self.contacts.get(id).is_some());
        let called = phones.iter().filter_map(|phone| self.contacts.with_phone(phone)).map(|found| found.id);
        known.chain(called).collect()
    }
}
