//! The outbox in a file: what it sends, what it continues, and what it refuses to use.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use hudhud::outbox::{Added, MessageState, OutboxError};
use hudhud::zagely::{Channel, SendMessage};
use hudhud::{Client, KeyPair, Request, Response, Transport, TransportFault, UnixTime, Zagely};
use hudhud_outbox::{OutboxFile, OutboxFileError, read_report};
use hudhud_sandbox::{Config, Sandbox};
use hudhud_ureq::UreqTransport;
use tempfile::TempDir;

/// A transport that accepts all messages, and keeps their keys.
#[derive(Default)]
struct Canned {
    keys: Mutex<Vec<String>>,
    /// The number of the request in which the thread panics, from 1.
    panics_at: usize,
    /// The time that each request takes.
    takes: Duration,
    /// The status of each response.
    refuses_with: Option<u16>,
    count: AtomicUsize,
}

impl Transport for Canned {
    fn send(&self, request: Request) -> Result<Response, TransportFault> {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        assert_ne!(count, self.panics_at, "a defect of a transport");
        let key = request.headers.iter().find(|(name, _)| name == "Idempotency-Key");
        self.keys.lock().unwrap().extend(key.map(|(_, key)| key.clone()));
        std::thread::sleep(self.takes);
        let status = self.refuses_with.unwrap_or(201);
        Ok(Response::new(status, [("Content-Type", "application/json")], r#"{"message_id":"m-1"}"#))
    }

    fn wait(&self, duration: Duration) {
        std::thread::sleep(duration);
    }

    fn now(&self) -> UnixTime {
        SystemTime::now().into()
    }

    fn entropy(&self) -> [u8; 16] {
        [7; 16]
    }
}

#[test]
fn an_invalid_message_is_refused_with_its_row() {
    let folder = TempDir::new().unwrap();
    let client = zagely(Canned::default());
    let outbox = OutboxFile::open(folder.path().join("test.outbox"), &client).unwrap();
    let refused = outbox.add_row(7, &SendMessage::text("bob", "Hi")).unwrap_err().to_string();
    assert!(refused.starts_with("row 7 of the list: messages.send: invalid_request: "), "{refused}");
    assert!(refused.contains(" to: "), "{refused}");
    outbox.add_row(1, &SendMessage::text("+15551234567", "Hi")).unwrap();
    for spelling in ["+15551234567", "+1 (555) 123-4567", "+١٥٥٥١٢٣٤٥٦٧"] {
        let refused = outbox.add_row(8, &SendMessage::text(spelling, "other")).unwrap_err().to_string();
        assert!(refused.starts_with("row 8 of the list: the outbox has another message"), "{refused}");
        assert_eq!(outbox.add_row(9, &SendMessage::text(spelling, "Hi")).unwrap(), Added::Known(0));
    }
    outbox.add_with_id("a second message", 2, &SendMessage::text("+15551234567", "other")).unwrap();
    let mut to_contact = SendMessage::text("+15551234567", "Hi");
    (to_contact.to, to_contact.contact_id) = (None, Some("c-1".into()));
    to_contact.channel = Channel::Telegram.into();
    let refused = outbox.add_row(3, &to_contact).unwrap_err().to_string();
    assert_eq!(refused, "row 3 of the list: the message has no recipient `to`: add it with add_with_id");
    assert_eq!(outbox.report().total, 2);
}

fn zagely(transport: Canned) -> Client<hudhud::zagely::Credentials, Canned> {
    Client::new(Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap()), transport)
}

fn message(number: u32) -> SendMessage {
    SendMessage::text(format!("+1555123{number:04}"), format!("Hi {number}"))
}

fn journal() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("test.outbox");
    (folder, path)
}

#[test]
fn each_message_is_sent_once_over_two_runs() {
    let (_folder, path) = journal();
    let client = zagely(Canned::default());
    for run in 0..2 {
        let outbox = OutboxFile::<SendMessage, _>::open(&path, &client).unwrap();
        for number in 0..40 {
            let call = message(number);
            let added = if run == 0 { Added::New(number) } else { Added::Known(number) };
            assert_eq!(outbox.add_row(number + 1, &call).unwrap(), added);
        }
        outbox.close_list().unwrap();
        let report = outbox.send(4).unwrap();
        assert_eq!((report.sent, report.is_complete(), outbox.stopped()), (40, true, None));
        assert_eq!(outbox.messages(MessageState::Sent).unwrap()[7].row, 8);
    }
    assert_eq!(client_keys(&client).len(), 40);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

fn client_keys(client: &Client<hudhud::zagely::Credentials, Canned>) -> BTreeSet<String> {
    let keys = client.transport().keys.lock().unwrap();
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "a key was sent twice");
    keys.iter().cloned().collect()
}

