//! Growth of cost with the input: each entry point with an input of a size, of twice and of four times that size.
//!
//! The least squares fit of log time over log size has a slope: the exponent of the growth. 1 is linear, 2 quadratic.

mod cases;
mod table;

use std::time::Duration;

use crate::hosts::Host;
use crate::scaling::cases::Entry;
use crate::scaling::table::Row;

/// The parts of the smallest input. Anything quadratic in as many takes longer than all that is linear in them. An entry
/// that fails is measured from half as many on too: larger inputs may have left the processor's caches, which are no
/// part of the growth, and what is quadratic fails from either.
const PARTS: [usize; 2] = [2000, 1000];

/// The largest exponent that passes.
const LIMIT: f64 = 1.1;

/// The time that an input is given at first. A row that fails is measured again for twice as long: a machine that is
/// busy makes one measurement slow, and never all of them.
const BUDGET: Duration = Duration::from_millis(8);
const TRIES: u32 = 6;

/// Measures every entry whose name contains all the words, and returns the number of those that grow too fast.
pub(crate) fn run(name: &str, mut host: Box<dyn Host>, words: &[String]) -> Result<usize, String> {
    let mut rows = Vec::new();
    println!("{}", table::HEAD);
    for entry in cases::all() {
        if words.iter().all(|word| entry.name.contains(word.as_str())) {
            let row = measure(host.as_mut(), entry)?;
            println!("{name}: {row}");
            rows.push(row);
        }
    }
    println!("{}", table::summary(name, &rows));
    Ok(rows.iter().filter(|row| row.exponent() > LIMIT).count())
}

fn measure(host: &mut dyn Host, entry: Entry) -> Result<Row, String> {
    let Entry { name, suite, make } = entry;
    let mut row = Row { name, parts: 0, times: [Duration::MAX; 3] };
    for parts in PARTS {
        let inputs = [1, 2, 4].map(|times| make(times * parts));
        (row.parts, row.times) = (parts, [Duration::MAX; 3]);
        for attempt in 0..TRIES {
            for (time, input) in row.times.iter_mut().zip(&inputs) {
                *time = host.time(suite, input, BUDGET * 2_u32.pow(attempt))?.min(*time);
            }
            // The first time some hosts are still compiling what they run.
            if attempt > 0 && row.exponent() <= LIMIT {
                return Ok(row);
            }
        }
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::run;
    use crate::hosts::Host;
    use serde_json::Value;
    use std::time::Duration;

    /// A host that takes a power of the length of a case, in nanoseconds.
    struct Power(u32);

    impl Host for Power {
        fn run(&mut self, _: &str, _: &Value) -> Result<Value, String> {
            Ok(Value::Null)
        }

        fn time(&mut self, _: &str, case: &Value, _: Duration) -> Result<Duration, String> {
            Ok(Duration::from_nanos((case.to_string().len() as u64).pow(self.0)))
        }
    }

    #[test]
    fn a_host_that_is_quadratic_fails_and_one_that_is_linear_passes() {
        let words = ["phone: ".to_string()];
        assert_eq!(run("linear", Box::new(Power(1)), &words), Ok(0));
        assert!(run("quadratic", Box::new(Power(2)), &words).is_ok_and(|failed| failed >= 6));
    }
}
