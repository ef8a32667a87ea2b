//! Events that are delivered repeatedly, at the same moment, and after failures, to inboxes on one database.

use std::path::Path;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use hudhud::UnixTime;
use hudhud::webhook::{Verified, Verifier, WebhookEvent, sign};
use hudhud_sqlite::{Error, Lease, Outcome, SqliteInbox};
use rusqlite::{Connection, Transaction};

fn event(id: &str) -> Verified<WebhookEvent> {
    let body = format!(r#"{{"event":"webhook.test","delivery_id":"{id}","data":{{}}}}"#);
    let now = SystemTime::now().into();
    let delivery = sign("whsec_test", body.as_bytes(), now).expect("the secret is valid");
    let verifier = Verifier::new("whsec_test").expect("the secret is valid");
    verifier.verify(&delivery.headers, body.as_bytes(), now).expect("the delivery is genuine")
}

fn open(folder: &Path) -> SqliteInbox {
    let inbox = SqliteInbox::open(folder.join("inbox.db")).expect("the database opens");
    let table = "CREATE TABLE IF NOT EXISTS effects (name TEXT)";
    inbox.connection().execute_batch(table).expect("the table is made");
    inbox
}

fn insert(event: &WebhookEvent, database: &Transaction<'_>) -> Result<(), rusqlite::Error> {
    database.execute("INSERT INTO effects VALUES (?1)", [event.name.as_str()]).map(|_| ())
}

fn effects(database: &Connection) -> u64 {
    database
        .query_row("SELECT count(*) FROM effects", [], |row| row.get::<_, u32>(0))
        .expect("the table exists")
        .into()
}

/// The time that has passed on the clock of a test, in seconds. Each test uses another number.
static PASSED: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

fn clock<const NUMBER: usize>() -> UnixTime {
    UnixTime::from(SystemTime::now()).after(Duration::from_secs(PASSED[NUMBER].load(Ordering::Relaxed)))
}

#[test]
fn an_event_has_its_effect_once_over_restarts() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = open(folder.path()).receive(&event("d-1"), insert).expect("stored");
    assert_eq!((&first.outcome, first.http_status()), (&Outcome::Handled, 200));
    let mut inbox = open(folder.path());
    let second = inbox.receive(&event("d-1"), insert).expect("stored");
    assert_eq!((&second.outcome, second.http_status()), (&Outcome::Duplicate, 200));
    assert_eq!(effects(inbox.connection()), 1);
}

#[test]
fn a_handler_that_ends_the_transaction_is_an_error_and_loses_no_event() {
    for ends in ["COMMIT; BEGIN", "ROLLBACK; BEGIN", "COMMIT", "ROLLBACK"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut inbox = open(folder.path());
        let handle = |event: &WebhookEvent, database: &Transaction<'_>| {
            for statement in ends.split("; ") {
                let _ = database.execute_batch(statement);
            }
            let _ = insert(event, database);
            Ok::<_, Error>(())
        };
        let result = inbox.receive(&event("d-1"), handle);
        assert!(matches!(result, Err(Error::Ended)), "{ends}: {result:?}");
        assert_eq!(inbox.receive(&event("d-1"), insert).expect(ends).outcome, Outcome::Handled, "{ends}");
    }
}

#[test]
fn the_failure_of_a_handler_that_ends_the_transaction_is_stored() {
    for ends in ["COMMIT", "ROLLBACK"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut inbox = open(folder.path()).clock(clock::<3>);
        let handle = |event: &WebhookEvent, database: &Transaction<'_>| {
            insert(event, database).map_err(|_| "database")?;
            let _ = database.execute_batch(ends);
            Err("handler")
        };
        let failed = inbox.receive(&event("d-1"), handle).expect(ends);
        assert_eq!((failed.outcome, effects(inbox.connection())), (Outcome::Failed("handler"), 0), "{ends}");
        PASSED[3].fetch_add(6, Ordering::Relaxed);
        assert_eq!(inbox.receive(&event("d-1"), insert).expect(ends).outcome, Outcome::Handled, "{ends}");
    }
}

#[test]
fn a_store_can_be_opened_while_another_process_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shop.db");
    let other = Connection::open(&path).expect("opened");
    other.execute_batch("CREATE TABLE orders (name TEXT); BEGIN IMMEDIATE").expect("begun");
    let writing = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        other.execute_batch("COMMIT").expect("committed");
    });
    assert!(SqliteInbox::open(&path).is_ok());
    writing.join().expect("ended");
}

