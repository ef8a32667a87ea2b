//! Runs all cases of a host. Each case has its own simulated vendor, and many run concurrently.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::behaviours::Behaviour;
use crate::calls::Call;
use crate::driver::{Case, Driver, Transport};
use crate::table::Verdicts;
use crate::vendor::{Ground, Vendor};
use crate::verdict::{Observed, Verdict, judge};

/// The time after a call in which a library might still send a repetition.
const AFTERMATH: Duration = Duration::from_millis(50);

/// The difference between the numbers of a case in its second run and in its first.
const SECOND_RUN: u64 = 1_000_000;

/// The data that all cases share.
pub(crate) struct Host {
    pub(crate) driver: Driver,
    pub(crate) ground: Ground,
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
pub(crate) async fn measure(host: &Arc<Host>, at_once: usize, verbose: bool) -> Result<Measured, String> {
    let verdicts = host.behaviours.iter().map(|_| vec![Vec::new(); host.transports.len()]).collect();
    let mut measured = Measured { verdicts, cases: 0, breaches: Vec::new() };
    let (waiting, quick): (Vec<Job>, Vec<Job>) =
        jobs(host).into_iter().partition(|job| host.behaviours[job.behaviour].waits());
    // Cases that wait for a timeout run last. Next to the quick ones, a busy machine would let their timeouts expire
    // too early. They need little CPU time, so more of them run at a time.
    for (jobs, at_once) in [(quick, at_once), (waiting, 2 * at_once)] {
        let places = Arc::new(Semaphore::new(at_once));
        let mut running = JoinSet::new();
        for job in jobs {
            let (host, places) = (Arc::clone(host), Arc::clone(&places));
            running.spawn(async move {
                let _place = places.acquire().await;
                (job, host.run_again_if_lost(job).await)
            });
        }
        while let Some(ended) = running.join_next().await {
            let (job, observed) = ended.map_err(|error| error.to_string())?;
            let behaviour = &host.behaviours[job.behaviour];
            let is_limited = host.transports[job.transport].limits.contains_key(behaviour.name);
            let verdict = judge(behaviour, job.call, &observed, host.allowance, is_limited);
            if let Verdict::Breach { cell, why } = &verdict {
                let transport = &host.transports[job.transport].name;
                let head = format!("{transport} | {} | {}", behaviour.name, job.call.name());
                measured.breaches.push(format!("{head}: {cell}: {}", why.join("; ")));
            }
            if verbose || matches!(verdict, Verdict::Breach { .. }) {
                tell(behaviour, &host.transports[job.transport].name, job.call, &observed, &verdict);
            }
            measured.cases += 1;
            measured.verdicts[job.behaviour][job.transport].push((job.call, verdict));
        }
    }
    for cell in measured.verdicts.iter_mut().flatten() {
        cell.sort_by_key(|(call, _)| *call);
    }
    Ok(measured)
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
    /// Runs a case, and once more if its outcome says nothing about the library. Prints the reason, so that it is not
    /// lost. Requests that were read in either run count.
    async fn run_again_if_lost(&self, job: Job) -> Observed {
        let first = self.run(job).await;
        let behaviour = &self.behaviours[job.behaviour];
        let is_limited = self.transports[job.transport].limits.contains_key(behaviour.name);
        let verdict = judge(behaviour, job.call, &first, self.allowance, is_limited);
        let Some(reason) = first.says_nothing(behaviour, &verdict) else { return first };
        println!(
            "AGAIN {} | {} | {}: {reason}",
            self.transports[job.transport].name,
            behaviour.name,
            job.call.name()
        );
        // Under another number, so that a late outcome of the first run is not taken for that of the second.
        let second = self.run(Job { id: job.id + SECOND_RUN, ..job }).await;
        Observed { whole: first.whole.max(second.whole), ..second }
    }

    /// Starts the vendor of a case, makes its call and returns the observations.
    async fn run(&self, job: Job) -> Observed {
        let behaviour = &self.behaviours[job.behaviour];
        let vendor = match Vendor::open(&self.ground, behaviour.scene) {
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
            ca_file: vendor.is_tls.then(|| self.ground.ca_file().display().to_string()),
            proxy: vendor.proxy.clone(),
            timeout_ms: behaviour.timeout.as_millis(),
            max_attempts: behaviour.attempts,
            warm_up: behaviour.warm_up,
            max_response_bytes: behaviour.max_response_bytes,
        };
        let patience = behaviour.timeout * behaviour.attempts + self.allowance * 2 + Duration::from_secs(5);
        let outcome = self.driver.run(&case, patience).await;
        sleep(AFTERMATH).await;
        Observed { outcome, whole: vendor.ledger.whole(), spoke_http2: vendor.ledger.spoke_http2() }
    }
}

/// Prints a case with the details for its analysis.
fn tell(behaviour: &Behaviour, transport: &str, call: Call, observed: &Observed, verdict: &Verdict) {
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
    if let Ok(outcome) = &observed.outcome {
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
