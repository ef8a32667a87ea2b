//! A bounded collection of records in insertion order, indexed by id. Every resource uses it.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A record with an id.
pub(crate) trait Record {
    fn id(&self) -> Uuid;

    /// Returns the approximate number of bytes that came from callers, for records where it can be large.
    fn weight(&self) -> usize {
        0
    }
}

/// Records of one kind.
#[derive(Debug)]
pub(crate) struct Store<T> {
    rows: BTreeMap<u64, T>,
    places: HashMap<Uuid, u64>,
    next: u64,
    weight: usize,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), places: HashMap::new(), next: 0, weight: 0 }
    }
}

impl<T: Record> Store<T> {
    pub(crate) fn put(&mut self, record: T) {
        self.places.insert(record.id(), self.next);
        self.weight += record.weight();
        self.rows.insert(self.next, record);
        self.next += 1;
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<&T> {
        self.places.get(&id).and_then(|place| self.rows.get(place))
    }

    pub(crate) fn get_mut(&mut self, id: Uuid) -> Option<&mut T> {
        self.places.get(&id).and_then(|place| self.rows.get_mut(place))
    }

    pub(crate) fn take(&mut self, id: Uuid) -> Option<T> {
        let record = self.places.remove(&id).and_then(|place| self.rows.remove(&place))?;
        self.weight -= record.weight();
        Some(record)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Iterates over the records, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values()
    }

    /// Iterates over mutable records, oldest first. Their weight must not change.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.rows.values_mut()
    }

    /// Iterates over the records, newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &T> {
        self.rows.values().rev()
    }

    pub(crate) fn retain(&mut self, mut stays: impl FnMut(&T) -> bool) {
        let (places, weight) = (&mut self.places, &mut self.weight);
        self.rows.retain(|_, record| {
            let stay = stays(record);
            if !stay {
                places.remove(&record.id());
                *weight -= record.weight();
            }
            stay
        });
    }

    /// Drops the oldest records that are `done` until the rest is within the bounds. It examines only the 64 oldest
    /// records, so that adding a record stays cheap.
    pub(crate) fn trim(&mut self, bounds: Bounds, done: impl Fn(&T) -> bool) {
        while self.rows.len() > bounds.count || self.weight > bounds.weight {
            let oldest = self.rows.values().take(64).find(|record| done(record)).map(T::id);
            let Some(id) = oldest else { return };
            self.take(id);
        }
    }
}

/// The maximum number and weight of the records of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) count: usize,
    pub(crate) weight: usize,
}

impl<T: Serialize> Serialize for Store<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.values())
    }
}

impl<'de, T: Record + Deserialize<'de>> Deserialize<'de> for Store<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut store = Self::default();
        for record in Vec::<T>::deserialize(deserializer)? {
            store.put(record);
        }
        Ok(store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Text(Uuid, &'static str);

    impl Record for Text {
        fn id(&self) -> Uuid {
            self.0
        }

        fn weight(&self) -> usize {
            self.1.len()
        }
    }

    fn store(texts: &[&'static str]) -> Store<Text> {
        let mut store = Store::default();
        for (place, text) in texts.iter().enumerate() {
            store.put(Text(Uuid::from_u128(place as u128), text));
        }
        store
    }

    fn left(store: &Store<Text>) -> Vec<&'static str> {
        store.iter().map(|text| text.1).collect()
    }

    #[test]
    fn the_oldest_finished_records_are_dropped_first() {
        let mut store = store(&["a", "b!", "c", "d!", "e"]);
        store.trim(Bounds { count: 3, weight: 100 }, |text| text.1.ends_with('!'));
        assert_eq!(left(&store), ["a", "c", "e"]);
        store.trim(Bounds { count: 1, weight: 100 }, |text| text.1.ends_with('!'));
        assert_eq!(left(&store), ["a", "c", "e"]);
        store.trim(Bounds { count: 1, weight: 100 }, |_| true);
        assert_eq!(left(&store), ["e"]);
    }

    #[test]
    fn records_beyond_the_weight_are_dropped() {
        let mut store = store(&["aaaa", "bb", "c"]);
        store.trim(Bounds { count: 10, weight: 3 }, |_| true);
        assert_eq!(left(&store), ["bb", "c"]);
        assert!(store.take(Uuid::from_u128(1)).is_some());
        store.retain(|_| false);
        assert_eq!((store.len(), store.weight), (0, 0));
    }
}
