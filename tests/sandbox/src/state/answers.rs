//! The responses of idempotent requests. The first successful response to a key on a path is repeated verbatim for 24 hours. The method
//! and the body are not part of the scope, so a client that reuses a key by mistake notices it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::store::Bounds;
use crate::clock::Moment;

const TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// The scope of a stored response: API key, request path and idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Scope {
    pub(crate) key_id: Uuid,
    pub(crate) path: String,
    pub(crate) idempotency_key: String,
}

/// A stored response.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) status: u16,
    pub(crate) body: String,
    at: Moment,
}

/// All stored responses, oldest first. All have the same lifetime, so the oldest one expires next.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    kept: HashMap<Scope, Kept>,
    order: VecDeque<(Moment, Scope)>,
    weight: usize,
}

impl Answers {
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(crate) fn find(&self, scope: &Scope, now: Moment) -> Option<&Kept> {
        self.kept.get(scope).filter(|kept| now < kept.at.plus(TTL))
    }

    pub(crate) fn keep(&mut self, scope: Scope, status: u16, body: String, now: Moment, bounds: Bounds) {
        self.weight += body.len();
        self.order.push_back((now, scope.clone()));
        if let Some(older) = self.kept.insert(scope, Kept { status, body, at: now }) {
            self.weight -= older.body.len();
        }
        while let Some((at, _)) = self.order.front() {
            let is_over = self.order.len() > bounds.count || self.weight > bounds.weight;
            if now < at.plus(TTL) && !is_over {
                break;
            }
            let Some((at, scope)) = self.order.pop_front() else { break };
            // A key that is reused after 24 hours has a newer response under the same scope.
            if self.kept.get(&scope).is_some_and(|kept| kept.at == at)
                && let Some(kept) = self.kept.remove(&scope)
            {
                self.weight -= kept.body.len();
            }
        }
    }
}

impl Serialize for Answers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_seq(self.order.iter().filter_map(|(_, scope)| Some((scope, self.kept.get(scope)?))))
    }
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut answers = Self::default();
        for (scope, kept) in Vec::<(Scope, Kept)>::deserialize(deserializer)? {
            answers.weight += kept.body.len();
            answers.order.push_back((kept.at, scope.clone()));
            answers.kept.insert(scope, kept);
        }
        Ok(answers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { count: 10, weight: 100 };

    fn scope(path: &str) -> Scope {
        Scope { key_id: Uuid::nil(), path: path.to_owned(), idempotency_key: "k".to_owned() }
    }

    #[test]
    fn a_response_expires_after_24_hours() {
        let mut answers = Answers::default();
        let now = Moment::from_millis(0);
        answers.keep(scope("/a"), 201, "one".to_owned(), now, BOUNDS);
        let almost = now.plus(TTL - Duration::from_millis(1));
        assert_eq!(answers.find(&scope("/a"), almost).map(|kept| kept.status), Some(201));
        assert!(answers.find(&scope("/b"), almost).is_none());
        assert!(answers.find(&scope("/a"), now.plus(TTL)).is_none());
        answers.keep(scope("/a"), 200, "two".to_owned(), now.plus(TTL), BOUNDS);
        assert_eq!(answers.find(&scope("/a"), now.plus(TTL)).map(|kept| kept.status), Some(200));
        assert_eq!((answers.kept.len(), answers.order.len()), (1, 1));
    }

    #[test]
    fn the_oldest_responses_are_dropped_beyond_the_bounds() {
        let mut answers = Answers::default();
        for n in 0..100 {
            answers.keep(scope(&n.to_string()), 200, String::new(), Moment::from_millis(n), BOUNDS);
        }
        assert_eq!((answers.kept.len(), answers.order.len()), (10, 10));
        answers.keep(scope("long"), 200, "x".repeat(90), Moment::from_millis(100), BOUNDS);
        answers.keep(scope("longer"), 200, "x".repeat(91), Moment::from_millis(101), BOUNDS);
        assert_eq!((answers.len(), answers.weight), (1, 91));
    }
}
