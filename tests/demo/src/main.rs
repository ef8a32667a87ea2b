//! The main job from end to end: what somebody wants of both services, done through the Rust host against the
//! sandbox, over real sockets. Nothing leaves this machine, and no account is needed.
//!
//! `job` is what is done, in order; `receiver` a server for webhooks, `watched` a transport that tells what it saw,
//! `report` the table. It exits 0 if everything was as it should be.

mod job;
mod receiver;
mod report;
mod watched;

use std::process::ExitCode;

use report::Report;

fn main() -> ExitCode {
    println!("Zagely and Wazaj are played by a sandbox on this machine; about ten seconds, please.");
    let mut report = Report::new();
    let finished = job::run(&mut report).is_some();
    println!("{report}");
    if finished {
        println!("Everything was as it should be.");
        return ExitCode::SUCCESS;
    }
    println!("The last line differs from what it should be, and the job ended there.");
    ExitCode::FAILURE
}
