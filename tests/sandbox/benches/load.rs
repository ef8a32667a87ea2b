//! Tests the sandbox under load: `cargo bench -p hudhud-sandbox`.
//!
//! The sandbox runs as a separate process. The first test makes 10,000 sends and counts their webhook deliveries:
//! within a minute, none may be lost or doubled. The second test makes 100,000 calls, over which memory must stay
//! flat. The program exits with 1 if either fails. `cargo xtask test` runs it without optimisation, with fewer calls
//! and a lower limit of kept records.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const SENDS: u64 = 10_000;
/// The number of concurrent callers.
const CALLERS: u64 = 16;
/// The maximum growth of memory over the second half of the calls, in percent.
const GROWTH: f64 = 10.0;

/// The options of the program.
#[derive(Parser)]
struct Options {
    /// The number of calls over which memory is measured
    #[arg(long, default_value_t = 100_000)]
    calls: u64,
    /// The number of messages and deliveries that the sandbox keeps: well below the calls, so that the limit is
    /// reached
    #[arg(long, default_value_t = 20_000)]
    keep: u64,
    /// Set by `cargo bench`. Without it the program does nothing, so that `cargo test --all-targets` is fast
    #[arg(long)]
    bench: bool,
}

/// The sandbox under test.
struct Sandbox {
    child: Child,
    ready: Value,
}

impl Sandbox {
    fn start(keep: u64) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hudhud-sandbox"))
            .args([
                "--quiet",
                "--per-minute",
                "0",
                "--daily",
                "0",
                "--monthly",
                "0",
                "--keep",
                &keep.to_string(),
            ])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sandbox starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a first line");
        Self { child, ready: serde_json::from_str(&line).expect("JSON") }
    }

    fn ready_text(&self, name: &str) -> &str {
        self.ready[name].as_str().expect("a text")
    }

    /// Returns the resident memory in MiB, from Linux's /proc.
    fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The number of deliveries that arrived, per message.
type Arrived = Arc<Mutex<HashMap<String, u32>>>;

/// Starts a webhook receiver that counts deliveries. Returns its URL.
async fn receiver(arrived: Arrived) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let arrived = Arc::clone(&arrived);
            tokio::spawn(async move {
                let taking =
                    service_fn(move |request: Request<Incoming>| take(request, Arc::clone(&arrived)));
                let _ = http1::Builder::new().serve_connection(TokioIo::new(socket), taking).await;
            });
        }
    });
    url
}

async fn take(request: Request<Incoming>, arrived: Arrived) -> Result<Response<Empty<Bytes>>, Infallible> {
    if let Ok(body) = request.into_body().collect().await {
        let body: Value = serde_json::from_slice(&body.to_bytes()).unwrap_or_default();
        let id = body["data"]["message_id"].as_str().unwrap_or_default().to_owned();
        *arrived.lock().expect("no panic").entry(id).or_default() += 1;
    }
    Ok(Response::new(Empty::new()))
}

/// A client of the sandbox.
#[derive(Clone)]
struct Caller {
    client: Client,
    base: String,
    public: String,
    secret: String,
    session: String,
}

impl Caller {
    fn new(sandbox: &Sandbox) -> Self {
        Self {
            client: Client::new(),
            base: sandbox.ready_text("zagely_base_url").to_owned(),
            public: sandbox.ready_text("public_key").to_owned(),
            secret: sandbox.ready_text("secret_key").to_owned(),
            session: sandbox.ready_text("session_id").to_owned(),
        }
    }

    async fn call(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let mut request = request.header("x-public-key", &self.public).header("x-secret-key", &self.secret);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    async fn send(&self, number: u64) -> String {
        let body = json!({
            "channel": "whatsapp", "session_id": self.session, "to": format!("+1555{number:06}"),
            "message": format!("Message number {number}, long enough to be one that a person might write."),
        });
        let (status, answer) = self.call(reqwest::Method::POST, "/api/v1/messages/send", Some(body)).await;
        assert_eq!(status, 201, "{answer}");
        answer["message_id"].as_str().expect("an id").to_owned()
    }

    /// Makes a call of a typical mix: mostly sends, some reads, some creations and deletions.
    async fn mixed(&self, number: u64) {
        let post = reqwest::Method::POST;
        match number % 10 {
            0..6 => drop(self.send(number).await),
            6 => drop(self.call(reqwest::Method::GET, "/api/v1/messages", None).await),
            7 => drop(self.call(reqwest::Method::GET, "/api/v1/contacts?per_page=10", None).await),
            8 => drop(self.call(reqwest::Method::GET, "/api/analytics/overview", None).await),
            _ => {
                let body = json!({ "phone_number": format!("+1666{number}") });
                let (status, contact) = self.call(post, "/api/v1/contacts", Some(body)).await;
                assert_eq!(status, 201);
                let path = format!("/api/v1/contacts/{}", contact["id"].as_str().expect("an id"));
                self.call(reqwest::Method::DELETE, &path, None).await;
            }
        }
    }
}

/// Runs `work` for each number of a range, with several concurrent callers.
async fn share<F: Future<Output = ()> + Send>(
    from: u64,
    to: u64,
    work: impl Fn(u64) -> F + Send + Sync + Clone + 'static,
) {
    let next = Arc::new(AtomicU64::new(from));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (next, work) = (Arc::clone(&next), work.clone());
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= to {
                        return;
                    }
                    work(number).await;
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("a caller");
    }
}

