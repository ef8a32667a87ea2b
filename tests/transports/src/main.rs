//! A hostile vendor, and what every transport makes of it.
//!
//! `behaviours` has what may happen to a request, `vendor` plays it, a driver (`driver`) makes the calls in its host,
//! `verdict` holds the outcome against the invariants, and `table` writes `docs/transports.md`.

mod behaviours;
mod calls;
mod driver;
mod names;
mod table;
mod vendor;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::behaviours::Behaviour;
use crate::calls::Call;
use crate::driver::{Case, Driver};
use crate::table::{HOSTS, Verdicts};
use crate::vendor::{Ground, Vendor};
use crate::verdict::{ALLOWANCE, Observed, Verdict, judge};

/// The time in which a library may still send what it should not, once a call is over.
const AFTERMATH: Duration = Duration::from_millis(50);

/// Measures the transports of one host. Exits 0 if all invariants hold and the document says what was measured, 1 if
/// not, 2 if the host cannot be driven, 3 if this machine cannot run the tests.
#[derive(Parser)]
struct Arguments {
    /// The host.
    #[arg(long)]
    host: Option<String>,
    /// The command that drives it, as a JSON array.
    #[arg(long)]
    driver: Option<String>,
    /// Only behaviours whose names hold this text.
    #[arg(long)]
    only: Option<String>,
    /// Only transports whose names hold this text.
    #[arg(long)]
    transport: Option<String>,
    /// Writes what was measured into the document.
    #[arg(long)]
    write: bool,
    /// The document.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/transports.md"))]
    document: PathBuf,
    /// Cases at the same time.
    #[arg(long, default_value_t = 16)]
    at_once: usize,
    /// Shows every case, with all that a user could see of its error.
    #[arg(long)]
    verbose: bool,
    /// Lists the behaviours.
    #[arg(long)]
    list: bool,
    /// Plays this behaviour on a port for a client of your own, until interrupted.
    #[arg(long)]
    play: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = if arguments.list {
        for behaviour in behaviours::all() {
            println!("{:32} {}", behaviour.name, behaviour.says);
        }
        Ok(true)
    } else if let Some(name) = &arguments.play {
        play(name).await
    } else {
        measure(&arguments).await
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(Trouble { code, reason }) => {
            eprintln!("{reason}");
            ExitCode::from(code)
        }
    }
}

/// Why nothing was measured.
struct Trouble {
    code: u8,
    reason: String,
}

fn cannot(reason: impl ToString) -> Trouble {
    Trouble { code: 2, reason: reason.to_string() }
}

/// Plays a behaviour for somebody who is curious.
async fn play(name: &str) -> Result<bool, Trouble> {
    let behaviours = behaviours::all();
    let behaviour = behaviours.iter().find(|behaviour| behaviour.name == name);
    let behaviour =
        behaviour.ok_or_else(|| cannot(format!("{name}: no such behaviour; --list names them")))?;
    let ground = Ground::new().map_err(cannot)?;
    let vendor = Vendor::open(&ground, behaviour.scene).map_err(cannot)?;
    println!("{}\n{}", behaviour.says, vendor.origin);
    println!("authority: {}; proxy: {:?}", ground.ca_file().display(), vendor.proxy);
    let mut seen = 0;
    loop {
        sleep(Duration::from_millis(100)).await;
        for request in vendor.ledger.requests().iter().skip(seen) {
            println!("read whole: {request}");
            seen += 1;
        }
    }
}

/// One case to run.
#[derive(Clone, Copy)]
struct Job {
    behaviour: usize,
    transport: usize,
    call: Call,
}

