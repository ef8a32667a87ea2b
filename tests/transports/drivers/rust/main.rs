//! The driver for the Rust transports. With `--bad` it runs transports that each break an invariant in one way, which
//! the runner must detect.

mod bad;

use std::error::Error as _;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use hudhud::wazaj::SendText;
use hudhud::zagely::{
    CheckHealth, DeleteAutomation, ListContacts, SendMessage, ToggleAutomation, UpdateAutomation,
};
use hudhud::{
    ApiKey, AsyncClient, AsyncTransport, Client, Endpoint, Error, KeyPair, RetryPolicy, Service, Transport,
    TransportFault, Vendor, Wazaj, Zagely,
};
use hudhud_reqwest::{Limits, ReqwestTransport, reqwest};
use hudhud_ureq::{UreqTransport, ureq};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::task::{JoinSet, block_in_place};

/// The transports and their libraries.
const TRANSPORTS: [(&str, &str); 3] =
    [("ureq", "ureq"), ("reqwest, HTTP/1.1", "reqwest"), ("reqwest, HTTP/2", "reqwest")];

/// A case from the runner.
#[derive(Deserialize)]
struct Case {
    id: u64,
    transport: String,
    vendor: String,
    call: String,
    input: Value,
    base_url: String,
    ca_file: Option<String>,
    proxy: Option<String>,
    timeout_ms: u64,
    max_attempts: u32,
    warm_up: u32,
    max_response_bytes: Option<u64>,
}

#[tokio::main]
async fn main() {
    let is_bad = std::env::args().any(|argument| argument == "--bad");
    let transports = if is_bad {
        bad::NAMES.map(|name| json!({"name": name, "version": "0"})).to_vec()
    } else {
        let named = |(name, library)| json!({"name": name, "version": version(library)});
        TRANSPORTS.map(named).to_vec()
    };
    println!("{}", json!({"ready": true, "transports": transports}));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut running = JoinSet::new();
    while let Ok(Some(line)) = lines.next_line().await {
        running.spawn(async move {
            match serde_json::from_str::<Case>(&line) {
                Ok(case) => println!("{}", output(case).await),
                Err(error) => eprintln!("the case is invalid: {error}"),
            }
        });
    }
    running.join_all().await;
}

/// Returns the version of a library in this build.
fn version(library: &str) -> &'static str {
    let lock = include_str!("../../../../Cargo.lock");
    let found = lock.split_once(&format!("name = \"{library}\"\nversion = \""));
    found.and_then(|(_, rest)| rest.split('"').next()).unwrap_or("(unknown)")
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Runs a case and returns its outcome as a line for the runner.
async fn output(case: Case) -> Value {
    let outcome = match case.transport.as_str() {
        "ureq" => match ureq_transport(&case) {
            Ok(transport) => play(&case, &Blocking(transport)).await,
            Err(error) => Err(error),
        },
        // Loading root certificates is slow and must not count towards another case's timeout.
        "reqwest, HTTP/1.1" | "reqwest, HTTP/2" => match block_in_place(|| reqwest_transport(&case)) {
            Ok(transport) => play(&case, &Async(transport)).await,
            Err(error) => Err(error),
        },
        _ => match ureq_transport(&case) {
            Ok(transport) => play(&case, &Blocking(bad::Bad::new(&case.transport, transport))).await,
            Err(error) => Err(error),
        },
    };
    outcome.unwrap_or_else(|error| json!({"id": case.id, "outcome": "foreign", "shown": error.to_string()}))
}

fn ureq_transport(case: &Case) -> Result<UreqTransport, Fault> {
    let mut config = UreqTransport::config_builder();
    if let Some(file) = &case.ca_file {
        let authority = ureq::tls::Certificate::from_pem(&std::fs::read(file)?)?;
        let roots = ureq::tls::RootCerts::new_with_certs(&[authority]);
        config = config.tls_config(ureq::tls::TlsConfig::builder().root_certs(roots).build());
    }
    let proxy = case.proxy.as_deref().map(ureq::Proxy::new).transpose()?;
    Ok(UreqTransport::with_config(config.proxy(proxy), limits(case)))
}

fn reqwest_transport(case: &Case) -> Result<ReqwestTransport, Fault> {
    let mut builder = reqwest::Client::builder();
    if let Some(file) = &case.ca_file {
        builder = builder.tls_certs_only([reqwest::Certificate::from_pem(&std::fs::read(file)?)?]);
    }
    builder = match &case.proxy {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy)?),
        None => builder.no_proxy(),
    };
    if case.transport.ends_with("HTTP/1.1") {
        builder = builder.http1_only();
    }
    Ok(ReqwestTransport::with_builder(builder, limits(case))?)
}

