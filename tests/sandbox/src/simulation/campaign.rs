//! Runs campaigns. The recipients are selected at the first start. The messages are sent a few at a time. A campaign
//! is complete when each message was sent or failed.

use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use super::dispatch::Outgoing;
use crate::clock::SimTime;
use crate::state::campaign::{Campaign, CampaignStatus};
use crate::state::contact::Contact;
use crate::state::message::MessageStatus;
use crate::state::schedule::Job;
use crate::state::template;
use crate::state::world::World;

/// The delay before the first message. It lets a person, or a test, pause a campaign before it sends.
const UNTIL_FIRST: Duration = Duration::from_millis(500);
const BETWEEN: Duration = Duration::from_millis(250);
/// The delay before the next try if the session lost its connection.
const UNTIL_RECONNECTED: Duration = Duration::from_secs(5);
/// The number of parts in which a campaign sends to its recipients.
const PARTS: u64 = 8;

impl World {
    /// Starts or resumes a campaign. The caller has checked that its state allows this.
    pub(crate) fn run_campaign(&mut self, id: Uuid, now: SimTime) {
        let Some(campaign) = self.campaigns.get(id) else { return };
        let is_first = campaign.started_at.is_none();
        let recipients: Option<Vec<Uuid>> = is_first.then(|| {
            let writes_to = |contact: &&Contact| {
                !contact.is_blocked
                    && contact.reachable_on(&campaign.channel)
                    && self.selects(&campaign.target.filter, contact)
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
            self.emit_campaign("campaign.started", &campaign, now);
        }
    }

    /// Starts a scheduled campaign whose time has come.
    pub(super) fn launch(&mut self, id: Uuid, now: SimTime) {
        let is_time = |campaign: &Campaign| {
            campaign.status == CampaignStatus::Scheduled && campaign.scheduled_at.is_some_and(|at| at <= now)
        };
        if self.campaigns.get(id).is_some_and(is_time) {
            self.run_campaign(id, now);
        }
    }

    /// Sends to the next recipients.
    pub(super) fn tick(&mut self, id: Uuid, run: u32, now: SimTime) {
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

    fn write_to(&mut self, campaign: &Campaign, contact_id: Uuid, now: SimTime) {
        let Some(contact) = self.contacts.get(contact_id).filter(|contact| !contact.is_blocked) else {
            // The contact was blocked or deleted after the start and is no longer a recipient.
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
        let id = self.job_rng.uuid();
        self.send(id, outgoing, now);
    }

    /// Returns true if the campaign's queued messages may be sent.
    pub(super) fn is_running(&self, campaign_id: Uuid) -> bool {
        self.campaigns.get(campaign_id).is_some_and(|campaign| campaign.status == CampaignStatus::Running)
    }

    /// Removes a queued message of a campaign that no longer runs. After a pause, the recipient gets a new message
    /// when the campaign resumes; after a cancellation, none.
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

    /// Deletes all messages to and from a number. The campaign of a queued one has one recipient fewer.
    pub(crate) fn forget_messages(&mut self, phone_number: &str, now: SimTime) {
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

    /// Counts the new status of a campaign's message.
    pub(super) fn count_for_campaign(&mut self, id: Uuid, status: MessageStatus, now: SimTime) {
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

    fn complete_if_processed(&mut self, id: Uuid, now: SimTime) {
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
        self.emit_campaign("campaign.completed", &campaign, now);
    }

    /// Pauses a running campaign, at its caller's request or because its session was removed.
    pub(crate) fn pause_campaign(&mut self, id: Uuid, now: SimTime) {
        let Some(campaign) = self.campaigns.get_mut(id) else { return };
        campaign.status = CampaignStatus::Paused;
        campaign.updated_at = now;
        let campaign = campaign.clone();
        self.emit_campaign("campaign.paused", &campaign, now);
    }

    /// Returns a campaign as callers see it.
    pub(crate) fn campaign_view(&self, id: Uuid) -> Value {
        self.campaigns.get(id).map(Campaign::view).unwrap_or_default()
    }
}
