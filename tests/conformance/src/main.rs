//! The conformance runner: runs the same vectors in every host.
//!
//! `vectors` reads the files. `hosts` has a small driver per host that runs a case. `matching` compares the result
//! with the expected one. `scaling` measures the hosts with inputs of growing size.

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

/// Runs the shared vectors and exits 0 if all passed, 1 if any failed, 2 if a file or a host is unavailable.
#[derive(Parser)]
struct Arguments {
    /// The host to run in, or `all`
    #[arg(long, default_value = "all")]
    host: String,
    /// The folder with the vectors.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors"))]
    vectors: PathBuf,
    /// The driver of a host other than `rust`: its name, and a command as a JSON array
    #[arg(long = "driver", value_name = "HOST=[\"COMMAND\", …]")]
    drivers: Vec<Driver>,
    /// Measures how the cost grows with the input, instead of running vectors: for all entries, or for those whose
    /// names contain these words. Exits 1 if it grows faster than linear.
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
                println!("{name}: NOT RUN: no driver given");
                continue;
            }
            Ok(None) => return cannot(&format!("{name}: NOT RUN: no driver given")),
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

/// The numbers of passed and failed cases.
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
                    // The first 1000 characters are enough to see the difference; a body may have 64 kB.
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
