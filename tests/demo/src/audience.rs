//! The steps beyond single messages: an import of contacts, a dynamic group, another phone, an automation and
//! analytics.

use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

use hudhud::Object;
use hudhud::webhook::{EventData, EventName};
use hudhud::zagely::{
    CreateAutomation, CreateContactGroup, CreateSession, GetContactGroup, GetOverview, GetSession,
    GroupFilters, GroupType, ImportContacts, ListContacts, SessionStatus, TriggerType,
};

use crate::job::{Harness, JANE};
use crate::receiver::Inbox;
use crate::report::{Outcome, same};

const FILE: &str = "\
phone_number,name,city
+50911112222,Mirlande,Jacmel
+50911113333,Wisly,Jacmel
+50911114444,Nadège,Les Cayes
";

impl Harness {
    /// Imports contacts from a file, which the vendor processes in the background.
    pub(crate) fn import_contacts(&self) -> Outcome<()> {
        let job = self.zagely.call(ImportContacts::new(FILE.as_bytes().to_vec()))?;
        same("the status of the answer", job.meta.status, 202)?;
        let listed = patiently("list with five contacts", || {
            let names = self.zagely.items(ListContacts::new()).map(|contact| Ok(contact?.name));
            let names = names.collect::<Result<Vec<_>, hudhud::Error>>()?;
            Ok((names.len() == 5).then_some(names))
        })?;
        same(
            "the result of the search for Nadège",
            listed.iter().any(|name| name.as_deref() == Some("Nadège")),
            true,
        )?;
        Ok(("3 from a CSV file; the list has 5".into(), ()))
    }

    pub(crate) fn group_contacts(&self) -> Outcome<()> {
        let in_jacmel = GroupFilters::new().custom_fields([("city", "Jacmel")]);
        let call = CreateContactGroup::new("In Jacmel", GroupType::Dynamic).filters(in_jacmel);
        let id = self.zagely.call(call)?.into_output().id.ok_or("the group has no id")?;
        let group = self.zagely.call(GetContactGroup::new(id))?.into_output();
        let mut names: Vec<_> = group.contacts.iter().filter_map(|contact| contact.name.as_deref()).collect();
        names.sort_unstable();
        same("the group's list of names", &names[..], &["Mirlande", "Wisly"])?;
        Ok((format!("matching its filter: {}", names.join(", ")), ()))
    }

    pub(crate) fn connect_phone(&self) -> Outcome<()> {
        let session = self.zagely.call(CreateSession::new("Front desk"))?.into_output();
        same("the session's status", session.status, Some(SessionStatus::Connecting))?;
        let code = session.qr_code.unwrap_or_default();
        same("the check that the QR code is a PNG", code.starts_with("data:image/png;base64,"), true)?;
        let id = session.id.ok_or("the session has no id")?;
        // The sandbox's imaginary phone scans the code after five seconds. The clock skips them.
        self.sandbox.advance(Duration::from_secs(10));
        patiently("connected session", || {
            let session = self.zagely.call(GetSession::new(&*id))?.into_output();
            Ok((session.status == Some(SessionStatus::Connected)).then_some(()))
        })?;
        Ok((format!("QR code of {} bytes scanned, connected", code.len()), ()))
    }

    pub(crate) fn answer_by_automation(&self, inbox: &mut Inbox) -> Outcome<()> {
        let reply = "Hi {{ name }}! We are open from nine to five.";
        let call =
            CreateAutomation::new(self.sandbox.session_id(), "Opening hours", TriggerType::Keyword, reply);
        self.zagely.call(call.trigger_value("hours"))?;
        let id = self.somebody_writes(JANE, "What are your hours?")?;
        let event = inbox.event(EventName::MessageReceived, "message_id", &id)?.event;
        let EventData::MessageReceived(message) = &event.data else {
            return Err("the event's data does not match its name".into());
        };
        same("the message's content", message.content.as_deref(), Some("What are your hours?"))?;
        let output = "Hi Jane! We are open from nine to five.";
        patiently("reply in the list", || Ok((self.with_text(output)?.len() == 1).then_some(())))?;
        Ok((format!("webhook verified; reply: {output}"), ()))
    }

    /// Simulates an inbound message with the sandbox's admin endpoint.
    fn somebody_writes(&self, from: &str, content: &str) -> Result<String, Box<dyn Error>> {
        let url = format!("{}/_sandbox/inbound", self.sandbox.zagely_base_url());
        let body: Object = [("from", from), ("content", content)].into_iter().collect();
        let post = reqwest::Client::new().post(url).bearer_auth(self.sandbox.admin_token());
        let post = post.body(hudhud::Json::write(&body)?.as_str().to_owned());
        let response =
            self.runtime.block_on(async { post.send().await?.error_for_status()?.text().await })?;
        let response: Object = response.parse()?;
        Ok(response.text("message_id").ok_or("the sandbox's response has no message_id")?.into_owned())
    }

    pub(crate) fn read_figures(&self) -> Outcome<()> {
        let overview = self.zagely.call(GetOverview::new())?.into_output();
        same("the number of contacts", overview.total_contacts, Some(5))?;
        same("the number of connected sessions", overview.active_sessions, Some(2))?;
        same("the number of campaigns in this month", overview.campaigns_this_month, Some(1))?;
        Ok(("5 contacts, 2 sessions, 1 campaign".into(), ()))
    }
}

/// Polls for up to 10 s until `poll` returns a value.
fn patiently<T>(
    what: &str,
    poll: impl Fn() -> Result<Option<T>, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    for _ in 0..40 {
        if let Some(output) = poll()? {
            return Ok(output);
        }
        sleep(Duration::from_millis(250));
    }
    Err(format!("no {what} after 10 s").into())
}
