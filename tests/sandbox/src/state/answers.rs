//! The responses of idempotent requests. The first successful response to a key on a path is repeated verbatim for 24 hours. The method
//! and the body are not part of the scope, so a client that reuses a key by mistake notices it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::store::Bounds;
use crate::clock::SimTime;

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
pub(crate) struct StoredResponse {
    pub(crate) status: u16,
    pub(crate) body: String,
    at: SimTime,
}

/// All stored responses, oldest first. All have the same lifetime, so the oldest one expires next.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    stored: HashMap<Scope, StoredResponse>,
    order: VecDeque<(SimTime, Scope)>,
    weight: usize,
}

impl Answers {
    pub(crate) fn len(&self) -> usize {
        self.stored.len()
    }

    pub(crate) fn find(&self, scope: &Scope, now: SimTime) -> Option<&StoredResponse> {
        self.stored.get(scope).filter(|stored| now < stored.at.plus(TTL))
    }

    pub(crate) fn keep(&mut self, scope: Scope, status: u16, body: String, now: SimTime, bounds: Bounds) {
        self.weight += body.len();
        self.order.push_back((now, scope.clone()));
        if let Some(older) = self.stored.insert(scope, StoredResponse { status, body, at: now }) {
            self.weight -= older.body.len();
        }
        while let Some((at, _)) = self.order.front() {
            let is_over = self.order.len() > bounds.count || self.weight > bounds.weight;
            if now < at.plus(TTL) && !is_over {
                break;
            }
            let Some((at, scope)) = self.order.pop_front() else { break };
            // A key that is reused after 24 hours has a newer response under the same scope.
            if self.stored.get(&scope).is_some_and(|stored| stored.at == at)
                && let Some(stored) = self.stored.remove(&scope)
            {
                self.weight -= stored.body.len();
            }
        }
    }
}

impl Serialize for Answers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_seq(self.order.iter().filter_map(|(_, scope)| Some((scope, self.stored.get(scope)?))))
    }
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut answers = Self::default();
        for (scope, stored) in Vec::<(Scope, StoredResponse)>::deserialize(deserializer)? {
            answers.weight += stored.body.len();
            answers.order.push_back((stored.at, scope.clone()));
            answers.stored.insert(scope, stored);
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
        let now = SimTime::from_millis(0);
        answers.keep(scope("/a"), 201, "one".to_owned(), now, BOUNDS);
        let almost = now.plus(TTL - Duration::from_millis(1));
        assert_eq!(answers.find(&scope("/a"), almost).map(|stored| stored.status), Some(201));
        assert!(answers.find(&scope("/b"), almost).is_none());
        assert!(answers.find(&scope("/a"), now.plus(TTL)).is_none());
        answers.keep(scope("/a"), 200, "two".to_owned(), now.plus(TTL), BOUNDS);
        assert_eq!(answers.find(&scope("/a"), now.plus(TTL)).map(|stored| stored.status), Some(200));
        assert_eq!((answers.stored.len(), answers.order.len()), (1, 1));
    }

    #[test]
    fn the_oldest_responses_are_dropped_beyond_the_bounds() {
        let mut answers = Answers::default();
        for n in 0..100 {
            answers.keep(scope(&n.to_string()), 200, String::new(), SimTime::from_millis(n), BOUNDS);
        }
        assert_eq!((answers.stored.len(), answers.order.len()), (10, 10));
        answers.keep(scope("long"), 200, "x".repeat(90), SimTime::from_millis(100), BOUNDS);
        answers.keep(scope("longer"), 200, "x".repeat(91), SimTime::from_millis(101), BOUNDS);
        assert_eq!((answers.len(), answers.weight), (1, 91));
    }
}
