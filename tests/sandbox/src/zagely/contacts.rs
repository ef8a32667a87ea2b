//! The calls that list, create, change, block, import and export contacts.

use std::cmp::Ordering;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::fields::NAME;
use super::import_file;
use crate::call::Call;
use crate::protocol::answer::{Answer, Body, Outcome, Refusal};
use crate::protocol::input::Input;
use crate::protocol::validation::{Check, invalid};
use crate::state::contact::{Contact, ContactFilter, digits_of};
use crate::state::schedule::Job;
use crate::state::store::Bounds;
use crate::state::transfer::{Outcome as ImportOutcome, Transfer, Work};
use crate::state::world::HEAVIEST;

const SORTED_BY: [&str; 5] = ["name", "phone_number", "email", "created_at", "updated_at"];
/// The number of messages that a single contact shows.
const MESSAGES_SHOWN: usize = 10;
/// The time from the acceptance of an import or export to its execution.
const UNTIL_TRANSFERRED: Duration = Duration::from_millis(500);
/// The maximum number of imports and exports that are kept.
const TRANSFERS_KEPT: usize = 100;

/// `GET /api/v1/contacts`
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let mut check = Check::new(&call.query);
    let filter = filter(&mut check);
    let sort_by = check.field("sort_by").one_of(&SORTED_BY).value().unwrap_or("created_at");
    let sort_order = check.field("sort_order").one_of(&["asc", "desc"]).value().unwrap_or("desc");
    let per_page = check.field("per_page").integer(1, 200).value().unwrap_or(50);
    check.done()?;
    let world = &*call.world;
    let mut found: Vec<&Contact> =
        world.contacts.iter().filter(|contact| world.selects(&filter, contact)).collect();
    if sort_order == "desc" {
        // The sort is stable, so newer contacts come first if the field is equal.
        found.reverse();
        found.sort_by(|a, b| compare(b, a, sort_by));
    } else {
        found.sort_by(|a, b| compare(a, b, sort_by));
    }
    let per_page = usize::try_from(per_page).unwrap_or(1);
    call.page_of(per_page).of(&found, |contact| world.contact_view(contact))
}

fn compare(a: &Contact, b: &Contact, field: &str) -> Ordering {
    match field {
        "name" => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        "phone_number" => a.phone_number.cmp(&b.phone_number),
        "email" => a.email.cmp(&b.email),
        "updated_at" => a.updated_at.cmp(&b.updated_at),
        _ => a.created_at.cmp(&b.created_at),
    }
}

/// Validates the filters of the list. The export takes the same filters.
fn filter(check: &mut Check<'_>) -> ContactFilter {
    ContactFilter {
        search: check.field("search").text().value(),
        tags: check.field("tags").texts().value().unwrap_or_default(),
        is_blocked: check.field("is_blocked").query_boolean().value(),
        opted_out: check.field("opted_out").query_boolean().value(),
        group_id: check.field("group_id").uuid().value(),
        ..ContactFilter::default()
    }
}

/// `POST /api/v1/contacts`
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let mut check = Check::new(&call.body);
    let phone_number = phone_number(check.field("phone_number").required().text().value(), &mut check);
    if let Some(phone_number) = &phone_number
        && call.world.contacts.with_phone(phone_number).is_some()
    {
        check.fail("phone_number", "The phone number has already been taken.");
    }
    let name = check.field("name").text_up_to(NAME).value();
    let email = check.field("email").email().value();
    let tags = check.field("tags").texts().value();
    let notes = check.field("notes").text().value();
    let custom_fields = check.field("custom_fields").object().value();
    check.done()?;
    call.check_capacity(call.world.contacts.len())?;
    let id = call.world.chance.uuid();
    let mut contact = Contact::new(id, phone_number.unwrap_or_default(), call.now);
    if let Some(name) = name {
        contact.name = name;
    }
    contact.email = email;
    contact.tags = tags.unwrap_or_default();
    contact.notes = notes;
    contact.custom_fields = custom_fields.unwrap_or_default();
    call.world.contacts.put(contact.clone());
    call.world.emit_contact("contact.created", &contact, call.now);
    Answer::created(call.world.contact_view(&contact))
}

/// `GET /api/v1/contacts/{contact}`
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let contact = find(call)?;
    let messages: Vec<Value> = call
        .world
        .messages
        .newest()
        .filter(|message| message.phone_number == contact.phone_number)
        .take(MESSAGES_SHOWN)
        .map(|message| call.world.message_view(message))
        .collect();
    let mut view = call.world.contact_view(contact);
    view["messages"] = Value::Array(messages);
    Answer::resource(view)
}