#[test]
fn a_database_that_is_locked_is_a_busy_receipt() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut inbox = open(folder.path());
    inbox.connection().busy_timeout(Duration::ZERO).expect("set");
    let other = Connection::open(folder.path().join("inbox.db")).expect("opened");
    other.execute_batch("BEGIN IMMEDIATE").expect("begun");
    let leased = inbox.receive_leased(&event("d-1"), |_, _| Ok::<_, Error>(())).expect("no fault");
    assert!(matches!(leased.outcome, Outcome::Busy));
    let transactional = inbox.receive(&event("d-1"), insert).expect("no fault");
    assert!(matches!(transactional.outcome, Outcome::Busy));
}

#[test]
fn deliveries_at_the_same_moment_have_one_effect() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path());
    let barrier = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut inbox = open(folder.path());
                for number in 0..20 {
                    barrier.wait();
                    inbox.receive(&event(&format!("d-{number}")), insert).expect("stored");
                }
            });
        }
    });
    assert_eq!(effects(open(folder.path()).connection()), 20);
}

#[test]
fn a_failed_handler_has_no_effect_and_the_last_failure_poisons() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut inbox = open(folder.path()).max_attempts(2).clock(clock::<0>);
    let fail = |event: &WebhookEvent, database: &Transaction<'_>| {
        insert(event, database).map_err(|_| "database")?;
        Err("handler")
    };
    let failed = inbox.receive(&event("d-1"), fail).expect("stored");
    assert_eq!(failed.outcome, Outcome::Failed("handler"));
    assert_eq!((failed.http_status(), failed.retry_after), (503, Some(Duration::from_secs(5))));
    assert_eq!(inbox.receive(&event("d-1"), fail).expect("stored").outcome, Outcome::TooEarly);
    PASSED[0].store(6, Ordering::Relaxed);
    let last = inbox.receive(&event("d-1"), fail).expect("stored");
    assert_eq!((last.outcome, last.http_status()), (Outcome::Poisoned(Some("handler")), 500));
    assert_eq!(inbox.receive(&event("d-1"), insert).expect("stored").outcome, Outcome::Poisoned(None));
    assert_eq!((effects(inbox.connection()), inbox.poisoned().expect("read")), (0, vec!["d-1".to_owned()]));
    assert!(inbox.forget("d-1").expect("deleted") && !inbox.forget("d-1").expect("deleted"));
    assert_eq!(inbox.receive(&event("d-1"), insert).expect("stored").outcome, Outcome::Handled);
}

#[test]
fn a_lease_holds_other_deliveries_off_and_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut inbox, mut other) =
        (open(folder.path()).clock(clock::<1>), open(folder.path()).clock(clock::<1>));
    let nothing = |_: &WebhookEvent, _: &Lease| Ok::<_, Error>(());
    let receipt = inbox
        .receive_leased(&event("d-1"), |_, lease| {
            assert_eq!((&*lease.idempotency_key, lease.token, lease.attempt), ("d-1", 1, 1));
            assert!(matches!(other.receive_leased(&event("d-1"), nothing)?.outcome, Outcome::Busy));
            PASSED[1].store(31, Ordering::Relaxed);
            let taken = other.receive_leased(&event("d-1"), |_, lease| {
                assert_eq!((lease.token, lease.attempt), (2, 2));
                Ok::<_, Error>(())
            })?;
            assert!(matches!(taken.outcome, Outcome::Handled));
            Ok::<_, Error>(())
        })
        .expect("stored");
    assert!(matches!(receipt.outcome, Outcome::LeaseLost));
    assert_eq!(receipt.http_status(), 503);
    assert!(matches!(inbox.receive_leased(&event("d-1"), nothing), Ok(found) if found.http_status() == 200));
}

#[test]
fn an_entry_is_deleted_after_its_replay_window() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut inbox = open(folder.path()).clock(clock::<2>);
    inbox.receive(&event("d-1"), insert).expect("stored");
    PASSED[2].store(86_400 + 3_500, Ordering::Relaxed);
    assert_eq!(inbox.clean_up().expect("deleted"), 0);
    PASSED[2].store(86_400 + 3_700, Ordering::Relaxed);
    assert_eq!(inbox.clean_up().expect("deleted"), 1);
}

#[test]
fn tables_of_a_later_version_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let later = "INSERT INTO hudhud_inbox_version VALUES (99)";
    open(folder.path()).connection().execute(later, []).expect("stored");
    let refused = SqliteInbox::open(folder.path().join("inbox.db")).expect_err("the version is unknown");
    assert!(matches!(refused, Error::Version(99)) && refused.to_string().contains("update hudhud-sqlite"));
}
