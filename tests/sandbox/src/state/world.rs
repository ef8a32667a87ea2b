//! The whole state: one Zagely workspace and one Wazaj account, with the bounds on what is kept.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::{Uuid, uuid};

use super::activity::Activity;
use super::answers::Answers;
use super::automation::Automation;
use super::campaign::Campaign;
use super::contact::{Contact, Contacts};
use super::group::{Group, Membership};
use super::key::{ApiKey, Usage};
use super::message::Message;
use super::rng::{Rng, Stream};
use super::schedule::{Job, Schedule};
use super::session::{Session, SessionStatus};
use super::store::{Bounds, Store};
use super::template::Template;
use super::transfer::Transfer;
use super::wazaj::Wazaj;
use super::webhook::{Delivery, Webhook};
use crate::clock::SimTime;
use crate::config::{Config, Limits};

/// The session in the vendor's samples. Every new sandbox has it, connected.
pub(crate) const SAMPLE_SESSION: Uuid = uuid!("11111111-2222-3333-4444-555555555555");
/// The id of the group and of the contact in the vendor's samples.
const SAMPLE_ID: Uuid = uuid!("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");

/// The maximum number of unfinished records, as a multiple of [`Config::keep`]. Unfinished are messages in progress
/// and deliveries with retries left. Beyond it, the oldest are dropped.
const UNFINISHED: usize = 5;
/// The maximum size in bytes of the texts and bodies of messages, of deliveries and of idempotent responses.
pub(crate) const HEAVIEST: usize = 64 * 1024 * 1024;

/// One Zagely workspace and one Wazaj account.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct World {
    /// The sandbox's time when the state was last saved.
    pub(crate) saved_at: SimTime,
    /// The random source for records that callers create.
    pub(crate) chance: Rng,
    /// The random source for scheduled events, whose timing differs between runs.
    pub(crate) job_rng: Rng,
    pub(crate) tenant_id: Uuid,
    pub(crate) admin_token: String,
    pub(crate) app_token: String,
    pub(crate) keys: Vec<ApiKey>,
    pub(crate) contacts: Contacts,
    pub(crate) groups: Store<Group>,
    pub(crate) templates: Store<Template>,
    pub(crate) campaigns: Store<Campaign>,
    pub(crate) automations: Store<Automation>,
    pub(crate) sessions: Store<Session>,
    pub(crate) messages: Store<Message>,
    pub(crate) webhooks: Store<Webhook>,
    pub(crate) deliveries: Store<Delivery>,
    pub(crate) transfers: Store<Transfer>,
    pub(crate) activity: Activity,
    pub(crate) schedule: Schedule,
    pub(crate) answers: Answers,
    pub(crate) wazaj: Wazaj,
    /// The database state that `/api/v1/health` reports.
    pub(crate) database_reachable: bool,
    /// The deliveries that must be posted now.
    #[serde(skip)]
    pub(crate) outbox: Vec<Uuid>,
    #[serde(skip)]
    pub(crate) config: Arc<Config>,
}

impl World {
    /// Creates a workspace with one key with all abilities, the app token, one connected session and one Wazaj key.
    pub(crate) fn new(config: Arc<Config>, seed: u64, now: SimTime) -> Self {
        let mut chance = Rng::new(seed, Stream::Callers);
        let tenant_id = chance.uuid();
        let admin_token = chance.token("adm_", 40);
        let app_token = chance.token("app_", 40);
        let wazaj = Wazaj::new(chance.token("wzj_", 40));
        let mut world = Self {
            saved_at: now,
            chance,
            job_rng: Rng::new(seed, Stream::Jobs),
            tenant_id,
            admin_token,
            app_token,
            keys: Vec::new(),
            contacts: Contacts::default(),
            groups: Store::default(),
            templates: Store::default(),
            campaigns: Store::default(),
            automations: Store::default(),
            sessions: Store::default(),
            messages: Store::default(),
            webhooks: Store::default(),
            deliveries: Store::default(),
            transfers: Store::default(),
            activity: Activity::default(),
            schedule: Schedule::default(),
            answers: Answers::default(),
            wazaj,
            database_reachable: true,
            outbox: Vec::new(),
            config,
        };
        world.new_key("Sandbox key", vec!["*".to_owned()], None);
        let mut session = Session::new(SAMPLE_SESSION, "whatsapp", "Sandbox session".to_owned(), now);
        session.status = SessionStatus::Connected;
        session.phone_number = Some("+15550001111".to_owned());
        // The limit is high enough not to affect tests of other features.
        session.daily_limit = 1_000_000;
        world.sessions.put(session);
        if world.config.samples {
            world.add_samples(now);
        }
        world
    }

