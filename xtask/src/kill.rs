//! Kills receivers of webhooks at random while deliveries arrive, in the hosts that have an inbox. Kills senders of messages
//! at random, in the hosts that have an outbox.

use crate::check_error::CheckError;
use crate::{kotlin, npm, outbox, python, swift};

/// A host whose receiver is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Host {
    /// A process of Python.
    Python,
    /// The JVM, with the Kotlin artifacts.
    Kotlin,
    /// A program in Swift.
    Swift,
    /// Cloudflare's runtime, with the npm package.
    Workers,
}

/// The settings of the deliveries and kills.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The host.
    #[arg(long, value_enum, default_value_t = Host::Python)]
    host: Host,
    /// The store. Python: `sqlite`, `psycopg`, `asyncpg`, `redis`, or one of them with ` async`. Kotlin: `sqlite`, `psycopg` for
    /// PostgreSQL, `redis`. Swift: `sqlite`. Workers: `durable-object`,
    /// `transactional-durable-object`, `d1`, `transactional-d1`. Or `all`.
    #[arg(long, default_value = "all")]
    store: String,
    /// The number of events.
    #[arg(long, default_value_t = 100_000)]
    deliveries: u64,
    /// The number of kills.
    #[arg(long, default_value_t = 1_000)]
    kills: u64,
    /// Kills senders with an outbox instead of receivers with an inbox. The next host of `--hosts` continues the journal.
    #[arg(long)]
    outbox: bool,
    /// The number of messages of an outbox, for each vendor.
    #[arg(long, default_value_t = 100_000)]
    messages: u64,
    /// The hosts that take turns with an outbox.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = outbox::Host::ALL)]
    hosts: Vec<outbox::Host>,
}

/// Kills the receiver of a host, and compares the effects with the events. Or kills senders, and compares their reports with
/// the messages that the sandbox has.
pub(crate) fn run(options: &Options) -> Result<(), CheckError> {
    if options.outbox {
        return outbox::kill(&options.hosts, options.messages, options.kills);
    }
    let Options { store, deliveries, kills, .. } = options;
    match options.host {
        Host::Python => python::kill(None, store, *deliveries, *kills),
        Host::Kotlin => python::kill(Some(&kotlin::inbox_program()?), store, *deliveries, *kills),
        // Swift has one store.
        Host::Swift => python::kill(Some(&swift::inbox_program()?), "sqlite", *deliveries, *kills),
        Host::Workers => npm::kill(store, *deliveries, *kills),
    }
}

/// Runs the short form for the hosts whose own tests do not have it, over SQLite.
pub(crate) fn short() -> Result<(), CheckError> {
    for program in [kotlin::inbox_program()?, swift::inbox_program()?] {
        python::kill(Some(&program), "sqlite", 300, 6)?;
    }
    Ok(())
}
