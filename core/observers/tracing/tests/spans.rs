//! The spans of a call with two failed attempts, compared with those that all hosts produce.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hudhud::zagely::GetContact;
use hudhud::{Client, KeyPair, Request, Response, RetryPolicy, Transport, TransportFault, UnixTime, Zagely};
use hudhud_tracing::TracingObserver;
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// A transport with the answers of the shared file. Its clock goes on only while it waits.
struct Canned {
    answers: Mutex<Vec<Value>>,
    now: Mutex<UnixTime>,
}

impl Transport for Canned {
    fn send(&self, _: Request) -> Result<Response, TransportFault> {
        let answer = self.answers.lock().unwrap().remove(0);
        if !answer["fault"].is_null() {
            return Err(TransportFault::Connect);
        }
        let headers = answer["headers"].as_object().unwrap().iter();
        let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
        let status = u16::try_from(answer["status"].as_u64().unwrap()).unwrap();
        Ok(Response::new(status, headers, answer["body"].as_str().unwrap()))
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

/// Collects fields.
struct Fields<'a>(&'a mut Map<String, Value>);

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().into(), json!(value as u64));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().into(), json!(value));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().into(), json!(value));
    }
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().into(), json!(format!("{value:?}")));
    }
}

/// A span with its parent.
#[derive(Default)]
struct RecordedSpan {
    parent: Option<u64>,
    fields: Map<String, Value>,
    events: Vec<Map<String, Value>>,
}

/// The ids of all spans, in their order, and the spans by their ids.
type Spans = (Vec<u64>, HashMap<u64, RecordedSpan>);

#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Spans>>);

impl<S: Subscriber> Layer<S> for Collector {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut recorded =
            RecordedSpan { parent: attributes.parent().map(Id::into_u64), ..RecordedSpan::default() };
        attributes.record(&mut Fields(&mut recorded.fields));
        let mut all = self.0.lock().unwrap();
        all.0.push(id.into_u64());
        all.1.insert(id.into_u64(), recorded);
    }
    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut all = self.0.lock().unwrap();
        values.record(&mut Fields(&mut all.1.get_mut(&id.into_u64()).unwrap().fields));
    }
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Map::new();
        event.record(&mut Fields(&mut fields));
        let parent = event.parent().unwrap().into_u64();
        self.0.lock().unwrap().1.get_mut(&parent).unwrap().events.push(fields);
    }
}

impl Collector {
    /// Returns the spans under a parent in the form of the shared file.
    fn children(&self, parent: Option<u64>) -> Vec<Value> {
        let ids = self.0.lock().unwrap().0.clone();
        let is_child = |id: &u64| self.0.lock().unwrap().1[id].parent == parent;
        ids.into_iter().filter(is_child).map(|id| self.span(id)).collect()
    }

    fn span(&self, id: u64) -> Value {
        let (mut fields, events) = {
            let all = self.0.lock().unwrap();
            (all.1[&id].fields.clone(), all.1[&id].events.clone())
        };
        let name = fields.remove("otel.name").unwrap();
        let kind = fields.remove("otel.kind").unwrap_or_else(|| json!("internal"));
        let status = fields.remove("otel.status_code");
        assert_eq!(status.is_some(), fields.contains_key("error.type"));
        let mut span = json!({ "name": name, "kind": kind, "attributes": fields });
        let waits: Vec<Value> = events
            .into_iter()
            .filter(|event| event["message"] == "wait")
            .map(|mut event| {
                event.remove("message");
                event.remove("attempt");
                json!({ "name": "wait", "attributes": event })
            })
            .collect();
        if kind == "internal" {
            span["events"] = json!(waits);
            span["children"] = json!(self.children(Some(id)));
        }
        span
    }
}

#[test]
fn a_call_is_a_span_with_a_child_for_each_attempt_and_an_event_for_each_wait() {
    let shared: Value = serde_json::from_str(include_str!("../../../../tests/spans.json")).unwrap();
    let collector = Collector::default();
    let subscriber = tracing_subscriber::registry().with(collector.clone());
    tracing::subscriber::with_default(subscriber, || {
        let retry = RetryPolicy { base: Duration::ZERO, ..RetryPolicy::default() };
        let zagely = Zagely::new(KeyPair::new("pk_secret", "sk_secret").unwrap()).retry(retry);
        let transport = Canned {
            answers: Mutex::new(shared["answers"].as_array().unwrap().clone()),
            now: Mutex::new(UnixTime::from_secs(1_776_767_400)),
        };
        let client = Client::new(zagely, transport).with_observer(TracingObserver);
        let contact = client.call(GetContact::new(shared["id"].as_str().unwrap())).unwrap();
        assert_eq!(contact.id.as_deref(), Some("c-1"));
    });
    assert_eq!(json!(collector.children(None)), json!([shared["span"]]));
    let all = collector.0.lock().unwrap();
    let ends = all.1.values().flat_map(|recorded| &recorded.events).filter(|event| event["message"] == "end");
    assert_eq!(ends.map(|event| event["attempts"].clone()).collect::<Vec<_>>(), [json!(3)]);
    let shown =
        json!(all.1.values().map(|recorded| json!([recorded.fields, recorded.events])).collect::<Vec<_>>());
    for private in ["1555", "Ann", "secret"] {
        assert!(!shown.to_string().contains(private), "{shown}");
    }
}
