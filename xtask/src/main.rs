//! `cargo xtask …`: the entry point of all tasks for developers and for CI. Each command has one file. The commands
//! only run programs; users of the library need none of them.

mod bench;
mod browser;
mod check;
mod check_error;
mod command;
mod conformance;
mod crates;
mod databases;
mod demo;
mod errors;
mod fleet;
mod kill;
mod kotlin;
mod layers;
mod lengths;
mod loopback;
mod manifests;
mod native;
mod notices;
mod npm;
mod oldest;
mod once;
mod openapi;
mod outbox;
mod output;
mod package;
mod python;
mod readme;
mod sandbox;
mod servers;
mod setup;
mod sim;
mod swift;
mod test;
mod times;
mod tools;
mod transports;
mod wasm;
mod workflows;

use std::process::ExitCode;

use clap::Parser;

/// The tasks of the Hudhud repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Installs the tools that the other tasks need and this machine lacks.
    Setup,
    /// Runs the main job from end to end against the sandbox. It needs no account, and nothing leaves this machine.
    Demo,
    /// Runs all checks; exits 0 if all passed.
    Test(test::Options),
    /// Runs the shared vectors; exits 0 if all passed, 1 if any failed, 2 if a file or host is unavailable.
    Conformance(conformance::Options),
    /// Measures the transports of a host against a hostile server; exits 0 if no call is sent twice and no outcome is
    /// reported wrongly.
    Transports(transports::Options),
    /// Writes docs/openapi from core's catalog and types.
    Openapi,
    /// Writes the type stubs of the Python package from core's catalog and types.
    Stubs,
    /// Writes docs/errors.md, the table of all error messages, from the sources.
    Errors,
    /// Writes the third-party notices that every package includes.
    Notices,
    /// Builds a package that users install.
    #[command(subcommand)]
    Package(package::Package),
    /// Measures speed as ratios to the fastest alternatives.
    Bench(bench::Options),
    /// Explores small worlds of clients, workers, stores and the vendor with every place of a few faults, and simulates
    /// random worlds. Shows that each planted bug is found. `test` does the same with fewer worlds.
    Sim(sim::Options),
    /// Kills a receiver of webhooks with SIGKILL at random while deliveries arrive, over each store of a host's inbox. Fails
    /// unless the effects in the database equal the events. With `--outbox`, kills senders of messages in all hosts in turn, and
    /// fails unless the sandbox has each message once. `test` does the same with fewer events, messages and kills.
    Kill(kill::Options),
    /// Runs eight processes in several languages that share the limits of a key by a store: SQLite, PostgreSQL, Redis. Kills one.
    /// Fails unless all messages arrive, the limit is used, and urgent messages pass. `test` does the same with fewer messages.
    Fleet(fleet::Options),
    /// Writes the times of checks and builds into CONTRIBUTING.md. `test` must have run twice.
    Times,
    /// Makes a million calls with the Python package, verifies a million deliveries with the npm package, and fails if
    /// memory grows. Makes 10,000 sends at once in each host, at 3,000 per minute. `test` does the same with fewer.
    Soak {
        /// The number of calls and of deliveries.
        #[arg(default_value_t = 1_000_000)]
        calls: u64,
    },
}

fn main() -> ExitCode {
    match Task::parse() {
        Task::Setup => setup::run(),
        Task::Demo => demo::run(),
        Task::Test(options) => test::run(&options),
        Task::Conformance(options) => conformance::run(&options),
        Task::Transports(options) => transports::run(&options),
        Task::Openapi => openapi::run(),
        Task::Stubs => python::stubs(),
        Task::Errors => errors::run(),
        Task::Notices => notices::run(),
        Task::Package(package) => package::run(&package),
        Task::Bench(options) => bench::run(&options),
        Task::Sim(options) => sim::run(&options),
        Task::Kill(options) => check_error::exit_code(kill::run(&options)),
        Task::Fleet(options) => check_error::exit_code(fleet::run(&options)),
        Task::Times => times::run(),
        Task::Soak { calls } => check_error::exit_code(
            python::soak(calls)
                .and_then(|()| npm::soak(calls))
                .and_then(|()| kotlin::soak())
                .and_then(|()| swift::soak()),
        ),
    }
}
