//! Contact groups and their members.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::fields::NAME;
use crate::call::Call;
use crate::protocol::answer::{Answer, Outcome, Refusal};
use crate::protocol::validation::{Check, invalid};
use crate::state::contact::{ContactFilter, digits_of};
use crate::state::group::{Group, Membership};

/// The maximum number of contacts that a single group shows.
const CONTACTS_SHOWN: usize = 100;

/// `GET /api/v1/contact-groups`
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let world = &*call.world;
    let groups: Vec<&Group> = world.groups.newest().collect();
    call.page().of(&groups, |group| group.view(world.contacts_of(group).count()))
}

/// `POST /api/v1/contact-groups`
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let mut check = Check::new(&call.body);
    let name = check.field("name").required().text_up_to(NAME).value();
    let kind = check.field("type").required().one_of(&["static", "dynamic"]).value();
    let description = check.field("description").text().value();
    let is_dynamic = kind == Some("dynamic");
    check.field("filters").required_when(is_dynamic, "type", "dynamic").object();
    let filter = filters(&mut check);
    check.done()?;
    call.check_capacity(call.world.groups.len())?;
    let group = Group {
        id: call.world.chance.uuid(),
        name: name.unwrap_or_default(),
        description,
        membership: if is_dynamic {
            Membership::Dynamic(filter)
        } else {
            Membership::Static(BTreeSet::new())
        },
        created_at: call.now,
        updated_at: call.now,
    };
    let view = group.view(call.world.contacts_of(&group).count());
    call.world.groups.put(group);
    Answer::created(view)
}

/// Validates the four keys that a dynamic group may filter by.
fn filters(check: &mut Check<'_>) -> ContactFilter {
    let created_from = check.field("filters.created_from").date().value();
    let created_to = check.field("filters.created_to").date().value();
    if let (Some(from), Some(to)) = (created_from, created_to)
        && to < from
    {
        check.fail(
            "filters.created_to",
            "The filters.created to field must be a date after or equal to filters.created from.",
        );
    }
    ContactFilter {
        tags: check.field("filters.tags").texts().value().unwrap_or_default(),
        custom_fields: check.field("filters.custom_fields").object().value().unwrap_or_default(),
        created_from,
        created_to,
        ..ContactFilter::default()
    }
}

/// `GET /api/v1/contact-groups/{group}`
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let group = find(call)?;
    let contacts: Vec<Value> =
        call.world.contacts_of(group).take(CONTACTS_SHOWN).map(|contact| contact.view()).collect();
    let mut view = view(call)?;
    view["contacts"] = Value::Array(contacts);
    Answer::resource(view)
}

/// `PUT|PATCH /api/v1/contact-groups/{group}`: name, description or filters.
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    let is_dynamic = matches!(find(call)?.membership, Membership::Dynamic(_));
    let mut check = Check::new(&call.body);
    let name = check.field("name").filled().text_up_to(NAME);
    let description = check.field("description").text();
    let field = check.field("filters");
    let has_filters = if is_dynamic { field.filled() } else { field }.object().value().is_some();
    let filter = filters(&mut check);
    check.done()?;
    let group = call.world.groups.get_mut(call.id).ok_or(Refusal::NotFound)?;
    name.replace(&mut group.name);
    description.replace_option(&mut group.description);
    if is_dynamic && has_filters {
        group.membership = Membership::Dynamic(filter);
    }
    group.updated_at = call.now;
    Answer::resource(view(call)?)
}

/// `DELETE /api/v1/contact-groups/{group}`: its contacts are kept.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    call.world.groups.take(call.id).ok_or(Refusal::NotFound)?;
    Answer::deleted(&call.world.config, "Contact group")
}

/// `POST /api/v1/contact-groups/{group}/contacts`
pub(crate) fn add_contacts(call: &mut Call<'_>) -> Outcome {
    let named = named(call)?;
    let members = members(call)?;
    let before = members.len();
    members.extend(named);
    let added = members.len() - before;
    answer_count(call, "added", added)
}

/// `DELETE /api/v1/contact-groups/{group}/contacts`
pub(crate) fn remove_contacts(call: &mut Call<'_>) -> Outcome {
    let named = named(call)?;
    let members = members(call)?;
    let before = members.len();
    members.retain(|id| !named.contains(id));
    let removed = before - members.len();
    answer_count(call, "removed", removed)
}

fn answer_count(call: &mut Call<'_>, word: &str, count: usize) -> Outcome {
    let group = find(call)?;
    let total = call.world.contacts_of(group).count();
    Answer::plain(json!({ "message": format!("Contacts {word}."), word: count, "contacts_count": total }))
}

/// Returns the contacts that the body names. Unknown ones are left out; an invalid id is refused by its index.
fn named(call: &Call<'_>) -> Result<BTreeSet<Uuid>, Refusal> {
    find(call)?;
    let mut check = Check::new(&call.body);
    let (has_ids, has_phones) =
        (call.body.contains_key("contact_ids"), call.body.contains_key("phone_numbers"));
    let ids = check.field("contact_ids").required_without(!has_phones, "phone_numbers").uuids().value();
    let phones = check.field("phone_numbers").required_without(!has_ids, "contact_ids").texts().value();
    check.done()?;
    let phones: Vec<String> =
        phones.unwrap_or_default().iter().filter_map(|phone| digits_of(phone)).collect();
    Ok(call.world.contacts_named(&ids.unwrap_or_default(), &phones))
}

fn members<'a>(call: &'a mut Call<'_>) -> Result<&'a mut BTreeSet<Uuid>, Refusal> {
    let group = call.world.groups.get_mut(call.id).ok_or(Refusal::NotFound)?;
    group.updated_at = call.now;
    match &mut group.membership {
        Membership::Static(members) => Ok(members),
        Membership::Dynamic(_) => {
            Err(invalid("type", "Contacts can only be added to or removed from static groups."))
        }
    }
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Group, Refusal> {
    call.world.groups.get(call.id).ok_or(Refusal::NotFound)
}

fn view(call: &Call<'_>) -> Result<Value, Refusal> {
    let group = find(call)?;
    Ok(group.view(call.world.contacts_of(group).count()))
}
