//! The outbox with its journal in a file, and the threads that send.

use std::borrow::Cow;
use std::fmt::{self, Debug, Formatter};
use std::marker::PhantomData;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use hudhud::outbox::{
    Added, Claim, Failure, MessageState, Next, Outbox, OutboxError, OutboxMessage, OutboxReport, default_id,
};
use hudhud::{CallOptions, Client, Endpoint, Transport, UnixTime};

use crate::error::OutboxFileError;
use crate::journal::{Durable, Journal};
use crate::message_id::message_id;

/// An outbox whose journal is a file, for the calls of type `E`, such as `SendMessage`. Threads may share it.
///
/// One program at a time can use a journal. The file contains the recipients and the texts, and only its owner can read it.
pub struct OutboxFile<'a, E: Endpoint, T> {
    client: &'a Client<E::Vendor, T>,
    state: Mutex<State>,
    changed: Condvar,
    durable: Mutex<Durable>,
    sending: Mutex<()>,
    call: PhantomData<fn() -> E>,
}

struct State {
    outbox: Outbox,
    journal: Journal,
    /// The first failure of the journal or of a thread.
    failure: Option<OutboxFileError>,
    /// Set by `stop` until the end of a `send`.
    is_stopping: bool,
}

impl<E: Endpoint, T> Debug for OutboxFile<'_, E, T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OutboxFile").field("outbox", &self.lock().outbox).finish_non_exhaustive()
    }
}

impl<E: Endpoint, T> OutboxFile<'_, E, T> {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a, E: Endpoint, T: Transport> OutboxFile<'a, E, T> {
    /// Opens the journal, or begins it. A journal belongs to a call, a base URL and a public key.
    ///
    /// # Errors
    /// [`OutboxFileError::InUse`] while another program uses it, [`OutboxFileError::File`], or an [`OutboxError`] for a
    /// journal that is damaged or belongs to others.
    pub fn open(path: impl AsRef<Path>, client: &'a Client<E::Vendor, T>) -> Result<Self, OutboxFileError> {
        let service = client.service();
        let (journal, outbox) = Journal::open(path.as_ref(), || {
            Outbox::create::<E>(service, hudhud_transport::entropy(), now())
        })?;
        outbox.check::<E>(service)?;
        let durable = Mutex::new(journal.durable()?);
        let state = Mutex::new(State { outbox, journal, failure: None, is_stopping: false });
        Ok(Self {
            client,
            state,
            changed: Condvar::new(),
            durable,
            sending: Mutex::new(()),
            call: PhantomData,
        })
    }

    /// Sets the number of refusals in a row after which the outbox stops. With 0, refusals do not stop it. Default:
    /// [`Outbox::MOST_REFUSALS`].
    #[must_use]
    pub fn stop_after_refusals(self, refusals: u32) -> Self {
        self.lock().outbox.stop_after_refusals(refusals);
        self
    }

    /// Adds a message. Its id is the recipient, in the form in which it is sent, so that spellings of a number are one
    /// recipient. The same message under the same id is added once. While [`OutboxFile::send`] runs, an idle thread of it sends
    /// the message.
    ///
    /// # Errors
    /// [`OutboxFileError::Call`] for an invalid call, [`OutboxFileError::NoRecipient`], and those of [`Outbox::add`]. The messages
    /// that were added before stay in the outbox.
    pub fn add(&self, call: &E) -> Result<Added, OutboxFileError> {
        self.add_row(0, call)
    }

    /// Does what [`OutboxFile::add`] does, with the row of your list. Errors and reports state it, unless it is 0.
    ///
    /// # Errors
    /// Those of [`OutboxFile::add`].
    pub fn add_row(&self, row: u32, call: &E) -> Result<Added, OutboxFileError> {
        self.add_fields(row, call, |fields| {
            default_id(fields).map(Cow::Owned).ok_or(OutboxFileError::NoRecipient { row })
        })
    }