#[test]
fn a_journal_that_was_begun_in_python_is_continued() {
    let (_folder, path) = journal();
    fs::write(&path, include_bytes!("begun_in_python.outbox")).unwrap();
    let client = zagely(Canned::default());
    let outbox = OutboxFile::<SendMessage, _>::open(&path, &client).unwrap();
    // The third message was being sent when the program stopped, more than 24 hours ago.
    let report = outbox.report();
    assert_eq!((report.total, report.sent, report.refused, report.unknown, report.waiting), (5, 1, 1, 1, 2));
    assert_eq!(report.refused_by_reason, [("validation: validation_failed (to)".into(), 1)]);
    let report = outbox.send(2).unwrap();
    assert_eq!((report.sent, report.unknown, report.is_complete()), (3, 1, true));
    let ends: BTreeSet<_> =
        client_keys(&client).iter().map(|key| key.rsplit('-').next().unwrap().to_string()).collect();
    assert_eq!(ends, BTreeSet::from(["3".into(), "4".into()]));
}

#[test]
fn a_journal_in_use_or_of_another_key_or_damaged_is_refused() {
    let (_folder, path) = journal();
    let client = zagely(Canned::default());
    let outbox = OutboxFile::<SendMessage, _>::open(&path, &client).unwrap();
    assert!(matches!(
        OutboxFile::<SendMessage, _>::open(&path, &client).unwrap_err(),
        OutboxFileError::InUse
    ));
    let call = message(0);
    outbox.add(&call).unwrap();
    outbox.close_list().unwrap();
    outbox.send(1).unwrap();
    drop(outbox);
    let other = Zagely::new(KeyPair::new("pk_other", "sk_test").unwrap());
    let other = Client::new(other, Canned::default());
    let refused = OutboxFile::<SendMessage, _>::open(&path, &other).unwrap_err();
    assert!(matches!(refused, OutboxFileError::Outbox(OutboxError::OtherSender)));
    let mut bytes = fs::read(&path).unwrap();
    // A torn end is cut.
    fs::write(&path, [&bytes[..], &bytes[90..101]].concat()).unwrap();
    drop(OutboxFile::<SendMessage, _>::open(&path, &client).unwrap());
    assert_eq!(fs::read(&path).unwrap(), bytes);
    bytes[100] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let refused = OutboxFile::<SendMessage, _>::open(&path, &client).unwrap_err();
    assert!(matches!(refused, OutboxFileError::Outbox(OutboxError::Damaged(86))), "{refused}");
}

#[test]
fn a_thread_that_panics_leaves_its_message_in_doubt() {
    let (_folder, path) = journal();
    let client = zagely(Canned { panics_at: 3, ..Canned::default() });
    let outbox = OutboxFile::<SendMessage, _>::open(&path, &client).unwrap();
    for number in 0..5 {
        let call = message(number);
        outbox.add(&call).unwrap();
    }
    outbox.close_list().unwrap();
    let sending = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| outbox.send(1)));
    assert!(sending.is_err());
    assert_eq!((outbox.report().sent, outbox.report().in_doubt), (2, 1));
}

#[test]
fn ureq_sends_to_the_sandbox() {
    let (_folder, path) = journal();
    let sandbox = Sandbox::start(Config::default()).unwrap();
    let keys = KeyPair::new(&*sandbox.key_pair().public, &*sandbox.key_pair().secret).unwrap();
    let zagely = Zagely::new(keys).base_url(&sandbox.zagely_base_url()).unwrap();
    let client = Client::new(zagely, UreqTransport::new());
    let outbox = OutboxFile::<SendMessage, _>::open(&path, &client).unwrap();
    for number in 0..20 {
        let call = message(number);
        outbox.add(&call.session_id(sandbox.session_id().to_string())).unwrap();
    }
    outbox.close_list().unwrap();
    assert_eq!(outbox.send(4).unwrap().sent, 20);
}

