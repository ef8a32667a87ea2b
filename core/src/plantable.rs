//! Rules that tests replace with wrong ones, and the check that a property finds the bug.

/// Declares the function that returns the rules of a state machine, and the function `with_bug` for its tests.
macro_rules! plantable {
    ($name:ident: $rules:ty = $default_rules:ident) => {
        #[cfg(not(test))]
        pub(super) const fn $name() -> $rules {
            $default_rules
        }

        #[cfg(test)]
        std::thread_local! {
            static PLANTED: core::cell::Cell<$rules> = const { core::cell::Cell::new($default_rules) };
        }

        #[cfg(test)]
        pub(super) fn $name() -> $rules {
            PLANTED.get()
        }

        /// Runs a test with a bug: with other rules, on this thread.
        #[cfg(test)]
        pub(crate) fn with_bug<T>(plant: impl FnOnce(&mut $rules), run: impl FnOnce() -> T) -> T {
            struct Restored;
            impl Drop for Restored {
                fn drop(&mut self) {
                    PLANTED.set($default_rules);
                }
            }
            let _restored = Restored;
            let mut rules = $default_rules;
            plant(&mut rules);
            PLANTED.set(rules);
            run()
        }
    };
}
pub(crate) use plantable;

#[cfg(test)]
pub(crate) mod tests {
    use alloc::format;
    use alloc::string::{String, ToString};
    use core::fmt::Debug;

    use proptest::prelude::*;
    use proptest::test_runner::{RngSeed, TestCaseError, TestError, TestRunner};

    /// Checks a property for this number of cases, or for `PROPTEST_CASES`.
    ///
    /// The cases are the same in each run, because the search for a planted bug may take longer with others.
    /// `PROPTEST_RNG_SEED` chooses others.
    pub(crate) fn check<T: Debug>(
        cases: u32,
        strategy: impl Strategy<Value = T>,
        property: impl Fn(&T) -> Result<(), String>,
    ) -> Result<(), String> {
        let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
        let defaults = ProptestConfig::default();
        let rng_seed = match defaults.rng_seed {
            RngSeed::Random => RngSeed::Fixed(1),
            chosen @ RngSeed::Fixed(_) => chosen,
        };
        let config =
            ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 0, ..defaults };
        match TestRunner::new(config).run(&strategy, |case| property(&case).map_err(TestCaseError::fail)) {
            Ok(()) => Ok(()),
            Err(TestError::Fail(reason, case)) => Err(format!("{reason}: {case:?}")),
            Err(TestError::Abort(reason)) => Err(reason.to_string()),
        }
    }
}
