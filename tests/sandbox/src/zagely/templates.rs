//! The calls that create templates and render them with values.

use serde_json::{Map, Value, json};

use super::fields::{CHANNELS_OR_ALL, NAME};
use crate::call::Call;
use crate::protocol::answer::{Answer, Outcome, Refusal};
use crate::protocol::validation::Check;
use crate::state::template::{self, Template};

/// `POST /api/templates`
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let mut check = Check::new(&call.body);
    let name = check.field("name").required().text_up_to(NAME).value();
    if let Some(name) = &name
        && call.world.templates.iter().any(|template| template.name == *name)
    {
        check.fail("name", "The name has already been taken.");
    }
    let channel = check.field("channel").required().one_of(&CHANNELS_OR_ALL).value();
    let content = check.field("content").required().text().value();
    let media_url = check.field("media_url").url().value();
    let buttons = check.field("buttons").array().value();
    let variables = check.field("variables").texts().value();
    check.done()?;
    call.check_capacity(call.world.templates.len())?;
    let content = content.unwrap_or_default();
    let template = Template {
        id: call.world.chance.uuid(),
        name: name.unwrap_or_default(),
        channel: channel.unwrap_or("whatsapp").to_owned(),
        variables: variables.unwrap_or_else(|| template::variables_in(&content)),
        content,
        media_url,
        buttons: buttons.unwrap_or_default(),
        created_at: call.now,
    };
    let view = template.view();
    call.world.templates.put(template);
    Answer::created(view)
}

/// `POST /api/templates/{template}/preview`: with the values of a contact, with given values, or with both, where the
/// given values take precedence.
pub(crate) fn preview(call: &mut Call<'_>) -> Outcome {
    let template = call.world.templates.get(call.id).ok_or(Refusal::NotFound)?;
    let mut check = Check::new(&call.body);
    let has = |field: &str| call.body.get(field).is_some_and(|value| !value.is_null());
    let (has_contact, has_variables) = (has("contact_id"), has("variables"));
    let contact_id = check
        .field("contact_id")
        .required_without(!has_variables, "variables")
        .id_of(|id| call.world.contacts.get(id).is_some())
        .value();
    // An empty map of values is accepted.
    let variables = if has_contact || has_variables {
        check.field("variables").object().value()
    } else {
        check.field("variables").required_without(true, "contact_id").object().value()
    };
    check.done()?;
    let contact = contact_id.and_then(|id| call.world.contacts.get(id));
    let variables: Map<String, Value> = variables.unwrap_or_default();
    let preview = template::fill(&template.content, |name| {
        template::value_in(&variables, name)
            .or_else(|| contact.and_then(|contact| template::value_of_contact(contact, name)))
    });
    Answer::resource(json!({ "preview": preview }))
}
