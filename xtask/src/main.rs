//! `cargo xtask …`, the one door for a developer and for CI. One file per command; all of them run things, and none
//! does anything a user of the library needs.

mod bench;
mod browser;
mod cargo;
mod check;
mod conformance;
mod demo;
mod kotlin;
mod manifests;
mod native;
mod notices;
mod npm;
mod openapi;
mod output;
mod package;
mod python;
mod sandbox;
mod setup;
mod swift;
mod test;
mod tools;
mod transports;
mod wasm;
mod workflows;

use std::process::ExitCode;

use clap::Parser;

/// Hudhud's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Installs what the other tasks need and this machine lacks.
    Setup,
    /// Does the main job from end to end against the sandbox: no account needed, nothing leaves this machine.
    Demo,
    /// Runs every check there is; exits 0 if all passed.
    Test(test::Options),
    /// Runs the shared vectors; exits 0 if all passed, 1 if any failed, 2 if a file or host is not to be had.
    Conformance(conformance::Options),
    /// Measures the transports of a host against a hostile vendor; exits 0 if nothing is sent twice, or told wrongly.
    Transports(transports::Options),
    /// Writes docs/openapi from core's catalog and types.
    Openapi,
    /// Writes the type stubs of the Python package from core's catalog and types.
    Stubs,
    /// Writes the notices of third parties that every package carries.
    Notices,
    /// Makes what users install.
    #[command(subcommand)]
    Package(package::Package),
    /// Measures, in ratios to the fastest alternatives.
    Bench(bench::Options),
    /// Makes a million calls in the Python package and sees whether memory stays flat; what `test` runs of this makes
    /// fewer there, and as many in the npm package.
    Soak {
        /// How many.
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
        Task::Notices => notices::run(),
        Task::Package(package) => package::run(&package),
        Task::Bench(options) => bench::run(&options),
        Task::Soak { calls } => tools::end(python::soak(calls)),
    }
}