async fn measure(arguments: &Arguments) -> Result<bool, Trouble> {
    let host = arguments.host.as_deref().ok_or_else(|| cannot("expected --host; --help says more"))?;
    if !HOSTS.iter().any(|(name, _)| *name == host) {
        return Err(cannot(format!(
            "{host}: no such host; there are {}",
            HOSTS.map(|(name, _)| name).join(", ")
        )));
    }
    let words = arguments.driver.as_deref().ok_or_else(|| cannot("expected --driver [\"command\", …]"))?;
    let words: Vec<String> =
        serde_json::from_str(words).map_err(|error| cannot(format!("--driver: {error}")))?;
    let ground = Arc::new(Ground::new().map_err(cannot)?);
    names::check(ground.folder()).await.map_err(|reason| Trouble { code: 3, reason })?;
    let driver = Driver::start(names::command(ground.folder(), &words)).await.map_err(cannot)?;
    let is_meant =
        |text: &Option<String>, name: &str| text.as_ref().is_none_or(|text| name.contains(text.as_str()));
    let transports: Vec<_> =
        driver.transports.iter().filter(|one| is_meant(&arguments.transport, &one.name)).cloned().collect();
    let behaviours: Vec<_> =
        behaviours::all().into_iter().filter(|one| is_meant(&arguments.only, one.name)).collect();
    let is_whole = arguments.only.is_none() && arguments.transport.is_none();

    let mut verdicts: Verdicts = behaviours.iter().map(|_| vec![Vec::new(); transports.len()]).collect();
    let shared = Arc::new((driver, ground, behaviours, transports));
    // Cases that wait for a timeout cost nothing while they wait.
    let at_once = arguments.at_once.max(1);
    let places = [at_once, 2 * at_once].map(|count| Arc::new(Semaphore::new(count)));
    let mut running = JoinSet::new();
    let mut id = 0;
    for (behaviour, about) in shared.2.iter().enumerate() {
        for transport in 0..shared.3.len() {
            for call in about.calls {
                id += 1;
                let places = Arc::clone(&places[usize::from(about.waits())]);
                let shared = Arc::clone(&shared);
                let job = Job { behaviour, transport, call: *call };
                running.spawn(async move {
                    let _place = places.acquire().await;
                    let (driver, ground, behaviours, transports) = &*shared;
                    let about = &behaviours[job.behaviour];
                    let observed =
                        run(driver, ground, about, &transports[job.transport].name, job.call, id).await;
                    (job, observed)
                });
            }
        }
    }
    let (mut cases, mut breaches) = (0, 0);
    while let Some(ended) = running.join_next().await {
        let (job, observed) = ended.map_err(cannot)?;
        let (behaviour, transport) = (&shared.2[job.behaviour], &shared.3[job.transport]);
        let verdict = judge(behaviour, job.call, &observed);
        cases += 1;
        if matches!(verdict, Verdict::Breach { .. }) || arguments.verbose {
            breaches += usize::from(matches!(verdict, Verdict::Breach { .. }));
            tell(behaviour, &transport.name, job.call, &observed, &verdict);
        }
        verdicts[job.behaviour][job.transport].push((job.call, verdict));
    }
    for cell in verdicts.iter_mut().flatten() {
        cell.sort_by_key(|(call, _)| *call);
    }
    let Some((driver, _ground, behaviours, transports)) = Arc::into_inner(shared) else {
        return Err(cannot("a case is still running"));
    };
    driver.end().await;

    let section = table::section(&transports, &behaviours, &verdicts);
    if !is_whole {
        println!("\n{section}");
        println!("{host}: {cases} cases, {breaches} in breach");
        return Ok(breaches == 0);
    }
    let old = std::fs::read_to_string(&arguments.document).unwrap_or_default();
    let new = table::document(&old, &behaviours, host, &section);
    let mut is_fresh = table::is_same(&old, &new);
    if arguments.write {
        std::fs::write(&arguments.document, &new).map_err(cannot)?;
        is_fresh = true;
    } else if !is_fresh {
        println!("\n{}", table::differences(&old, &new));
        println!("{}: not what was measured; run this with --write", arguments.document.display());
    }
    println!("{host}: {cases} cases, {breaches} in breach");
    Ok(breaches == 0 && is_fresh)
}

/// Sets the scene of a case, makes its call, and looks at what happened.
async fn run(
    driver: &Driver,
    ground: &Ground,
    behaviour: &Behaviour,
    transport: &str,
    call: Call,
    id: u64,
) -> Observed {
    let vendor = match Vendor::open(ground, behaviour.scene) {
        Ok(vendor) => vendor,
        Err(error) => {
            let outcome = Err(format!("the scene cannot be set: {error}"));
            return Observed { outcome, whole: 0, spoke_http2: true };
        }
    };
    let path = if call.vendor() == "wazaj" { "/api/wazaj/business" } else { "" };
    let case = Case {
        id,
        transport,
        vendor: call.vendor(),
        call: call.name(),
        input: call.input(),
        base_url: format!("{}{path}", vendor.origin),
        ca_file: vendor.is_tls.then(|| ground.ca_file().display().to_string()),
        proxy: vendor.proxy.clone(),
        timeout_ms: behaviour.timeout.as_millis(),
        max_attempts: behaviour.attempts,
        warm_up: behaviour.warm_up,
        max_response_bytes: behaviour.max_response_bytes,
    };
    let patience = behaviour.timeout * behaviour.attempts + ALLOWANCE * 2;
    let outcome = driver.run(&case, patience).await;
    sleep(AFTERMATH).await;
    Observed { outcome, whole: vendor.ledger.whole(), spoke_http2: vendor.ledger.spoke_http2() }
}

/// Tells of a case, with what its reader needs to look into it.
fn tell(behaviour: &Behaviour, transport: &str, call: Call, observed: &Observed, verdict: &Verdict) {
    let head = format!("{transport} | {} | {}", behaviour.name, call.name());
    match verdict {
        Verdict::Absent => println!("      {head}: –"),
        Verdict::Held(cell) => println!("      {head}: {cell}"),
        Verdict::Breach { cell, why } => {
            println!("BREACH {head}: {cell}");
            for reason in why {
                println!("       {reason}");
            }
        }
    }
    if let Ok(outcome) = &observed.outcome {
        println!(
            "       outcome {}, kind {:?}, fault {:?}, status {:?}, {:.0} ms, output {}",
            outcome.outcome,
            outcome.kind,
            outcome.fault,
            outcome.status,
            outcome.elapsed_ms,
            outcome.output.as_ref().map(|output| format!("{output:.200}")).unwrap_or_default(),
        );
        for line in outcome.shown.as_deref().unwrap_or_default().lines().take(60) {
            println!("       | {line:.300}");
        }
    }
}
