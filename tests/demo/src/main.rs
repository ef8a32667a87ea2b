//! The main job from end to end: what somebody wants of both services, done through the Rust host against the
//! sandbox, over real sockets. Nothing leaves this machine, and no account is needed.
//!
//! `job` is what is done, in order, and `audience` its part beyond single messages; `receiver` a server for webhooks, `watched` a transport that tells what it saw,
//! `report` the table. It exits 0 if everything was as it should be.

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
    println!("Zagely and Wazaj are played by a sandbox on this machine; a few seconds, please.");
    let begun = Instant::now();
    let mut report = Report::new();
    let finished = job::run(Config::default(), &mut report).is_some();
    println!("{report}");
    let seconds = begun.elapsed().as_secs_f64();
    if finished {
        println!("Everything was as it should be, in {seconds:.1} s.");
        return ExitCode::SUCCESS;
    }
    println!("The last line is not as it should be, and the job ended there.");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::{Report, job};
    use hudhud_sandbox::{Config, Quirk};

    /// Where the vendors' pages can be read in two ways, the job is done in either.
    #[test]
    fn the_job_is_done_however_the_contract_is_read() {
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
