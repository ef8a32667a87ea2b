//! Runs all cases of a host. Each case has its own simulated vendor, and many run concurrently.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::behaviours::Behaviour;
use crate::calls::Call;
use crate::driver::{Case, Driver, Transport};
use crate::table::{Verdicts, cell};
use crate::vendor::{Environment, Vendor};
use crate::verdict::{Observed, Verdict, judge};

/// The time after a call in which a library might still send a repetition.
const AFTERMATH: Duration = Duration::from_millis(50);

/// The difference between the numbers of a case in its second run and in its first.
const SECOND_RUN: u64 = 1_000_000;

/// The name of the behaviour that shows which calls use HTTP/2. Every call is tested with it.
const GOOD_HTTP2: &str = "HTTP/2: good";

/// The data that all cases share.
pub(crate) struct Host {
    pub(crate) driver: Driver,
    pub(crate) environment: Environment,
    pub(crate) behaviours: Vec<Behaviour>,
    pub(crate) transports: Vec<Transport>,
    /// The time that a case may take beyond its timeouts.
    pub(crate) allowance: Duration,
}

/// The verdicts for a host.
pub(crate) struct Measured {
    pub(crate) verdicts: Verdicts,
    pub(crate) cases: usize,
    /// One line for each case in breach.
    pub(crate) breaches: Vec<String>,
}

/// One case to run.
#[derive(Clone, Copy)]
struct Job {
    id: u64,
    behaviour: usize,
    transport: usize,
    call: Call,
}

/// Runs every case, with `at_once` cases at a time. Prints each breach; if `verbose`, every case.
///
/// `documented` has the cells of the document, by behaviour and transport. A cell with another content is measured once
/// more, with nothing else at the same time, so that a busy machine does not change the result.
pub(crate) async fn measure(
    host: &Arc<Host>,
    at_once: usize,
    verbose: bool,
    documented: Option<&[Vec<String>]>,
) -> Result<Measured, String> {
    let mut results = vec![vec![Vec::new(); host.transports.len()]; host.behaviours.len()];
    let (first, others): (Vec<Job>, Vec<Job>) =
        jobs(host).into_iter().partition(|job| host.behaviours[job.behaviour].name == GOOD_HTTP2);
    // The transports and calls that do not use HTTP/2, although the vendor offers it. The other behaviours over HTTP/2
    // say nothing about them.
    let mut without_http2 = HashSet::new();
    for (job, observed, verdict) in run_all(host, first, at_once).await? {
        if observed.is_good_without_http2() {
            without_http2.insert((job.transport, job.call));
        }
        results[job.behaviour][job.transport].push((job, Some(observed), verdict));
    }
    let (absent, measured): (Vec<Job>, Vec<Job>) = others.into_iter().partition(|job| {
        host.behaviours[job.behaviour].is_http2() && without_http2.contains(&(job.transport, job.call))
    });
    for job in absent {
        results[job.behaviour][job.transport].push((job, None, Verdict::Absent));
    }
    // Cases that wait for a timeout run last. Next to the quick ones, a busy machine would let their timeouts expire
    // too early. They need little CPU time, so more of them run at a time.
    let (waiting, quick): (Vec<Job>, Vec<Job>) =
        measured.into_iter().partition(|job| host.behaviours[job.behaviour].waits());
    for (jobs, at_once) in [(quick, at_once), (waiting, 2 * at_once)] {
        for (job, observed, verdict) in run_all(host, jobs, at_once).await? {
            results[job.behaviour][job.transport].push((job, Some(observed), verdict));
        }
    }
    for (behaviour, row) in results.iter_mut().enumerate() {
        for (transport, results) in row.iter_mut().enumerate() {
            results.sort_by_key(|(job, ..)| job.call);
            let documented = documented.and_then(|rows| rows.get(behaviour)?.get(transport));
            if documented.is_some_and(|documented| host.may_be_chance(results, documented)) {
                for (job, observed, verdict) in results {
                    let Some(first) = observed.take() else { continue };
                    let (second, judged) = host.run_again(*job, &first, "differs from the document").await;
                    (*observed, *verdict) = (Some(second), judged);
                }
            }
        }
    }
    Ok(host.measured(results, verbose))
}

/// The results of a cell, one per call.
type Results = Vec<(Job, Option<Observed>, Verdict)>;

/// Runs `jobs`, with `at_once` at a time.
async fn run_all(
    host: &Arc<Host>,
    jobs: Vec<Job>,
    at_once: usize,
) -> Result<Vec<(Job, Observed, Verdict)>, String> {
    let places = Arc::new(Semaphore::new(at_once));
    let mut running = JoinSet::new();
    for job in jobs {
        let (host, places) = (Arc::clone(host), Arc::clone(&places));
        running.spawn(async move {
            let _place = places.acquire().await;
            let (observed, verdict) = host.run_again_if_lost(job).await;
            (job, observed, verdict)
        });
    }
    let mut observed = Vec::new();
    while let Some(ended) = running.join_next().await {
        observed.push(ended.map_err(|error| error.to_string())?);
    }
    Ok(observed)
}

/// Returns a job for every call of every behaviour with every transport.
fn jobs(host: &Host) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (behaviour, about) in host.behaviours.iter().enumerate() {
        for transport in 0..host.transports.len() {
            for call in about.calls {
                jobs.push(Job { id: jobs.len() as u64, behaviour, transport, call: *call });
            }
        }
    }
    jobs
}

