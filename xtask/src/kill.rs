//! Kills receivers of webhooks at random while deliveries arrive, in the hosts that have an inbox.

use crate::tools::CheckError;
use crate::{npm, python};

/// A host whose receiver is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Host {
    /// A process of Python.
    Python,
    /// Cloudflare's runtime, with the npm package.
    Workers,
}

/// The course of deliveries and kills.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The host.
    #[arg(long, value_enum, default_value_t = Host::Python)]
    host: Host,
    /// The store. Python: `sqlite`, `psycopg`, `asyncpg`, `redis`, or one of them with ` async`. Workers: `durable-object`,
    /// `transactional-durable-object`, `d1`, `transactional-d1`. Or `all`.
    #[arg(long, default_value = "all")]
    store: String,
    /// The number of events.
    #[arg(long, default_value_t = 100_000)]
    deliveries: u64,
    /// The number of kills.
    #[arg(long, default_value_t = 1_000)]
    kills: u64,
}

/// Kills the receiver of a host, and compares the effects with the events.
pub(crate) fn run(options: &Options) -> Result<(), CheckError> {
    let kill = match options.host {
        Host::Python => python::kill,
        Host::Workers => npm::kill,
    };
    kill(&options.store, options.deliveries, options.kills)
}
