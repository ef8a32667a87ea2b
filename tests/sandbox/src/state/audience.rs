//! The contacts of the workspace with their groups: selections, and changes that affect other records too.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::contact::{Contact, ContactFilter};
use super::group::{Group, Membership};
use super::world::World;

impl World {
    /// Returns true if a filter selects the contact, also by its group.
    pub(crate) fn selects(&self, filter: &ContactFilter, contact: &Contact) -> bool {
        let in_group = |id| self.groups.get(id).is_some_and(|group| group.has(contact));
        filter.matches_contact(contact) && filter.group_id.is_none_or(in_group)
    }

    /// Returns the contact with its groups, as lists and single responses show it.
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

    /// Changes a contact's phone number. Its messages stay with it.
    pub(crate) fn renumber(&mut self, id: Uuid, phone_number: String) {
        let before = self
            .contacts
            .change(id, |contact| std::mem::replace(&mut contact.phone_number, phone_number.clone()));
        let Some(before) = before.filter(|before| *before != phone_number) else { return };
        for message in self.messages.iter_mut().filter(|message| message.phone_number == before) {
            message.phone_number.clone_from(&phone_number);
        }
    }

    /// Returns the contacts of a group, oldest first.
    pub(crate) fn contacts_of<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a Contact> {
        self.contacts.iter().filter(move |contact| group.has(contact))
    }

    /// Returns the contacts with these ids or phone numbers. Unknown ones are left out.
    pub(crate) fn contacts_named(&self, ids: &[Uuid], phones: &[String]) -> BTreeSet<Uuid> {
        let known = ids.iter().copied().filter(|&id| self.contacts.get(id).is_some());
        let called = phones.iter().filter_map(|phone| self.contacts.with_phone(phone)).map(|found| found.id);
        known.chain(called).collect()
    }

    /// Removes a deleted contact from every static group.
    pub(crate) fn forget_member(&mut self, contact_id: Uuid) {
        for group in self.groups.iter_mut() {
            if let Membership::Static(members) = &mut group.membership {
                members.remove(&contact_id);
            }
        }
    }
}
