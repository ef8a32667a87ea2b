//! Runs an outbox with many messages from the first record of its journal to the last. It takes a few seconds without
//! optimisation; quadratic code would take many minutes.

use hudhud::outbox::{Next, Outbox, OutboxReader};
use hudhud::{KeyPair, UnixTime, Zagely, zagely::SendMessage};

const MESSAGES: u32 = 50_000;

#[test]
fn many_messages_are_sent_and_read_in_time() {
    let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test").expect("keys"));
    let now = UnixTime::from_secs(1_776_767_400);
    let mut journal = Vec::new();
    let mut outbox = Outbox::create::<SendMessage>(&zagely, [7; 16], now);
    for number in 0..MESSAGES {
        let to = format!("+1555{number:07}");
        outbox.add(&to, number, &format!(r#"{{"to":"{to}","message":"Hi"}}"#)).expect("a new message");
        journal.extend_from_slice(&outbox.take_records());
    }
    outbox.close();
    let mut sent = 0;
    while let Next::Send(claim) = outbox.next(now) {
        outbox.sent(claim.number, Some("7c9e6679-7425-40de-944b-e07fc1f90ae7")).expect("in flight");
        journal.extend_from_slice(&outbox.take_records());
        sent += 1;
    }
    let report = outbox.report();
    assert_eq!((sent, report.sent, report.is_complete()), (MESSAGES, u64::from(MESSAGES), true));
    drop(outbox);
    let mut reader = OutboxReader::new();
    for piece in journal.chunks(65_536) {
        reader.push(piece).expect("a journal");
    }
    let outbox = reader.finish(now).expect("a journal").outbox.expect("an outbox");
    assert_eq!(outbox.report(), report);
    println!("journal: {} bytes for each message", journal.len() / MESSAGES as usize);
}
