//! A queue of waiting requests, which knows for each request how many wait before it.
//!
//! Tickets are numbered in order. The queue counts the waiting requests in blocks of tickets, so that a place in a queue of
//! a million costs about as much as one in a queue of a thousand.

use alloc::collections::VecDeque;

/// The number of tickets in a block.
const BLOCK: u64 = 1_024;
/// The time by which a request may be late to ask again. After it the request counts as given up. In milliseconds.
const GIVEN_UP_AFTER: u64 = 5_000;
/// The longest pause after which a request asks again. In milliseconds.
pub(super) const LONGEST_PAUSE: u64 = 15_000;
/// The mark of a ticket whose request no longer waits.
const LEFT: u64 = u64::MAX;

/// A queue of waiting requests.
#[derive(Debug, Default)]
pub(super) struct WaitQueue {
    /// The ticket at the front of `due`.
    first: u64,
    /// The times at which the requests ask again, by ticket, or [`LEFT`].
    due: VecDeque<u64>,
    /// The numbers of waiting requests, by block. The first block contains the ticket `first`.
    blocks: VecDeque<u32>,
    waiting: u64,
}

impl WaitQueue {
    /// Returns the number of requests that wait.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Adds a request at the end and returns its ticket.
    pub(super) fn join(&mut self, due: u64) -> u64 {
        let ticket = self.first + self.due.len() as u64;
        self.due.push_back(due.min(LEFT - 1));
        let block = self.block_of(ticket);
        if block >= self.blocks.len() {
            self.blocks.push_back(0);
        }
        self.blocks[block] += 1;
        self.waiting += 1;
        ticket
    }

    /// Returns the time at which a request asks again, or `None` if it no longer waits.
    pub(super) fn due(&self, ticket: u64) -> Option<u64> {
        let index = usize::try_from(ticket.checked_sub(self.first)?).ok()?;
        self.due.get(index).copied().filter(|due| *due != LEFT)
    }

    /// Sets the time at which a request asks again.
    pub(super) fn put_off(&mut self, ticket: u64, due: u64) {
        if self.due(ticket).is_some() {
            self.due[(ticket - self.first) as usize] = due.min(LEFT - 1);
        }
    }

    /// Returns the number of requests that wait before one.
    pub(super) fn ahead(&self, ticket: u64) -> u64 {
        let block = self.block_of(ticket.max(self.first));
        let whole: u64 = self.blocks.iter().take(block).map(|count| u64::from(*count)).sum();
        let start = (ticket / BLOCK * BLOCK).max(self.first);
        let range = (start - self.first) as usize..(ticket.max(self.first) - self.first) as usize;
        whole + self.due.range(range).filter(|due| **due != LEFT).count() as u64
    }

    /// Removes a request, if it still waits.
    pub(super) fn leave(&mut self, ticket: u64) {
        if self.due(ticket).is_some() {
            self.due[(ticket - self.first) as usize] = LEFT;
            let block = self.block_of(ticket);
            self.blocks[block] -= 1;
            self.waiting -= 1;
            self.trim();
        }
    }

    /// Removes the requests at the front that were given up: a host may drop one and say nothing. A time that lies
    /// further ahead than any pause was set before the clock went back.
    pub(super) fn sweep(&mut self, now: u64) {
        while let Some(&due) = self.due.front()
            && (now > due.saturating_add(GIVEN_UP_AFTER) || due > now.saturating_add(LONGEST_PAUSE))
        {
            self.leave(self.first);
        }
    }

    /// Drops the tickets at the front whose requests have left.
    fn trim(&mut self) {
        while self.due.front() == Some(&LEFT) {
            self.due.pop_front();
            self.first += 1;
            if self.first.is_multiple_of(BLOCK) {
                self.blocks.pop_front();
            }
        }
    }

    fn block_of(&self, ticket: u64) -> usize {
        (ticket / BLOCK - self.first / BLOCK) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{GIVEN_UP_AFTER, LONGEST_PAUSE, WaitQueue};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Event {
        Join(u64),
        Leave(prop::sample::Index),
        PutOff(prop::sample::Index, u64),
        Sweep(u64),
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let event = prop_oneof![
            4 => (0..20_000_u64).prop_map(Event::Join),
            3 => any::<prop::sample::Index>().prop_map(Event::Leave),
            1 => (any::<prop::sample::Index>(), 0..20_000_u64).prop_map(|(at, due)| Event::PutOff(at, due)),
            1 => (0..30_000_u64).prop_map(Event::Sweep),
        ];
        prop::collection::vec(event, 0..200)
    }

    /// Adds requests first, so that the queue has several blocks.
    fn filled(joined: usize) -> (WaitQueue, Vec<(u64, u64)>) {
        let mut queue = WaitQueue::default();
        let model = (0..joined).map(|_| (queue.join(9_000), 9_000)).collect();
        (queue, model)
    }

    proptest! {
        #[test]
        fn a_queue_agrees_with_a_list(joined in 0..3_000_usize, events in events()) {
            let (mut queue, mut model) = filled(joined);
            for event in events {
                match event {
                    Event::Join(due) => model.push((queue.join(due), due)),
                    Event::Leave(at) if !model.is_empty() => {
                        let (ticket, _) = model.remove(at.index(model.len()));
                        queue.leave(ticket);
                        queue.leave(ticket);
                        prop_assert_eq!(queue.due(ticket), None);
                    }
                    Event::PutOff(at, due) if !model.is_empty() => {
                        let at = at.index(model.len());
                        model[at].1 = due;
                        queue.put_off(model[at].0, due);
                    }
                    Event::Sweep(now) => {
                        queue.sweep(now);
                        let waits = |due: u64| now <= due + GIVEN_UP_AFTER && due <= now + LONGEST_PAUSE;
                        let kept = model.iter().position(|(_, due)| waits(*due));
                        model.drain(..kept.unwrap_or(model.len()));
                    }
                    _ => {}
                }
                prop_assert_eq!(queue.waiting(), model.len() as u64);
                for (place, (ticket, due)) in model.iter().enumerate().step_by(97) {
                    prop_assert_eq!(queue.ahead(*ticket), place as u64);
                    prop_assert_eq!(queue.due(*ticket), Some(*due));
                }
            }
        }
    }
}
