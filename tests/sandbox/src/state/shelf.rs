//! Records in the order they came, found by id, with a bound: the shape every resource is kept in.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// Something with an id.
pub(crate) trait Record {
    fn id(&self) -> Uuid;
}

/// Records of one kind.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    rows: BTreeMap<u64, T>,
    places: HashMap<Uuid, u64>,
    next: u64,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), places: HashMap::new(), next: 0 }
    }
}

impl<T: Record> Shelf<T> {
    pub(crate) fn put(&mut self, record: T) {
        self.places.insert(record.id(), self.next);
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
        self.places.remove(&id).and_then(|place| self.rows.remove(&place))
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values()
    }

    /// Newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &T> {
        self.rows.values().rev()
    }

    pub(crate) fn retain(&mut self, mut stays: impl FnMut(&T) -> bool) {
        let places = &mut self.places;
        self.rows.retain(|_, record| {
            let stay = stays(record);
            if !stay {
                places.remove(&record.id());
            }
            stay
        });
    }

    /// Lets go of the oldest records that are `done`, until no more than `keep` are left. Only a short stretch at
    /// the old end is looked at, so that putting one record stays cheap.
    pub(crate) fn trim(&mut self, keep: usize, done: impl Fn(&T) -> bool) {
        while self.rows.len() > keep {
            let Some(place) =
                self.rows.iter().take(64).find(|(_, record)| done(record)).map(|(&place, _)| place)
            else {
                return;
            };
            if let Some(record) = self.rows.remove(&place) {
                self.places.remove(&record.id());
            }
        }
    }
}

impl<T: Serialize> Serialize for Shelf<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.values())
    }
}

impl<'de, T: Record + Deserialize<'de>> Deserialize<'de> for Shelf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut shelf = Self::default();
        for record in Vec::<T>::deserialize(deserializer)? {
            shelf.put(record);
        }
        Ok(shelf)
    }
}
