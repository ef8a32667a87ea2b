//! What happens without being asked: messages travel, campaigns run, phones scan, files are read. Each is a job
//! with a time; the loop here waits for the next one, on the sandbox's clock.

mod automation;
mod campaign;
pub(crate) mod dispatch;
pub(crate) mod inbound;
pub(crate) mod session;
pub(crate) mod transfer;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Moment;
use crate::service::Service;
use crate::state::World;
use crate::state::schedule::Job;
use crate::webhooks::deliver;

/// Jobs done before callers get the lock again.
const BATCH: usize = 256;
/// The longest sleep: a clock that was moved wakes the loop by itself, this is for the unforeseen.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Does jobs as they come due, until the sandbox ends.
pub(crate) async fn run(service: Arc<Service>, mut ending: watch::Receiver<bool>) {
    while !*ending.borrow() {
        let now = service.clock.now();
        let (posts, next) = {
            let mut world = service.world.lock();
            for _ in 0..BATCH {
                if !world.next_job(now) {
                    break;
                }
                service.is_changed.store(true, Ordering::Relaxed);
            }
            (std::mem::take(&mut world.outbox), world.schedule.next_due())
        };
        for id in posts {
            tokio::spawn(deliver::attempt(Arc::clone(&service), id));
        }
        let sleep = next.map_or(LONGEST_SLEEP, |due| service.clock.real(now.until(due)).min(LONGEST_SLEEP));
        if sleep.is_zero() {
            tokio::task::yield_now().await;
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(sleep) => {}
            () = service.wake.notified() => {}
            _ = ending.changed() => {}
        }
    }
}

impl World {
    /// Does the next job that is due by `now`; false if there is none. It is done at the time it was due, so that
    /// what follows from it comes in the right order even when the clock was moved far.
    pub(crate) fn next_job(&mut self, now: Moment) -> bool {
        let Some((due, job)) = self.schedule.pop(now) else { return false };
        // As in a handler: a defect, but everything else goes on.
        let _ = catch_unwind(AssertUnwindSafe(|| self.perform(job, due)));
        true
    }

    fn perform(&mut self, job: Job, due: Moment) {
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
