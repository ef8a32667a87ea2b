//! Measures how the cost grows with the input: runs each entry with an input of a size, of twice and of four times
//! that size.
//!
//! The slope of the least squares fit of log time over log size is the exponent of the growth: 1 is linear, 2
//! quadratic.

mod cases;
mod table;

use std::time::Duration;

use crate::hosts::Host;
use crate::scaling::cases::Entry;
use crate::scaling::table::{LIMIT, Row};

/// The number of parts of the smallest input. At this size, a quadratic part takes longer than all linear ones. A
/// failing entry is measured again from fewer parts. Larger inputs may not fit into the processor's caches, which looks
/// like growth, and JavaScript's engine V8 stores objects of more than 1,020 members in another form, each of which costs
/// more. Quadratic code fails with every size.
const PARTS: [usize; 3] = [2000, 1000, 250];

/// The time for which an input is measured at first. A failing row is measured again for twice as long, because a
/// busy machine slows single measurements, but never all of them.
const BUDGET: Duration = Duration::from_millis(8);
const TRIES: u32 = 6;

/// Measures every entry whose name contains all the words. Returns the number of entries that grow too fast.
pub(crate) fn run(name: &str, mut host: Box<dyn Host>, words: &[String]) -> Result<usize, String> {
    let (mut rows, mut unsupported) = (Vec::new(), 0);
    println!("{}", table::HEAD);
    for entry in cases::all() {
        if words.iter().all(|word| entry.name.contains(word.as_str())) {
            let label = entry.name.clone();
            match measure(host.as_mut(), entry)? {
                Some(row) => {
                    println!("{name}: {row}");
                    rows.push(row);
                }
                None => {
                    println!("{name}: {label}: the language cannot represent it");
                    unsupported += 1;
                }
            }
        }
    }
    println!("{}", table::summary(name, &rows, unsupported));
    Ok(rows.iter().filter(|row| row.exponent() > LIMIT).count())
}

fn measure(host: &mut dyn Host, entry: Entry) -> Result<Option<Row>, String> {
    let Entry { name, suite, make } = entry;
    let mut row = Row { name, parts: 0, times: [Duration::MAX; 3] };
    for parts in PARTS {
        let inputs = [1, 2, 4].map(|times| make(times * parts));
        (row.parts, row.times) = (parts, [Duration::MAX; 3]);
        for attempt in 0..TRIES {
            for (time, input) in row.times.iter_mut().zip(&inputs) {
                let Some(taken) = host.time(suite, input, BUDGET * 2_u32.pow(attempt))? else {
                    return Ok(None);
                };
                *time = taken.min(*time);
            }
            // On the first attempt, some hosts are still compiling the code.
            if attempt > 0 && row.exponent() <= LIMIT {
                return Ok(Some(row));
            }
        }
    }
    Ok(Some(row))
}

#[cfg(test)]
mod tests {
    use super::run;
    use crate::hosts::Host;
    use serde_json::Value;
    use std::time::Duration;

    /// A host whose time is a power of the length of the case, in nanoseconds.
    struct Power(u32);

    impl Host for Power {
        fn run(&mut self, _: &str, _: &Value) -> Result<Value, String> {
            Ok(Value::Null)
        }

        fn time(&mut self, _: &str, case: &Value, _: Duration) -> Result<Option<Duration>, String> {
            Ok(Some(Duration::from_nanos((case.to_string().len() as u64).pow(self.0))))
        }
    }

    #[test]
    fn quadratic_hosts_fail_and_linear_hosts_pass() {
        let words = ["phone: ".to_string()];
        assert_eq!(run("linear", Box::new(Power(1)), &words), Ok(0));
        assert!(run("quadratic", Box::new(Power(2)), &words).is_ok_and(|failed| failed >= 6));
    }
}
