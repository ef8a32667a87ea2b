//! Makes calls with the transport to the sandbox, as a program does.

use hudhud::zagely::{CheckHealth, CreateContact, ListContacts, SendMessage};
use hudhud::{AsyncClient, ErrorKind, KeyPair, SharedRateLimiter, Zagely, zagely};
use hudhud_reqwest::{ReqwestTransport, StoreOnThread};
use hudhud_sandbox::{Config, Limits, Sandbox};
use hudhud_sqlite::SqliteRateLimiterStore;
use std::time::Instant;

type Client = AsyncClient<zagely::Credentials, ReqwestTransport>;

fn client(sandbox: &Sandbox, secret: &str) -> Client {
    let keys = KeyPair::new(&sandbox.key_pair().public, secret).unwrap();
    let zagely = Zagely::new(keys).base_url(&sandbox.zagely_base_url()).unwrap();
    AsyncClient::new(zagely, ReqwestTransport::new().unwrap())
}

fn message(sandbox: &Sandbox) -> SendMessage {
    SendMessage::text("+15551234567", "hi").session_id(sandbox.session_id())
}

#[tokio::test]
async fn calls_retries_pages_and_errors_work() {
    let sandbox = Sandbox::start(Config::default()).unwrap();
    let zagely = client(&sandbox, &sandbox.key_pair().secret);

    let sent = zagely.call(message(&sandbox)).await.unwrap();
    assert!(sent.message_id.is_some());
    assert!(sent.meta.rate_limit.daily_remaining.is_some());

    sandbox.fault("account.health", 1, "status=429;retry-after=1").unwrap();
    assert_eq!(zagely.call(CheckHealth::new()).await.unwrap().status.as_deref(), Some("ok"));

    for number in 0..3 {
        zagely.call(CreateContact::new(format!("+1555000000{number}")).tags(["vip"])).await.unwrap();
    }
    let vips = ListContacts::new().tags(["vip"]).per_page(2);
    let (mut pages, mut sizes) = (zagely.pages(vips.clone()), Vec::new());
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().data.len());
    }
    assert_eq!(sizes, [2, 1]);
    let (mut contacts, mut count) = (zagely.items(vips), 0);
    while let Some(contact) = contacts.next().await {
        assert!(contact.unwrap().id.is_some());
        count += 1;
    }
    assert_eq!(count, 3);

    let error = client(&sandbox, "sk_wrong").call(ListContacts::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(401)));
    let message = message(&sandbox);
    drop(sandbox);
    let error = zagely.call(message).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
}

/// Sends so many messages at once as `HUDHUD_SENDS` says, under a limit of `HUDHUD_LIMIT` per minute.
#[tokio::test]
async fn all_sends_at_once_arrive() {
    let number =
        |name, default_value| std::env::var(name).map_or(default_value, |text| text.parse().unwrap());
    let (sends, limit) = (number("HUDHUD_SENDS", 100), number("HUDHUD_LIMIT", 600));
    let limits = Limits { per_minute: Some(limit), ..Limits::NONE };
    let sandbox = Sandbox::start(Config { limits, ..Config::default() }).unwrap();
    let zagely = client(&sandbox, &sandbox.key_pair().secret);
    let begun = Instant::now();
    let calls: Vec<_> = (0..sends)
        .map(|_| {
            let (zagely, message) = (zagely.clone(), message(&sandbox));
            tokio::spawn(async move {
                let sent = zagely.call(message).await.unwrap();
                assert!(sent.message_id.is_some());
                begun.elapsed().as_secs_f64()
            })
        })
        .collect();
    let mut ends = Vec::new();
    for call in calls {
        ends.push(call.await.unwrap());
    }
    let last = ends.iter().copied().fold(0.0, f64::max);
    let whole = (last / 60.0).floor();
    let used = ends.iter().filter(|end| (60.0..60.0 * whole).contains(*end)).count() as f64;
    let used = used / (limit as f64 * (whole - 1.0).max(1.0));
    println!("{sends} sends in {last:.0} s, {:.1} % of the limit used", used * 100.0);
    assert!(sends < 3 * limit || used >= 0.97);
}

#[tokio::test]
async fn clients_share_the_limits_of_a_key_by_a_store() {
    let sandbox = Sandbox::start(Config {
        limits: Limits { per_minute: Some(600), ..Limits::default() },
        ..Config::default()
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let clients: Vec<_> = (0..3)
        .map(|_| {
            let store = SqliteRateLimiterStore::open(folder.path().join("limits.db"), "n").unwrap();
            let limiter = SharedRateLimiter::with_async_store(StoreOnThread::new(store));
            client(&sandbox, &sandbox.key_pair().secret).with_rate_limiter(Some(limiter))
        })
        .collect();
    let begun = Instant::now();
    let sends: Vec<_> = (0..90)
        .map(|number| {
            let (client, message) = (clients[number % 3].clone(), message(&sandbox));
            tokio::spawn(async move { client.call(message).await.map(|sent| sent.meta.rate_limit.remaining) })
        })
        .collect();
    for send in sends {
        send.await.unwrap().unwrap();
    }
    // Three limiters without a common store would each send their burst of 48 at once.
    assert!(begun.elapsed().as_secs_f64() > 2.0, "{:?}", begun.elapsed());
}
