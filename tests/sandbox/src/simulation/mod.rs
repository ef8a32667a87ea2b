//! Events that happen without a request: messages progress, campaigns run, phones scan codes, files are processed.
//! Each is a job with a due time. The loop here waits for the next job, by the sandbox's clock.

mod automation;
mod campaign;
pub(crate) mod dispatch;
pub(crate) mod inbound;
mod jobs;
pub(crate) mod session;
pub(crate) mod transfer;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;

use crate::service::Service;
use crate::webhooks::deliver;

/// The number of jobs that run before other callers get the lock.
const BATCH: usize = 256;
/// The maximum sleep. An advanced clock wakes the loop; this limit covers unforeseen cases.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Runs jobs as they become due, until the sandbox ends.
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
