//! The main job, in the order in which a new user of the services does it.

use std::error::Error;
use std::time::{Duration, SystemTime};

use hudhud::wazaj::{SendTemplate, SendText, TemplateComponent};
use hudhud::webhook::{EventName, WebhookErrorReason};
use hudhud::zagely::{
    CampaignStatus, CheckHealth, Contact, CreateCampaign, CreateContact, CreateTemplate, CreateWebhook,
    GetAccount, GetCampaignStats, GetContact, ListMessages, Message, MessageTemplate, PreviewTemplate,
    SendMessage, StartCampaign, TargetType,
};
use hudhud::{
    ApiKey, AsyncClient, CallOptions, Client, ErrorKind, IdempotencyKey, KeyPair, MissingPolicy, Template,
    TransportFault, Wazaj, Zagely, wazaj, zagely,
};
use hudhud_reqwest::ReqwestTransport;
use hudhud_sandbox::{Config, Sandbox};
use hudhud_ureq::UreqTransport;
use tokio::runtime::Runtime;

use crate::receiver::{Accepted, Inbox, Received};
use crate::report::{Outcome, Report, same};
use crate::watched::{Observed, Watched};

const SECRET: &str = "a secret that only the vendor and this program know";
pub(crate) const JANE: &str = "+15551234567";
const JOE: &str = "+15551234568";

/// A client of Zagely with the blocking transport.
pub(crate) type Blocking = Client<zagely::Credentials, Watched<UreqTransport>>;

/// The sandbox, and clients of both services.
pub(crate) struct Harness {
    pub(crate) runtime: Runtime,
    pub(crate) sandbox: Sandbox,
    pub(crate) zagely: Blocking,
    /// The log of the blocking client's requests.
    watch: Watched<UreqTransport>,
    wazaj: AsyncClient<wazaj::Credentials, ReqwestTransport>,
}

/// Runs the whole job. Returns `None` if it ended early.
pub(crate) fn run(config: Config, report: &mut Report) -> Option<()> {
    let harness = report.step("Start both services in a sandbox", || Harness::new(config))?;
    report.step("Check Zagely's health", || harness.health())?;
    report.step("Check the keys", || harness.check_keys())?;
    report.step("Try a wrong secret key", || harness.try_wrong_key())?;

    let mut inbox = report.step("Register a webhook", || harness.register_webhook())?;
    let jane = report.step("Create two contacts", || harness.create_contacts())?;
    let template = report.step("Create a template", || harness.create_template())?;
    let text = report.step("Render it locally and by the vendor", || harness.render(&template, &jane))?;

    let message_id = report.step("Send a message", || harness.send(&text))?;
    report.step("Find it in the list", || harness.find(&message_id, &text))?;
    report.step("Survive a 429", || harness.survive_429())?;
    report.step("Survive a 503 while sending", || harness.survive_503())?;
    report.step("Survive a lost response", || harness.survive_a_lost_answer())?;
    report.step("Send twice with one idempotency key", || harness.send_twice())?;
    let campaign_id =
        report.step("Run a campaign until it completes", || harness.run_campaign(&mut inbox))?;

    let contact_id = jane.id.unwrap_or_default();
    for (name, holder, id, whose) in [
        (EventName::ContactCreated, "contact", &contact_id, "Jane"),
        (EventName::MessageSent, "message_id", &message_id, "the message above"),
        (EventName::CampaignCompleted, "campaign", &campaign_id, "the campaign above"),
    ] {
        let what = format!("Receive the webhook {}", name.as_str());
        report.step(&what, || {
            let event = inbox.event(name, holder, id)?.event;
            let age = event.signed_at().until(SystemTime::now().into()).as_secs();
            Ok((format!("verified: signed {age} s ago, for {whose}"), ()))
        })?;
    }
    report.step("Receive a delivery twice", || harness.repeat_delivery(&mut inbox, &contact_id))?;
    report.step("Receive a forged delivery", || harness.forge_delivery(&mut inbox, &contact_id))?;

    report.step("Import contacts from a file", || harness.import_contacts())?;
    report.step("Create a dynamic group", || harness.group_contacts())?;
    report.step("Connect another phone", || harness.connect_phone())?;
    report.step("Let an automation reply", || harness.answer_by_automation(&mut inbox))?;
    report.step("Read the analytics", || harness.read_figures())?;

    report.step("Send a text through Wazaj (async)", || harness.wazaj_text())?;
    report.step("Send a template through Wazaj (async)", || harness.wazaj_template())?;
    Some(())
}

