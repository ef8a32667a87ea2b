//! Runs the jobs of the schedule, one at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::clock::SimTime;
use crate::state::schedule::Job;
use crate::state::world::World;

impl World {
    /// Runs the next job that is due at `now`; returns false if none is. The job runs with its due time as the
    /// current time, so that its consequences are in the right order even if the clock was moved far.
    pub(crate) fn next_job(&mut self, now: SimTime) -> bool {
        let Some((due, job)) = self.schedule.pop(now) else { return false };
        // A panic here is a defect of the sandbox, but must not end it, as in a handler.
        let _ = catch_unwind(AssertUnwindSafe(|| self.perform(job, due)));
        true
    }

    fn perform(&mut self, job: Job, due: SimTime) {
        match job {
            Job::Dispatch(id) => self.dispatch(id, due),
            Job::Progress(id, status) => self.progress(id, status, due),
            Job::Launch(id) => self.launch(id, due),
            Job::Tick(id, run) => self.tick(id, run, due),
            Job::Scan(id) => self.scan(id, due),
            Job::NewDay(id) => self.release_held_back(id, due),
            Job::Import(id) => self.import(id, due),
            Job::Export(id) => self.export(id),
            Job::Post(id) => self.outbox.push(id),
        }
    }
}
