//! Planted bugs: in the rules of the machines, and in the code of a host. Each one breaks a promise that the tests find.

use crate::inbox::tuning as inbox;
use crate::limiter::tuning as limiter;
use crate::outbox::rules as outbox;
use crate::system_tests::config::{Config, Host};

/// A bug.
#[derive(Clone, Copy)]
pub(super) enum Bug {
    Inbox(fn(&mut inbox::Tuning)),
    Outbox(fn(&mut outbox::Rules)),
    Limiter(fn(&mut limiter::Tuning)),
    Host(fn(&mut Host)),
}

/// All bugs, with their names.
pub(super) const BUGS: [(&str, Bug); 20] = [
    ("a handled event is claimed again", Bug::Inbox(|rules| rules.remembers = false)),
    ("a lease does not end", Bug::Inbox(|rules| rules.ends = false)),
    ("a lease ends early", Bug::Inbox(|rules| rules.lease_part = 300)),
    ("the fencing token stays the same", Bug::Inbox(|rules| rules.token_step = 0)),
    ("attempts are not counted", Bug::Inbox(|rules| rules.counts_attempts = false)),
    (
        "entries are kept for a moment",
        Bug::Inbox(|rules| (rules.retention_part, rules.retention_extra) = (1, 0)),
    ),
    ("a message without a key is repeated", Bug::Outbox(|rules| rules.repeats_without_key = true)),
    ("claims are not recorded", Bug::Outbox(|rules| rules.records_claims = false)),
    ("a doubt is forgotten", Bug::Outbox(|rules| rules.keeps_doubts = false)),
    ("a key's age counts from its last use", Bug::Outbox(|rules| rules.counts_from_first = false)),
    ("each attempt has a new key", Bug::Outbox(|rules| rules.keeps_keys = false)),
    ("keys are used for two days", Bug::Outbox(|rules| rules.key_lifetime *= 2)),
    ("the window is too short", Bug::Limiter(|rules| rules.window = 45_000)),
    ("the limiter's store forgets", Bug::Host(|host| host.store_forgets = true)),
    ("stores do not compare", Bug::Host(|host| host.store_overwrites = true)),
    ("the HTTP library repeats requests", Bug::Host(|host| host.library_repeats = true)),
    ("lost requests are called unsent", Bug::Host(|host| host.denies_requests = true)),
    ("claims become durable too late", Bug::Host(|host| host.writes_lazily = true)),
    ("deliveries are answered too early", Bug::Host(|host| host.responds_early = true)),
    ("requests ignore the limiter", Bug::Host(|host| host.ignores_limiter = true)),
];

impl Bug {
    /// Runs a test in a world with the bug.
    pub(super) fn plant<T>(self, config: &Config, test: impl FnOnce(&Config) -> T) -> T {
        match self {
            Self::Inbox(bug) => inbox::with_bug(bug, || test(config)),
            Self::Outbox(bug) => outbox::with_bug(bug, || test(config)),
            Self::Limiter(bug) => limiter::with_bug(bug, || test(config)),
            Self::Host(bug) => {
                let mut config = config.clone();
                bug(&mut config.host);
                test(&config)
            }
        }
    }
}
