//! The outcomes of calls, as the host reports them to an outbox.

use alloc::format;
use alloc::string::{String, ToString};
use core::time::Duration;

use crate::error::kind::ErrorKind;
use crate::outbox::error::OutboxError;
use crate::outbox::failure::{Failure, Then, Verdict};
use crate::outbox::record::Record;
use crate::outbox::rules::rules;
use crate::outbox::state_machine::{Outbox, Pause};
use crate::types::time::UnixTime;

impl Outbox {
    /// Records that the vendor accepted a message.
    ///
    /// # Errors
    /// [`OutboxError::NotInFlight`].
    pub fn sent(&mut self, number: u32, message_id: Option<&str>) -> Result<(), OutboxError> {
        self.in_flight(number)?;
        let message_id = message_id.unwrap_or_default().to_string();
        (self.pause, self.refused_in_turn) = (Pause::default(), 0);
        self.record(Record::Sent { number, message_id })
    }

    /// Records that the call of a message failed.
    ///
    /// # Errors
    /// [`OutboxError::NotInFlight`].
    pub fn failed(&mut self, number: u32, failure: &Failure, now: UnixTime) -> Result<(), OutboxError> {
        self.in_flight(number)?;
        let keyed = self.header.keyed || rules().repeats_without_key;
        let now = now.as_millis();
        let reason = failure.reason();
        let then = match failure.verdict(keyed) {
            Verdict::Refused => {
                self.refused_in_turn += 1;
                if self.most_refusals > 0 && self.refused_in_turn >= self.most_refusals {
                    let count = self.refused_in_turn;
                    self.stopped =
                        Some(format!("{count} messages in a row were refused, the last one: {reason}"));
                    self.refused_in_turn = 0;
                }
                return self.record(Record::Refused { number, reason });
            }
            Verdict::Unknown => return self.record(Record::Unknown { number, reason }),
            Verdict::Returned(then) => {
                self.put_back(number, now)?;
                then
            }
            Verdict::Doubted(then) => {
                self.doubt(number, now)?;
                then
            }
        };
        match then {
            Then::Stop => {
                // The first response of the vendor is the reason. The limiter lets no other message leave after it, and a
                // call that waits for the limiter may end before the call that got the response.
                let of_limiter = ErrorKind::WaitTooLong.as_str();
                if self.stopped.as_deref().is_none_or(|first| first == of_limiter) {
                    self.stopped = Some(reason);
                }
            }
            Then::Pause => self.pause(failure.retry_after, reason, now),
        }
        Ok(())
    }

    /// Records that the request of a message was certainly not sent, because the program ends.
    ///
    /// # Errors
    /// [`OutboxError::NotInFlight`].
    pub fn not_sent(&mut self, number: u32, now: UnixTime) -> Result<(), OutboxError> {
        self.in_flight(number)?;
        self.put_back(number, now.as_millis())
    }

    /// Records that the call of a message ended without an outcome, for example because it was cancelled.
    ///
    /// # Errors
    /// [`OutboxError::NotInFlight`].
    pub fn lost(&mut self, number: u32, now: UnixTime) -> Result<(), OutboxError> {
        self.in_flight(number)?;
        if self.header.keyed || rules().repeats_without_key {
            return self.doubt(number, now.as_millis());
        }
        self.record(Record::Unknown { number, reason: "the call was interrupted".into() })
    }

    /// Continues after [`Next::Stopped`](crate::outbox::Next::Stopped).
    pub fn restart(&mut self) {
        (self.stopped, self.pause) = (None, Pause::default());
    }

    fn pause(&mut self, requested: Option<Duration>, reason: String, now: u64) {
        let rules = rules();
        // Calls that were in flight during the pause say nothing new.
        if now < self.pause.end && self.pause.end - now <= self.pause.length {
            return;
        }
        self.pause.count += 1;
        if self.pause.count > rules.most_pauses {
            self.stopped = Some(reason);
        }
        let doubled = (rules.first_pause << (self.pause.count - 1).min(20)).min(rules.longest_pause);
        let requested = requested.map_or(0, |wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        self.pause.length = doubled.max(requested.min(60 * rules.longest_pause));
        self.pause.end = now.saturating_add(self.pause.length);
    }
}