impl Harness {
    fn new(config: Config) -> Outcome<Self> {
        let sandbox = Sandbox::start(config)?;
        let keys = sandbox.key_pair();
        let service = Zagely::new(KeyPair::new(&keys.public, &keys.secret)?);
        let service = service.base_url(&sandbox.zagely_base_url())?;
        let watch = Watched::new(UreqTransport::new());
        // Each step shows its own requests and waits, so none waits for its turn.
        let zagely = Client::new(service, watch.clone()).with_rate_limiter(None);
        let service = Wazaj::new(ApiKey::new(sandbox.wazaj_key())?, &sandbox.wazaj_base_url())?;
        let wazaj = AsyncClient::new(service, ReqwestTransport::new()?);
        let runtime = Runtime::new()?;
        let base_url = sandbox.zagely_base_url();
        Ok((base_url, Self { runtime, sandbox, zagely, watch, wazaj }))
    }

    fn health(&self) -> Outcome<()> {
        let health = self.zagely.call(CheckHealth::new())?;
        same("the health status", health.status.as_deref(), Some("ok"))?;
        Ok(("ok".into(), ()))
    }

    fn check_keys(&self) -> Outcome<()> {
        let account = self.zagely.call(GetAccount::new())?;
        same("the key's list of abilities", &account.abilities[..], &["*".to_owned()])?;
        // Every response contains the limits.
        let limits = account.meta.rate_limit;
        let (Some(left), Some(limit)) = (limits.daily_remaining, limits.daily_limit) else {
            return Err("the response does not contain the remaining requests".into());
        };
        Ok((format!("all abilities; {left} of {limit} requests left today"), ()))
    }

    fn try_wrong_key(&self) -> Outcome<()> {
        let service = Zagely::new(KeyPair::new(&self.sandbox.key_pair().public, "sk_wrong")?);
        let service = service.base_url(&self.sandbox.zagely_base_url())?;
        match Client::new(service, self.watch.clone()).call(GetAccount::new()) {
            Ok(_) => Err("the wrong key was accepted".into()),
            Err(error) => {
                same("the kind of error", error.kind(), ErrorKind::Authentication)?;
                let code = error.code().unwrap_or_default();
                Ok((format!("refused: {}, {code}", error.kind().as_str()), ()))
            }
        }
    }

    fn register_webhook(&self) -> Outcome<Inbox> {
        let inbox = Inbox::open(&self.runtime, SECRET)?;
        let events = [
            EventName::ContactCreated,
            EventName::MessageSent,
            EventName::MessageReceived,
            EventName::CampaignCompleted,
        ];
        let call = CreateWebhook::new(inbox.url()).events(events.clone()).secret(SECRET);
        let webhook = self.zagely.call(call)?;
        same("the webhook's list of events", &webhook.events[..], &events)?;
        Ok((format!("{} events are delivered to {}", events.len(), inbox.url()), inbox))
    }

    fn create_contacts(&self) -> Outcome<Contact> {
        let jane = CreateContact::new(JANE).name("Jane").custom_fields([("order_id", "ORD-001")]);
        let made = self.zagely.call(jane)?.into_output();
        self.zagely.call(CreateContact::new(JOE).name("Joe").custom_fields([("order_id", "ORD-002")]))?;
        let id = made.id.ok_or("the new contact has no id")?;
        let read = self.zagely.call(GetContact::new(id))?.into_output();
        same("the name", read.name.as_deref(), Some("Jane"))?;
        same("the phone number", read.phone_number.as_deref(), Some(JANE))?;
        same("the field order_id", read.custom_fields.text("order_id").as_deref(), Some("ORD-001"))?;
        Ok(("Jane and Joe; Jane reads back unchanged".into(), read))
    }

    fn create_template(&self) -> Outcome<MessageTemplate> {
        let content = "Hi {{ name }}! Order #{{order_id}} is confirmed.";
        let call = CreateTemplate::new("Order confirmation", zagely::Channel::Whatsapp, content);
        let made = self.zagely.call(call)?.into_output();
        let local = Template::parse(content);
        let found: Vec<&str> = made.variables.iter().map(String::as_str).collect();
        same("the vendor's list of variables", &found, &local.variables())?;
        Ok((format!("its variables: {}", found.join(", ")), made))
    }

