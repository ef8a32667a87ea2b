//! The main job, in the order in which somebody new to the services meets it.

use std::error::Error;
use std::time::Duration;

use hudhud::wazaj::{SendTemplate, SendText, TemplateComponent};
use hudhud::webhook::{EventName, Reason};
use hudhud::zagely::{
    CampaignStatus, CheckHealth, Contact, CreateCampaign, CreateContact, CreateTemplate, CreateWebhook,
    GetAccount, GetCampaignStats, GetContact, ListMessages, Message, MessageTemplate, PreviewTemplate,
    SendMessage, StartCampaign, TargetType,
};
use hudhud::{
    ApiKey, AsyncClient, CallOptions, Client, ErrorKind, IdempotencyKey, KeyPair, Missing, Template,
    TransportFault, UnixTime, Wazaj, Zagely, wazaj, zagely,
};
use hudhud_example_rust::asynchronous::ReqwestTransport;
use hudhud_example_rust::blocking::UreqTransport;
use hudhud_sandbox::{Config, Sandbox};
use tokio::runtime::Runtime;

use crate::receiver::{Believed, Inbox, Received};
use crate::report::{Outcome, Report, same};
use crate::watched::{Seen, Watched};

/// How long to wait for a connection, and for a whole answer.
const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(20);

const SECRET: &str = "a secret that only the vendor and this program know";
pub(crate) const JANE: &str = "+15551234567";
const JOE: &str = "+15551234568";

/// Zagely over the blocking transport.
pub(crate) type Blocking = Client<zagely::Access, Watched<UreqTransport>>;

/// The services, and clients of both.
pub(crate) struct Ground {
    pub(crate) runtime: Runtime,
    pub(crate) sandbox: Sandbox,
    pub(crate) zagely: Blocking,
    /// What the blocking client did, request by request.
    watch: Watched<UreqTransport>,
    wazaj: AsyncClient<wazaj::Access, ReqwestTransport>,
}

/// Does the whole job; `None` if it ended early.
pub(crate) fn run(config: Config, report: &mut Report) -> Option<()> {
    let ground = report.step("Start both services in a sandbox", || Ground::new(config))?;
    report.step("Ask whether Zagely is up", || ground.health())?;
    report.step("Check the keys", || ground.check_keys())?;
    report.step("Try a wrong secret key", || ground.try_wrong_key())?;

    let mut inbox = report.step("Register a webhook", || ground.register_webhook())?;
    let jane = report.step("Create two contacts", || ground.create_contacts())?;
    let template = report.step("Create a template", || ground.create_template())?;
    let text = report.step("Render it here, and by the vendor", || ground.render(&template, &jane))?;

    let message_id = report.step("Send a message", || ground.send(&text))?;
    report.step("Find it in the list", || ground.find(&message_id, &text))?;
    report.step("Survive a 429", || ground.survive_429())?;
    report.step("Survive a 503 while sending", || ground.survive_503())?;
    report.step("Survive an answer that is lost", || ground.survive_a_lost_answer())?;
    report.step("Send twice with one idempotency key", || ground.send_twice())?;
    let campaign_id = report.step("Run a campaign to its end", || ground.run_campaign(&mut inbox))?;

    let contact_id = jane.id.unwrap_or_default();
    for (name, holder, id, whose) in [
        (EventName::ContactCreated, "contact", &contact_id, "Jane"),
        (EventName::MessageSent, "message_id", &message_id, "the message above"),
        (EventName::CampaignCompleted, "campaign", &campaign_id, "the campaign above"),
    ] {
        let what = format!("Receive the webhook {}", name.as_str());
        report.step(&what, || {
            let event = inbox.event(name, holder, id)?.event;
            let age = event.signed_at().until(UnixTime::now()).as_secs();
            Ok((format!("verified: signed {age} s ago, about {whose}"), ()))
        })?;
    }
    report.step("Receive one of them again", || ground.repeat_delivery(&mut inbox, &contact_id))?;
    report.step("Receive a forged one", || ground.forge_delivery(&mut inbox, &contact_id))?;

    report.step("Import contacts from a file", || ground.import_contacts())?;
    report.step("Create a group that fills itself", || ground.group_contacts())?;
    report.step("Connect another phone", || ground.connect_phone())?;
    report.step("Let an automation answer", || ground.answer_by_automation(&mut inbox))?;
    report.step("Read the figures", || ground.read_figures())?;

    report.step("Send a text through Wazaj (async)", || ground.wazaj_text())?;
    report.step("Send a template through Wazaj (async)", || ground.wazaj_template())?;
    Some(())
}

