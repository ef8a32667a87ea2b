//! A campaign's run: recipients are chosen when it first starts, written to a few at a time, and it is complete
//! when each was either written to or given up on.

use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use super::dispatch::Outgoing;
use crate::clock::Moment;
use crate::state::World;
use crate::state::campaign::{Campaign, CampaignStatus};
use crate::state::contact::Contact;
use crate::state::message::MessageStatus;
use crate::state::schedule::Job;
use crate::state::template;

/// Long enough for a person, or a test, to pause a campaign before its first message.
const UNTIL_FIRST: Duration = Duration::from_millis(500);
const BETWEEN: Duration = Duration::from_millis(250);
/// How long to wait for a session that lost its connection.
const UNTIL_RECONNECTED: Duration = Duration::from_secs(5);
/// A campaign writes to this part of its recipients at a time.
const PARTS: u64 = 8;

impl World {
    /// Starts or resumes a campaign. The caller has made sure that its state allows it.
    pub(crate) fn run_campaign(&mut self, id: Uuid, now: Moment) {
        let Some(campaign) = self.campaigns.get(id) else { return };
        let is_first = campaign.started_at.is_none();
        let recipients: Option<Vec<Uuid>> = is_first.then(|| {
            let writes_to = |contact: &&Contact| {
                !contact.is_blocked
                    && contact.reachable_on(&campaign.channel)
                    && campaign.target.filter.matches(contact, self)
            };
            self.contacts.iter().filter(writes_to).map(|contact| contact.id).collect()
        });
        let Some(campaign) = self.campaigns.get_mut(id) else { return };
        campaign.status = CampaignStatus::Running;
        campaign.run += 1;
        campaign.updated_at = now;
        if let Some(recipients) = recipients {
            campaign.started_at = Some(now);
            campaign.tally.recipients = recipients.len() as u64;
            campaign.ahead = recipients.into();
        }
        let tick = Job::Tick(id, campaign.run);
        let campaign = campaign.clone();
        self.schedule.at(now.plus(UNTIL_FIRST), tick);
        if is_first {
            self.tell_campaign("campaign.started", &campaign, now);
        }
    }

    /// The time a campaign was scheduled for has come.
    pub(super) fn launch(&mut self, id: Uuid, now: Moment) {
        let is_time = |campaign: &Campaign| {
            campaign.status == CampaignStatus::Scheduled && campaign.scheduled_at.is_some_and(|at| at <= now)
        };
        if self.campaigns.get(id).is_some_and(is_time) {
            self.run_campaign(id, now);
        }
    }

    /// Writes to the next few recipients.
    pub(super) fn tick(&mut self, id: Uuid, run: u32, now: Moment) {
        let running =
            |campaign: &&mut Campaign| campaign.status == CampaignStatus::Running && campaign.run == run;
        let Some(campaign) = self.campaigns.get_mut(id).filter(running) else { return };
        let connected = campaign
            .session_id
            .is_none_or(|session| self.sessions.get(session).is_some_and(|session| session.is_connected()));
        if !connected && !campaign.ahead.is_empty() {
            self.schedule.at(now.plus(UNTIL_RECONNECTED), Job::Tick(id, run));
            return;
        }
        let part = campaign.tally.recipients.div_ceil(PARTS).max(1);
        let part = usize::try_from(part).unwrap_or(usize::MAX).min(campaign.ahead.len());
        let next: Vec<Uuid> = campaign.ahead.drain(..part).collect();
        let more = !campaign.ahead.is_empty();
        let campaign = campaign.clone();
        for contact_id in next {
            self.write_to(&campaign, contact_id, now);
        }
        if more {
            self.schedule.at(now.plus(BETWEEN), Job::Tick(id, run));
        } else {
            self.complete_if_processed(id, now);
        }
    }