    fn render(&self, template: &MessageTemplate, contact: &Contact) -> Outcome<String> {
        let content = template.content.clone().ok_or("the template has no content")?;
        let here = Template::parse(content).render(contact, MissingPolicy::Error)?;
        let id = template.id.clone().ok_or("the template has no id")?;
        let preview = PreviewTemplate::new(id).contact_id(contact.id.clone().unwrap_or_default());
        let preview = self.zagely.call(preview)?;
        same("the vendor's preview", preview.text().as_deref(), Some(here.as_str()))?;
        Ok((format!("both rendered: {here}"), here))
    }

    fn text(&self, text: &str) -> SendMessage {
        SendMessage::text(JANE, text).session_id(self.sandbox.session_id())
    }

    fn send(&self, text: &str) -> Outcome<String> {
        let sent = self.zagely.call(self.text(text))?.into_output();
        let id = sent.message_id.ok_or("the message has no id")?;
        Ok((format!("queued as {id}"), id))
    }

    /// Returns the messages in the list that have this text.
    pub(crate) fn with_text(&self, text: &str) -> Result<Vec<Message>, Box<dyn Error>> {
        let mut found = Vec::new();
        for message in self.zagely.items(ListMessages::new()) {
            let message = message?;
            if message.content.as_deref() == Some(text) {
                found.push(message);
            }
        }
        Ok(found)
    }

    fn find(&self, id: &str, text: &str) -> Outcome<()> {
        let found = self.with_text(text)?;
        let [message] = &found[..] else {
            return Err(
                format!("expected one message with this text in the list, found {}", found.len()).into()
            );
        };
        same("the message's id", message.id.as_deref(), Some(id))?;
        let to = message.contact.as_ref().and_then(|contact| contact.name.as_deref());
        same("the contact's name", to, Some("Jane"))?;
        let status = message.status.as_ref().map_or("", |status| status.as_str());
        Ok((format!("listed once, to Jane, {status}"), ()))
    }

    fn survive_429(&self) -> Outcome<()> {
        self.sandbox.fault("messages.list", 1, "status=429;retry-after=1")?;
        self.watch.take();
        self.zagely.call(ListMessages::new())?;
        refused_once(429, &self.watch.take())?;
        Ok(("429, waited 1 s as requested, 200".into(), ()))
    }

    fn survive_503(&self) -> Outcome<()> {
        self.sandbox.fault("messages.send", 1, "status=503;retry-after=1")?;
        self.watch.take();
        self.zagely.call(self.text("Through a 503"))?;
        refused_once(503, &self.watch.take())?;
        same("the number of messages in the list", self.with_text("Through a 503")?.len(), 1)?;
        Ok(("503, waited 1 s as requested, accepted; listed once".into(), ()))
    }

    /// Tests the worst case: the vendor accepts the message, but the response is lost.
    fn survive_a_lost_answer(&self) -> Outcome<()> {
        self.sandbox.fault("messages.send", 1, "lost")?;
        self.watch.take();
        let sent = self.zagely.call(self.text("Into the dark"))?;
        let observed = self.watch.take();
        let [Observed::Fault(TransportFault::Closed), Observed::Wait(_), Observed::Success] = observed[..]
        else {
            return Err(
                format!("expected a closed connection, a wait and a success, found {observed:?}").into()
            );
        };
        same("the replay flag", sent.meta.idempotent_replay, true)?;
        same("the number of messages in the list", self.with_text("Into the dark")?.len(), 1)?;
        Ok(("sent again with the same key; listed once".into(), ()))
    }

    fn send_twice(&self) -> Outcome<()> {
        let key = IdempotencyKey::new("order-001-confirmed")?;
        let send = || {
            let options = CallOptions::new().idempotency_key(key.clone());
            self.zagely.call_with(self.text("Once and only once"), options)
        };
        let (first, second) = (send()?, send()?);
        same("the second message's id", &second.message_id, &first.message_id)?;
        let replays = [first.meta.idempotent_replay, second.meta.idempotent_replay];
        same("the replay flag of each response", replays, [false, true])?;
        same("the number of messages in the list", self.with_text("Once and only once")?.len(), 1)?;
        Ok(("the same message, flagged as a replay; listed once".into(), ()))
    }

