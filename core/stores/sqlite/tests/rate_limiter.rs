//! Rate limiters that share the limits of a key by one database, and the table that Python uses too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use hudhud::{RateLimiterStore, SharedRateLimiter};
use hudhud_sqlite::SqliteRateLimiterStore;
use rusqlite::Connection;

#[test]
fn bytes_are_replaced_only_if_they_are_unchanged() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("limits.db");
    let open = |name: &str| SqliteRateLimiterStore::open(&path, name).expect("the database opens");
    let (store, same, other) = (open("zagely:main"), open("zagely:main"), open("zagely:other"));
    let load = |store: &SqliteRateLimiterStore| store.load().expect("loaded");
    let swap = |old: Option<&[u8]>, new: &[u8]| store.swap(old, new).expect("swapped");
    assert_eq!(load(&store), None);
    assert!(!swap(Some(b"0"), b"1"));
    assert!(swap(None, b"1"));
    assert!(!swap(None, b"2"));
    assert!(!swap(Some(b"0"), b"2"));
    assert!(swap(Some(b"1"), b"2"));
    assert_eq!((load(&same), load(&other)), (Some(b"2".to_vec()), None));
    assert_eq!(format!("{store:?}"), r#"SqliteRateLimiterStore { name: "zagely:main", .. }"#);
}

#[test]
fn of_many_swaps_at_the_same_moment_one_succeeds() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("limits.db");
    let (won, rounds) = (AtomicU64::new(0), 50_u8);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let store = SqliteRateLimiterStore::open(&path, "n").expect("the database opens");
                for round in 0..rounds {
                    let old = round.checked_sub(1).map(|old| vec![old]);
                    // The others may be behind.
                    while store.load().expect("loaded") < old {
                        thread::yield_now();
                    }
                    won.fetch_add(
                        store.swap(old.as_deref(), &[round]).expect("swapped").into(),
                        Ordering::Relaxed,
                    );
                }
            });
        }
    });
    assert_eq!(won.load(Ordering::Relaxed), u64::from(rounds));
}

#[test]
fn the_table_is_that_of_the_python_package() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("limits.db");
    let python = Connection::open(&path).expect("the database opens");
    let table = "CREATE TABLE IF NOT EXISTS hudhud_rate_limiter (name TEXT PRIMARY KEY, state BLOB NOT NULL)";
    python.execute_batch(table).expect("the table is made");
    python.execute("INSERT INTO hudhud_rate_limiter VALUES ('n', x'07')", []).expect("inserted");
    let store = Arc::new(SqliteRateLimiterStore::open(&path, "n").expect("the database opens"));
    assert_eq!(store.load().expect("loaded"), Some(vec![7]));
    assert!(store.swap(Some(&[7]), &[8]).expect("swapped"));
    let state: Vec<u8> = python
        .query_row("SELECT state FROM hudhud_rate_limiter WHERE name = 'n'", [], |row| row.get(0))
        .expect("stored");
    assert_eq!(state, [8]);
    let _ = SharedRateLimiter::with_store(store);
}
