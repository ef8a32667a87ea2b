//! Counts the requests of a case.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};

use super::request::Request;

/// The record of a case.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    whole: AtomicU32,
    spoke_http2: AtomicBool,
    requests: Mutex<Vec<String>>,
}

impl Ledger {
    pub(crate) fn count(&self, request: &Request) {
        // A browser's preflight request is not a call.
        if request.method != "OPTIONS" {
            self.whole.fetch_add(1, SeqCst);
        }
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(format!("{} {}", request.method, request.path));
    }

    /// Notes that a connection uses HTTP/2.
    pub(crate) fn note_http2(&self) {
        self.spoke_http2.store(true, SeqCst);
    }

    /// Returns the number of requests that were read completely.
    pub(crate) fn whole(&self) -> u32 {
        self.whole.load(SeqCst)
    }

    /// Returns true if any connection used HTTP/2.
    pub(crate) fn spoke_http2(&self) -> bool {
        self.spoke_http2.load(SeqCst)
    }

    /// Returns the requests that were read completely.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
