//! Tests the transports of every host against a hostile vendor.
//!
//! `behaviours` lists the behaviours and `vendor` simulates them. A driver (`driver`) makes the calls in its host.
//! `verdict` checks the outcomes against the invariants, and `table` writes `docs/transports.md`.

mod behaviours;
mod calls;
mod driver;
mod measure;
mod names;
mod table;
mod vendor;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use tokio::time::sleep;

use crate::behaviours::Behaviour;
use crate::driver::Driver;
use crate::measure::{Host, Measured, measure};
use crate::table::HOSTS;
use crate::vendor::{Environment, Vendor};

/// Measures the transports of one host. Exits 0 if all invariants hold and the document matches the measurement, 1 if
/// not, 2 if the host cannot be driven, 3 if this machine cannot run the tests.
#[derive(Parser)]
struct Arguments {
    /// The host to measure
    #[arg(long)]
    host: Option<String>,
    /// The command of the host's driver, as a JSON array
    #[arg(long)]
    driver: Option<String>,
    /// Only behaviours whose names contain this text
    #[arg(long)]
    only: Option<String>,
    /// Only transports whose names contain this text
    #[arg(long)]
    transport: Option<String>,
    /// Writes the results to the document
    #[arg(long)]
    write: bool,
    /// The path of the document
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/transports.md"))]
    document: PathBuf,
    /// The number of cases that run at the same time
    #[arg(long, default_value_t = 16)]
    at_once: usize,
    /// The seconds that a case may take beyond its timeouts
    #[arg(long, default_value_t = 15)]
    allowance: u64,
    /// Prints every case, with everything that a user can see of its error
    #[arg(long)]
    verbose: bool,
    /// Lists the behaviours
    #[arg(long)]
    list: bool,
    /// Simulates this behaviour on a port for any client, until interrupted
    #[arg(long)]
    play: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = if arguments.list {
        for behaviour in behaviours::all() {
            println!("{:32} {}", behaviour.name, behaviour.description);
        }
        Ok(true)
    } else if let Some(name) = &arguments.play {
        play(name).await
    } else {
        measure_host(&arguments).await
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(RunError { code, reason }) => {
            eprintln!("{reason}");
            ExitCode::from(code)
        }
    }
}

/// The reason why nothing was measured.
struct RunError {
    code: u8,
    reason: String,
}

fn cannot(reason: impl ToString) -> RunError {
    RunError { code: 2, reason: reason.to_string() }
}

/// Simulates a behaviour for any client and prints the requests that it reads.
async fn play(name: &str) -> Result<bool, RunError> {
    let behaviours = behaviours::all();
    let behaviour = behaviours.iter().find(|behaviour| behaviour.name == name);
    let behaviour =
        behaviour.ok_or_else(|| cannot(format!("{name}: unknown behaviour; --list prints all of them")))?;
    let environment = Environment::new().map_err(cannot)?;
    let vendor = Vendor::open(&environment, behaviour.scene).map_err(cannot)?;
    println!("{}\n{}", behaviour.description, vendor.origin);
    println!("authority: {}; proxy: {:?}", environment.ca_file().display(), vendor.proxy);
    let mut seen = 0;
    loop {
        sleep(Duration::from_millis(100)).await;
        for request in vendor.ledger.requests().iter().skip(seen) {
            println!("request: {request}");
            seen += 1;
        }
    }
}

async fn measure_host(arguments: &Arguments) -> Result<bool, RunError> {
    let host = arguments
        .host
        .as_deref()
        .ok_or_else(|| cannot("--host: a host is required; --help shows the options"))?;
    if !HOSTS.iter().any(|(name, _)| *name == host) {
        let names = HOSTS.map(|(name, _)| name).join(", ");
        return Err(cannot(format!("--host: unknown host {host}; expected one of {names}")));
    }
    let words = arguments.driver.as_deref().ok_or_else(|| cannot("--driver: expected [\"command\", …]"))?;
    let words: Vec<String> =
        serde_json::from_str(words).map_err(|error| cannot(format!("--driver: {error}")))?;
    let environment = Environment::new().map_err(cannot)?;
    names::check(environment.folder()).await.map_err(|reason| RunError { code: 3, reason })?;
    let driver = Driver::start(names::command(environment.folder(), &words)).await.map_err(cannot)?;

    let is_meant =
        |text: &Option<String>, name: &str| text.as_ref().is_none_or(|text| name.contains(text.as_str()));
    let transports =
        driver.transports.iter().filter(|one| is_meant(&arguments.transport, &one.name)).cloned();
    let transports = transports.collect();
    let behaviours =
        behaviours::all().into_iter().filter(|one| is_meant(&arguments.only, one.name)).collect();
    let allowance = Duration::from_secs(arguments.allowance);
    let all = Arc::new(Host { driver, environment, behaviours, transports, allowance });
    let is_whole = arguments.only.is_none() && arguments.transport.is_none();
    let documented = std::fs::read_to_string(&arguments.document).unwrap_or_default();
    let documented = table::documented(&documented, host).filter(|_| is_whole && !arguments.write);
    let at_once = arguments.at_once.max(1);
    let Measured { verdicts, cases, breaches } =
        measure(&all, at_once, arguments.verbose, documented.as_deref()).await.map_err(cannot)?;
    let Some(Host { driver, behaviours, transports, .. }) = Arc::into_inner(all) else {
        return Err(cannot("a case is still running"));
    };
    driver.end().await;

    let section = table::section(&transports, &behaviours, &verdicts);
    let is_fresh = if is_whole { hold(arguments, host, &behaviours, &section)? } else { true };
    if !is_whole {
        println!("\n{section}");
    }
    for breach in &breaches {
        println!("BREACH {breach:.250}");
    }
    println!("{host}: {cases} cases, {} in breach", breaches.len());
    Ok(breaches.is_empty() && is_fresh)
}

/// Compares the document with the results, or writes the results to it.
fn hold(
    arguments: &Arguments,
    host: &str,
    behaviours: &[Behaviour],
    section: &str,
) -> Result<bool, RunError> {
    let document = &arguments.document;
    let old = std::fs::read_to_string(document).unwrap_or_default();
    let new = table::document(&old, behaviours, host, section);
    if arguments.write {
        std::fs::write(document, &new).map_err(|error| cannot(format!("{}: {error}", document.display())))?;
        return Ok(true);
    }
    let is_same = table::is_same(&old, &new);
    if !is_same {
        println!("\n{}", table::differences(&old, &new));
        println!("{}: differs from the results; use --write to update it", document.display());
    }
    Ok(is_same)
}
