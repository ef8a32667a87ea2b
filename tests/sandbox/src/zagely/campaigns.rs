//! Campaigns: the calls that create, change, start and stop them.

use serde_json::Value;
use uuid::Uuid;

use super::fields::{CAMPAIGN_CHANNELS, NAME};
use crate::call::Call;
use crate::protocol::answer::{Answer, Outcome, Refusal};
use crate::protocol::validation::{Check, Sent, invalid};
use crate::state::campaign::{Campaign, CampaignStatus, Tally, Target};
use crate::state::contact::ContactFilter;
use crate::state::schedule::Job;
use crate::state::world::World;

const TARGETS: [&str; 3] = ["all", "group", "filter"];

/// `POST /api/v1/campaigns`
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let mut check = Check::new(&call.body);
    let name = check.field("name").required().text_up_to(NAME).value();
    let channel = check.field("channel").one_of(&CAMPAIGN_CHANNELS).value().unwrap_or("whatsapp");
    let session_id = session(&mut check, call.world, channel, call.bound_session).value();
    let message_content = check.field("message_content").required().text().value();
    let kind = check.field("target_type").required().one_of(&TARGETS).value();
    let media_url = check.field("media_url").url().value();
    let buttons = check.field("buttons").array().value();
    let filter = target(&mut check, call.world, kind);
    let scheduled_at = check.field("scheduled_at").future(call.now).value();
    check.done()?;
    let session_id = call.session_for(session_id)?.filter(|_| channel != "email");
    call.check_capacity(call.world.campaigns.len())?;
    let id = call.world.chance.uuid();
    call.world.campaigns.put(Campaign {
        id,
        name: name.unwrap_or_default(),
        channel: channel.to_owned(),
        session_id,
        message_content: message_content.unwrap_or_default(),
        media_url,
        buttons: buttons.unwrap_or_default(),
        target: Target { kind: kind.unwrap_or("all").to_owned(), filter },
        scheduled_at,
        // The vendor's page: "Creates a campaign in draft status"; one with a time "launches automatically".
        status: if scheduled_at.is_some() { CampaignStatus::Scheduled } else { CampaignStatus::Draft },
        started_at: None,
        completed_at: None,
        run: 0,
        ahead: std::collections::VecDeque::new(),
        tally: Tally::default(),
        created_at: call.now,
        updated_at: call.now,
    });
    if let Some(at) = scheduled_at {
        call.world.schedule.at(at, Job::Launch(id));
    }
    Answer::created(call.world.campaign_view(id))
}

/// Validates the session. It is required on every channel except email, unless the key is bound to a session.
fn session(check: &mut Check<'_>, world: &World, channel: &str, bound: Option<Uuid>) -> Sent<Uuid> {
    let is_needed = channel != "email" && bound.is_none();
    let field = check.field("session_id");
    let field = if is_needed { field.required() } else { field };
    field.id_of(|id| world.sessions.get(id).is_some_and(|session| session.channel == channel))
}

/// Validates the target. `group` needs a group. `filter` accepts the filters of the contact list and of dynamic
/// groups.
fn target(check: &mut Check<'_>, world: &World, kind: Option<&str>) -> ContactFilter {
    let kind = kind.unwrap_or_default();
    let is_narrow = matches!(kind, "group" | "filter");
    check.field("target_filters").required_when(is_narrow, "target_type", kind).object();
    let group = check.field("target_filters.group_id");
    // If no filters were sent, the message above is enough.
    let needs_group = kind == "group" && group.parent_is_filled();
    let group = if needs_group { group.required() } else { group };
    let group_id = group.id_of(|id| world.groups.get(id).is_some()).value();
    let filter = ContactFilter {
        group_id,
        tags: check.field("target_filters.tags").texts().value().unwrap_or_default(),
        custom_fields: check.field("target_filters.custom_fields").object().value().unwrap_or_default(),
        search: check.field("target_filters.search").text().value(),
        is_blocked: None,
        opted_out: check.field("target_filters.opted_out").boolean().value(),
        created_from: check.field("target_filters.created_from").date().value(),
        created_to: check.field("target_filters.created_to").date().value(),
    };
    if is_narrow { filter } else { ContactFilter::default() }
}

