//! Runs the main job from end to end with the Rust host against the sandbox, over real sockets. Nothing leaves this
//! machine, and no account is needed.
//!
//! `job` contains the steps in order, and `audience` those beyond single messages. `receiver` is a webhook server,
//! `watched` a transport that logs its requests, and `report` the table of results. The program exits with 0 if every
//! step succeeded.

mod audience;
mod job;
mod receiver;
mod report;
mod watched;

use std::process::ExitCode;
use std::time::Instant;

use hudhud_sandbox::Config;
use report::Report;

fn main() -> ExitCode {
    println!("A sandbox on this machine simulates Zagely and Wazaj. This takes a few seconds.");
    let begun = Instant::now();
    let mut report = Report::new();
    let finished = job::run(Config::default(), &mut report).is_some();
    println!("{report}");
    let seconds = begun.elapsed().as_secs_f64();
    if finished {
        println!("All steps succeeded in {seconds:.1} s.");
        return ExitCode::SUCCESS;
    }
    println!("The step in the last line failed, so the job ended there.");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::{Report, job};
    use hudhud_sandbox::{Config, Quirk};

    /// Runs the job with both readings of each unclear point of the vendors' pages.
    #[test]
    fn the_job_succeeds_with_every_quirk() {
        let quirks = [
            Quirk::WrapData,
            Quirk::EmptyMapsAsLists,
            Quirk::NumbersAsText,
            Quirk::MetaLists,
            Quirk::IgnorePage,
            Quirk::AppEnvelope,
            Quirk::SignOnce,
            Quirk::NoContent,
            Quirk::SendAccepted,
        ];
        let run = |quirks: Vec<Quirk>| {
            let mut report = Report::new();
            let config = Config { quirks: quirks.clone(), ..Config::default() };
            assert!(job::run(config, &mut report).is_some(), "{quirks:?}\n{report}");
        };
        std::thread::scope(|scope| {
            for quirk in quirks {
                scope.spawn(move || run(vec![quirk]));
            }
            scope.spawn(|| run(quirks.to_vec()));
        });
    }
}