/// Returns the limits of an attempt.
fn limits(case: &Case) -> Limits {
    let whole = Duration::from_millis(case.timeout_ms);
    let limits = Limits::new().with_connect_timeout(whole * 3 / 4).with_timeout(whole);
    case.max_response_bytes.into_iter().fold(limits, Limits::with_max_response_bytes)
}

/// Makes the calls of a case.
async fn play<M: Maker>(case: &Case, maker: &M) -> Result<Value, Fault> {
    let retry = RetryPolicy {
        max_attempts: case.max_attempts,
        base: Duration::from_millis(20),
        cap: Duration::from_millis(50),
        max_retry_after: Duration::from_secs(1),
    };
    let origin = case.base_url.trim_end_matches("/api/wazaj/business");
    let keys = KeyPair::new("pk_transports", "sk_transports")?;
    let zagely = maker.client(Zagely::new(keys).base_url(origin)?.retry(retry));
    for _ in 0..case.warm_up {
        if let Err(error) = zagely.call(CheckHealth::new()).await {
            return Ok(json!({"id": case.id, "outcome": "error", "warm_up_failed": show(&error)}));
        }
    }
    let given = |name: &str| case.input[name].as_str().unwrap_or_default().to_owned();
    let begun = Instant::now();
    let outcome = match (case.vendor.as_str(), case.call.as_str()) {
        ("wazaj", "messages.send_text") => {
            let wazaj = Wazaj::new(ApiKey::new("wzj_transports")?, &case.base_url)?;
            maker.client(wazaj.retry(retry)).call(SendText::new(given("to"), given("body"))).await
        }
        ("zagely", "automations.toggle") => zagely.call(ToggleAutomation::new(given("automation_id"))).await,
        ("zagely", "automations.delete") => zagely.call(DeleteAutomation::new(given("automation_id"))).await,
        ("zagely", "automations.update") => {
            let call = UpdateAutomation::new(given("automation_id"));
            zagely.call(call.response_content(given("response_content"))).await
        }
        ("zagely", "messages.send") => {
            let call = SendMessage::text(given("to"), given("message")).session_id(given("session_id"));
            zagely.call(call).await
        }
        ("zagely", "contacts.list") => zagely.call(ListContacts::new().search(given("search"))).await,
        (vendor, call) => return Err(format!("{vendor}: unknown call {call}").into()),
    };
    let elapsed = begun.elapsed().as_millis();
    Ok(match outcome {
        Ok(output) => json!({"id": case.id, "outcome": "ok", "elapsed_ms": elapsed, "output": output}),
        Err(error) => {
            let error_json = serde_json::to_value(&error)?;
            let shown = show(&error) + &bad::shown(&case.transport, &case.input);
            json!({
                "id": case.id, "outcome": "error", "kind": error_json["kind"], "fault": error.transport_fault().map(TransportFault::as_str),
                "status": error.status(), "elapsed_ms": elapsed, "shown": shown,
            })
        }
    })
}

/// Returns everything that a user can see of an error.
fn show(error: &Error) -> String {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(shown, "\n{error}\n{error:?}");
        cause = error.source();
    }
    shown
}

/// Creates clients of one kind with one transport.
trait Maker {
    type Client<V: Vendor>: Caller<V>;

    fn client<V: Vendor>(&self, service: Service<V>) -> Self::Client<V>;
}

/// Makes calls with a client.
trait Caller<V: Vendor> {
    async fn call<E: Endpoint<Vendor = V>>(&self, call: E) -> Result<Value, Error>;
}

struct Blocking<T>(T);

impl<T: Transport + Clone> Maker for Blocking<T> {
    type Client<V: Vendor> = Client<V, T>;

    fn client<V: Vendor>(&self, service: Service<V>) -> Client<V, T> {
        Client::new(service, self.0.clone())
    }
}

impl<V: Vendor, T: Transport> Caller<V> for Client<V, T> {
    async fn call<E: Endpoint<Vendor = V>>(&self, call: E) -> Result<Value, Error> {
        let reply = block_in_place(|| Client::call(self, call))?;
        Ok(serde_json::to_value(&reply.output).unwrap_or_default())
    }
}

struct Async<T>(T);

impl<T: AsyncTransport + Clone> Maker for Async<T> {
    type Client<V: Vendor> = AsyncClient<V, T>;

    fn client<V: Vendor>(&self, service: Service<V>) -> AsyncClient<V, T> {
        AsyncClient::new(service, self.0.clone())
    }
}

impl<V: Vendor, T: AsyncTransport> Caller<V> for AsyncClient<V, T> {
    async fn call<E: Endpoint<Vendor = V>>(&self, call: E) -> Result<Value, Error> {
        let reply = AsyncClient::call(self, call).await?;
        Ok(serde_json::to_value(&reply.output).unwrap_or_default())
    }
}