    /// Adds the data that the samples on the vendors' pages use.
    fn add_samples(&mut self, now: SimTime) {
        let key = self.new_key("The vendor's samples", vec!["*".to_owned()], Some(SAMPLE_SESSION));
        "pk_your_public_key".clone_into(&mut key.public);
        "sk_your_secret_key".clone_into(&mut key.secret);
        self.wazaj.add_key("wzj_xxx".to_owned(), None);
        let mut jane = Contact::new(SAMPLE_ID, "+15559876543".to_owned(), now);
        "Jane".clone_into(&mut jane.name);
        jane.custom_fields.insert("order_id".to_owned(), "ORD-001".into());
        jane.custom_fields.insert("ship_date".to_owned(), "April 25".into());
        self.contacts.put(jane);
        self.groups.put(Group {
            id: SAMPLE_ID,
            name: "VIP Customers".to_owned(),
            description: None,
            membership: Membership::Static([SAMPLE_ID].into()),
            created_at: now,
            updated_at: now,
        });
    }

    /// Adds a key pair with the default limits of the workspace.
    pub(crate) fn new_key(
        &mut self,
        name: &str,
        abilities: Vec<String>,
        session_id: Option<Uuid>,
    ) -> &mut ApiKey {
        self.keys.push(ApiKey {
            id: self.chance.uuid(),
            name: name.to_owned(),
            public: self.chance.token("pk_", 32),
            secret: self.chance.token("sk_", 48),
            abilities,
            session_id,
            is_active: true,
            expires_at: None,
            last_used_at: None,
            limits: self.config.limits,
            usage: Usage::default(),
        });
        self.keys.last_mut().expect("just pushed")
    }

    /// Sets the limits of the first key, like the vendor's `per-key override`.
    pub(crate) fn limit_first_key(&mut self, limits: Limits) {
        if let Some(key) = self.keys.first_mut() {
            key.limits = limits;
        }
    }

    /// Stores a message and drops the oldest ones beyond the bounds.
    pub(crate) fn keep_message(&mut self, message: Message) {
        self.messages.put(message);
        self.messages.trim(self.finished(), |message| !message.is_travelling);
        self.messages.trim(self.unfinished(), |_| true);
    }

    /// Stores a delivery and drops the oldest ones beyond the bounds.
    pub(crate) fn keep_delivery(&mut self, delivery: Delivery) {
        self.deliveries.put(delivery);
        self.deliveries.trim(self.finished(), Delivery::is_settled);
        self.deliveries.trim(self.unfinished(), |_| true);
    }

    fn finished(&self) -> Bounds {
        Bounds { count: self.config.keep, weight: HEAVIEST }
    }

    fn unfinished(&self) -> Bounds {
        Bounds { count: self.config.keep * UNFINISHED, weight: HEAVIEST * UNFINISHED }
    }

    /// Resumes the work that the end of the last run interrupted: deliveries that still waited for a response.
    pub(crate) fn resume(&mut self) {
        let waiting: HashSet<Uuid> = self.schedule.posts().collect();
        let interrupted: Vec<Uuid> = self
            .deliveries
            .iter()
            .filter(|delivery| !delivery.is_settled() && !waiting.contains(&delivery.id))
            .map(|delivery| delivery.id)
            .collect();
        for id in interrupted {
            self.schedule.at(self.saved_at, Job::Post(id));
        }
    }
}