impl Host {
    /// Runs a case, and once more if its outcome says nothing about the library.
    async fn run_again_if_lost(&self, job: Job) -> (Observed, Verdict) {
        let first = self.run(job).await;
        let verdict = self.judge(job, &first);
        match first.inconclusive_reason(&self.behaviours[job.behaviour], &verdict) {
            Some(reason) => self.run_again(job, &first, &reason).await,
            None => (first, verdict),
        }
    }

    /// Runs a case a second time and prints the reason, so that it is not lost. Requests that were read in either run
    /// count.
    async fn run_again(&self, job: Job, first: &Observed, reason: &str) -> (Observed, Verdict) {
        let transport = &self.transports[job.transport].name;
        println!(
            "AGAIN {transport} | {} | {}: {reason}",
            self.behaviours[job.behaviour].name,
            job.call.name()
        );
        // Under another number, so that a late outcome of the first run is not taken for that of the second.
        let second = self.run(Job { id: job.id + SECOND_RUN, ..job }).await;
        let observed = Observed { whole: first.whole.max(second.whole), ..second };
        let verdict = self.judge(job, &observed);
        (observed, verdict)
    }

    fn judge(&self, job: Job, observed: &Observed) -> Verdict {
        let behaviour = &self.behaviours[job.behaviour];
        let is_limited = self.transports[job.transport].limits.contains_key(behaviour.name);
        judge(behaviour, job.call, observed, self.allowance, is_limited)
    }

    /// Returns true if a cell differs from the document, although the invariants hold.
    fn may_be_chance(&self, results: &Results, documented: &str) -> bool {
        let is_breach =
            |result: &(Job, Option<Observed>, Verdict)| matches!(result.2, Verdict::Breach { .. });
        !results.iter().any(is_breach) && cell(&verdicts(results)) != documented
    }

    /// Counts the cases and prints breaches; if `verbose`, every case.
    fn measured(&self, results: Vec<Vec<Results>>, verbose: bool) -> Measured {
        let mut measured = Measured { verdicts: Vec::new(), cases: 0, breaches: Vec::new() };
        for row in results {
            for (job, observed, verdict) in row.iter().flatten() {
                let behaviour = &self.behaviours[job.behaviour];
                let transport = &self.transports[job.transport].name;
                if let Verdict::Breach { cell, why } = verdict {
                    let head = format!("{transport} | {} | {}", behaviour.name, job.call.name());
                    measured.breaches.push(format!("{head}: {cell}: {}", why.join("; ")));
                }
                if verbose || matches!(verdict, Verdict::Breach { .. }) {
                    print_result(behaviour, transport, job.call, observed.as_ref(), verdict);
                }
                measured.cases += 1;
            }
            measured.verdicts.push(row.iter().map(verdicts).collect());
        }
        measured
    }

    /// Starts the vendor of a case, makes its call and returns the observations.
    async fn run(&self, job: Job) -> Observed {
        let behaviour = &self.behaviours[job.behaviour];
        let vendor = match Vendor::open(&self.environment, behaviour.scene) {
            Ok(vendor) => vendor,
            Err(error) => {
                let outcome = Err(format!("cannot start the vendor: {error}"));
                return Observed { outcome, whole: 0, spoke_http2: false };
            }
        };
        let path = if job.call.vendor() == "wazaj" { "/api/wazaj/business" } else { "" };
        let case = Case {
            id: job.id,
            transport: &self.transports[job.transport].name,
            vendor: job.call.vendor(),
            call: job.call.name(),
            input: job.call.input(),
            base_url: format!("{}{path}", vendor.origin),
            ca_file: vendor.is_tls.then(|| self.environment.ca_file().display().to_string()),
            proxy: vendor.proxy.clone(),
            timeout_ms: behaviour.timeout.as_millis(),
            max_attempts: behaviour.attempts,
            warm_up: behaviour.warm_up,
            max_response_bytes: behaviour.max_response_bytes,
        };
        let time_limit = behaviour.timeout * behaviour.attempts + self.allowance * 2 + Duration::from_secs(5);
        let outcome = self.driver.run(&case, time_limit).await;
        sleep(AFTERMATH).await;
        Observed { outcome, whole: vendor.ledger.whole(), spoke_http2: vendor.ledger.spoke_http2() }
    }
}

fn verdicts(results: &Results) -> Vec<(Call, Verdict)> {
    results.iter().map(|(job, _, verdict)| (job.call, verdict.clone())).collect()
}

/// Prints a case with the details for its analysis.
fn print_result(
    behaviour: &Behaviour,
    transport: &str,
    call: Call,
    observed: Option<&Observed>,
    verdict: &Verdict,
) {
    let head = format!("{transport} | {} | {}", behaviour.name, call.name());
    match verdict {
        Verdict::Absent => println!("       {head}: –"),
        Verdict::Held(cell) => println!("       {head}: {cell}"),
        Verdict::Breach { cell, why } => {
            println!("BREACH {head}: {cell}");
            for reason in why {
                println!("       {reason}");
            }
        }
    }
    if let Some(Ok(outcome)) = observed.map(|observed| &observed.outcome) {
        println!(
            "       outcome {}, kind {}, fault {}, status {}, {:.0} ms, output {:.200}",
            outcome.outcome,
            outcome.kind.as_deref().unwrap_or("-"),
            outcome.fault.as_deref().unwrap_or("-"),
            outcome.status.map_or("-".into(), |status| status.to_string()),
            outcome.elapsed_ms,
            outcome.output.as_ref().map_or("-".into(), |output| format!("{output:.200}")),
        );
        for line in outcome.shown.as_deref().unwrap_or_default().lines().take(60) {
            println!("       | {line:.300}");
        }
    }
}
