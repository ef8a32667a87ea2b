//! A sandbox with clients for each way of calling it, and a receiver for its webhooks.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hudhud_sandbox::{Config, Limits, Sandbox};
use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

/// The id of the session that every sandbox starts with.
pub(crate) const SESSION: &str = "11111111-2222-3333-4444-555555555555";

/// A running sandbox and an HTTP client.
pub(crate) struct Harness {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
}

/// Returns the default options of a test's sandbox: a fixed seed and no limits.
pub(crate) fn config() -> Config {
    Config { seed: Some(1), limits: Limits::NONE, ..Config::default() }
}

impl Harness {
    pub(crate) fn new() -> Self {
        Self::with(config())
    }

    /// Starts a sandbox whose time runs a hundred times faster than real time.
    pub(crate) fn fast() -> Self {
        Self::with(Config { time_scale: 100.0, ..config() })
    }

    pub(crate) fn with(config: Config) -> Self {
        let sandbox = Sandbox::start(config).expect("the sandbox starts");
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()
            .expect("a client");
        Self { sandbox, client }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.zagely_base_url())
    }

    /// Returns a request with the sandbox's key pair.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let pair = self.sandbox.key_pair();
        self.request_as(method, path, &pair.public, &pair.secret)
    }

    pub(crate) fn request_as(
        &self,
        method: Method,
        path: &str,
        public: &str,
        secret: &str,
    ) -> RequestBuilder {
        self.bare(method, path).header("x-public-key", public).header("x-secret-key", secret)
    }

    /// Returns a request without credentials that accepts JSON.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path)).header("accept", "application/json")
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path))
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path))
    }

    pub(crate) fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body))
    }

    pub(crate) fn put(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).json(&body))
    }

    /// Makes a call to `/_sandbox/…`.
    pub(crate) fn admin(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.bare(method, &format!("/_sandbox{path}"));
        Answer::of(request.bearer_auth(self.sandbox.admin_token()).json(&body))
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.sandbox.advance(Duration::from_secs(seconds));
    }

    /// Creates a contact and returns its id.
    pub(crate) fn contact(&self, phone_number: &str, more: Value) -> String {
        let mut body = json!({ "phone_number": phone_number });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post("/api/v1/contacts", body).expect(201)["id"].as_str().unwrap().to_owned()
    }

    /// Sends a message and returns its id.
    pub(crate) fn send(&self, to: &str, message: &str) -> String {
        let body = json!({ "channel": "whatsapp", "session_id": SESSION, "to": to, "message": message });
        self.post("/api/v1/messages/send", body).expect(201)["message_id"].as_str().unwrap().to_owned()
    }

    /// Registers a webhook for some events and returns its id.
    pub(crate) fn webhook(&self, url: &str, secret: &str, events: &[&str]) -> String {
        let body = json!({ "url": url, "events": events, "secret": secret });
        self.post("/api/v1/webhooks", body).expect(201)["id"].as_str().unwrap().to_owned()
    }

    /// Returns a message as the list shows it.
    pub(crate) fn message(&self, id: &str) -> Value {
        let list = self.get("/api/v1/messages").expect(200);
        let found = list["data"].as_array().unwrap().iter().find(|message| message["id"] == id);
        found.cloned().unwrap_or_default()
    }
}

/// A response: its status, headers and body.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn of(request: RequestBuilder) -> Self {
        let response: Response = request.send().expect("an answer");
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().expect("a body"),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("expected JSON, found {}", self.text))
    }

    /// Asserts the status and returns the body as JSON.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts the status and returns the code in v1's error envelope.
    #[track_caller]
    pub(crate) fn code(&self, status: u16) -> String {
        self.expect(status)["error"]["code"].as_str().expect("an error code").to_owned()
    }

    /// Asserts a validation error and returns the messages of each field. Works for both surfaces of Zagely.
    #[track_caller]
    pub(crate) fn errors(&self) -> Value {
        let body = self.expect(422);
        if body["errors"].is_object() {
            body["errors"].clone()
        } else {
            assert_eq!(body["error"]["code"], "validation_failed");
            assert_eq!(body["error"]["message"], "The given data was invalid.");
            body["error"]["details"]["errors"].clone()
        }
    }
}

/// Polls until `probe` returns a value.
#[track_caller]
pub(crate) fn until<T>(mut probe: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(Instant::now() < deadline, "no result within 20 s");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A delivery that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// An HTTP server that receives deliveries and responds as the test configures. It uses one thread per connection.
pub(crate) struct Receiver {
    pub(crate) url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    script: Arc<Mutex<VecDeque<Reaction>>>,
}

/// The reaction of the receiver to a delivery.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reaction {
    Status(u16),
    Redirect,
    Hang,
    Close,
}

impl Receiver {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(Mutex::new(VecDeque::new()));
        let (deliveries, reactions) = (Arc::clone(&arrived), Arc::clone(&script));
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (deliveries, reactions) = (Arc::clone(&deliveries), Arc::clone(&reactions));
                std::thread::spawn(move || drop(take(socket, &deliveries, &reactions)));
            }
        });
        Self { url, arrived, script }
    }

    /// Sets the reactions to the next deliveries, in order. Without any left, the receiver responds with 200.
    pub(crate) fn react(&self, reactions: impl IntoIterator<Item = Reaction>) {
        self.script.lock().unwrap().extend(reactions);
    }

    pub(crate) fn all(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    pub(crate) fn events(&self) -> Vec<String> {
        self.all().iter().map(|arrived| arrived.header("x-zagely-event").to_owned()).collect()
    }

    /// Waits for the first delivery of an event and returns it.
    #[track_caller]
    pub(crate) fn wait_for(&self, event: &str) -> Arrived {
        until(|| self.all().into_iter().find(|arrived| arrived.header("x-zagely-event") == event))
    }

    #[track_caller]
    pub(crate) fn wait_for_count(&self, count: usize) -> Vec<Arrived> {
        until(|| Some(self.all()).filter(|arrived| arrived.len() >= count))
    }
}

fn take(
    socket: TcpStream,
    arrived: &Mutex<Vec<Arrived>>,
    script: &Mutex<VecDeque<Reaction>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(socket.try_clone()?);
    let mut socket = socket;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut headers = Vec::new();
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.push((name.to_owned(), value.to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body = String::from_utf8(body).unwrap();
        arrived.lock().unwrap().push(Arrived { headers, body, at: Instant::now() });
        let reaction = script.lock().unwrap().pop_front().unwrap_or(Reaction::Status(200));
        match reaction {
            Reaction::Status(status) => {
                write!(socket, "HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n")?;
            }
            Reaction::Redirect => {
                write!(socket, "HTTP/1.1 302 X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n")?;
            }
            Reaction::Hang => std::thread::sleep(Duration::from_secs(30)),
            Reaction::Close => return Ok(()),
        }
    }
}