    /// Does what [`OutboxFile::add_row`] does, with your own id. Use it if a recipient gets more than one message.
    ///
    /// # Errors
    /// Those of [`OutboxFile::add`].
    pub fn add_with_id(&self, id: &str, row: u32, call: &E) -> Result<Added, OutboxFileError> {
        self.add_fields(row, call, |_| Ok(Cow::Borrowed(id)))
    }

    /// Adds all messages, and records that the list is complete. Returns the number of new messages. The rows are numbered
    /// from 1.
    ///
    /// # Errors
    /// Those of [`OutboxFile::add`], with the row. The messages of the earlier rows are then in the outbox, and the list
    /// stays open. Correct the row and add the whole list again: no message is added twice.
    pub fn add_all<'c>(&self, calls: impl IntoIterator<Item = &'c E>) -> Result<u32, OutboxFileError>
    where
        E: 'c,
    {
        let mut count = 0;
        for (row, call) in (1..).zip(calls) {
            count += u32::from(matches!(self.add_row(row, call)?, Added::New(_)));
        }
        self.close_list()?;
        Ok(count)
    }

    fn add_fields<'i>(
        &self,
        row: u32,
        call: &E,
        id: impl FnOnce(&str) -> Result<Cow<'i, str>, OutboxFileError>,
    ) -> Result<Added, OutboxFileError> {
        let fields = self.client.service().outbox_fields(call).map_err(|error| error.with_row(row))?;
        let id = id(&fields)?;
        let mut state = self.lock();
        let added = state.outbox.add(&id, row, &fields)?;
        state.append()?;
        drop(state);
        self.changed.notify_all();
        Ok(added)
    }

    /// Records that all messages were added.
    ///
    /// # Errors
    /// [`OutboxFileError::File`].
    pub fn close_list(&self) -> Result<(), OutboxFileError> {
        let mut state = self.lock();
        state.outbox.close();
        state.append()?;
        drop(state);
        self.flush()
    }

    /// Returns the messages, counted by their states.
    pub fn report(&self) -> OutboxReport {
        self.lock().outbox.report()
    }

    /// Returns the messages in a state, such as the unknown ones with their reasons.
    ///
    /// # Errors
    /// [`OutboxFileError::File`].
    pub fn messages(&self, state: MessageState) -> Result<Vec<OutboxMessage>, OutboxFileError> {
        let mut locked = self.lock();
        let numbers: Vec<u32> = locked.outbox.numbers(state).collect();
        numbers.into_iter().map(|number| locked.message(number)).collect()
    }

    /// Sends all messages that have no outcome, with this many in flight, each in a thread. It waits while the vendor is
    /// unavailable. It also returns if a person must act: then messages are left, and [`OutboxFile::stopped`] returns the reason.
    /// [`OutboxFile::stop`] ends it, and [`OutboxFile::report`] in another thread shows its progress. A second thread that sends waits until the first one has ended.
    ///
    /// # Errors
    /// [`OutboxFileError::File`] if the journal cannot be written.
    pub fn send(&self, concurrency: usize) -> Result<OutboxReport, OutboxFileError>
    where
        T: Sync,
        E::Vendor: Sync,
    {
        // One at a time, so that each returns its own failure.
        let _sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        self.lock().outbox.restart();
        thread::scope(|scope| {
            for _ in 0..concurrency.max(1) {
                scope.spawn(|| {
                    if let Err(error) = self.work() {
                        self.lock().failure.get_or_insert(error);
                        self.changed.notify_all();
                    }
                });
            }
        });
        let mut state = self.lock();
        state.is_stopping = false;
        let failure = state.failure.take();
        drop(state);
        if let Some(failure) = failure {
            return Err(failure);
        }
        self.flush()?;
        Ok(self.report())
    }

    /// Ends the [`OutboxFile::send`] that runs, or else the next one. No further message leaves. The calls that have begun end
    /// first, so that each of their messages has an outcome. Call it in another thread, such as that of a handler of Ctrl-C.
    pub fn stop(&self) {
        self.lock().is_stopping = true;
        self.changed.notify_all();
    }

    /// Returns the reason why nothing is sent any more, such as `quota_exceeded`.
    pub fn stopped(&self) -> Option<String> {
        self.lock().outbox.stopped().map(String::from)
    }

    fn work(&self) -> Result<(), OutboxFileError> {
        while let Some((claim, message)) = self.claim()? {
            let mut guard = SendGuard { outbox: self, number: claim.number, has_ended: false };
            if let Err(error) = self.flush() {
                guard.ends(|outbox| outbox.not_sent(claim.number, now()))?;
                return Err(error);
            }
            let mut options = CallOptions::new();
            (options.idempotency_key, options.deadline) = (claim.key, claim.deadline);
            let outcome = message.call::<E>().and_then(|call| self.client.call_with(call, options));
            guard.ends(|outbox| match &outcome {
                Ok(response) => outbox.sent(claim.number, message_id(&response.response.body).as_deref()),
                Err(error) => outbox.failed(claim.number, &Failure::from(error), now()),
            })?;
        }
        Ok(())
    }

    /// Returns the next message to send, when there is one, or `None` at the end.
    fn claim(&self) -> Result<Option<(Claim, OutboxMessage)>, OutboxFileError> {
        let mut state = self.lock();
        loop {
            if state.failure.is_some() || state.is_stopping {
                return Ok(None);
            }
            let next = state.outbox.next(now());
            state.append()?;
            let wait = match next {
                Next::Send(claim) => {
                    let message = match state.message(claim.number) {
                        Ok(message) => message,
                        Err(error) => {
                            state.outbox.not_sent(claim.number, now())?;
                            state.append()?;
                            return Err(error);
                        }
                    };
                    return Ok(Some((claim, message)));
                }
                Next::Wait(wait) => wait,
                // Woken by the next outcome.
                Next::Busy => Duration::from_secs(60),
                _ => {
                    self.changed.notify_all();
                    return Ok(None);
                }
            };
            let woken = self.changed.wait_timeout(state, wait);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Makes all appended records durable. Threads share one such step.
    fn flush(&self) -> Result<(), OutboxFileError> {
        let wanted = self.lock().journal.length();
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(durable.extend(wanted, || self.lock().journal.length())?)
    }
}

/// A message in flight. If the thread panics, the fate of the message is unknown.
struct SendGuard<'f, 'a, E: Endpoint, T> {
    outbox: &'f OutboxFile<'a, E, T>,
    number: u32,
    has_ended: bool,
}

impl<E: Endpoint, T> SendGuard<'_, '_, E, T> {
    /// Records the outcome.
    fn ends(
        &mut self,
        record: impl FnOnce(&mut Outbox) -> Result<(), OutboxError>,
    ) -> Result<(), OutboxFileError> {
        self.has_ended = true;
        let mut state = self.outbox.lock();
        record(&mut state.outbox)?;
        let appended = state.append();
        drop(state);
        self.outbox.changed.notify_all();
        appended
    }
}

impl<E: Endpoint, T> Drop for SendGuard<'_, '_, E, T> {
    fn drop(&mut self) {
        if !self.has_ended {
            let number = self.number;
            // The thread panics already. The journal says that the message was being sent.
            let _ = self.ends(|outbox| outbox.lost(number, now()));
        }
    }
}

impl State {
    fn append(&mut self) -> Result<(), OutboxFileError> {
        Ok(self.journal.append(&mut self.outbox)?)
    }

    fn message(&mut self, number: u32) -> Result<OutboxMessage, OutboxFileError> {
        let (position, length) = self.outbox.place(number).ok_or(OutboxError::OtherBytes(number))?;
        let bytes = self.journal.read(position, length)?;
        Ok(self.outbox.message(number, &bytes)?)
    }
}

fn now() -> UnixTime {
    SystemTime::now().into()
}
