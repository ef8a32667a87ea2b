//! The limits of one attempt: its times, and the size of its response.

use std::time::Duration;

use hudhud::{Request, TransportFault};

/// The longest timeout. The arithmetic of some HTTP libraries fails with longer ones.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The limits of one attempt to make a call.
///
/// ```
/// use std::time::Duration;
/// use hudhud_transport::Limits;
///
/// let limits = Limits::new().with_timeout(Duration::from_secs(5));
/// assert_eq!(limits.connect_timeout(), Duration::from_secs(10));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    connect_timeout: Duration,
    timeout: Duration,
    max_response_bytes: u64,
}

impl Limits {
    /// Creates the default limits: 10 seconds for the connection, 30 seconds for the whole attempt, and 32 MiB for the
    /// response. Both vendors' responses are much smaller.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            max_response_bytes: 32 * 1024 * 1024,
        }
    }

    /// Sets the timeout for connecting, including TLS. The maximum is a year: a longer time counts as a year.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout.min(LONGEST);
        self
    }

    /// Sets the timeout of a whole attempt, from its start to the last byte of the response. The maximum is a year: a
    /// longer time counts as a year. A call with retries consists of several attempts, with waits between them.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(LONGEST);
        self
    }

    /// Sets the maximum size of a response in bytes, packed and unpacked.
    #[must_use]
    pub const fn with_max_response_bytes(mut self, bytes: u64) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Returns the timeout for connecting.
    #[must_use]
    pub const fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// Returns the timeout of the attempt that sends this request: the shorter of the request's and the transport's.
    #[must_use]
    pub fn timeout_of(&self, request: &Request) -> Duration {
        request.timeout.map_or(self.timeout, |timeout| timeout.min(self.timeout))
    }

    /// Returns the timeout of a whole attempt.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Returns the maximum size of a response in bytes.
    #[must_use]
    pub const fn max_response_bytes(&self) -> u64 {
        self.max_response_bytes
    }

    /// Checks the number of bytes that have arrived of a response.
    ///
    /// # Errors
    /// `Closed` if there are too many. The vendor has responded, so the call may have taken effect.
    pub fn check_size(&self, bytes: usize) -> Result<(), TransportFault> {
        if bytes as u64 > self.max_response_bytes { Err(TransportFault::Closed) } else { Ok(()) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_of_more_than_a_year_count_as_a_year() {
        let limits = Limits::new().with_connect_timeout(Duration::MAX).with_timeout(Duration::MAX);
        assert_eq!((limits.connect_timeout(), limits.timeout()), (LONGEST, LONGEST));
        let limits = Limits::new().with_connect_timeout(Duration::ZERO).with_timeout(Duration::from_nanos(1));
        assert_eq!((limits.connect_timeout(), limits.timeout()), (Duration::ZERO, Duration::from_nanos(1)));
    }

    #[test]
    fn a_response_of_the_maximum_size_is_accepted_and_a_larger_one_refused() {
        let limits = Limits::new().with_max_response_bytes(3);
        assert_eq!(limits.check_size(3), Ok(()));
        assert_eq!(limits.check_size(4), Err(TransportFault::Closed));
        assert_eq!(Limits::new().with_max_response_bytes(u64::MAX).check_size(usize::MAX), Ok(()));
    }
}
