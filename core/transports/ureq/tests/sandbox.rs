//! Makes calls with the transport to the sandbox, as a program does.

use hudhud::zagely::{CheckHealth, CreateContact, ListContacts, SendMessage};
use hudhud::{Client, ErrorKind, KeyPair, Zagely, zagely};
use hudhud_sandbox::{Config, Sandbox};
use hudhud_ureq::UreqTransport;

fn client(sandbox: &Sandbox, secret: &str) -> Client<zagely::Credentials, UreqTransport> {
    let keys = KeyPair::new(&sandbox.key_pair().public, secret).unwrap();
    let zagely = Zagely::new(keys).base_url(&sandbox.zagely_base_url()).unwrap();
    Client::new(zagely, UreqTransport::new())
}

fn message(sandbox: &Sandbox) -> SendMessage {
    SendMessage::text("+15551234567", "hi").session_id(sandbox.session_id())
}

#[test]
fn calls_retries_pages_and_errors_work() {
    let sandbox = Sandbox::start(Config::default()).unwrap();
    let zagely = client(&sandbox, &sandbox.key_pair().secret);

    let sent = zagely.call(message(&sandbox)).unwrap();
    assert!(sent.message_id.is_some());
    assert!(sent.meta.rate_limit.daily_remaining.is_some());

    sandbox.fault("account.health", 1, "status=429;retry-after=1").unwrap();
    assert_eq!(zagely.call(CheckHealth::new()).unwrap().status.as_deref(), Some("ok"));

    for number in 0..3 {
        zagely.call(CreateContact::new(format!("+1555000000{number}")).tags(["vip"])).unwrap();
    }
    let vips = ListContacts::new().tags(["vip"]).per_page(2);
    let sizes: Vec<_> = zagely.pages(vips.clone()).map(|page| page.unwrap().data.len()).collect();
    assert_eq!(sizes, [2, 1]);
    assert_eq!(zagely.items(vips).filter(|contact| contact.as_ref().unwrap().id.is_some()).count(), 3);

    let error = client(&sandbox, "sk_wrong").call(ListContacts::new()).unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(401)));
    let message = message(&sandbox);
    drop(sandbox);
    let error = zagely.call(message).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
}
