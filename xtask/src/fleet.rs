//! Processes in several languages that share the limits of a key by one store, against the sandbox. One of them is killed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs, process, thread};

use clap::ValueEnum as _;

use crate::check_error::CheckError;
use crate::command::{cargo, root, succeed};
use crate::npm::LimiterObject;
use crate::sandbox::Sandbox;
use crate::servers::Servers;
use crate::{kotlin, manifests, npm, python};

/// A store that all processes use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Store {
    Sqlite,
    Postgres,
    Redis,
    /// A Durable Object in Cloudflare's runtime. Programs outside of it reach it through a Worker.
    DurableObject,
}

/// A language of processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Language {
    Python,
    Rust,
    Kotlin,
    Node,
    /// JavaScript in Cloudflare's runtime.
    Worker,
}

/// The settings of a run.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The stores, each in its own run. Default: all.
    #[arg(long, value_enum)]
    store: Vec<Store>,
    /// The limit per minute of the key.
    #[arg(long, default_value_t = 3_000)]
    limit: u64,
    /// The number of messages of all processes.
    #[arg(long, default_value_t = 12_000)]
    sends: u64,
    /// The time in seconds at which a process is killed.
    #[arg(long, default_value_t = 100)]
    kill: u64,
}

/// The short form, which checks what can be seen before the first minute has passed.
const SHORT: Options = Options { store: Vec::new(), limit: 3_000, sends: 640, kill: 4 };

/// The longest time by which a lease lies ahead, in seconds.
const LEASE: f64 = 10.0;

/// The seconds between two urgent messages of one process.
const URGENT: &str = "4";

/// Runs the processes on each store, and checks what they report.
pub(crate) fn run(options: &Options) -> Result<(), CheckError> {
    let stores = if options.store.is_empty() { Store::value_variants() } else { &options.store };
    let needs_servers = stores.iter().any(|store| matches!(store, Store::Postgres | Store::Redis));
    let servers = needs_servers.then(Servers::start).transpose()?;
    for store in stores {
        check(options, *store, servers.as_ref())?;
    }
    Ok(())
}

/// Runs the short form.
pub(crate) fn short() -> Result<(), CheckError> {
    run(&Options { store: vec![Store::Sqlite], ..SHORT })
}

/// Builds the program of a language, and returns its command.
fn program(language: Language) -> Result<Vec<String>, CheckError> {
    Ok(match language {
        Language::Python => python::fleet()?,
        Language::Kotlin => kotlin::fleet()?,
        Language::Node => npm::fleet(&[])?,
        Language::Worker => npm::fleet(&["worker"])?,
        Language::Rust => {
            let mut build = cargo(["build", "--quiet", "--package", "hudhud-reqwest", "--example", "fleet"]);
            succeed(build.current_dir(root()))?;
            vec![manifests::target()?.join("debug/examples/fleet").display().to_string()]
        }
    })
}

/// Returns the languages of the eight processes: those that have a store of this kind.
fn languages(store: Store) -> [Language; 8] {
    use Language::{Kotlin, Node, Python, Rust, Worker};
    match store {
        Store::Sqlite => [Python, Rust, Kotlin, Python, Rust, Kotlin, Python, Rust],
        Store::Postgres | Store::Redis => [Python, Node, Kotlin, Python, Node, Kotlin, Python, Node],
        Store::DurableObject => [Python, Worker, Kotlin, Python, Node, Kotlin, Python, Node],
    }
}

/// An event of a process, with its time in seconds.
enum Event {
    /// An attempt has ended with this status.
    Attempt(f64, u16),
    Arrived,
    /// An urgent call took so many seconds.
    Urgent(f64),
}

impl Event {
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (kind, at) = (words.next()?, words.next()?.parse().ok()?);
        Some(match kind {
            "attempt" => Self::Attempt(at, words.next()?.parse().ok()?),
            "arrived" => Self::Arrived,
            "urgent" => Self::Urgent(words.next()?.parse().ok()?),
            _ => return None,
        })
    }
}

/// A process that runs, and the events that it prints.
struct Running {
    process: Child,
    events: Receiver<Event>,
}

