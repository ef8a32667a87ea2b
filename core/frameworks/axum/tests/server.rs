//! Deliveries to a server on loopback: verified ones reach the handler, and others get the right response.

use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::extract::{Extension, FromRef};
use axum::routing::post;
use hudhud::webhook::{Delivery, EventName, Verified, WebhookEvent, sample_delivery, sign};
use hudhud::{Json, Timestamp, UnixTime};
use hudhud_axum::{VerifiedDelivery, VerifyLayer, Webhook};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SECRET: &str = "whsec_test";

/// A state with another part.
#[derive(Clone)]
struct State {
    webhook: Webhook,
}

impl FromRef<State> for Webhook {
    fn from_ref(state: &State) -> Self {
        state.webhook.clone()
    }
}

async fn extracted(delivery: VerifiedDelivery) -> String {
    delivery.name.as_str().to_owned()
}

async fn layered(Extension(event): Extension<Arc<Verified<WebhookEvent>>>, body: String) -> String {
    format!("{} {}", event.name.as_str(), body.len())
}

fn now() -> UnixTime {
    SystemTime::now().into()
}

/// Signs a sample.
fn sample(secret: &str, at: UnixTime) -> Delivery {
    let when = Timestamp::from("2026-04-21T10:30:00Z");
    let body = sample_delivery(&EventName::MessageReceived, "d-1", &when);
    sign(secret, Json::write(&body).unwrap().as_str().as_bytes(), at).unwrap()
}

fn router() -> Router {
    let webhook = Webhook::new(SECRET).unwrap().max_body_bytes(10_000);
    let layer = VerifyLayer::new(webhook.clone());
    let hooks = Router::new().route("/extracted", post(extracted)).with_state(State { webhook });
    hooks.merge(Router::new().route("/layered", post(layered)).layer(layer))
}

async fn server() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router()).await });
    address
}

/// Sends a head, and a body of which `length` bytes are announced. Returns the status and the text of the response.
async fn send(path: &str, headers: &[(&'static str, String)], body: &[u8], length: usize) -> (u16, String) {
    let mut stream = TcpStream::connect(server().await).await.unwrap();
    let mut head =
        format!("POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(b"\r\n").await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), text.to_owned())
}

async fn deliver(path: &str, delivery: &Delivery) -> (u16, String) {
    send(path, &delivery.headers, &delivery.body, delivery.body.len()).await
}

#[tokio::test]
async fn verified_deliveries_reach_the_handler() {
    let delivery = sample(SECRET, now());
    assert_eq!(deliver("/extracted", &delivery).await, (200, "message.received".into()));
    let expected = format!("message.received {}", delivery.body.len());
    assert_eq!(deliver("/layered", &delivery).await, (200, expected));
}

#[tokio::test]
async fn forged_old_and_large_deliveries_are_refused() {
    for path in ["/extracted", "/layered"] {
        let forged = sample("whsec_other", now());
        // The sender does not get the reason.
        assert_eq!(deliver(path, &forged).await, (401, String::new()));
        let large = sign(SECRET, &[b' '; 10_001], now()).unwrap();
        assert_eq!(deliver(path, &large).await, (413, String::new()));
        let old = sample(SECRET, UnixTime::from_secs(1_000_000));
        assert_eq!(deliver(path, &old).await.0, 401);
        let not_json = sign(SECRET, b"{", now()).unwrap();
        assert_eq!(deliver(path, &not_json).await.0, 400);
    }
}

#[tokio::test]
async fn deliveries_with_wrong_headers_are_refused_before_their_body_is_read() {
    for path in ["/extracted", "/layered"] {
        // The body never arrives.
        assert_eq!(send(path, &[], b"", 5_000).await.0, 400);
        let headers = [("X-Zagely-Timestamp", "soon".into()), ("X-Zagely-Signature", "sha256=00".into())];
        assert_eq!(send(path, &headers, b"", 5_000).await.0, 400);
    }
}
