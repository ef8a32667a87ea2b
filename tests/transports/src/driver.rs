//! A driver: a process that makes calls with the real client of its host, with each of its transports.
//!
//! It reads and writes one JSON object per line. Cases run concurrently, and `id` matches an outcome to its case.
//! `drivers/README.md` documents the protocol.

use std::collections::{BTreeMap, HashMap};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{Mutex as AsyncMutex, oneshot};
use tokio::time::timeout;

/// The time that a driver has to start, and to end.
const START: Duration = Duration::from_secs(120);
const END: Duration = Duration::from_secs(5);

/// A transport of a driver.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Transport {
    pub(crate) name: String,
    /// The version of its library at run time.
    pub(crate) version: String,
    /// The behaviours for which its library cannot produce the expected outcome, each with the reason. The other
    /// invariants still apply: at most one request, no false `connect`, the timeout, and no personal data in errors.
    #[serde(default)]
    pub(crate) limits: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Ready {
    ready: bool,
    transports: Vec<Transport>,
}

/// A case in the format that drivers read.
#[derive(Serialize)]
pub(crate) struct Case<'a> {
    pub(crate) id: u64,
    pub(crate) transport: &'a str,
    pub(crate) vendor: &'a str,
    pub(crate) call: &'a str,
    pub(crate) input: Value,
    pub(crate) base_url: String,
    pub(crate) ca_file: Option<String>,
    pub(crate) proxy: Option<String>,
    pub(crate) timeout_ms: u128,
    pub(crate) max_attempts: u32,
    pub(crate) warm_up: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_response_bytes: Option<u64>,
}

/// The outcome of a case, as a driver reports it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Outcome {
    #[serde(default)]
    pub(crate) id: u64,
    /// `ok`, `error`, `foreign` or `unsupported`.
    pub(crate) outcome: String,
    pub(crate) kind: Option<String>,
    pub(crate) fault: Option<String>,
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) elapsed_ms: f64,
    pub(crate) output: Option<Value>,
    pub(crate) shown: Option<String>,
    warm_up_failed: Option<Value>,
}

impl Outcome {
    /// Returns the reason if the call before the tested one failed.
    pub(crate) fn warm_up_failed(&self) -> Option<&Value> {
        self.warm_up_failed.as_ref().filter(|reason| !reason.is_null())
    }
}

type Waiting = Arc<Mutex<Option<HashMap<u64, oneshot::Sender<Outcome>>>>>;

/// A running driver.
pub(crate) struct Driver {
    process: Child,
    cases: AsyncMutex<ChildStdin>,
    waiting: Waiting,
    pub(crate) transports: Vec<Transport>,
}

impl Driver {
    /// Starts a driver and waits until it is ready.
    pub(crate) async fn start(mut command: Command) -> Result<Self, String> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().map_err(|error| format!("cannot start the driver: {error}"))?;
        let (Some(cases), Some(outcomes)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("the driver has no pipes".into());
        };
        let mut lines = BufReader::new(outcomes).lines();
        let first = match timeout(START, lines.next_line()).await {
            Ok(Ok(Some(line))) => line,
            Ok(_) => return Err("the driver ended before it was ready".into()),
            Err(_) => return Err(format!("the driver was not ready within {} s", START.as_secs())),
        };
        let ready: Ready = serde_json::from_str(&first)
            .map_err(|error| format!("the driver's first line is invalid: {error}: {first:.200}"))?;
        if !ready.ready || ready.transports.is_empty() {
            return Err("the driver has no transports".into());
        }
        let waiting: Waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        let shared = Arc::clone(&waiting);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                match serde_json::from_str::<Outcome>(&line) {
                    Ok(outcome) => {
                        let mut waiting = shared.lock().unwrap_or_else(PoisonError::into_inner);
                        let reply = waiting.as_mut().and_then(|waiting| waiting.remove(&outcome.id));
                        // An outcome that arrives after its deadline has no receiver any more.
                        if let Some(reply) = reply {
                            let _ = reply.send(outcome);
                        }
                    }
                    Err(error) => eprintln!("the driver wrote an invalid line: {error}: {line:.200}"),
                }
            }
            // The driver ended. Dropping the senders ends all waiting cases.
            shared.lock().unwrap_or_else(PoisonError::into_inner).take();
        });
        Ok(Self { process, cases: AsyncMutex::new(cases), waiting, transports: ready.transports })
    }

    /// Runs a case and waits for its outcome up to the given time.
    pub(crate) async fn run(&self, case: &Case<'_>, time_limit: Duration) -> Result<Outcome, String> {
        let (sender, outcome) = oneshot::channel();
        match &mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(waiting) => waiting.insert(case.id, sender),
            None => return Err("the driver has ended".into()),
        };
        let mut line = serde_json::to_vec(case).map_err(|error| error.to_string())?;
        line.push(b'\n');
        let mut cases = self.cases.lock().await;
        let written = cases.write_all(&line).await;
        written.and(cases.flush().await).map_err(|error| format!("cannot write to the driver: {error}"))?;
        drop(cases);
        match timeout(time_limit, outcome).await {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(_)) => Err("the driver ended during the case".into()),
            Err(_) => Err(format!("the driver returned no outcome within {} s", time_limit.as_secs())),
        }
    }

    /// Closes the driver's input and waits for its exit.
    pub(crate) async fn end(self) {
        let Self { mut process, cases, .. } = self;
        drop(cases);
        if timeout(END, process.wait()).await.is_err() {
            let _ = process.kill().await;
        }
    }
}