    fn run_campaign(&self, inbox: &mut Inbox) -> Outcome<String> {
        let call = CreateCampaign::new("April sale", "Hi {{ name }}! 30% off today.", TargetType::All);
        let campaign = self.zagely.call(call.session_id(self.sandbox.session_id()))?.into_output();
        same("the campaign's status", campaign.status, Some(CampaignStatus::Draft))?;
        let id = campaign.id.ok_or("the campaign has no id")?;
        let started = self.zagely.call(StartCampaign::new(&*id))?.into_output();
        same("the campaign's status after the start", started.status, Some(CampaignStatus::Running))?;
        inbox.event(EventName::CampaignCompleted, "campaign", &id)?;
        // The campaign is complete when all messages were sent. Their delivery follows.
        for _ in 0..20 {
            let stats = self.zagely.call(GetCampaignStats::new(&*id))?.into_output();
            let done = (stats.total_recipients, stats.delivered_count, stats.pending_count);
            if done == (Some(2), Some(2), Some(0)) {
                same("the number of failed messages", stats.failed_count, Some(0))?;
                return Ok(("completed: 2 of 2 messages delivered, none failed".into(), id));
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        Err("expected two delivered messages and none pending within 5 s".into())
    }

    /// Posts a delivery to the receiver and returns the status of its response.
    fn post(&self, inbox: &Inbox, delivery: Accepted) -> Result<u16, Box<dyn Error>> {
        let Accepted { mut headers, body, .. } = delivery;
        // The length belongs to the original body. The client writes the new one.
        headers.remove("content-length");
        let post = reqwest::Client::new().post(inbox.url()).headers(headers).body(body);
        Ok(self.runtime.block_on(post.send())?.status().as_u16())
    }

    fn repeat_delivery(&self, inbox: &mut Inbox, contact_id: &str) -> Outcome<()> {
        let delivery = inbox.event(EventName::ContactCreated, "contact", contact_id)?;
        same("the receiver's status", self.post(inbox, delivery)?, 200)?;
        inbox
            .wait_for("repeated delivery", |received| matches!(received, Received::Repeated).then_some(()))?;
        Ok(("recognized by its replay key: not handled again".into(), ()))
    }

    fn forge_delivery(&self, inbox: &mut Inbox, contact_id: &str) -> Outcome<()> {
        let mut delivery = inbox.event(EventName::ContactCreated, "contact", contact_id)?;
        delivery.body = str::from_utf8(&delivery.body)?.replace("Jane", "Mallory").into();
        same("the receiver's status", self.post(inbox, delivery)?, 401)?;
        let reason = inbox.wait_for("forged delivery", |received| match received {
            Received::Refused(reason) => Some(*reason),
            _ => None,
        })?;
        same("the reason", reason, WebhookErrorReason::SignatureMismatch)?;
        Ok((format!("with a changed name: refused with 401, {}", reason.as_str()), ()))
    }

    fn wazaj_text(&self) -> Outcome<()> {
        let sent = self.runtime.block_on(self.wazaj.call(SendText::new("+50912345678", "Bonjou!")))?;
        taken(&sent)
    }

    fn wazaj_template(&self) -> Outcome<()> {
        let call = SendTemplate::new("+50912345678", "order_update", "en")
            .template_components([TemplateComponent::body(["Jane"])]);
        let sent = self.runtime.block_on(self.wazaj.call(call))?;
        taken(&sent)
    }
}

/// Checks that a call was refused once with `Retry-After: 1`, waited for that time, and then succeeded.
fn refused_once(status: u16, observed: &[Observed]) -> Result<(), Box<dyn Error>> {
    match observed {
        // The next second began with the response, slightly before the transport logged the wait.
        [Observed::Refusal(refusal), Observed::Wait(wait), Observed::Success]
            if *refusal == status && wait.as_secs_f64().round() == 1.0 =>
        {
            Ok(())
        }
        _ => Err(format!("expected {status}, a wait of 1 s and a success, found {observed:?}").into()),
    }
}

fn taken(sent: &wazaj::SentMessage) -> Outcome<()> {
    same("the field success", sent.success, Some(true))?;
    let id = sent.message_id.ok_or("the message has no id")?;
    Ok((format!("accepted with id {id}"), ()))
}
