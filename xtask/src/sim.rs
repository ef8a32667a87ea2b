//! `cargo xtask sim`: runs the tests of all state machines together, for longer than `test` does.

use std::process::ExitCode;

use crate::command::{cargo, exit_code_of};

/// The size of the simulation.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The seed of the first random world. The following worlds have the following seeds. A seed repeats its world bit for
    /// bit.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of random worlds.
    #[arg(long, default_value_t = 5_000)]
    worlds: u64,
    /// The number of faults in each run of an explored world, in addition to those of `test`. One more fault takes about
    /// five minutes.
    #[arg(long, default_value_t = 0)]
    more_faults: u32,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let mut command =
        cargo(["test", "--release", "--package", "hudhud", "--lib", "system_tests", "--", "--nocapture"]);
    command.args(["--test-threads", "1"]);
    command.env("HUDHUD_SEED", options.seed.to_string());
    command.env("HUDHUD_WORLDS", options.worlds.to_string());
    command.env("HUDHUD_FAULTS", options.more_faults.to_string());
    exit_code_of(command)
}
