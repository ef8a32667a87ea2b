//! Long waits of calls for their permits, which the hosts write to the logs of programs.

use core::time::Duration;

use crate::types::time::UnixTime;

/// The shortest wait that is reported.
const LONG: Duration = Duration::from_secs(5);
/// The time in which a limiter reports one wait, because thousands of calls may wait at a time.
const AGAIN: Duration = Duration::from_secs(60);

/// The time from which a limiter reports the next long wait.
#[derive(Debug, Default)]
pub(crate) struct NextReport(UnixTime);

impl NextReport {
    /// Returns true if a wait may be reported now.
    pub(crate) fn is_due(&mut self, now: UnixTime) -> bool {
        let next = now.after(AGAIN);
        // A clock that was set back must not silence the reports.
        let is_due = self.0 <= now || self.0 > next;
        if is_due {
            self.0 = next;
        }
        is_due
    }
}

/// The wait of one request for its permit. The call asks for the permit several times.
#[derive(Debug, Default)]
pub(crate) struct PermitWait {
    begun: Option<UnixTime>,
    last: UnixTime,
    /// The wait until now, and the shortest time after it.
    total: Duration,
    is_reported: bool,
}

impl PermitWait {
    /// Notes the shortest time until the permit.
    pub(crate) fn goes_on(&mut self, wait: Duration, now: UnixTime) {
        let begun = *self.begun.get_or_insert(now);
        (self.last, self.total) = (now, begun.until(now).saturating_add(wait));
    }

    /// Returns the minimum time that the wait takes, if it should be logged now. Each wait is reported once at most.
    pub(crate) fn report(&mut self, is_due: impl FnOnce(UnixTime) -> bool) -> Option<Duration> {
        if self.is_reported || self.total < LONG {
            return None;
        }
        self.is_reported = true;
        is_due(self.last).then_some(self.total)
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::{NextReport, PermitWait};
    use crate::types::time::UnixTime;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::from_secs(1_776_767_400 + seconds)
    }

    /// Returns the seconds of the report of a new wait.
    fn report(next: &mut NextReport, now: u64) -> Option<u64> {
        let mut wait = PermitWait::default();
        wait.goes_on(Duration::from_secs(10), at(now));
        wait.report(|now| next.is_due(now)).map(|total| total.as_secs())
    }

    #[test]
    fn a_wait_is_reported_once_and_from_five_seconds() {
        let mut wait = PermitWait::default();
        for (now, pause, expected) in
            [(0, 2, None), (2, 2, None), (4, 2, Some(6)), (6, 30, None), (90, 30, None)]
        {
            wait.goes_on(Duration::from_secs(pause), at(now));
            assert_eq!(wait.report(|_| true).map(|total| total.as_secs()), expected, "{now}");
        }
    }

    #[test]
    fn one_wait_a_minute_is_reported() {
        let next = &mut NextReport::default();
        assert_eq!([0, 59, 60].map(|now| report(next, now)), [Some(10), None, Some(10)]);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_silence_the_reports() {
        let next = &mut NextReport::default();
        assert_eq!([100_000, 0].map(|now| report(next, now)), [Some(10), Some(10)]);
    }
}
