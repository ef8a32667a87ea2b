//! Tests of journals that are damaged, of another version, or not journals.

use alloc::vec::Vec;

use crate::outbox::error::OutboxError;
use crate::outbox::frame::{HEAD, MAGIC};
use crate::outbox::reader::{OutboxJournal, OutboxReader};
use crate::outbox::rules::with_bug;
use crate::outbox::state_machine::Outbox;
use crate::outbox::tests::simulation::{START, Scenario, create, run};
use crate::random::Random;
use crate::types::time::UnixTime;

const NOW: UnixTime = UnixTime::from_millis(START);

fn read(bytes: &[u8]) -> Result<OutboxJournal, OutboxError> {
    let mut reader = OutboxReader::new();
    reader.push(bytes)?;
    reader.finish(NOW)
}

fn outbox(bytes: &[u8]) -> Outbox {
    read(bytes).expect("a journal").outbox.expect("an outbox")
}

/// A journal of a few messages, with its outcomes.
fn journal() -> Vec<u8> {
    run(&Scenario::new(true, 4)).expect("no bug").journal
}

/// Returns the position of the last frame.
fn last_frame(journal: &[u8]) -> usize {
    let mut at = MAGIC.len();
    loop {
        let length =
            journal[at..at + 4].iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
        if at + HEAD + length == journal.len() {
            return at;
        }
        at += HEAD + length;
    }
}

#[test]
fn a_damaged_byte_before_the_last_record_is_an_error() {
    let journal = journal();
    let last = last_frame(&journal);
    let recognized = || {
        for at in 0..journal.len() {
            for bit in [0, 5, 7] {
                let mut damaged = journal.clone();
                damaged[at] ^= 1 << bit;
                let found = read(&damaged);
                // The last record looks like one that was not written to its end.
                let right = if at >= last {
                    found.is_ok_and(|found| found.length == last as u64)
                } else {
                    found.is_err()
                };
                if !right {
                    return Err(at);
                }
            }
        }
        Ok(())
    };
    assert_eq!(recognized(), Ok(()));
    assert!(with_bug(|rules| rules.searches_rest = false, recognized).is_err());
}

#[test]
fn a_record_that_is_missing_or_repeated_is_an_error() {
    let journal = journal();
    let last = last_frame(&journal);
    let without = [&journal[..last - 25], &journal[last..]].concat();
    assert!(
        matches!(read(&without), Err(OutboxError::Damaged(_)))
            || read(&without).is_ok_and(|read| read.length < last as u64)
    );
    let repeated = [&journal[..], &journal[last..]].concat();
    assert_eq!(
        read(&repeated).expect("the copy counts as the rest of a record").length,
        journal.len() as u64
    );
    let twice = [&journal[..], &journal[..]].concat();
    assert_eq!(read(&twice).expect("the copy counts as the rest of a record").length, journal.len() as u64);
}

#[test]
fn an_empty_journal_is_begun_and_a_cut_one_is_refused() {
    let mut created = create(true, [3; 16], NOW);
    let header = created.take_records();
    let empty = read(&[]).expect("an empty journal");
    assert!(empty.outbox.is_none() && empty.length == 0);
    for at in 1..header.len() {
        assert_eq!(read(&header[..at]).err(), Some(OutboxError::Cut), "{at}");
    }
    let mut zeros = header.clone();
    zeros[MAGIC.len()..].fill(0);
    assert_eq!(read(&zeros).err(), Some(OutboxError::Damaged(16)));
    assert_eq!(outbox(&header).report(), created.report());
    // More than a header follows: messages were added.
    let mut damaged = journal();
    damaged[MAGIC.len() + 3] = 0x0f;
    assert_eq!(read(&damaged).err(), Some(OutboxError::Damaged(16)));
}

#[test]
fn other_files_are_no_journals() {
    for (bytes, error) in [
        (&b"to,name\n+15551234567,Jane\n"[..], OutboxError::NotAJournal),
        (b"hudhud outbox 2\n", OutboxError::Version),
        (b"hudhud outbox 10\n", OutboxError::Version),
        (&[0; 200], OutboxError::NotAJournal),
    ] {
        assert_eq!(read(bytes).err(), Some(error), "{bytes:?}");
    }
}

#[test]
fn random_bytes_after_a_header_cause_no_panic() {
    let header = create(true, [3; 16], NOW).take_records();
    let mut random = Random::seeded(11);
    for length in 0..400 {
        let mut bytes = header.clone();
        bytes.extend((0..length).map(|_| random.below(256) as u8));
        let found = read(&bytes).expect("the rest of a record");
        assert_eq!(found.length, header.len() as u64);
    }
}

#[test]
fn the_format_of_version_1_does_not_change() {
    let mut outbox = create(true, [3; 16], NOW);
    assert!(outbox.add("+15551234567", 2, r#"{"to": "+15551234567", "message": "hi"}"#).is_ok());
    let journal = outbox.take_records();
    let hex: alloc::string::String = journal.iter().map(|byte| alloc::format!("{byte:02x}")).collect();
    assert_eq!(hex, include_str!("version_1.hex").trim());
    assert_eq!(self::outbox(&journal).report(), outbox.report());
}