/// Returns a caller and the deliveries to a receiver that is subscribed to each sent message.
async fn subscribed(sandbox: &Sandbox) -> (Caller, Arrived) {
    let caller = Caller::new(sandbox);
    let arrived = Arrived::default();
    let url = receiver(Arc::clone(&arrived)).await;
    let hook = json!({ "url": url, "events": ["message.sent"] });
    assert_eq!(caller.call(reqwest::Method::POST, "/api/v1/webhooks", Some(hook)).await.0, 201);
    (caller, arrived)
}

/// Makes 10,000 sends, each of which must be delivered once.
async fn sends_and_deliveries() -> bool {
    let sandbox = Sandbox::start(2 * SENDS);
    let (caller, arrived) = subscribed(&sandbox).await;
    let ids = Arc::new(Mutex::new(Vec::new()));
    let started = Instant::now();
    let (sending, taken) = (caller.clone(), Arc::clone(&ids));
    share(0, SENDS, move |number| {
        let (sending, taken) = (sending.clone(), Arc::clone(&taken));
        async move {
            let id = sending.send(number).await;
            taken.lock().expect("no panic").push(id);
        }
    })
    .await;
    let sent = started.elapsed();
    while arrived.lock().expect("no panic").len() < usize::try_from(SENDS).unwrap_or(usize::MAX)
        && started.elapsed() < Duration::from_secs(60)
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let delivered = started.elapsed();
    // Waits, because a doubled delivery might arrive late.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (_, list) = caller.call(reqwest::Method::GET, "/api/v1/messages", None).await;
    let arrived = arrived.lock().expect("no panic");
    let ids = ids.lock().expect("no panic");
    let lost = ids.iter().filter(|id| !arrived.contains_key(*id)).count();
    let doubled = arrived.values().filter(|count| **count > 1).count();
    let unknown = arrived.len() - (ids.len() - lost);
    let per_minute = |took: Duration| SENDS as f64 * 60.0 / took.as_secs_f64();
    println!("sends       {SENDS} in {sent:.2?}: {:.0} per minute", per_minute(sent));
    println!("deliveries  {} in {delivered:.2?}: {:.0} per minute", arrived.len(), per_minute(delivered));
    println!("            lost {lost}, doubled {doubled}, unknown {unknown}; listed {}", list["total"]);
    delivered < Duration::from_secs(60) && lost + doubled + unknown == 0 && list["total"] == SENDS
}

/// Measures the growth of memory over many calls.
async fn memory(options: &Options) -> bool {
    let sandbox = Sandbox::start(options.keep);
    let (caller, _arrived) = subscribed(&sandbox).await;
    let (calls, step) = (options.calls, options.calls / 10);
    let started = Instant::now();
    let mut sizes = Vec::new();
    print!("memory      {:.1} MiB", sandbox.memory());
    for part in 0..10 {
        let calling = caller.clone();
        share(part * step, (part + 1) * step, move |number| {
            let calling = calling.clone();
            async move { calling.mixed(number).await }
        })
        .await;
        sizes.push(sandbox.memory());
        print!(", {:.1}", sandbox.memory());
    }
    let half = sizes[4];
    let growth = (sizes[9] / half - 1.0) * 100.0;
    println!(
        "\n            {calls} calls in {:.1?}; memory grew by {growth:.1} % over the second half",
        started.elapsed()
    );
    growth <= GROWTH
}

fn main() -> ExitCode {
    let options = Options::parse();
    if !options.bench {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let passed = runtime.block_on(async { [sends_and_deliveries().await, memory(&options).await] });
    if passed == [true, true] { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