impl Ground {
    fn new(config: Config) -> Outcome<Self> {
        let sandbox = Sandbox::start(config)?;
        let keys = sandbox.key_pair();
        let service = Zagely::new(KeyPair::new(&keys.public, &keys.secret)?);
        let service = service.base_url(&sandbox.zagely_base_url())?;
        let watch = Watched::new(UreqTransport::new(CONNECT, WHOLE));
        let zagely = Client::new(service, watch.clone());
        let service = Wazaj::new(ApiKey::new(sandbox.wazaj_key())?, &sandbox.wazaj_base_url())?;
        let wazaj = AsyncClient::new(service, ReqwestTransport::new(CONNECT, WHOLE)?);
        let runtime = Runtime::new()?;
        let told = sandbox.zagely_base_url();
        Ok((told, Self { runtime, sandbox, zagely, watch, wazaj }))
    }

    fn health(&self) -> Outcome<()> {
        let health = self.zagely.call(CheckHealth::new())?;
        same("its status", health.status.as_deref(), Some("ok"))?;
        Ok(("ok".into(), ()))
    }

    fn check_keys(&self) -> Outcome<()> {
        let account = self.zagely.call(GetAccount::new())?;
        same("what the key may do", &account.abilities[..], &["*".to_owned()])?;
        // The limits come with every answer.
        let limits = account.meta.rate_limit;
        let (Some(left), Some(limit)) = (limits.daily_remaining, limits.daily_limit) else {
            return Err("the answer does not say how many requests are left".into());
        };
        Ok((format!("good for everything; {left} of {limit} requests left today"), ()))
    }