/// `PUT|PATCH /api/campaigns/{campaign}`: only for draft and scheduled campaigns.
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    use CampaignStatus::{Draft, Scheduled};
    let campaign = in_state(call, &[Draft, Scheduled], "updated")?.clone();
    let mut check = Check::new(&call.body);
    let name = check.field("name").filled().text_up_to(NAME);
    let channel = check.field("channel").filled().one_of(&CAMPAIGN_CHANNELS).map(str::to_owned);
    let on_channel = match &channel {
        Sent::Value(channel) => channel.clone(),
        Sent::Absent | Sent::Null => campaign.channel.clone(),
    };
    let field = check.field("session_id");
    let field = if on_channel == "email" { field } else { field.filled() };
    let session_id =
        field.id_of(|id| call.world.sessions.get(id).is_some_and(|session| session.channel == on_channel));
    let message_content = check.field("message_content").filled().text();
    let kind = check.field("target_type").filled().one_of(&TARGETS).map(str::to_owned);
    let changes_target = !kind.is_absent() || call.body.contains_key("target_filters");
    let kind_now = match &kind {
        Sent::Value(kind) => kind.clone(),
        Sent::Absent | Sent::Null => campaign.target.kind.clone(),
    };
    let filter = changes_target.then(|| target(&mut check, call.world, Some(&kind_now)));
    let media_url = check.field("media_url").url();
    let buttons = check.field("buttons").array();
    let scheduled_at = check.field("scheduled_at").future(call.now);
    check.done()?;
    call.session_for(session_id.clone().value())?;
    let campaign = call.world.campaigns.get_mut(call.id).ok_or(Refusal::NotFound)?;
    name.replace(&mut campaign.name);
    channel.replace(&mut campaign.channel);
    session_id.replace_option(&mut campaign.session_id);
    message_content.replace(&mut campaign.message_content);
    if let Some(filter) = filter {
        campaign.target = Target { kind: kind_now, filter };
    }
    media_url.replace_option(&mut campaign.media_url);
    buttons.replace_or_empty(&mut campaign.buttons);
    scheduled_at.replace_option(&mut campaign.scheduled_at);
    campaign.status = if campaign.scheduled_at.is_some() { Scheduled } else { Draft };
    campaign.updated_at = call.now;
    if let Some(at) = campaign.scheduled_at {
        call.world.schedule.at(at, Job::Launch(call.id));
    }
    answer(call)
}

/// `DELETE /api/campaigns/{campaign}`: only for draft, scheduled and canceled campaigns.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    use CampaignStatus::{Canceled, Draft, Scheduled};
    in_state(call, &[Draft, Scheduled, Canceled], "deleted")?;
    call.world.campaigns.take(call.id);
    Answer::deleted(&call.world.config, "Campaign")
}

/// `POST /api/v1/campaigns/{campaign}/start`: draft, scheduled, paused → running.
pub(crate) fn start(call: &mut Call<'_>) -> Outcome {
    use CampaignStatus::{Draft, Paused, Scheduled};
    in_state(call, &[Draft, Scheduled, Paused], "started")?;
    run(call)
}

/// `POST /api/campaigns/{campaign}/resume`: paused → running.
pub(crate) fn resume(call: &mut Call<'_>) -> Outcome {
    in_state(call, &[CampaignStatus::Paused], "resumed")?;
    run(call)
}

/// `POST /api/campaigns/{campaign}/pause`: running → paused.
pub(crate) fn pause(call: &mut Call<'_>) -> Outcome {
    in_state(call, &[CampaignStatus::Running], "paused")?;
    call.world.pause_campaign(call.id, call.now);
    answer(call)
}

/// `POST /api/campaigns/{campaign}/cancel`: scheduled, running, paused → canceled.
pub(crate) fn cancel(call: &mut Call<'_>) -> Outcome {
    use CampaignStatus::{Canceled, Paused, Running, Scheduled};
    in_state(call, &[Scheduled, Running, Paused], "canceled")?;
    let campaign = call.world.campaigns.get_mut(call.id).ok_or(Refusal::NotFound)?;
    campaign.status = Canceled;
    campaign.ahead.clear();
    campaign.updated_at = call.now;
    answer(call)
}

/// `GET /api/campaigns/{campaign}/stats`
pub(crate) fn stats(call: &mut Call<'_>) -> Outcome {
    Answer::figures(find(call)?.tally.view())
}

fn run(call: &mut Call<'_>) -> Outcome {
    let session_id = find(call)?.session_id;
    let session = session_id.and_then(|id| call.world.sessions.get(id));
    if session_id.is_some() && !session.is_some_and(|session| session.is_connected()) {
        return Err(invalid("session_id", "The selected session is not connected."));
    }
    call.world.run_campaign(call.id, call.now);
    answer(call)
}

fn answer(call: &Call<'_>) -> Outcome {
    let view: Value = call.world.campaign_view(call.id);
    Answer::resource(view)
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Campaign, Refusal> {
    call.world.campaigns.get(call.id).ok_or(Refusal::NotFound)
}

/// Returns the campaign if it is in one of the given states.
fn in_state<'a>(
    call: &'a Call<'_>,
    states: &[CampaignStatus],
    wanted: &str,
) -> Result<&'a Campaign, Refusal> {
    let campaign = find(call)?;
    if states.contains(&campaign.status) {
        return Ok(campaign);
    }
    Err(invalid("status", format!("A {} campaign cannot be {wanted}.", campaign.status.word())))
}
