//! A server that receives webhooks like a user's own: it verifies each delivery before it uses it.

use std::collections::{BTreeSet, HashSet};
use std::error::Error;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hudhud::webhook::{EventName, Verified, Verifier, WebhookErrorReason, WebhookEvent};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The time to wait for a delivery.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The outcome of a delivery.
pub(crate) enum Received {
    Accepted(Box<Accepted>),
    /// Verified, but handled before.
    Repeated,
    Refused(WebhookErrorReason),
}

/// A delivery that was verified.
#[derive(Clone)]
pub(crate) struct Accepted {
    pub(crate) event: Verified<WebhookEvent>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The receiver, with the deliveries that arrived so far.
pub(crate) struct Inbox {
    url: String,
    arriving: Receiver<Received>,
    arrived: Vec<Received>,
}

/// The state that the server needs for each delivery.
struct ReceiverState {
    verifier: Verifier,
    /// The replay keys of the handled deliveries. A real server stores them where all its processes see them.
    handled: Mutex<HashSet<String>>,
    out: Sender<Received>,
}

/// Receives a webhook: verifies the raw body, handles each delivery once and responds.
async fn receive(State(state): State<Arc<ReceiverState>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let (status, received) = match state.verifier.verify(&headers, &body, SystemTime::now().into()) {
        Ok(event) => {
            let key = event.replay_key().to_owned();
            let is_new = state.handled.lock().is_ok_and(|mut handled| handled.insert(key));
            let accepted = Box::new(Accepted { event, headers, body });
            (StatusCode::OK, if is_new { Received::Accepted(accepted) } else { Received::Repeated })
        }
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.http_status()).unwrap_or(StatusCode::UNAUTHORIZED);
            (status, Received::Refused(refusal.reason()))
        }
    };
    // The send fails only if the inbox was dropped, and then no step needs the delivery.
    let _ = state.out.send(received);
    status
}

impl Inbox {
    /// Opens a receiver on a free loopback port.
    pub(crate) fn open(runtime: &Runtime, secret: &str) -> Result<Self, Box<dyn Error>> {
        let (out, arriving) = channel();
        let state = ReceiverState { verifier: Verifier::new(secret)?, handled: Mutex::default(), out };
        let router = Router::new().route("/webhooks", post(receive)).with_state(Arc::new(state));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let url = format!("http://{}/webhooks", listener.local_addr()?);
        runtime.spawn(async { axum::serve(listener, router).await });
        Ok(Self { url, arriving, arrived: Vec::new() })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits for a delivery for which `is_it` returns a value.
    pub(crate) fn wait_for<T>(
        &mut self,
        what: &str,
        is_it: impl Fn(&Received) -> Option<T>,
    ) -> Result<T, Box<dyn Error>> {
        if let Some(found) = self.arrived.iter().find_map(&is_it) {
            return Ok(found);
        }
        let until = Instant::now() + TIMEOUT;
        while let Ok(received) = self.arriving.recv_timeout(until.saturating_duration_since(Instant::now())) {
            let found = is_it(&received);
            self.arrived.push(received);
            if let Some(found) = found {
                return Ok(found);
            }
        }
        let refusals = self.arrived.iter().filter_map(|received| match received {
            Received::Refused(reason) => Some(reason.as_str()),
            _ => None,
        });
        let reasons = refusals.collect::<BTreeSet<_>>();
        let refused = if reasons.is_empty() {
            "no delivery was refused".into()
        } else {
            format!("refused: {reasons:?}")
        };
        Err(format!("no {what} arrived within {} s; {refused}", TIMEOUT.as_secs()).into())
    }

    /// Waits for a verified event whose data contains this id under this name.
    pub(crate) fn event(
        &mut self,
        name: EventName,
        holder: &str,
        id: &str,
    ) -> Result<Accepted, Box<dyn Error>> {
        self.wait_for(name.as_str(), |received| match received {
            Received::Accepted(it) if it.event.name == name && names(&it.event, holder, id) => {
                Some(Accepted::clone(it))
            }
            _ => None,
        })
    }
}

/// Returns true if an event's data contains the id: `{"message_id": id}` or `{"contact": {"id": id}}`.
fn names(event: &WebhookEvent, holder: &str, id: &str) -> bool {
    let Ok(data) = event.data.to_json().read::<hudhud::Object>() else { return false };
    let inner = data.get(holder).and_then(|inner| inner.read::<hudhud::Object>().ok());
    let found = inner.as_ref().and_then(|inner| inner.text("id")).or_else(|| data.text(holder));
    found.as_deref() == Some(id)
}