    fn try_wrong_key(&self) -> Outcome<()> {
        let service = Zagely::new(KeyPair::new(&self.sandbox.key_pair().public, "sk_wrong")?);
        let service = service.base_url(&self.sandbox.zagely_base_url())?;
        match Client::new(service, self.watch.clone()).call(GetAccount::new()) {
            Ok(_) => Err("a wrong key was let in".into()),
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
        same("the list of its events", &webhook.events[..], &events)?;
        Ok((format!("{} events will come to {}", events.len(), inbox.url()), inbox))
    }

    fn create_contacts(&self) -> Outcome<Contact> {
        let jane = CreateContact::new(JANE).name("Jane").custom_fields([("order_id", "ORD-001")]);
        let made = self.zagely.call(jane)?.into_answer();
        self.zagely.call(CreateContact::new(JOE).name("Joe").custom_fields([("order_id", "ORD-002")]))?;
        let id = made.id.ok_or("the new contact has no id")?;
        let read = self.zagely.call(GetContact::new(id))?.into_answer();
        same("the name", read.name.as_deref(), Some("Jane"))?;
        same("the phone number", read.phone_number.as_deref(), Some(JANE))?;
        same("the field order_id", read.custom_fields.text("order_id").as_deref(), Some("ORD-001"))?;
        Ok(("Jane and Joe; Jane reads back as she was written".into(), read))
    }

    fn create_template(&self) -> Outcome<MessageTemplate> {
        let content = "Hi {{ name }}! Order #{{order_id}} is confirmed.";
        let call = CreateTemplate::new("Order confirmation", zagely::Channel::Whatsapp, content);
        let made = self.zagely.call(call)?.into_answer();
        let local = Template::parse(content);
        let found: Vec<&str> = made.variables.iter().map(String::as_str).collect();
        same("the list of variables the vendor found", &found, &local.variables())?;
        Ok((format!("its variables: {}", found.join(", ")), made))
    }

    fn render(&self, template: &MessageTemplate, contact: &Contact) -> Outcome<String> {
        let content = template.content.clone().ok_or("the template came without its text")?;
        let here = Template::parse(content).render(contact, Missing::Error)?;
        let id = template.id.clone().ok_or("the template has no id")?;
        let preview = PreviewTemplate::new(id).contact_id(contact.id.clone().unwrap_or_default());
        let preview = self.zagely.call(preview)?;
        same("the vendor's text", preview.text().as_deref(), Some(here.as_str()))?;
        Ok((format!("both: {here}"), here))
    }

    fn text(&self, text: &str) -> SendMessage {
        SendMessage::text(JANE, text).session_id(self.sandbox.session_id())
    }

    fn send(&self, text: &str) -> Outcome<String> {
        let sent = self.zagely.call(self.text(text))?.into_answer();
        let id = sent.message_id.ok_or("the message has no id")?;
        Ok((format!("queued as {id}"), id))
    }

    /// The messages with this text, as the list has them.
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
            return Err(format!("{} messages with this text are in the list", found.len()).into());
        };
        same("its id", message.id.as_deref(), Some(id))?;
        let to = message.contact.as_ref().and_then(|contact| contact.name.as_deref());
        same("its contact", to, Some("Jane"))?;
        let status = message.status.as_ref().map_or("", |status| status.as_str());
        Ok((format!("there once, to Jane, {status}"), ()))
    }

    fn survive_429(&self) -> Outcome<()> {
        self.sandbox.fault("messages.list", 1, "status=429;retry-after=1")?;
        self.watch.take();
        self.zagely.call(ListMessages::new())?;
        refused_once(429, &self.watch.take())?;
        Ok(("429, waited 1 s as asked, 200".into(), ()))
    }

    fn survive_503(&self) -> Outcome<()> {
        self.sandbox.fault("messages.send", 1, "status=503;retry-after=1")?;
        self.watch.take();
        self.zagely.call(self.text("Through a 503"))?;
        refused_once(503, &self.watch.take())?;
        same("how often it is in the list", self.with_text("Through a 503")?.len(), 1)?;
        Ok(("503, waited 1 s as asked, taken; in the list once".into(), ()))
    }

    /// The worst that can happen: the vendor takes the message, and nobody hears of it.
    fn survive_a_lost_answer(&self) -> Outcome<()> {
        self.sandbox.fault("messages.send", 1, "lost")?;
        self.watch.take();
        let sent = self.zagely.call(self.text("Into the dark"))?;
        let seen = self.watch.take();
        let [Seen::Fault(TransportFault::Closed), Seen::Wait(_), Seen::Success] = seen[..] else {
            return Err(format!("{seen:?} happened").into());
        };
        same("the mark of a replay", sent.meta.idempotent_replay, true)?;
        same("how often it is in the list", self.with_text("Into the dark")?.len(), 1)?;
        Ok(("sent again with the same key; in the list once".into(), ()))
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
        same("the mark of a replay on each answer", replays, [false, true])?;
        same("how often it is in the list", self.with_text("Once and only once")?.len(), 1)?;
        Ok(("the same message, marked as a replay; in the list once".into(), ()))
    }

    fn run_campaign(&self, inbox: &mut Inbox) -> Outcome<String> {
        let call = CreateCampaign::new("April sale", "Hi {{ name }}! 30% off today.", TargetType::All);
        let campaign = self.zagely.call(call.session_id(self.sandbox.session_id()))?.into_answer();
        same("its status", campaign.status, Some(CampaignStatus::Draft))?;
        let id = campaign.id.ok_or("the campaign has no id")?;
        let started = self.zagely.call(StartCampaign::new(&*id))?.into_answer();
        same("its status after the start", started.status, Some(CampaignStatus::Running))?;
        inbox.event(EventName::CampaignCompleted, "campaign", &id)?;
        // Complete when everything was sent; what was sent still has to arrive.
        for _ in 0..20 {
            let stats = self.zagely.call(GetCampaignStats::new(&*id))?.into_answer();
            let done = (stats.total_recipients, stats.delivered_count, stats.pending_count);
            if done == (Some(2), Some(2), Some(0)) {
                same("how many failed", stats.failed_count, Some(0))?;
                return Ok(("completed: 2 of 2 messages delivered, none failed".into(), id));
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        Err("two messages should be delivered and none pending, but are not after 5 s".into())
    }

    /// Posts a delivery to the receiver, and gives the status it answers with.
    fn post(&self, inbox: &Inbox, delivery: Believed) -> Result<u16, Box<dyn Error>> {
        let Believed { mut headers, body, .. } = delivery;
        // The length is of the body that is posted, and the client writes it.
        headers.remove("content-length");
        let post = reqwest::Client::new().post(inbox.url()).headers(headers).body(body);
        Ok(self.runtime.block_on(post.send())?.status().as_u16())
    }

    fn repeat_delivery(&self, inbox: &mut Inbox, contact_id: &str) -> Outcome<()> {
        let delivery = inbox.event(EventName::ContactCreated, "contact", contact_id)?;
        same("the receiver's answer", self.post(inbox, delivery)?, 200)?;
        inbox.wait_for("a repetition", |received| matches!(received, Received::Repeated).then_some(()))?;
        Ok(("known by its replay key: not handled again".into(), ()))
    }

    fn forge_delivery(&self, inbox: &mut Inbox, contact_id: &str) -> Outcome<()> {
        let mut delivery = inbox.event(EventName::ContactCreated, "contact", contact_id)?;
        delivery.body = str::from_utf8(&delivery.body)?.replace("Jane", "Mallory").into();
        same("the receiver's answer", self.post(inbox, delivery)?, 401)?;
        let reason = inbox.wait_for("a forgery", |received| match received {
            Received::Refused(reason) => Some(*reason),
            _ => None,
        })?;
        same("the reason", reason, Reason::SignatureMismatch)?;
        Ok((format!("a name was changed: refused with 401, {}", reason.as_str()), ()))
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

/// Whether a call was refused once with `Retry-After: 1`, waited for that, and then succeeded.
fn refused_once(status: u16, seen: &[Seen]) -> Result<(), Box<dyn Error>> {
    match seen {
        // The second began when the answer came, a moment before the wait was told of.
        [Seen::Refusal(refusal), Seen::Wait(wait), Seen::Success]
            if *refusal == status && wait.as_secs_f64().round() == 1.0 =>
        {
            Ok(())
        }
        _ => Err(format!("{seen:?} happened, and should be {status}, a wait of 1 s, success").into()),
    }
}

fn taken(sent: &wazaj::SentMessage) -> Outcome<()> {
    same("whether it was taken", sent.success, Some(true))?;
    let id = sent.message_id.ok_or("the message has no number")?;
    Ok((format!("taken as number {id}"), ()))
}
