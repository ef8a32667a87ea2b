//! Runs imports and exports after they were accepted.

use uuid::Uuid;

use crate::clock::SimTime;
use crate::state::contact::{Contact, digits_of};
use crate::state::transfer::{Outcome, Row, Work};
use crate::state::world::World;

impl World {
    /// Imports the rows of an uploaded file. A known number is updated, an unknown one is created.
    pub(super) fn import(&mut self, id: Uuid, now: SimTime) {
        let Some(transfer) = self.transfers.get_mut(id) else { return };
        let Work::Import { rows, .. } = &mut transfer.work else { return };
        let rows = std::mem::take(rows);
        let mut outcome = Outcome::default();
        for (place, row) in rows.into_iter().enumerate() {
            // Line 1 contains the column names.
            if let Err(reason) = self.import_row(row, &mut outcome, now) {
                outcome.skipped.push((place + 2, reason.to_owned()));
            }
        }
        if let Some(transfer) = self.transfers.get_mut(id) {
            transfer.is_done = true;
            transfer.work = Work::Import { rows: Vec::new(), outcome };
        }
    }

    fn import_row(&mut self, row: Row, outcome: &mut Outcome, now: SimTime) -> Result<(), &'static str> {
        let phone_number = digits_of(&row.phone_number).ok_or("no phone number")?;
        if row.email.as_ref().is_some_and(|email| !email_address::EmailAddress::is_valid(email)) {
            return Err("not an email address");
        }
        let known = self.contacts.with_phone(&phone_number).map(|contact| contact.id);
        let id = match known {
            Some(id) => id,
            None if self.contacts.len() >= self.config.capacity => return Err("the sandbox is full"),
            None => {
                let contact = Contact::new(self.job_rng.uuid(), phone_number, now);
                let id = contact.id;
                self.contacts.put(contact);
                id
            }
        };
        self.contacts.change(id, |contact| {
            if let Some(name) = row.name {
                contact.name = name;
            }
            contact.email = row.email.or(contact.email.take());
            contact.notes = row.notes.or(contact.notes.take());
            for tag in row.tags {
                if !contact.tags.contains(&tag) {
                    contact.tags.push(tag);
                }
            }
            contact.custom_fields.extend(row.custom_fields);
            contact.updated_at = now;
        });
        let Some(contact) = self.contacts.get(id).cloned() else { return Ok(()) };
        if known.is_some() {
            outcome.updated += 1;
            self.emit_contact("contact.updated", &contact, now);
        } else {
            outcome.created += 1;
            self.emit_contact("contact.created", &contact, now);
        }
        Ok(())
    }

    /// Writes the selected contacts as CSV.
    pub(super) fn export(&mut self, id: Uuid) {
        let Some(transfer) = self.transfers.get(id) else { return };
        let Work::Export { filter, .. } = transfer.work.clone() else { return };
        let mut writer = csv::Writer::from_writer(Vec::new());
        let columns = ["phone_number", "name", "email", "tags", "notes", "custom_fields", "created_at"];
        // Writing to memory cannot fail.
        let _ = writer.write_record(columns);
        for contact in self.contacts.iter().filter(|contact| self.selects(&filter, contact)) {
            let _ = writer.write_record([
                contact.phone_number.as_str(),
                &contact.name,
                contact.email.as_deref().unwrap_or_default(),
                &contact.tags.join(","),
                contact.notes.as_deref().unwrap_or_default(),
                &serde_json::to_string(&contact.custom_fields).unwrap_or_default(),
                &contact.created_at.to_string(),
            ]);
        }
        let csv = String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default();
        if let Some(transfer) = self.transfers.get_mut(id) {
            transfer.is_done = true;
            transfer.work = Work::Export { filter, csv };
        }
    }
}
