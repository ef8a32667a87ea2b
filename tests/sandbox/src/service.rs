//! The running sandbox's parts, in one place: what handlers, jobs and deliveries share.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore};

use crate::clock::{Clock, Moment};
use crate::config::Config;
use crate::faults::Faults;
use crate::log::CallLog;
use crate::state::World;
use crate::webhooks::deliver;

/// A running sandbox.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) config: Arc<Config>,
    pub(crate) address: SocketAddr,
    pub(crate) clock: Clock,
    /// One lock for all state: a call sees the whole world or waits, so nothing is ever half done.
    pub(crate) world: Mutex<World>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) log: CallLog,
    /// Something may have come due earlier than the schedule slept for.
    pub(crate) wake: Notify,
    pub(crate) posts: reqwest::Client,
    pub(crate) posting: Semaphore,
    /// State may have changed since it was last kept.
    pub(crate) is_changed: AtomicBool,
}

impl Service {
    pub(crate) fn new(
        config: Arc<Config>,
        address: SocketAddr,
        clock: Clock,
        world: World,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            faults: Mutex::new(Faults::new(world.chance.seed())),
            log: CallLog::new(config.log),
            config,
            address,
            clock,
            world: Mutex::new(world),
            wake: Notify::new(),
            posts: deliver::client()?,
            posting: Semaphore::new(deliver::AT_ONCE),
            is_changed: AtomicBool::new(true),
        })
    }

    /// After something was done: it is to be kept, and jobs may have come due earlier than the schedule slept for.
    pub(crate) fn changed(&self) {
        self.is_changed.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Moves time forward, and lets everything happen that comes due by it before anybody calls again.
    pub(crate) fn advance(&self, by: Duration) -> Moment {
        let mut world = self.world.lock();
        self.clock.advance(by);
        let now = self.clock.now();
        while world.next_job(now) {}
        drop(world);
        self.changed();
        now
    }
}
