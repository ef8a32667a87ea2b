//! The binary `hudhud-sandbox`: runs both services on loopback until SIGINT or SIGTERM.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use hudhud_sandbox::{AppAuth, Config, Limits, Log, Quirk, Sandbox, UpdateVerb};
use tokio::signal::unix::{SignalKind, signal};

/// Zagely and Wazaj on loopback, with state. The first line of output is JSON with the address and the keys.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The address to listen on; an address other than loopback also needs --expose
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Allows an address that other machines can reach; they then also reach the sandbox's page
    #[arg(long)]
    expose: bool,
    /// The seed of keys, ids and shares of faults, to repeat a run; random if not given
    #[arg(long)]
    seed: Option<u64>,
    /// The factor by which time runs faster than the wall clock; with 1000, 2.6 hours take 9.4 seconds
    #[arg(long, default_value_t = 1.0)]
    time_scale: f64,
    /// The start of the sandbox's time, such as 2026-04-21T12:00:00Z; now if not given
    #[arg(long)]
    start_at: Option<String>,
    /// The file that keeps the state over restarts
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// The HTTP methods that updates accept
    #[arg(long, value_enum, default_value = "both")]
    update_verb: UpdateVerb,
    /// The credentials that the unversioned routes accept
    #[arg(long, value_enum, default_value = "either")]
    app_auth: AppAuth,
    /// The requests that a key may make per minute; 0 for no limit
    #[arg(long, default_value_t = 120)]
    per_minute: u64,
    /// The requests that a key may make per day; 0 for no limit
    #[arg(long, default_value_t = 10_000)]
    daily: u64,
    /// The requests that a key may make per month; 0 for no limit
    #[arg(long, default_value_t = 250_000)]
    monthly: u64,
    /// The maximum number of messages, of deliveries and of idempotent responses that are kept
    #[arg(long, default_value_t = 20_000)]
    keep: usize,
    /// The seconds until an imaginary phone scans a new session's QR code
    #[arg(long, default_value_t = 5.0, conflicts_with = "no_scan")]
    scan_after: f64,
    /// Disables the imaginary phone: only POST /_sandbox/sessions/{session}/scan connects a session
    #[arg(long)]
    no_scan: bool,
    /// Adds the data that the samples on the vendors' pages use, and starts on the day of the samples
    #[arg(long)]
    samples: bool,
    /// An alternative reading of the contract; may be given more than once
    #[arg(long = "quirk", value_enum)]
    quirks: Vec<Quirk>,
    /// Prints no line per call
    #[arg(long)]
    quiet: bool,
}

impl Arguments {
    fn config(self) -> Result<Config, String> {
        let limit = |number: u64| (number > 0).then_some(number);
        let scan_after = Duration::try_from_secs_f64(self.scan_after).map_err(|error| error.to_string())?;
        Ok(Config {
            bind: self.bind,
            expose: self.expose,
            port: self.port,
            seed: self.seed,
            time_scale: self.time_scale,
            start_at: self.start_at,
            state: self.state,
            update_verb: self.update_verb,
            app_auth: self.app_auth,
            limits: Limits {
                per_minute: limit(self.per_minute),
                daily: limit(self.daily),
                monthly: limit(self.monthly),
            },
            keep: self.keep.max(1),
            scan_after: (!self.no_scan).then_some(scan_after),
            samples: self.samples,
            quirks: self.quirks,
            log: if self.quiet { Log::Silent } else { Log::Stdout },
            ..Config::default()
        })
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.config().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("hudhud-sandbox: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(config: Config) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(async {
        // Installed before the first line is printed, because its reader may end the sandbox at once.
        let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
        let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
        let sandbox = Sandbox::start(config).map_err(|error| error.to_string())?;
        let mut out = std::io::stdout();
        let _ = writeln!(out, "{}", sandbox.introduction()).and_then(|()| out.flush());
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        sandbox.shutdown();
        Ok(())
    })
}
