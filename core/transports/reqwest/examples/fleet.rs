//! One of the processes of `cargo xtask fleet`, which share the limits of a key through a store. It prints a line for each event.
//!
//! It reads the variables `FLEET_…`, and sends `FLEET_SENDS` messages at once and an urgent one every `FLEET_URGENT` seconds.

use std::convert::Infallible;
use std::error::Error;
use std::time::{Duration, SystemTime};

use hudhud::zagely::SendMessage;
use hudhud::{
    AsyncClient, CallDescription, CallEnd, CallEvent, CallObserver, CallOptions, KeyPair, Lane, Observer,
    SharedRateLimiter, Zagely,
};
use hudhud_reqwest::{ReqwestTransport, StoreOnThread};
use hudhud_sqlite::SqliteRateLimiterStore;

type Client = AsyncClient<hudhud::zagely::Credentials, ReqwestTransport>;

fn given(name: &str) -> String {
    std::env::var(format!("FLEET_{name}")).unwrap_or_default()
}

fn now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

#[derive(Clone, Copy, Debug)]
struct Statuses;

impl Observer for Statuses {
    fn begin(&self, _: &CallDescription) -> Box<dyn CallObserver> {
        Box::new(Self)
    }
}

impl CallObserver for Statuses {
    fn event(&mut self, event: &CallEvent<'_>) {
        if let CallEvent::AttemptEnded(attempt) = event {
            println!("attempt {} {}", now(), attempt.status.unwrap_or(0));
        }
    }

    fn end(self: Box<Self>, _: &CallEnd) {}
}

async fn send_urgent(client: Client, every: f64) -> Result<Infallible, hudhud::Error> {
    loop {
        tokio::time::sleep(Duration::from_secs_f64(every)).await;
        let begun = now();
        let options = CallOptions::new().lane(Lane::Urgent);
        client.call_with(SendMessage::text("+15559999999", "hi"), options).await?;
        println!("urgent {} {}", now(), now() - begun);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = given("STORE");
    let path = store.strip_prefix("sqlite:").ok_or("FLEET_STORE: expected sqlite:PATH")?;
    let limiter =
        SharedRateLimiter::with_async_store(StoreOnThread::new(SqliteRateLimiterStore::open(path, "fleet")?));
    let zagely = Zagely::new(KeyPair::new(given("PUBLIC"), given("SECRET"))?)
        .base_url(&given("BASE_URL"))?
        .session_id(Some(&given("SESSION")));
    let client = AsyncClient::new(zagely, ReqwestTransport::new()?)
        .with_rate_limiter(Some(limiter))
        .with_observer(Statuses);
    let (first, every) = (given("FIRST").parse::<u64>()?, given("URGENT").parse::<f64>()?);
    let bulk: Vec<_> = (0..given("SENDS").parse()?)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                client.call(SendMessage::text(format!("+1555{:07}", first + number), "hi")).await?;
                println!("arrived {}", now());
                Ok::<_, hudhud::Error>(())
            })
        })
        .collect();
    let urgent = tokio::spawn(send_urgent(client, every));
    for sent in bulk {
        sent.await??;
    }
    urgent.abort();
    Ok(())
}