#[test]
fn a_message_that_cannot_be_read_waits() {
    let (_folder, path) = journal();
    let client = zagely(Canned::default());
    let outbox = OutboxFile::<SendMessage, _>::open(&path, &client).unwrap();
    let call = message(0);
    outbox.add_row(1, &call).unwrap();
    let bytes = fs::read(&path).unwrap();
    let at = bytes.windows(4).position(|window| window == b"Hi 0").unwrap();
    let mut damaged = bytes;
    damaged[at] = 0;
    fs::write(&path, damaged).unwrap();
    outbox.send(1).unwrap_err();
    let report = outbox.report();
    assert_eq!((report.waiting, report.in_flight), (1, 0));
}

#[test]
fn a_send_can_be_stopped_and_continued() {
    let (_folder, path) = journal();
    let client = zagely(Canned { takes: Duration::from_millis(2), ..Canned::default() });
    let client = client.with_rate_limiter(None);
    let outbox = OutboxFile::<SendMessage, _>::open(&path, &client).unwrap();
    let calls: Vec<_> = (0..200).map(message).collect();
    assert_eq!(outbox.add_all(&calls).unwrap(), 200);
    let report = std::thread::scope(|scope| {
        let sending = scope.spawn(|| outbox.send(2));
        while outbox.report().sent == 0 {
            std::thread::yield_now();
        }
        outbox.stop();
        sending.join().unwrap().unwrap()
    });
    assert!(report.sent < 200 && report.sent + report.waiting == 200, "{report:?}");
    assert_eq!(outbox.stopped(), None);
    // Without a send that runs, the next one ends.
    outbox.stop();
    assert_eq!(outbox.send(2).unwrap().sent, report.sent);
    assert_eq!(outbox.send(8).unwrap().sent, 200);
    assert_eq!(client_keys(&client).len(), 200);
}

#[test]
fn a_message_that_is_added_during_a_send_is_sent_by_an_idle_thread() {
    let (_folder, path) = journal();
    let client = zagely(Canned { takes: Duration::from_secs(3), ..Canned::default() });
    let outbox = OutboxFile::<SendMessage, _>::open(&path, &client).unwrap();
    outbox.add(&message(0)).unwrap();
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| outbox.send(2));
        while client_keys(&client).is_empty() {
            std::thread::yield_now();
        }
        outbox.add(&message(1)).unwrap();
        let added = std::time::Instant::now();
        while client_keys(&client).len() < 2 {
            assert!(
                added.elapsed() < Duration::from_millis(2500),
                "the second message waits for the first one"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(sending.join().unwrap().unwrap().sent, 2);
    });
}

#[test]
fn a_list_is_added_once_and_names_its_faulty_row() {
    let (_folder, path) = journal();
    let client = zagely(Canned::default());
    assert!(matches!(read_report(&path), Err(OutboxFileError::File(_))));
    fs::write(&path, "").unwrap();
    assert!(matches!(read_report(&path), Err(OutboxFileError::Empty)));
    let outbox = OutboxFile::<SendMessage, _>::open(&path, &client).unwrap();
    let mut calls = [message(0), SendMessage::text("bob", "Hi"), message(2)];
    let refused = outbox.add_all(&calls).unwrap_err().to_string();
    assert!(refused.starts_with("row 2 of the list: "), "{refused}");
    calls[1] = message(1);
    assert_eq!(outbox.add_all(&calls).unwrap(), 2);
    assert_eq!(outbox.add_all(&calls).unwrap(), 0);
    assert!(matches!(outbox.add(&message(3)), Err(OutboxFileError::Outbox(OutboxError::Closed { .. }))));
    // The lock of the journal does not keep readers out.
    assert_eq!(read_report(&path).unwrap().waiting, 3);
}

#[test]
fn refusals_have_reasons_and_stop_the_outbox() {
    let (_folder, path) = journal();
    let client = zagely(Canned { refuses_with: Some(422), ..Canned::default() });
    let outbox = OutboxFile::<SendMessage, _>::open(&path, &client).unwrap().stop_after_refusals(3);
    outbox.add_all(&(0..9).map(message).collect::<Vec<_>>()).unwrap();
    let report = outbox.send(1).unwrap();
    assert_eq!((report.refused, report.waiting), (3, 6));
    assert!(outbox.stopped().is_some());
    let refused = outbox.messages(MessageState::Refused).unwrap();
    assert_eq!((refused[2].number, refused[2].row), (2, 3));
    assert!(
        refused[2].reason.as_deref().is_some_and(|reason| reason.starts_with("validation")),
        "{refused:?}"
    );
    assert_eq!(outbox.messages(MessageState::Waiting).unwrap()[0].reason, None);
}