impl Running {
    fn start(mut command: Command) -> Result<Self, String> {
        let mut process =
            command.stdout(Stdio::piped()).spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let output = process.stdout.take().ok_or("a process has no output")?;
        let (sender, events) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let Some(event) = Event::read(&line) else { continue };
                if sender.send(event).is_err() {
                    break;
                }
            }
        });
        Ok(Self { process, events })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn check(options: &Options, store: Store, servers: Option<&Servers>) -> Result<(), CheckError> {
    let languages = languages(store);
    let mut programs = BTreeMap::new();
    for language in languages {
        if let Entry::Vacant(place) = programs.entry(language) {
            place.insert(program(language)?);
        }
    }
    let sandbox = Sandbox::with_limit(options.limit)?;
    let folder = env::temp_dir().join(format!("hudhud-fleet-{}", process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let object = (store == Store::DurableObject).then(npm::limiter_object).transpose()?;
    let address = match store {
        Store::Sqlite => format!("sqlite:{}", folder.join("limits.db").display()),
        Store::Postgres => format!("postgres:{}", servers.map_or(0, Servers::postgres)),
        Store::Redis => format!("redis:{}", servers.map_or(0, Servers::redis)),
        Store::DurableObject => {
            format!("durable-object:{}", object.as_ref().map_or(0, LimiterObject::port))
        }
    };
    let share = options.sends / 8;
    let begun = Instant::now();
    let mut processes = Vec::new();
    for (number, language) in languages.into_iter().enumerate() {
        let words = &programs[&language];
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env("FLEET_STORE", &address).env("FLEET_URGENT", URGENT);
        for (variable, name) in [
            ("FLEET_BASE_URL", "zagely_base_url"),
            ("FLEET_PUBLIC", "public_key"),
            ("FLEET_SECRET", "secret_key"),
            ("FLEET_SESSION", "session_id"),
        ] {
            command.env(variable, sandbox.ready_text(name)?);
        }
        command.env("FLEET_SENDS", share.to_string()).env("FLEET_FIRST", (number as u64 * share).to_string());
        processes.push(Running::start(command)?);
    }
    let kill_at = Duration::from_secs(options.kill);
    thread::sleep(kill_at.saturating_sub(begun.elapsed()));
    // The last process is killed: it sends no more, and holds a lease.
    processes[7]
        .process
        .kill()
        .map_err(|error| format!("a process has ended before it was killed: {error}"))?;
    let killed =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64());
    for running in &mut processes[..7] {
        let status = running.process.wait().map_err(|error| error.to_string())?;
        if !status.success() {
            return Err(format!("a process has failed: {status}").into());
        }
    }
    let mut tally = Tally::default();
    for (number, running) in processes.iter().enumerate() {
        // The thread that reads ends with the output of its process.
        while let Ok(event) = running.events.recv_timeout(Duration::from_secs(5)) {
            tally.add(event, number == 7);
        }
    }
    let _ = fs::remove_dir_all(&folder);
    println!("{store:?}, {languages:?}:");
    Ok(tally.judge(options, killed)?)
}

/// The reports of the processes.
#[derive(Default)]
struct Tally {
    attempts: Vec<(f64, u16)>,
    arrived: u64,
    arrived_of_killed: u64,
    urgent: Vec<f64>,
}

impl Tally {
    fn add(&mut self, event: Event, is_of_killed: bool) {
        match event {
            Event::Attempt(at, status) => self.attempts.push((at, status)),
            Event::Arrived if is_of_killed => self.arrived_of_killed += 1,
            Event::Arrived => self.arrived += 1,
            Event::Urgent(seconds) => self.urgent.push(seconds),
        }
    }

    /// Returns the number of successes between two times.
    fn successes(&self, from: f64, to: f64) -> f64 {
        self.attempts.iter().filter(|(at, status)| *status == 201 && (from..to).contains(at)).count() as f64
    }

    fn judge(mut self, options: &Options, killed: f64) -> Result<(), String> {
        let first = self.attempts.iter().map(|(at, _)| *at).fold(f64::INFINITY, f64::min);
        // At the end fewer and fewer processes have messages left.
        let last = self.attempts.iter().map(|(at, _)| *at).fold(0.0, f64::max);
        let per_second = options.limit as f64 / 60.0;
        let share = options.sends / 8;
        let late = self.attempts.iter().filter(|(at, status)| *status == 429 && *at > first + 60.0).count();
        let refused = self.attempts.iter().filter(|(_, status)| *status == 429).count();
        self.urgent.sort_by(f64::total_cmp);
        let p99 = self.urgent.get(self.urgent.len().saturating_sub(1) * 99 / 100).copied().unwrap_or(0.0);
        println!(
            "  {} of 7 x {share} messages arrived, and {} of the killed process; {:.0} s; {} attempts, {refused} refused, \
             {late} after the first minute; {} urgent: p99 {p99:.2} s",
            self.arrived,
            self.arrived_of_killed,
            last - first,
            self.attempts.len(),
            self.urgent.len()
        );
        let mut wrong = Vec::new();
        if self.arrived != 7 * share {
            wrong.push("not all messages arrived".to_owned());
        }
        if late * 1_000 > self.attempts.len() {
            wrong.push(format!("{late} refusals after the first minute"));
        }
        if p99 >= 2.0 || self.urgent.is_empty() {
            wrong.push(format!("urgent p99 {p99:.2} s"));
        }
        let to = (killed + LEASE).min(last - 1.0);
        let lease = self.successes(killed, to) / ((to - killed).max(1.0) * per_second);
        let whole = ((last - 5.0 - first) / 60.0).floor();
        print!("  used after the kill: {:.1} % of the limit in {:.0} s", 100.0 * lease, to - killed);
        if whole >= 2.0 {
            let (from, end) = (first + 60.0, first + 60.0 * whole);
            let used = |from: f64, to: f64| self.successes(from, to) / ((to - from) * per_second);
            print!("; in all minutes after the first {:.1} %", 100.0 * used(from, end));
            // The permits that the killed process had leased are lost.
            let parts = [
                ("before the kill", from, killed.min(end)),
                ("after the lease of the killed process", (killed + LEASE).max(from), end),
            ];
            for (when, from, to) in parts.into_iter().filter(|(_, from, to)| to - from >= LEASE) {
                let used = used(from, to);
                print!("; {when} {:.1} %", 100.0 * used);
                if used < 0.97 {
                    wrong.push(format!("{:.1} % of the limit used {when}", 100.0 * used));
                }
            }
            println!();
            if lease < 0.85 {
                wrong.push(format!("{:.1} % used in the seconds after the kill", 100.0 * lease));
            }
        } else {
            println!();
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }
}
