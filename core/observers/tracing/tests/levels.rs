//! The levels of the events of calls that succeed, fail and wait.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hudhud::zagely::GetContact;
use hudhud::{Client, KeyPair, Request, Response, RetryPolicy, Transport, TransportFault, UnixTime, Zagely};
use hudhud_tracing::TracingObserver;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// A transport with prepared responses. Its clock goes on only while it waits.
struct Canned {
    responses: Mutex<Vec<Response>>,
    now: Mutex<UnixTime>,
}

impl Transport for Canned {
    fn send(&self, _: Request) -> Result<Response, TransportFault> {
        Ok(self.responses.lock().unwrap().remove(0))
    }

    fn wait(&self, duration: Duration) {
        let mut now = self.now.lock().unwrap();
        *now = now.after(duration);
    }

    fn now(&self) -> UnixTime {
        *self.now.lock().unwrap()
    }

    fn entropy(&self) -> [u8; 16] {
        [7; 16]
    }
}

/// Collects the levels and the messages of events.
#[derive(Clone, Default)]
struct Levels(Arc<Mutex<Vec<String>>>);

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl<S: Subscriber> Layer<S> for Levels {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0.lock().unwrap().push(format!("{} {}", event.metadata().level(), message.0));
    }
}

fn respond(status: u16, wait: &str) -> Response {
    let body = if status == 200 { r#"{"id":"c-1"}"# } else { r#"{"error":{"code":"rate_limit_exceeded"}}"# };
    Response::new(status, [("Content-Type", "application/json"), ("Retry-After", wait)], body)
}

#[test]
fn failures_and_long_waits_are_warnings() {
    let levels = Levels::default();
    let subscriber = tracing_subscriber::registry().with(levels.clone());
    tracing::subscriber::with_default(subscriber, || {
        let retry = RetryPolicy { max_attempts: 1, ..RetryPolicy::default() };
        let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap()).retry(retry);
        let responses = [respond(429, "20"), respond(200, ""), respond(429, "20"), respond(200, "")];
        let transport = Canned {
            responses: Mutex::new(responses.into()),
            now: Mutex::new(UnixTime::from_secs(1_776_767_400)),
        };
        let client = Client::new(zagely, transport).with_observer(TracingObserver);
        for succeeds in [false, true, false, true] {
            assert_eq!(client.call(GetContact::new("c-1")).is_ok(), succeeds);
        }
    });
    let long = "WARN waiting this long or longer for the rate limiter: the limit of the key is used up, or a response asked to wait";
    // The second long wait is within a minute of the first one.
    assert_eq!(*levels.0.lock().unwrap(), ["WARN end", long, "INFO end", "WARN end", "INFO end"]);
}
