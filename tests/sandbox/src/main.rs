//! `hudhud-sandbox`: both services on loopback, until SIGINT or SIGTERM.

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
    /// The address to listen on; other than loopback it also needs --expose
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Yes, other machines may reach the sandbox and the keys on its page
    #[arg(long)]
    expose: bool,
    /// Repeats a run: keys, ids and shares of faults are drawn from it
    #[arg(long)]
    seed: Option<u64>,
    /// How much faster than the wall clock time runs: 1000 makes 2.6 hours 9.4 seconds
    #[arg(long, default_value_t = 1.0)]
    time_scale: f64,
    /// When the sandbox's time begins, as 2026-04-21T12:00:00Z; now if not given
    #[arg(long)]
    start_at: Option<String>,
    /// Keeps state over restarts in this file
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Which method updates answer to
    #[arg(long, value_enum, default_value = "both")]
    update_verb: UpdateVerb,
    /// Which credentials the unversioned routes take
    #[arg(long, value_enum, default_value = "either")]
    app_auth: AppAuth,
    /// Requests a key may make in a minute; 0 for no limit
    #[arg(long, default_value_t = 120)]
    per_minute: u64,
    /// Requests a key may make in a day; 0 for no limit
    #[arg(long, default_value_t = 10_000)]
    daily: u64,
    /// Requests a key may make in a month; 0 for no limit
    #[arg(long, default_value_t = 250_000)]
    monthly: u64,
    /// How many messages, deliveries and idempotent answers are kept, of each
    #[arg(long, default_value_t = 20_000)]
    keep: usize,
    /// Seconds until an imaginary phone scans a new session's QR code
    #[arg(long, default_value_t = 5.0, conflicts_with = "no_scan")]
    scan_after: f64,
    /// No imaginary phone: POST /_sandbox/sessions/{session}/scan connects a session
    #[arg(long)]
    no_scan: bool,
    /// Adds what the vendors' pages' samples refer to, and begins on their day
    #[arg(long)]
    samples: bool,
    /// Another reading of the contract than the usual one; may be given more than once
    #[arg(long = "quirk", value_enum)]
    quirks: Vec<Quirk>,
    /// No line per call
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
        // Before the first line is out: who reads it may end the sandbox at once.
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