    fn write_to(&mut self, campaign: &Campaign, contact_id: Uuid, now: Moment) {
        let Some(contact) = self.contacts.get(contact_id).filter(|contact| !contact.is_blocked) else {
            // Blocked or deleted since the start: no recipient any more.
            self.lose_recipient(campaign.id);
            return;
        };
        let content =
            template::fill(&campaign.message_content, |name| template::value_of_contact(contact, name));
        let outgoing = Outgoing {
            channel: campaign.channel.clone(),
            kind: if campaign.media_url.is_some() { "image".to_owned() } else { "text".to_owned() },
            content: Some(content),
            media_url: campaign.media_url.clone(),
            buttons: campaign.buttons.clone(),
            session_id: campaign.session_id,
            phone_number: contact.phone_number.clone(),
            campaign_id: Some(campaign.id),
            automation_id: None,
        };
        let id = self.own_chance.uuid();
        self.send(id, outgoing, now);
    }

    /// Whether a campaign's queued messages may still go out.
    pub(super) fn is_running(&self, campaign_id: Uuid) -> bool {
        self.campaigns.get(campaign_id).is_some_and(|campaign| campaign.status == CampaignStatus::Running)
    }

    /// Takes a queued message of a campaign back that no longer runs. After a pause its recipient is written to anew;
    /// after a cancellation not at all.
    pub(super) fn withdraw(&mut self, id: Uuid, campaign_id: Uuid) {
        let Some(message) = self.messages.take(id) else { return };
        self.activity.uncount_hour(message.created_at, message.direction);
        let contact_id = self.contact_of(&message).map(|contact| contact.id);
        let paused = |campaign: &&mut Campaign| campaign.status == CampaignStatus::Paused;
        if let Some(campaign) = self.campaigns.get_mut(campaign_id).filter(paused) {
            match contact_id {
                Some(contact_id) => campaign.ahead.push_back(contact_id),
                None => self.lose_recipient(campaign_id),
            }
        }
    }

    fn lose_recipient(&mut self, campaign_id: Uuid) {
        if let Some(campaign) = self.campaigns.get_mut(campaign_id) {
            campaign.tally.recipients = campaign.tally.recipients.saturating_sub(1);
        }
    }

    /// Takes all messages to and from a number away. One that was still queued has no recipient any more.
    pub(crate) fn forget_messages(&mut self, phone_number: &str, now: Moment) {
        let mut unsent = Vec::new();
        self.messages.retain(|message| {
            let is_theirs = message.phone_number == phone_number;
            if is_theirs && message.status == MessageStatus::Queued {
                unsent.extend(message.campaign_id);
            }
            !is_theirs
        });
        for campaign_id in unsent {
            self.lose_recipient(campaign_id);
            self.complete_if_processed(campaign_id, now);
        }
    }

    /// Counts what became of one of a campaign's messages.
    pub(super) fn count_for_campaign(&mut self, id: Uuid, status: MessageStatus, now: Moment) {
        let Some(campaign) = self.campaigns.get_mut(id) else { return };
        let tally = &mut campaign.tally;
        match status {
            MessageStatus::Sent => tally.sent += 1,
            MessageStatus::Delivered => tally.delivered += 1,
            MessageStatus::Read => tally.read += 1,
            MessageStatus::Failed => tally.failed += 1,
            MessageStatus::Queued | MessageStatus::Received => {}
        }
        self.complete_if_processed(id, now);
    }

    fn complete_if_processed(&mut self, id: Uuid, now: Moment) {
        let done = |campaign: &&mut Campaign| {
            campaign.status == CampaignStatus::Running
                && campaign.ahead.is_empty()
                && campaign.tally.is_processed()
        };
        let Some(campaign) = self.campaigns.get_mut(id).filter(done) else { return };
        campaign.status = CampaignStatus::Completed;
        campaign.completed_at = Some(now);
        campaign.updated_at = now;
        let campaign = campaign.clone();
        self.tell_campaign("campaign.completed", &campaign, now);
    }

    /// Pauses a running campaign: by its caller's wish, or because its session is gone.
    pub(crate) fn pause_campaign(&mut self, id: Uuid, now: Moment) {
        let Some(campaign) = self.campaigns.get_mut(id) else { return };
        campaign.status = CampaignStatus::Paused;
        campaign.updated_at = now;
        let campaign = campaign.clone();
        self.tell_campaign("campaign.paused", &campaign, now);
    }

    /// A campaign as callers see it.
    pub(crate) fn campaign_view(&self, id: Uuid) -> Value {
        self.campaigns.get(id).map(Campaign::view).unwrap_or_default()
    }
}