/// `PUT|PATCH /api/v1/contacts/{contact}`
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    find(call)?;
    let mut check = Check::new(&call.body);
    let phone_number = phone_number(check.field("phone_number").filled().text().value(), &mut check);
    if let Some(phone_number) = &phone_number
        && call.world.contacts.with_phone(phone_number).is_some_and(|other| other.id != call.id)
    {
        check.fail("phone_number", "The phone number has already been taken.");
    }
    let name = check.field("name").filled().text_up_to(NAME);
    let email = check.field("email").email();
    let tags = check.field("tags").texts();
    let notes = check.field("notes").text();
    let custom_fields = check.field("custom_fields").object();
    check.done()?;
    let now = call.now;
    if let Some(phone_number) = phone_number {
        call.world.renumber(call.id, phone_number);
    }
    call.world.contacts.change(call.id, |contact| {
        name.replace(&mut contact.name);
        email.replace_option(&mut contact.email);
        tags.replace_or_empty(&mut contact.tags);
        notes.replace_option(&mut contact.notes);
        custom_fields.replace_or_empty(&mut contact.custom_fields);
        contact.updated_at = now;
    });
    changed(call)
}

/// `DELETE /api/v1/contacts/{contact}`: deletes the contact and its linked data.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let contact = call.world.contacts.take(call.id).ok_or(Refusal::NotFound)?;
    call.world.forget_messages(&contact.phone_number, call.now);
    call.world.forget_member(contact.id);
    Answer::deleted(&call.world.config, "Contact")
}

/// `POST /api/contacts/{contact}/block`
pub(crate) fn block(call: &mut Call<'_>) -> Outcome {
    set_blocked(call, true)
}

/// `POST /api/contacts/{contact}/unblock`
pub(crate) fn unblock(call: &mut Call<'_>) -> Outcome {
    set_blocked(call, false)
}

fn set_blocked(call: &mut Call<'_>, is_blocked: bool) -> Outcome {
    find(call)?;
    let now = call.now;
    call.world.contacts.change(call.id, |contact| {
        contact.is_blocked = is_blocked;
        contact.updated_at = now;
    });
    changed(call)
}

/// Emits the event of a change and returns the changed contact.
fn changed(call: &mut Call<'_>) -> Outcome {
    let contact = find(call)?.clone();
    call.world.emit_contact("contact.updated", &contact, call.now);
    Answer::resource(call.world.contact_view(&contact))
}

/// `POST /api/contacts/import`
pub(crate) fn import(call: &mut Call<'_>) -> Outcome {
    let Some(upload) = call.upload.take() else {
        return Err(invalid("file", "The file field is required."));
    };
    let rows = import_file::rows(&upload.bytes).map_err(|message| invalid("file", message))?;
    let count = rows.len();
    let work = Work::Import { rows, outcome: ImportOutcome::default() };
    let id = begin(call, work, Job::Import);
    Ok(accepted(json!({ "message": "Import started.", "import_id": id, "rows": count, "status": "queued" })))
}

/// `POST /api/contacts/export`
pub(crate) fn export(call: &mut Call<'_>) -> Outcome {
    // The filters may be in the body or in the query.
    let mut input: Input = call.query.clone();
    input.extend(call.body.clone());
    let mut check = Check::new(&input);
    let filter = filter(&mut check);
    check.done()?;
    let id = begin(call, Work::Export { filter, csv: String::new() }, Job::Export);
    Ok(accepted(json!({ "message": "Export started.", "export_id": id, "status": "queued" })))
}

fn begin(call: &mut Call<'_>, work: Work, job: fn(Uuid) -> Job) -> Uuid {
    let id = call.world.chance.uuid();
    let transfers = &mut call.world.transfers;
    transfers.put(Transfer { id, work, is_done: false, created_at: call.now });
    transfers.trim(Bounds { count: TRANSFERS_KEPT, weight: HEAVIEST }, |_| true);
    call.world.schedule.at(call.now.plus(UNTIL_TRANSFERRED), job(id));
    id
}

fn accepted(body: Value) -> Answer {
    Answer::new(202, Body::Plain(body))
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Contact, Refusal> {
    call.world.contacts.get(call.id).ok_or(Refusal::NotFound)
}

fn phone_number(sent: Option<String>, check: &mut Check<'_>) -> Option<String> {
    let sent = sent?;
    let digits = digits_of(&sent);
    if digits.is_none() {
        check.fail("phone_number", "The phone number field must be a valid phone number.");
    }
    digits
}
