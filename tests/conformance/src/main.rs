//! The conformance runner: the same vectors in every host, one truth for all.
//!
//! `vectors` reads the files, `hosts` has one small driver per host that turns a case into what came out, and
//! `matching` compares that with what was expected. `scaling` gives the hosts inputs that grow, and measures.

mod hosts;
mod matching;
mod scaling;
mod vectors;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::hosts::{Driver, HOSTS, Host};
use crate::vectors::Suite;

/// Runs the shared vectors and exits 0 if all passed, 1 if any failed, 2 if a file or a host is not to be had.
#[derive(Parser)]
struct Arguments {
    /// The host to run in; `all` for every one there is.
    #[arg(long, default_value = "all")]
    host: String,
    /// The folder with the vectors.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors"))]
    vectors: PathBuf,
    /// How a host other than `rust` is driven: its name, and a command as a JSON array.
    #[arg(long = "driver", value_name = "HOST=[\"COMMAND\", …]")]
    drivers: Vec<Driver>,
    /// Measures how cost grows with the input, instead of running vectors: of all entries, or of those whose names
    /// contain these words. Exits 1 if it grows faster than linear.
    #[arg(long, num_args = 0.., value_name = "WORD")]
    scaling: Option<Vec<String>>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let suites = match vectors::read(&arguments.vectors) {
        Ok(suites) => suites,
        Err(fault) => return cannot(&fault),
    };
    let names: Vec<&str> = match arguments.host.as_str() {
        "all" => HOSTS.to_vec(),
        name => vec![name],
    };
    let mut outcome = Outcome::default();
    let mut too_fast = 0;
    for name in names {
        let host = match hosts::start(name, &arguments.drivers) {
            Ok(Some(host)) => host,
            Ok(None) if arguments.host == "all" => {
                println!("{name}: NOT RUN, it has no driver");
                continue;
            }
            Ok(None) => return cannot(&format!("{name}: NOT RUN, it has no driver")),
            Err(fault) => return cannot(&fault),
        };
        let ran = match &arguments.scaling {
            Some(words) => scaling::run(name, host, words).map(|count| too_fast += count),
            None => outcome.run(name, host, &suites),
        };
        if let Err(fault) = ran {
            return cannot(&format!("{name}: {fault}"));
        }
    }
    if arguments.scaling.is_some() {
        return ExitCode::from(u8::from(too_fast > 0));
    }
    println!("{} passed, {} failed", outcome.passed, outcome.failed);
    ExitCode::from(u8::from(outcome.failed > 0))
}

fn cannot(fault: &str) -> ExitCode {
    eprintln!("{fault}");
    ExitCode::from(2)
}

/// What has passed and failed so far.
#[derive(Default)]
struct Outcome {
    passed: usize,
    failed: usize,
}

impl Outcome {
    fn run(&mut self, name: &str, mut host: Box<dyn Host>, suites: &[Suite]) -> Result<(), String> {
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for suite in suites {
            for case in &suite.cases {
                let actual = host.run(&suite.name, case)?;
                let differences = matching::compare(&suite.name, &case["expect"], &actual);
                let count = counts.entry(&suite.name).or_default();
                if differences.is_empty() {
                    count.0 += 1;
                    continue;
                }
                count.1 += 1;
                println!("{name}: {}: FAILED {}", suite.file, case["name"].as_str().unwrap_or("(no name)"));
                for difference in differences {
                    // Enough to see what differs; a body of 64 kB is not.
                    println!("    {difference:.1000}");
                }
            }
        }
        for (suite, (passed, failed)) in counts {
            println!("{name}: {suite}: {passed} passed, {failed} failed");
            self.passed += passed;
            self.failed += failed;
        }
        Ok(())
    }
}
